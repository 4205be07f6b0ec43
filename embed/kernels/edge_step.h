// One step of negative sampling on single pairs of rows: an input row against
// one positive and some negative output rows, for one input or for several that
// do not share rows (the two orders of LINE), side by side.
//
// With inputs x_i and targets y_ij, of which y_i0 is the positive, it descends
//
//   L = sum_i [ softplus(-x_i.y_i0) + sum_{j > 0} softplus(x_i.y_ij) ]
//
// by one step of size `rate`, six targets of an input after another, each six
// scored before they change:
//
//   g_ij = rate * ([j = 0] - sigmoid(x_i.y_ij))
//   y_ij += g_ij x_i
//   x_i += sum_j g_ij y_ij
//
// with x_i as it was before these six. A target may occur more than once, and
// it may be the input's own row (a negative that is the tail of its edge, a
// self-loop): each occurrence moves the row it stands for, so the whole step is
// the true gradient but for terms of order rate^2.
//
// The sigmoid's relative error is below 4e-7 for every finite score.
#ifndef EMBED_KERNELS_EDGE_STEP_H_
#define EMBED_KERNELS_EDGE_STEP_H_

#include <cstddef>

#include "embed/kernels/loss_sum.h"

namespace embed {

struct EdgeStep {
  static constexpr int kMaxInputs = 2;

  float* const* inputs;   // [num_inputs] rows x_i, 64-byte aligned
  float* const* targets;  // [num_inputs, num_targets] rows y_ij
  int num_inputs;         // 1 to kMaxInputs; no row belongs to two of them
  int num_targets;        // of each input, >= 1
  size_t stride;          // floats in a row, a multiple of 16
  float rate;             // learning rate
  // Rows of coming steps, asked for meanwhile. May be null if none.
  const float* const* next = nullptr;
  int num_next = 0;
};

// The kernel for the CPU at hand; look it up once, call it for every edge. Adds
// L to *loss. Rows may be written by other threads at the same time (Hogwild).
using EdgeStepFunction = void (*)(const EdgeStep& step, LossSum* loss);
EdgeStepFunction GetEdgeStep();

}  // namespace embed

#endif  // EMBED_KERNELS_EDGE_STEP_H_
