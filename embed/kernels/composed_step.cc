#include "embed/kernels/composed_step.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/composed_step.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "absl/types/span.h"
#include "embed/kernels/logistic-inl.h"
#include "embed/kernels/row_scores-inl.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D = RowTag;
using V = RowVector;

constexpr int kTargetTile = 8;     // scores computed side by side
constexpr int kColumnVectors = 8;  // vectors of h kept in registers

// h = scale * sum of the feature rows, columns [column, column + kVectors
// vectors).
template <int kVectors>
HWY_INLINE void ComposeColumns(const ComposedStep& step, size_t column,
                               float* hidden) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  V sum[kVectors];
  HWY_UNROLL(8)
  for (int v = 0; v < kVectors; ++v) sum[v] = hn::Zero(d);
  for (int f = 0; f < step.num_features; ++f) {
    const float* row = step.features[f] + column;
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      sum[v] = hn::Add(sum[v], hn::Load(d, row + v * lanes));
    }
  }
  const V scale = hn::Set(d, step.scale);
  HWY_UNROLL(8)
  for (int v = 0; v < kVectors; ++v) {
    hn::Store(hn::Mul(sum[v], scale), d, hidden + column + v * lanes);
  }
}

void Compose(const ComposedStep& step, float* hidden) {
  const size_t lanes = hn::Lanes(D());
  size_t column = 0;
  for (; column + kColumnVectors * lanes <= step.stride;
       column += kColumnVectors * lanes) {
    ComposeColumns<kColumnVectors>(step, column, hidden);
  }
  for (; column < step.stride; column += lanes) {
    ComposeColumns<1>(step, column, hidden);
  }
}

// Scores of `count` targets to gradients, in place; unused lanes hold kNoScore.
HWY_INLINE void ScoresToGradients(const float* labels, int count, float rate,
                                  float* scores, LossSum* loss) {
  const hn::CappedTag<float, kTargetTile> d;
  using V8 = hn::Vec<decltype(d)>;
  const size_t lanes = hn::Lanes(d);
  if (loss->factors + kTargetTile > LossSum::kMaxFactors) loss->Flush();
  V8 product = hn::Load(d, loss->product);
  V8 linear = hn::Load(d, loss->linear);
  for (size_t i = 0; i < static_cast<size_t>(count); i += lanes) {
    const V8 score = hn::Load(d, scores + i);
    const V8 label = hn::Load(d, labels + i);
    const V8 sigmoid = SigmoidWithSoftplus(d, score, &product, &linear);
    linear = hn::NegMulAdd(label, score, linear);
    hn::Store(hn::Mul(hn::Set(d, rate), hn::Sub(label, sigmoid)), d,
              scores + i);
    ++loss->factors;
  }
  hn::Store(product, d, loss->product);
  hn::Store(linear, d, loss->linear);
}

// The rows of coming steps that the tile of targets from `first` on asks for:
// an equal share of them, or the memory system would have too many at a time.
HWY_INLINE absl::Span<const float* const> ShareOfNext(const ComposedStep& step,
                                                      int first) {
  const int tiles = (step.num_targets + kTargetTile - 1) / kTargetTile;
  const int tile = first / kTargetTile;
  const int begin = step.num_next * tile / tiles;
  const int end = step.num_next * (tile + 1) / tiles;
  return {step.next + begin, static_cast<size_t>(end - begin)};
}

// With d = sum_t g_t y_t: gradient += d, y_t += g_t h, h += response * d.
template <int kTargets>
HWY_INLINE void UpdateTargets(const ComposedStep& step, int first,
                              const float* gradients, float* hidden,
                              float* gradient) {
  const D d;
  float* const* const targets = step.targets + first;
  const absl::Span<const float* const> next = ShareOfNext(step, first);
  const int num_next = static_cast<int>(next.size());
  V g[kTargets];
  HWY_UNROLL(8)
  for (int t = 0; t < kTargets; ++t) g[t] = hn::Set(d, gradients[t]);
  const V response = hn::Set(d, step.response);
  for (size_t i = 0; i < step.stride; i += hn::Lanes(d)) {
    if (i % 16 == 0) PrefetchColumns(next.data(), num_next, i, 16);
    const V h = hn::Load(d, hidden + i);
    V sum = hn::Zero(d);
    HWY_UNROLL(8)
    for (int t = 0; t < kTargets; ++t) {
      const V y = hn::Load(d, targets[t] + i);
      sum = hn::MulAdd(g[t], y, sum);
      hn::Store(hn::MulAdd(g[t], h, y), d, targets[t] + i);
    }
    hn::Store(hn::Add(hn::Load(d, gradient + i), sum), d, gradient + i);
    hn::Store(hn::MulAdd(response, sum, h), d, hidden + i);
  }
}

// x_f += gradient_scale * gradient for every feature row.
void Spread(const ComposedStep& step, const float* gradient) {
  const D d;
  const V scale = hn::Set(d, step.gradient_scale);
  for (int f = 0; f < step.num_features; ++f) {
    float* row = step.features[f];
    for (size_t i = 0; i < step.stride; i += hn::Lanes(d)) {
      const V x = hn::Load(d, row + i);
      hn::Store(hn::MulAdd(scale, hn::Load(d, gradient + i), x), d, row + i);
    }
  }
}

// kTargets targets from `first` on: scores, gradients, updates.
template <int kTargets>
void TargetTile(const ComposedStep& step, int first, ComposedScratch* scratch) {
  alignas(64) float scores[kTargetTile];
  alignas(64) float labels[kTargetTile] = {};
  std::fill(scores + kTargets, scores + kTargetTile, kNoScore);
  std::copy(step.labels + first, step.labels + first + kTargets, labels);
  ScoreRows<kTargets>(scratch->hidden, step.targets + first, step.stride,
                      scores);
  ScoresToGradients(labels, kTargets, step.rate, scores, &scratch->loss);
  UpdateTargets<kTargets>(step, first, scores, scratch->hidden,
                          scratch->gradient);
}

void RestOfTargets(const ComposedStep& step, int first,
                   ComposedScratch* scratch) {
  switch (step.num_targets - first) {
    case 7:
      return TargetTile<7>(step, first, scratch);
    case 6:
      return TargetTile<6>(step, first, scratch);
    case 5:
      return TargetTile<5>(step, first, scratch);
    case 4:
      return TargetTile<4>(step, first, scratch);
    case 3:
      return TargetTile<3>(step, first, scratch);
    case 2:
      return TargetTile<2>(step, first, scratch);
    case 1:
      return TargetTile<1>(step, first, scratch);
    default:
      return;
  }
}

void Step(const ComposedStep& step, ComposedScratch* scratch) {
  Compose(step, scratch->hidden);
  std::fill(scratch->gradient, scratch->gradient + step.stride, 0.0f);
  int t = 0;
  for (; t + kTargetTile <= step.num_targets; t += kTargetTile) {
    TargetTile<kTargetTile>(step, t, scratch);
  }
  RestOfTargets(step, t, scratch);
  Spread(step, scratch->gradient);
}

ComposedStepFunction Select() { return &Step; }

}  // namespace
// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Select);

ComposedStepFunction GetComposedStep() {
  return HWY_DYNAMIC_DISPATCH(Select)();
}

}  // namespace embed
#endif  // HWY_ONCE
