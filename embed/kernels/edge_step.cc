#include "embed/kernels/edge_step.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/edge_step.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "embed/kernels/logistic-inl.h"
#include "embed/kernels/row_scores-inl.h"
#include "embed/kernels/sum_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D = RowTag;
using V = RowVector;

constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
// Targets of an input scored side by side: those of the usual five negatives.
constexpr int kTile = 6;
constexpr int kPairs = EdgeStep::kMaxInputs * kTile;
// Vectors of partial sums, a whole number of SumLanes().
constexpr int kSums = (kPairs + kLanes - 1) / kLanes * kLanes;

// sums[t] = partial sums of x . y_t.
HWY_INLINE void Score(const float* x, const float* const* targets,
                      size_t stride, V* sums) {
  const D d;
  V sum[kTile];
  HWY_UNROLL(6)
  for (int t = 0; t < kTile; ++t) sum[t] = hn::Zero(d);
  for (size_t k = 0; k < stride; k += kLanes) {
    const V v = hn::Load(d, x + k);
    HWY_UNROLL(6)
    for (int t = 0; t < kTile; ++t) {
      sum[t] = hn::MulAdd(v, hn::Load(d, targets[t] + k), sum[t]);
    }
  }
  HWY_UNROLL(6)
  for (int t = 0; t < kTile; ++t) sums[t] = sum[t];
}

// gradients[p] from the sums of pair p; signs[p] is 1 for a positive, -1 for a
// negative, 0 for none.
HWY_INLINE void ToGradients(const V* sums, const float* signs, float rate,
                            LossSum* loss, float* gradients) {
  const D d;
  for (int p = 0; p < kSums; p += kLanes) {
    const V sign = hn::Load(d, signs + p);
    const auto none = hn::Eq(sign, hn::Zero(d));
    const V scores = SumLanes<kLanes>(sums + p);
    // 1 - sigmoid(x) = sigmoid(-x).
    const V x = hn::IfThenElse(none, hn::Set(d, kNoScore),
                               hn::Neg(hn::Mul(sign, scores)));
    if (loss->factors + 1 > LossSum::kMaxFactors) loss->Flush();
    ++loss->factors;
    V product = hn::Load(d, loss->product);
    V linear = hn::Load(d, loss->linear);
    const V rest = SigmoidWithSoftplus(d, x, &product, &linear);
    hn::Store(hn::Mul(hn::Mul(sign, hn::Set(d, rate)), rest), d, gradients + p);
    hn::Store(product, d, loss->product);
    hn::Store(linear, d, loss->linear);
  }
}

// Moves x and its targets, kTile if kFull, column by column, and asks for the
// columns of the rows `next`. A target may be x itself, so x is read again
// before its own gradient is added.
template <bool kFull>
HWY_INLINE void Update(float* x, float* const* targets, const float* gradients,
                       int count, size_t stride, const float* const* next,
                       int num_next) {
  const D d;
  const int targets_here = kFull ? kTile : count;
  V g[kTile];
  HWY_UNROLL(6)
  for (int t = 0; t < kTile; ++t) g[t] = hn::Set(d, gradients[t]);
  for (size_t k = 0; k < stride; k += kLanes) {
    if (k % 16 == 0) PrefetchColumns(next, num_next, k, 16);
    const V v = hn::Load(d, x + k);
    V sum = hn::Zero(d);
    HWY_UNROLL(6)
    for (int t = 0; t < targets_here; ++t) {
      const V y = hn::Load(d, targets[t] + k);
      sum = hn::MulAdd(g[t], y, sum);
      hn::Store(hn::MulAdd(g[t], v, y), d, targets[t] + k);
    }
    hn::Store(hn::Add(hn::Load(d, x + k), sum), d, x + k);
  }
}

void Step(const EdgeStep& step, LossSum* loss) {
  for (int first = 0; first < step.num_targets; first += kTile) {
    const int count = std::min(kTile, step.num_targets - first);
    alignas(64) float signs[kSums] = {};
    alignas(64) float gradients[kSums];
    V sums[kSums];
    for (int p = step.num_inputs * kTile; p < kSums; ++p) {
      sums[p] = hn::Zero(D());
    }
    for (int i = 0; i < step.num_inputs; ++i) {
      // Behind the last target, that one again.
      float* const* const own = step.targets + i * step.num_targets + first;
      const float* tile[kTile];
      for (int t = 0; t < kTile; ++t) tile[t] = own[std::min(t, count - 1)];
      Score(step.inputs[i], tile, step.stride, sums + i * kTile);
      std::fill(signs + i * kTile, signs + i * kTile + count, -1.0f);
      if (first == 0) signs[i * kTile] = 1.0f;
    }
    ToGradients(sums, signs, step.rate, loss, gradients);
    for (int i = 0; i < step.num_inputs; ++i) {
      float* const* const own = step.targets + i * step.num_targets + first;
      const float* const g = gradients + i * kTile;
      // Each input asks for its share, once.
      const int begin = first == 0 ? step.num_next * i / step.num_inputs : 0;
      const int end =
          first == 0 ? step.num_next * (i + 1) / step.num_inputs : 0;
      if (count == kTile) {
        Update<true>(step.inputs[i], own, g, count, step.stride,
                     step.next + begin, end - begin);
      } else {
        Update<false>(step.inputs[i], own, g, count, step.stride,
                      step.next + begin, end - begin);
      }
    }
  }
}

EdgeStepFunction Select() { return &Step; }

}  // namespace
// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Select);

EdgeStepFunction GetEdgeStep() { return HWY_DYNAMIC_DISPATCH(Select)(); }

}  // namespace embed
#endif  // HWY_ONCE
