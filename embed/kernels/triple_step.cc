#include "embed/kernels/triple_step.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/triple_step.cc"
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
// Targets scored side by side: those of the usual five negatives.
constexpr int kTile = 6;
// Vectors of partial sums that SumLanes() takes at a time, and all of them.
constexpr int kSumsAtOnce = kLanes < 8 ? kLanes : 8;
constexpr int kSums = (kTile + kSumsAtOnce - 1) / kSumsAtOnce * kSumsAtOnce;

// e^-|r| and the sigmoid's slope s (1 - s) = e^-|r| / (1 + e^-|r|)^2.
HWY_INLINE V Slope(V exp_of_minus_abs) {
  const D d;
  const V sum = hn::Add(hn::Set(d, 1.0f), exp_of_minus_abs);
  return hn::Div(exp_of_minus_abs, hn::Mul(sum, sum));
}

struct StepGate {
  // x f(r)
  static HWY_INLINE V Apply(V x, V r) {
    return hn::IfThenElseZero(hn::Ge(r, hn::Zero(D())), x);
  }
};

struct SigmoidGate {
  static HWY_INLINE V Apply(V x, V r) {
    const D d;
    const V e = ExpOfNegative(d, hn::Abs(r));
    const V numerator =
        hn::IfThenElse(hn::Lt(r, hn::Zero(d)), e, hn::Set(d, 1.0f));
    return hn::Mul(x, hn::Div(numerator, hn::Add(hn::Set(d, 1.0f), e)));
  }
};

// sums[t] = partial sums of h . y_t.
template <class Gate>
HWY_INLINE void Score(const TripleStep& step, const float* const* targets,
                      V* sums) {
  const D d;
  V sum[kTile];
  HWY_UNROLL(6)
  for (int t = 0; t < kTile; ++t) sum[t] = hn::Zero(d);
  for (size_t k = 0; k < step.stride; k += kLanes) {
    const V h =
        Gate::Apply(hn::Load(d, step.x + k), hn::Load(d, step.relation + k));
    HWY_UNROLL(6)
    for (int t = 0; t < kTile; ++t) {
      sum[t] = hn::MulAdd(h, hn::Load(d, targets[t] + k), sum[t]);
    }
  }
  HWY_UNROLL(6)
  for (int t = 0; t < kTile; ++t) sums[t] = sum[t];
}

// gradients[t] from the sums of target t; signs[t] is 1 for a positive, -1 for
// a negative, 0 for none. Both have room for a whole vector behind the last.
HWY_INLINE void ToGradients(const V* sums, const float* signs, float rate,
                            LossSum* loss, float* gradients) {
  const D d;
  if (loss->factors + kSums > LossSum::kMaxFactors) loss->Flush();
  V product = hn::Load(d, loss->product);
  V linear = hn::Load(d, loss->linear);
  for (int t = 0; t < kSums; t += kLanes) {
    const V sign = hn::Load(d, signs + t);
    const auto none = hn::Eq(sign, hn::Zero(d));
    const V scores = SumLanes<kSumsAtOnce>(sums + t);
    // 1 - sigmoid(x) = sigmoid(-x).
    const V x = hn::IfThenElse(none, hn::Set(d, kNoScore),
                               hn::Neg(hn::Mul(sign, scores)));
    const V rest = SigmoidWithSoftplus(d, x, &product, &linear);
    ++loss->factors;
    hn::Store(hn::Mul(hn::Mul(sign, hn::Set(d, rate)), rest), d, gradients + t);
  }
  hn::Store(product, d, loss->product);
  hn::Store(linear, d, loss->linear);
}

// Moves x, r and their targets, kTile if kFull, column by column. A target may
// be x itself, so x is read again before its own gradient is added.
template <class Gate, bool kFull>
HWY_INLINE void Update(const TripleStep& step, int first,
                       const float* gradients, int count) {
  const D d;
  float* const* const targets = step.targets + first;
  const int num_next = first == 0 ? step.num_next : 0;
  const int targets_here = kFull ? kTile : count;
  V g[kTile];
  HWY_UNROLL(6)
  for (int t = 0; t < kTile; ++t) g[t] = hn::Set(d, gradients[t]);
  for (size_t k = 0; k < step.stride; k += kLanes) {
    if (k % 16 == 0) PrefetchColumns(step.next, num_next, k, 16);
    const V x = hn::Load(d, step.x + k);
    const V r = hn::Load(d, step.relation + k);
    const V h = Gate::Apply(x, r);
    V e = hn::Zero(d);
    HWY_UNROLL(6)
    for (int t = 0; t < targets_here; ++t) {
      const V y = hn::Load(d, targets[t] + k);
      e = hn::MulAdd(g[t], y, e);
      hn::Store(hn::MulAdd(g[t], h, y), d, targets[t] + k);
    }
    hn::Store(hn::Add(hn::Load(d, step.x + k), Gate::Apply(e, r)), d,
              step.x + k);
    const V slope = Slope(ExpOfNegative(d, hn::Abs(r)));
    hn::Store(hn::MulAdd(hn::Mul(e, x), slope, r), d, step.relation + k);
  }
}

template <class Gate>
void Step(const TripleStep& step, LossSum* loss) {
  for (int first = 0; first < step.num_targets; first += kTile) {
    const int count = std::min(kTile, step.num_targets - first);
    float* const* const targets = step.targets + first;
    constexpr int kRoom = kSums > kLanes ? kSums : kLanes;
    alignas(64) float signs[kRoom] = {};
    alignas(64) float gradients[kRoom];
    std::fill(signs, signs + count, -1.0f);
    if (first == 0) signs[0] = 1.0f;
    V sums[kSums];
    for (int t = kTile; t < kSums; ++t) sums[t] = hn::Zero(D());
    if (count == kTile) {
      Score<Gate>(step, targets, sums);
      ToGradients(sums, signs, step.rate, loss, gradients);
      Update<Gate, true>(step, first, gradients, count);
      continue;
    }
    // Behind the last target, that one again.
    const float* tile[kTile];
    for (int t = 0; t < kTile; ++t) tile[t] = targets[std::min(t, count - 1)];
    Score<Gate>(step, tile, sums);
    ToGradients(sums, signs, step.rate, loss, gradients);
    Update<Gate, false>(step, first, gradients, count);
  }
}

TripleStepFunction Select(RelationGate gate) {
  return gate == RelationGate::kStep ? &Step<StepGate> : &Step<SigmoidGate>;
}

}  // namespace
// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Select);

TripleStepFunction GetTripleStep(RelationGate gate) {
  return HWY_DYNAMIC_DISPATCH(Select)(gate);
}

}  // namespace embed
#endif  // HWY_ONCE
