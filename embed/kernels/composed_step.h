// One step of skip-gram with negative sampling in the direction center ->
// context, for inputs composed of several rows (fastText, cw2vec).
//
// With h = scale * sum_f x_f over the feature rows of the center, target rows
// y_j of the output table and labels l_j in {0, 1}, it descends
//   L = sum_j softplus((1 - 2 l_j) h.y_j)
// by eight targets at a time, scored before they change, from h and y_j as they
// then stand:
//   g_j = rate * (l_j - sigmoid(h.y_j)),  d = sum_j g_j y_j,
//   y_j += g_j h,  x_f += gradient_scale * d,  h += response * d
// which is the true gradient for the sum (scale 1) and the mean (scale 1/n) of
// the features if gradient_scale = scale; word2vec.c's CBOW has 1 there. A
// target or a feature may occur more than once; of a target twice among the
// eight, d has the second y_j as the first has left it.
//
// The features are written once, at the end. With
//   response = scale * gradient_scale * sum over distinct rows of (times it
//              occurs among the features)^2
// h is what they would compose if each eight targets wrote them: stochastic
// gradient descent as published, without composing anew. With 0 it stays what
// it was at the start, as word2vec.c's CBOW has it.
#ifndef EMBED_KERNELS_COMPOSED_STEP_H_
#define EMBED_KERNELS_COMPOSED_STEP_H_

#include <cstddef>

#include "embed/kernels/loss_sum.h"

namespace embed {

struct ComposedStep {
  float* const* features;  // [num_features] rows x_f, 64-byte aligned
  int num_features;        // >= 1
  float scale;             // 1 for the sum, 1 / num_features for the mean
  float gradient_scale;    // the same for the true gradient
  float* const* targets;   // [num_targets] rows y_j
  const float* labels;     // [num_targets] 1 positive, 0 negative
  int num_targets;         // >= 1
  size_t stride;           // floats in a row, a multiple of 16
  float rate;              // learning rate
  // Rows of coming steps, asked for meanwhile. May be null if none.
  const float* const* next = nullptr;
  int num_next = 0;
  float response = 0.0f;  // of h to the features' updates
};

// Scratch memory and loss of one thread.
struct ComposedScratch {
  float* hidden = nullptr;    // stride floats, 64-byte aligned: h
  float* gradient = nullptr;  // stride floats, 64-byte aligned
  LossSum loss;
};

// The kernel for the CPU at hand; look it up once, call it for every center.
// Rows may be written by other threads at the same time (Hogwild).
using ComposedStepFunction = void (*)(const ComposedStep&, ComposedScratch*);
ComposedStepFunction GetComposedStep();

}  // namespace embed

#endif  // EMBED_KERNELS_COMPOSED_STEP_H_
