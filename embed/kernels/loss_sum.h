// Sums logistic losses cheaply and exactly enough to report a true mean.
//
// For a score x of a positive example the loss is softplus(-x), of a negative
// one softplus(x), where softplus(x) = log(1 + e^x)
//                                    = max(x, 0) + log(1 + e^-|x|)
// in natural logarithms. The kernels already have e^-|x|, so they multiply the
// factors 1 + e^-|x|, which lie in (1, 2], and take one logarithm of the
// product of many instead of one of each.
#ifndef EMBED_KERNELS_LOSS_SUM_H_
#define EMBED_KERNELS_LOSS_SUM_H_

#include <cmath>

namespace embed {

// One per thread. The kernels use the lanes; callers read Take().
struct LossSum {
  static constexpr int kLanes = 16;
  // 2^120 still fits float32 (below 2^128).
  static constexpr int kMaxFactors = 120;

  // Moves what the lanes hold into `total`.
  void Flush() {
    for (int lane = 0; lane < kLanes; ++lane) {
      total += static_cast<double>(linear[lane]) +
               std::log(static_cast<double>(product[lane]));
      linear[lane] = 0.0f;
      product[lane] = 1.0f;
    }
    factors = 0;
  }
  // The sum since the last Take().
  double Take() {
    Flush();
    const double sum = total;
    total = 0.0;
    return sum;
  }

  alignas(64) float product[kLanes] = {1, 1, 1, 1, 1, 1, 1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1};
  alignas(64) float linear[kLanes] = {};
  int factors = 0;  // factors multiplied into each lane since the last flush
  double total = 0.0;
};

}  // namespace embed

#endif  // EMBED_KERNELS_LOSS_SUM_H_
