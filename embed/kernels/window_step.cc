#include "embed/kernels/window_step.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/window_step.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "embed/kernels/logistic-inl.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Vectors of at most 16 floats: rows are padded to multiples of 16.
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

// Register tiles. With 32 vector registers 4 contexts x 6 targets keep 24 sums
// and 5 operands; with 16 registers 2 x 6 keep 12 and 3.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr int kContextTile = 4;
constexpr int kUpdateVectors = 2;
#else
constexpr int kContextTile = 2;
constexpr int kUpdateVectors = 1;
#endif
constexpr int kTargetTile = 6;

// A score whose sigmoid and softplus are zero.
constexpr float kNoScore = -1e4f;

#if HWY_TARGET != HWY_SCALAR
// Lanes (sum a, sum b, sum c, sum d).
HWY_INLINE hn::Vec<hn::CappedTag<float, 4>> SumLanes(V a, V b, V c, V d) {
  const D df;
  const hn::RepartitionToWide<D> dd;
  const V ab =
      hn::Add(hn::InterleaveLower(df, a, b), hn::InterleaveUpper(df, a, b));
  const V cd =
      hn::Add(hn::InterleaveLower(df, c, d), hn::InterleaveUpper(df, c, d));
  const auto ab2 = hn::BitCast(dd, ab);
  const auto cd2 = hn::BitCast(dd, cd);
  const V all = hn::Add(hn::BitCast(df, hn::InterleaveLower(dd, ab2, cd2)),
                        hn::BitCast(df, hn::InterleaveUpper(dd, ab2, cd2)));
  // Each 128-bit block now holds partial sums of (a, b, c, d).
#if HWY_MAX_BYTES >= 64
  const hn::Half<D> dh;
  const hn::Half<decltype(dh)> dq;
  const auto half = hn::Add(hn::LowerHalf(dh, all), hn::UpperHalf(dh, all));
  return hn::Add(hn::LowerHalf(dq, half), hn::UpperHalf(dq, half));
#elif HWY_MAX_BYTES >= 32
  const hn::Half<D> dh;
  return hn::Add(hn::LowerHalf(dh, all), hn::UpperHalf(dh, all));
#else
  return all;
#endif
}
#endif  // HWY_TARGET != HWY_SCALAR

// Stores the sums of one target's scores for kContexts contexts from context
// `first` on; scores past them, up to a multiple of four, become kNoScore.
template <int kContexts>
HWY_INLINE void StoreSums(int first, V a, V b, V c, V d, float* scores) {
#if HWY_TARGET == HWY_SCALAR
  const V sums[4] = {a, b, c, d};
  for (int i = 0; i < kContexts; ++i) scores[i] = hn::GetLane(sums[i]);
  for (int i = first + kContexts; i % 4 != 0; ++i) {
    scores[i - first] = kNoScore;
  }
#else
  const auto sums = SumLanes(a, b, c, d);
  if (kContextTile == 2 && (first & 2) != 0) {
    const hn::CappedTag<float, 2> d2;  // the second half of a group of four
    hn::StoreU(hn::LowerHalf(d2, sums), d2, scores);
  } else {
    hn::StoreU(sums, hn::CappedTag<float, 4>(), scores);
  }
#endif
}

// scores[t * pitch + c] = x_c . y_t for kContexts contexts from `first` on and
// kTargets targets.
template <int kContexts, int kTargets>
HWY_INLINE void ScoreTile(const WindowStep& step, int first,
                          float* const* targets, float* scores, size_t pitch) {
  const D d;
  float* const* contexts = step.contexts + first;
  const size_t stride = step.stride;
  V sum[kContexts][kTargets];
  HWY_UNROLL(8)
  for (int c = 0; c < kContexts; ++c) {
    HWY_UNROLL(8)
    for (int t = 0; t < kTargets; ++t) sum[c][t] = hn::Zero(d);
  }
  for (size_t i = 0; i < stride; i += hn::Lanes(d)) {
    V x[kContexts];
    HWY_UNROLL(8)
    for (int c = 0; c < kContexts; ++c) x[c] = hn::Load(d, contexts[c] + i);
    HWY_UNROLL(8)
    for (int t = 0; t < kTargets; ++t) {
      const V y = hn::Load(d, targets[t] + i);
      HWY_UNROLL(8)
      for (int c = 0; c < kContexts; ++c) {
        sum[c][t] = hn::MulAdd(x[c], y, sum[c][t]);
      }
    }
  }
  const V none = hn::Set(d, kNoScore / static_cast<float>(hn::Lanes(d)));
  HWY_UNROLL(8)
  for (int t = 0; t < kTargets; ++t) {
    StoreSums<kContexts>(first, sum[0][t],
                         kContexts > 1 ? sum[1 % kContexts][t] : none,
                         kContexts > 2 ? sum[2 % kContexts][t] : none,
                         kContexts > 3 ? sum[3 % kContexts][t] : none,
                         scores + static_cast<size_t>(t) * pitch + first);
  }
}

