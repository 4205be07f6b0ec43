// One step of HIN2Vec (embed/train/hin2vec.h): a row x and a relation r against
// one positive and some negative rows y_j, all but r of one table.
//
// With f the gate of the relation and h_i = x_i f(r_i), it descends
//
//   L = softplus(-h.y_0) + sum_{j > 0} softplus(h.y_j)
//
// by one step of size `rate`, six targets after another, each six scored before
// they change, from x and r as they were before these six:
//
//   g_j = rate * ([j = 0] - sigmoid(h.y_j))
//   y_j += g_j h
//   e = sum_j g_j y_j,  x_i += e_i f(r_i),  r_i += e_i x_i f'(r_i)
//
// Gates: kSigmoid, f = s with s(r) = 1 / (1 + e^-r), f' = s (1 - s): the true
// gradient but for terms of order rate^2. kStep, f(r) = 1 if r >= 0, else 0,
// whose f' is taken to be that of the sigmoid all the same (the
// straight-through gradient of the released code): r moves as if h were x_i
// s(r_i), while scores, x and y_j see the step.
//
// A target may occur more than once, and it may be x itself: each occurrence
// moves the row it stands for.
#ifndef EMBED_KERNELS_TRIPLE_STEP_H_
#define EMBED_KERNELS_TRIPLE_STEP_H_

#include <cstddef>

#include "embed/kernels/loss_sum.h"

namespace embed {

enum class RelationGate { kStep, kSigmoid };

struct TripleStep {
  float* x;               // 64-byte aligned, as all rows
  float* relation;        // r; not a row of the table of x
  float* const* targets;  // [num_targets] rows y_j, the positive first
  int num_targets;        // >= 1
  size_t stride;          // floats in a row, a multiple of 16
  float rate;             // learning rate
  // Rows of coming steps, asked for meanwhile. May be null if none.
  const float* const* next = nullptr;
  int num_next = 0;
};

// The kernel for the CPU at hand; look it up once, call it for every triple.
// Adds L to *loss. Padding of zeros stays zero. Rows may be written by other
// threads at the same time (Hogwild).
using TripleStepFunction = void (*)(const TripleStep& step, LossSum* loss);
TripleStepFunction GetTripleStep(RelationGate gate);

}  // namespace embed

#endif  // EMBED_KERNELS_TRIPLE_STEP_H_
