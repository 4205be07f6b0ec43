// The learning rate over a run, by the share t in [0, 1] of the work before
// this point, so independent of threads and speed:
//
//   linear    rate * max(floor, 1 - t)                 (word2vec.c's)
//   cosine    rate * max(floor, (1 + cos(pi t)) / 2)   (Loshchilov, Hutter
//   2017) constant  rate
#ifndef EMBED_TRAIN_LEARNING_RATE_H_
#define EMBED_TRAIN_LEARNING_RATE_H_

#include "absl/status/status.h"

namespace embed {

enum class RateShape { kLinear, kCosine, kConstant };

struct LearningRate {
  // InvalidArgument naming the member and its value.
  absl::Status Validate() const;
  // done: the share of the work before this point.
  double At(double done) const;

  double rate = 0.025;
  double floor = 1e-4;  // lowest share of `rate`
  RateShape shape = RateShape::kLinear;
};

}  // namespace embed

#endif  // EMBED_TRAIN_LEARNING_RATE_H_
