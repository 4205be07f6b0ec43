// One step of skip-gram on a window whose contexts share their targets: a small
// matrix product, kept in registers.
//
// With context rows x_i of the input table and target rows y_j of the output
// table (the first P positive, the others negative with multiplicity w_j), it
// descends
//
//   L = sum_i [ sum_{j < P} softplus(-x_i.y_j)
//               + sum_{j >= P} w_j softplus(x_i.y_j) ]
//
// by one step of size `rate`, g_ij from the rows as they were:
//
//   g_ij = rate * w_j * ([j < P] - sigmoid(x_i.y_j))
//   x_i += sum_j g_ij y_j
//   y_j += sum_i g_ij x_i
//
// With P = 1 and y_0 the center's row this is negative sampling (Mikolov et al.
// 2013, equation 4, negated); with the inner nodes of the center's path, those
// with branch 0 first, it is hierarchical softmax.
// Sharing negatives over a window is pWord2Vec's scheme (Ji, Satish, Li, Dubey
// 2016); all scores of the window are taken before any row changes. Targets are
// updated six at a time, contexts in order: where a context row occurs twice,
// or for targets after the sixth, a later update sees the rows with the earlier
// ones, a difference of order rate^2.
//
// Where contexts have positives of their own, Y_i with m_i rows, all targets
// y_j are negatives, shared by everybody and counted once a positive:
//
//   L = sum_i [ sum_{y in Y_i} softplus(-x_i.y)
//               + m_i sum_j w_j softplus(x_i.y_j) ]
//
// These are the pairs (x_i, y) of several centers that share their negatives.
// The first of each context is updated with the first targets, the others last,
// those of one context together: as above, of order rate^2.
//
// Where positives belong to some contexts only, y_j, j < P, to those of a range
// R_j, context i is in m_i ranges and
//
//   L = sum_i [ sum_{j < P, i in R_j} softplus(-x_i.y_j)
//               + m_i sum_{j >= P} w_j softplus(x_i.y_j) ]
//
// These too are pairs of several centers that share their negatives, their
// windows lying over each other. All scores are computed, whether they count or
// not: faster where most count. Targets are then updated in equal portions of
// at most six.
//
// The sigmoid's relative error is below 4e-7 for every finite score.
#ifndef EMBED_KERNELS_WINDOW_STEP_H_
#define EMBED_KERNELS_WINDOW_STEP_H_

#include <cstddef>
#include <vector>

#include "embed/kernels/loss_sum.h"

namespace embed {

// The contexts first .. end - 1 without `but`, which may be none of them.
struct ContextRange {
  int first;
  int end;
  int but;
};

struct WindowStep {
  float* const* contexts;       // [num_contexts] rows x_i, 64-byte aligned
  int num_contexts;             // >= 1
  float* const* targets;        // [num_targets] distinct rows y_j
  const float* target_weights;  // [num_targets] w_j, 1 for positives
  int num_targets;              // >= 1
  size_t stride;                // floats in a row, a multiple of 16
  float rate;                   // learning rate
  int num_positives = 1;        // P, 0 to num_targets
  // Rows of coming steps, to be fetched while this one computes.
  const float* const* next = nullptr;
  int num_next = 0;
  // Positives of the contexts' own, or null: own[i] is the first of context i,
  // more[k] a further one of context more_contexts[k], context_counts[i] = m_i.
  // Output rows, none of them among the negatives, perhaps some the same. own
  // stands for targets[0], which is not read; num_positives is then 1.
  float* const* own = nullptr;         // [num_contexts]
  float* const* more = nullptr;        // [num_more]
  const int* more_contexts = nullptr;  // in rising order
  int num_more = 0;
  const float* context_counts = nullptr;  // [num_contexts]
  // R_j of the positives, or null: all contexts. Without `own`.
  const ContextRange* ranges = nullptr;  // [num_positives]
};

// Scratch memory and loss of one thread.
struct WindowScratch {
  static constexpr int kTargetTile = 6;  // targets updated together
  // Floats that a step of these sizes needs in `scores`.
  static size_t ScoresFor(int num_contexts, int num_targets, int num_more = 0);

  float* scores = nullptr;  // 64-byte aligned, ScoresFor() floats or more
  LossSum loss;
};

// The kernel for the CPU at hand; look it up once, call it for every window.
// Rows may be written by other threads at the same time (Hogwild).
using WindowStepFunction = void (*)(const WindowStep&, WindowScratch*);
WindowStepFunction GetWindowStep();

}  // namespace embed

#endif  // EMBED_KERNELS_WINDOW_STEP_H_
