// Principal components: the directions in which rows differ most.
#ifndef EMBED_EVAL_PCA_H_
#define EMBED_EVAL_PCA_H_

#include <vector>

#include "absl/status/statusor.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct PrincipalComponents {
  // [rows, components], row-major: the rows less their mean, along the
  // components.
  std::vector<double> places;
  // The share of all variance along each component, falling, in [0, 1]; 0
  // where all rows are equal.
  std::vector<double> shares;
};

// The first `components` (1 to dim) of the covariance of the rows, by its
// singular value decomposition in double, O(rows dim^2 + dim^3). The sign of a
// component is such that its largest element is positive. InvalidArgument: no
// rows, other numbers of components, a number that is not finite. The result
// does not depend on `threads`.
absl::StatusOr<PrincipalComponents> Pca(const MatrixView& rows, int components,
                                        int threads);

}  // namespace embed

#endif  // EMBED_EVAL_PCA_H_
