// The pieces of a step that forms its gradients before it applies them, for
// optimisers that must know a gradient's size (embed/train/optimizer.h). Plain
// SGD has the fused kernels of window_step.h and composed_step.h instead.
//
// For inputs x_i, targets y_j, labels l_j in {0, 1} and weights w_j the loss is
//   L = sum_ij w_j softplus((1 - 2 l_j) x_i.y_j)
// and its downward gradients are linear in the errors e_ij:
//   e_ij = w_j (l_j - sigmoid(x_i.y_j))
//   -dL/dx_i = sum_j e_ij y_j,  -dL/dy_j = sum_i e_ij x_i
// The caller keeps the order: all errors first, from the rows as they are, then
// the sums, then the updates.
//
// Rows are 64-byte aligned and may be written by other threads at the same time
// (Hogwild). The sigmoid's relative error is below 4e-7 for finite scores.
#ifndef EMBED_KERNELS_GRADIENT_STEP_H_
#define EMBED_KERNELS_GRADIENT_STEP_H_

#include <cstddef>

#include "embed/kernels/loss_sum.h"

namespace embed {

struct ErrorStep {
  // Floats from one input's errors to the next one's.
  static constexpr size_t PitchFor(size_t num_targets) {
    return (num_targets + 15) / 16 * 16;
  }

  const float* const* inputs;   // [num_inputs] rows x_i
  size_t num_inputs;            // >= 1
  const float* const* targets;  // [num_targets] rows y_j, repeated or not
  const float* labels;          // [num_targets] 1 positive, 0 negative
  const float* weights;         // [num_targets] >= 0
  size_t num_targets;           // >= 1
  size_t stride;                // floats in a row, a multiple of 16
};

// The kernels for the CPU at hand; look them up once.
struct GradientKernels {
  // errors[i * PitchFor(num_targets) + j] = e_ij, numbers below 1e-26 behind
  // the last target; `errors` is 64-byte aligned. Adds L to *loss, which a NaN
  // among the scores makes NaN.
  void (*errors)(const ErrorStep& step, float* errors, LossSum* loss);

  // sum = sum_k factors[k * pitch] rows[k], k < count; returns |sum|^2. `sum`
  // is `stride` floats, 64-byte aligned, and none of the rows.
  float (*combine)(const float* const* rows, const float* factors, size_t pitch,
                   size_t count, size_t stride, float* sum);

  // row += factor * vector
  void (*add)(float factor, const float* vector, size_t stride, float* row);
};

GradientKernels GetGradientKernels();

}  // namespace embed

#endif  // EMBED_KERNELS_GRADIENT_STEP_H_
