// Cosine of two float32 vectors, in double.
#ifndef EMBED_MATH_COSINE_H_
#define EMBED_MATH_COSINE_H_

#include <cmath>
#include <cstddef>

#include "absl/types/span.h"
#include "embed/base/check.h"

namespace embed {

// a.b / (|a| |b|) of two vectors of one length, added up in the order of the
// elements; 0 if a vector is zero (it has no direction, so it is near nothing);
// NaN if an element is not finite. For a few pairs; searching has its kernels.
inline double Cosine(absl::Span<const float> a, absl::Span<const float> b) {
  EMBED_DCHECK(a.size() == b.size());
  double dot = 0;
  double a_square = 0;
  double b_square = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double x = a[i];
    const double y = b[i];
    dot += x * y;
    a_square += x * x;
    b_square += y * y;
  }
  // NaN and infinity fail the comparison and go on to give NaN.
  if (a_square == 0 && std::isfinite(b_square)) return 0;
  if (b_square == 0 && std::isfinite(a_square)) return 0;
  // One root, so that a vector's cosine with itself is 1 and not 1 - 1e-16,
  // which would break ties; no squares of float32 leave the range of double.
  return dot / std::sqrt(a_square * b_square);
}

}  // namespace embed

#endif  // EMBED_MATH_COSINE_H_
