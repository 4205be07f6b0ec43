// The part of a window step that goes pair by pair: contexts and the further
// positives of their own (embed/kernels/window_step.h).
#if defined(EMBED_KERNELS_PAIR_UPDATES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EMBED_KERNELS_PAIR_UPDATES_INL_H_
#undef EMBED_KERNELS_PAIR_UPDATES_INL_H_
#else
#define EMBED_KERNELS_PAIR_UPDATES_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>

#include "embed/kernels/logistic-inl.h"
#include "embed/kernels/row_scores-inl.h"
#include "embed/kernels/sum_lanes-inl.h"
#include "embed/kernels/window_step.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int kPairLanes = static_cast<int>(hn::MaxLanes(RowTag()));

// Pairs of contexts and further positives of theirs that are taken at a time.
constexpr int kPairTile = 4;

// Partial sums of the scores of the pairs from `first` on, one pair a vector.
// Behind the last pair, that one again.
HWY_INLINE void ScorePairs(const WindowStep& step, int first, RowVector* sums) {
  const RowTag d;
  const float* x[kPairTile];
  const float* y[kPairTile];
  RowVector sum[kPairTile];
  HWY_UNROLL(4)
  for (int i = 0; i < kPairTile; ++i) {
    const int pair = std::min(first + i, step.num_more - 1);
    x[i] = step.contexts[step.more_contexts[pair]];
    y[i] = step.more[pair];
    sum[i] = hn::Zero(d);
  }
  const size_t stride = step.stride;
  for (size_t k = 0; k < stride; k += kPairLanes) {
    HWY_UNROLL(4)
    for (int i = 0; i < kPairTile; ++i) {
      sum[i] = hn::MulAdd(hn::Load(d, x[i] + k), hn::Load(d, y[i] + k), sum[i]);
    }
  }
  HWY_UNROLL(4)
  for (int i = 0; i < kPairTile; ++i) sums[i] = sum[i];
}

// Gradients of contexts and their further positives, in the order of step.more.
HWY_INLINE void ScoreMore(const WindowStep& step, LossSum* loss,
                          float* gradients) {
  const RowTag d;
  constexpr int kPairs = std::max(kPairLanes, kPairTile);
  const RowVector rate = hn::Set(d, step.rate);
  for (int first = 0; first < step.num_more; first += kPairs) {
    const int count = std::min(kPairs, step.num_more - first);
    RowVector sums[kPairs];
    for (int i = 0; i < kPairs; ++i) sums[i] = hn::Zero(d);
    for (int i = 0; i < count; i += kPairTile) {
      ScorePairs(step, first + i, sums + i);
    }
    for (int i = 0; i < count; i += kPairLanes) {
      const RowVector scores = SumLanes<kPairLanes>(sums + i);
      // 1 - sigmoid(x) = sigmoid(-x).
      const RowVector x =
          hn::IfThenElse(hn::FirstN(d, static_cast<size_t>(count - i)),
                         hn::Neg(scores), hn::Set(d, kNoScore));
      if (loss->factors + 1 > LossSum::kMaxFactors) loss->Flush();
      ++loss->factors;
      RowVector product = hn::Load(d, loss->product);
      RowVector linear = hn::Load(d, loss->linear);
      const RowVector rest = SigmoidWithSoftplus(d, x, &product, &linear);
      hn::Store(hn::Mul(rest, rate), d, gradients + first + i);
      hn::Store(product, d, loss->product);
      hn::Store(linear, d, loss->linear);
    }
  }
}

// Updates kVectors vectors of the pairs begin .. end - 1, which have one
// context, at `column`. Its row stays in registers: a store a pair, not two.
template <int kVectors>
HWY_INLINE void UpdateContext(const WindowStep& step, int begin, int end,
                              const float* gradients, size_t column) {
  const RowTag d;
  float* const row = step.contexts[step.more_contexts[begin]] + column;
  RowVector x[kVectors];
  RowVector new_x[kVectors];
  HWY_UNROLL(8)
  for (int v = 0; v < kVectors; ++v) {
    x[v] = hn::Load(d, row + v * kPairLanes);
    new_x[v] = x[v];
  }
  for (int k = begin; k < end; ++k) {
    float* const y = step.more[k] + column;
    const RowVector g = hn::Set(d, gradients[k]);
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      const RowVector old_y = hn::Load(d, y + v * kPairLanes);
      new_x[v] = hn::MulAdd(g, old_y, new_x[v]);
      hn::Store(hn::MulAdd(g, x[v], old_y), d, y + v * kPairLanes);
    }
  }
  HWY_UNROLL(8)
  for (int v = 0; v < kVectors; ++v) {
    hn::Store(new_x[v], d, row + v * kPairLanes);
  }
}

// Updates contexts and their further positives, context by context.
HWY_INLINE void UpdateMore(const WindowStep& step, const float* gradients) {
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
  constexpr int kVectors = 8;  // twice, of 32 registers
#else
  constexpr int kVectors = 4;
#endif
  constexpr size_t kColumns = kVectors * kPairLanes;
  constexpr size_t kHalf = kColumns / 2;
  const size_t stride = step.stride;
  int end = 0;
  for (int begin = 0; begin < step.num_more; begin = end) {
    while (end < step.num_more &&
           step.more_contexts[end] == step.more_contexts[begin]) {
      ++end;
    }
    size_t k = 0;
    for (; k + kColumns <= stride; k += kColumns) {
      UpdateContext<kVectors>(step, begin, end, gradients, k);
    }
    for (; k + kHalf <= stride; k += kHalf) {
      UpdateContext<kVectors / 2>(step, begin, end, gradients, k);
    }
    for (; k < stride; k += kPairLanes) {
      UpdateContext<1>(step, begin, end, gradients, k);
    }
  }
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
