// One step of skip-gram with negative sampling on a window whose contexts share
// their negatives: a small matrix product, kept in registers.
//
// With context rows x_i of the input table, target rows y_j of the output table
// (j = 0 the center, j >= 1 negatives with multiplicity w_j), it descends
//
//   L = sum_i [ softplus(-x_i.y_0) + sum_{j>=1} w_j softplus(x_i.y_j) ]
//
// (Mikolov et al. 2013, equation 4, negated) by one step of size `rate`:
//   g_ij = rate * w_j * ([j = 0] - sigmoid(x_i.y_j))   from the rows as they
//   were x_i += sum_j g_ij y_j,     y_j += sum_i g_ij x_i
// Sharing negatives over a window is pWord2Vec's scheme (Ji, Satish, Li, Dubey
// 2016); all scores of the window are taken before any row changes. Targets are
// updated six at a time, contexts in order: where a context row occurs twice,
// or for targets after the sixth, a later update sees the rows with the earlier
// ones, a difference of order rate^2.
//
// The sigmoid's relative error is below 4e-7 for every finite score.
#ifndef EMBED_KERNELS_WINDOW_STEP_H_
#define EMBED_KERNELS_WINDOW_STEP_H_

#include <cstddef>
#include <vector>

#include "embed/kernels/loss_sum.h"

namespace embed {

struct WindowStep {
  float* const* contexts;       // [num_contexts] rows x_i, 64-byte aligned
  int num_contexts;             // >= 1
  float* const* targets;        // [num_targets] distinct rows y_j, y_0 positive
  const float* target_weights;  // [num_targets] w_j, w_0 = 1
  int num_targets;              // >= 1
  size_t stride;                // floats in a row, a multiple of 16
  float rate;                   // learning rate
};

// Scratch memory and loss of one thread.
struct WindowScratch {
  // Floats that a step of these sizes needs in `scores`.
  static size_t ScoresFor(int num_contexts, int num_targets);

  float* scores = nullptr;  // 64-byte aligned, ScoresFor() floats or more
  LossSum loss;
};

// The kernel for the CPU at hand; look it up once, call it for every window.
// Rows may be written by other threads at the same time (Hogwild).
using WindowStepFunction = void (*)(const WindowStep&, WindowScratch*);
WindowStepFunction GetWindowStep();

}  // namespace embed

#endif  // EMBED_KERNELS_WINDOW_STEP_H_
