// Sums logistic losses cheaply and exactly enough to report a true mean.
//
// For a score x of a positive example the loss is softplus(-x), of a negative
// one softplus(x), where softplus(x) = log(1 + e^x)
//                                    = max(x, 0) + log(1 + e^-|x|)
// in natural logarithms. The kernels already have e^-|x|, so they multiply the
// factors 1 + e^-|x|, which lie in (1, 2], and take one logarithm of the
// product of many instead of one of each; what the product gains is moved to an
// exponent before it can overflow.
#ifndef EMBED_KERNELS_LOSS_SUM_H_
#define EMBED_KERNELS_LOSS_SUM_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace embed {

// One per thread. The kernels use the lanes; callers read Take().
struct LossSum {
  static constexpr int kLanes = 16;
  // 2^120 still fits float32 (below 2^128).
  static constexpr int kMaxFactors = 120;

  // softplus(x), for the few scores that are taken one by one.
  static double Softplus(double x) {
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  }

  // Makes room for more factors.
  void Flush() {
    for (int lane = 0; lane < kLanes; ++lane) {
      // product = 2^e * m with m in [1, 2): e is kept apart.
      uint32_t bits;
      std::memcpy(&bits, &product[lane], sizeof(bits));
      exponents += bits >> 23;
      bits = (bits & 0x7FFFFF) | 0x3F800000;
      std::memcpy(&product[lane], &bits, sizeof(bits));
      total += static_cast<double>(linear[lane]);
      linear[lane] = 0.0f;
    }
    exponents -= int64_t{kLanes} * 127;
    factors = 1;  // of the mantissa that is left
  }
  // The sum since the last Take().
  double Take() {
    Flush();
    double sum = total + std::log(2.0) * static_cast<double>(exponents);
    for (float& lane : product) {
      sum += std::log(static_cast<double>(lane));
      lane = 1.0f;
    }
    total = 0.0;
    exponents = 0;
    factors = 0;
    return sum;
  }

  alignas(64) float product[kLanes] = {1, 1, 1, 1, 1, 1, 1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1};
  alignas(64) float linear[kLanes] = {};
  int factors = 0;  // factors multiplied into each lane since the last flush
  int64_t exponents = 0;
  double total = 0.0;
};

}  // namespace embed

#endif  // EMBED_KERNELS_LOSS_SUM_H_
