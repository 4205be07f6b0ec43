// A random rotation of the axes: rows whose few large values would dictate a
// coarse step for all become evenly spread, and lengths and angles stay.
//
// Method: Q of the QR decomposition (Householder) of a matrix of independent
// normal numbers, with the sign of each column chosen so that the diagonal of R
// is positive: uniform over all orthogonal matrices (Mezzadri, "How to generate
// random matrices from the classical compact groups", 2007). A matrix is held
// as float32 [dim, dim], row i the image of axis i.
#ifndef EMBED_INDEX_ROTATION_H_
#define EMBED_INDEX_ROTATION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace embed {

// The same dim and seed give the same matrix. O(dim^3) time.
std::vector<float> RandomRotation(int dim, uint64_t seed);

// out = sum over i of in[i] * row i; in and out have dim values and differ.
// Summed in the order of i, whatever the CPU.
void Rotate(absl::Span<const float> rotation, absl::Span<const float> in,
            absl::Span<float> out);

// The inverse: out[i] = row i . in.
void RotateBack(absl::Span<const float> rotation, absl::Span<const float> in,
                absl::Span<float> out);

}  // namespace embed

#endif  // EMBED_INDEX_ROTATION_H_