template <int kTargets>
void ScoreTargets(const WindowStep& step, int first_target, float* scores,
                  size_t pitch) {
  float* const* targets = step.targets + first_target;
  scores += static_cast<size_t>(first_target) * pitch;
  int c = 0;
  if constexpr (kContextTile == 4) {
    for (; c + 4 <= step.num_contexts; c += 4) {
      ScoreTile<4, kTargets>(step, c, targets, scores, pitch);
    }
    if (step.num_contexts - c == 3) {
      ScoreTile<3, kTargets>(step, c, targets, scores, pitch);
      c += 3;
    }
  }
  for (; c + 2 <= step.num_contexts; c += 2) {
    ScoreTile<2, kTargets>(step, c, targets, scores, pitch);
  }
  if (c < step.num_contexts) {
    ScoreTile<1, kTargets>(step, c, targets, scores, pitch);
  }
}

// Scores -> gradients in place: g = rate * w * ([positive] - sigmoid(score)).
HWY_INLINE void ScoresToGradients(const WindowStep& step, float* scores,
                                  size_t pitch, LossSum* loss) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  const size_t count = static_cast<size_t>(step.num_targets) * pitch;
  const int factors = static_cast<int>((count + lanes - 1) / lanes);
  const size_t contexts = static_cast<size_t>(step.num_contexts);
  V product = hn::Load(d, loss->product);
  V linear = hn::Load(d, loss->linear);
  for (int p = 0; p < step.num_positives; ++p) {
    const float* row = scores + static_cast<size_t>(p) * pitch;
    for (size_t c = 0; c < contexts; c += lanes) {
      // The positive's softplus(-x) is softplus(x) - x.
      linear = hn::Sub(linear,
                       hn::MaskedLoad(hn::FirstN(d, contexts - c), d, row + c));
    }
  }
  const V minus_rate = hn::Set(d, -step.rate);
  int used = loss->factors;
  for (int f = 0; f < factors; ++f) {
    if (used == LossSum::kMaxFactors) {
      hn::Store(product, d, loss->product);
      hn::Store(linear, d, loss->linear);
      loss->Flush();
      product = hn::Load(d, loss->product);
      linear = hn::Load(d, loss->linear);
      used = 0;
    }
    ++used;
    float* at = scores + static_cast<size_t>(f) * lanes;
    const V sigmoid =
        SigmoidWithSoftplus(d, hn::Load(d, at), &product, &linear);
    hn::Store(hn::Mul(sigmoid, minus_rate), d, at);
  }
  hn::Store(product, d, loss->product);
  hn::Store(linear, d, loss->linear);
  loss->factors = used;
  const hn::CappedTag<float, 4> d4;
  const size_t positives = static_cast<size_t>(step.num_positives) * pitch;
  for (size_t c = 0; c < positives; c += hn::Lanes(d4)) {
    hn::Store(hn::Add(hn::Load(d4, scores + c), hn::Set(d4, step.rate)), d4,
              scores + c);
  }
}

// A negative drawn w times stands for w: its loss and its gradients count w
// times. Rare with large vocabularies, so it is kept out of the common path.
// This adds the loss, from the scores, that the common path leaves out.
void AddWeightedLoss(const WindowStep& step, int target, const float* scores,
                     size_t pitch, LossSum* loss) {
  const double more = static_cast<double>(step.target_weights[target]) - 1.0;
  const float* row = scores + static_cast<size_t>(target) * pitch;
  for (int c = 0; c < step.num_contexts; ++c) {
    const double x = static_cast<double>(row[c]);
    loss->total +=
        more * (x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)));
  }
}

void WeighGradients(const WindowStep& step, int target, float* gradients,
                    size_t pitch) {
  float* row = gradients + static_cast<size_t>(target) * pitch;
  for (int c = 0; c < step.num_contexts; ++c) {
    row[c] *= step.target_weights[target];
  }
}

// Both updates for kTargets targets and kVectors vectors of each row, from
// column `column` on.
template <int kTargets, int kVectors>
HWY_INLINE void UpdateColumns(const WindowStep& step, float* const* targets,
                              const float* gradients, size_t pitch,
                              size_t column) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  V y[kTargets][kVectors];
  V new_y[kTargets][kVectors];
  HWY_UNROLL(8)
  for (int t = 0; t < kTargets; ++t) {
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      y[t][v] = hn::Load(d, targets[t] + column + v * lanes);
      new_y[t][v] = y[t][v];
    }
  }
  for (int c = 0; c < step.num_contexts; ++c) {
    float* row = step.contexts[c] + column;
    V x[kVectors];
    V new_x[kVectors];
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      x[v] = hn::Load(d, row + v * lanes);
      new_x[v] = x[v];
    }
    HWY_UNROLL(8)
    for (int t = 0; t < kTargets; ++t) {
      const V g = hn::Set(d, gradients[static_cast<size_t>(t) * pitch + c]);
      HWY_UNROLL(8)
      for (int v = 0; v < kVectors; ++v) {
        new_x[v] = hn::MulAdd(g, y[t][v], new_x[v]);
        new_y[t][v] = hn::MulAdd(g, x[v], new_y[t][v]);
      }
    }
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      hn::Store(new_x[v], d, row + v * lanes);
    }
  }
  HWY_UNROLL(8)
  for (int t = 0; t < kTargets; ++t) {
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      hn::Store(new_y[t][v], d, targets[t] + column + v * lanes);
    }
  }
}

template <int kTargets>
void UpdateTargets(const WindowStep& step, int first_target,
                   const float* gradients, size_t pitch) {
  float* const* targets = step.targets + first_target;
  gradients += static_cast<size_t>(first_target) * pitch;
  const size_t lanes = hn::Lanes(D());
  size_t column = 0;
  for (; column + kUpdateVectors * lanes <= step.stride;
       column += kUpdateVectors * lanes) {
    UpdateColumns<kTargets, kUpdateVectors>(step, targets, gradients, pitch,
                                            column);
  }
  for (; column < step.stride; column += lanes) {
    UpdateColumns<kTargets, 1>(step, targets, gradients, pitch, column);
  }
}

// Calls the instance of `function` for up to kTargetTile targets.
#define EMBED_FOR_TARGETS(function, count, ...) \
  switch (count) {                              \
    case 1:                                     \
      function<1>(__VA_ARGS__);                 \
      break;                                    \
    case 2:                                     \
      function<2>(__VA_ARGS__);                 \
      break;                                    \
    case 3:                                     \
      function<3>(__VA_ARGS__);                 \
      break;                                    \
    case 4:                                     \
      function<4>(__VA_ARGS__);                 \
      break;                                    \
    case 5:                                     \
      function<5>(__VA_ARGS__);                 \
      break;                                    \
    default:                                    \
      function<kTargetTile>(__VA_ARGS__);       \
      break;                                    \
  }

void Step(const WindowStep& step, WindowScratch* scratch) {
  const size_t pitch = static_cast<size_t>(step.num_contexts + 3) / 4 * 4;
  float* scores = scratch->scores;
  for (int t = 0; t < step.num_targets; t += kTargetTile) {
    const int count = std::min(kTargetTile, step.num_targets - t);
    EMBED_FOR_TARGETS(ScoreTargets, count, step, t, scores, pitch);
  }
  // Up to a whole vector beyond the last score is read: it must be harmless.
  const hn::CappedTag<float, 4> d4;
  const hn::Vec<decltype(d4)> none = hn::Set(d4, kNoScore);
  const size_t end = static_cast<size_t>(step.num_targets) * pitch;
  for (size_t i = end; i < (end + 15) / 16 * 16; i += hn::Lanes(d4)) {
    hn::Store(none, d4, scores + i);
  }
  for (int t = step.num_positives; t < step.num_targets; ++t) {
    if (step.target_weights[t] != 1.0f) {
      AddWeightedLoss(step, t, scores, pitch, &scratch->loss);
    }
  }
  ScoresToGradients(step, scores, pitch, &scratch->loss);
  for (int t = step.num_positives; t < step.num_targets; ++t) {
    if (step.target_weights[t] != 1.0f) WeighGradients(step, t, scores, pitch);
  }
  for (int t = 0; t < step.num_targets; t += kTargetTile) {
    const int count = std::min(kTargetTile, step.num_targets - t);
    EMBED_FOR_TARGETS(UpdateTargets, count, step, t, scores, pitch);
  }
}

#undef EMBED_FOR_TARGETS

WindowStepFunction Select() { return &Step; }

}  // namespace
// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Select);

size_t WindowScratch::ScoresFor(int num_contexts, int num_targets) {
  const size_t pitch = static_cast<size_t>(num_contexts + 3) / 4 * 4;
  return (static_cast<size_t>(num_targets) * pitch + 15) / 16 * 16;
}

WindowStepFunction GetWindowStep() { return HWY_DYNAMIC_DISPATCH(Select)(); }

}  // namespace embed
#endif  // HWY_ONCE
