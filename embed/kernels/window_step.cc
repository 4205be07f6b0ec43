#include "embed/kernels/window_step.h"

#include <algorithm>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/window_step.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "embed/kernels/logistic-inl.h"
#include "embed/kernels/pair_updates-inl.h"
#include "embed/kernels/row_scores-inl.h"
#include "embed/kernels/sum_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D = RowTag;
using V = RowVector;

// Register tiles: 4 contexts x 6 targets keep 24 sums and 5 operands in 32
// vector registers, 2 x 6 keep 12 and 3 in 16.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr int kContextTile = 4;
constexpr int kUpdateVectors = 2;
#else
constexpr int kContextTile = 2;
constexpr int kUpdateVectors = 1;
#endif
constexpr int kTargetTile = WindowScratch::kTargetTile;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));

// The scores of a tile, target-major, in whole vectors: element t * kContexts
// + c belongs to target t and context c. Later its gradients.
template <int kContexts, int kTargets>
constexpr int kTileVectors = (kContexts * kTargets + kLanes - 1) / kLanes;
template <int kContexts, int kTargets>
constexpr int kTileFloats = kLanes* kTileVectors<kContexts, kTargets>;

// The sigmoid of x; adds weight * softplus(x) to *linear.
HWY_INLINE V WeightedSigmoid(V x, V weight, V* linear) {
  const D d;
  V factor = hn::Set(d, 1.0f);
  V softplus = hn::Zero(d);
  const V sigmoid = SigmoidWithSoftplus(d, x, &factor, &softplus);
  softplus = hn::Add(softplus, LogOfOneToTwo(d, factor));
  *linear = hn::MulAdd(weight, softplus, *linear);
  return sigmoid;
}

// For the lambdas below: compiled for this target, and part of their caller.
#define EMBED_TILE HWY_ATTR __attribute__((always_inline))

// How often each element of a tile counts whose positives have ranges: once in
// the positive's, for each range as often as a negative was drawn.
template <int kContexts, int kTargets>
HWY_INLINE void RangeWeights(const WindowStep& step, int first,
                             int first_target, float* weights) {
  const hn::CappedTag<float, kContexts == 1 ? 1 : kContexts == 2 ? 2 : 4> d;
  const hn::RebindToSigned<decltype(d)> di;
  const auto set = [di](int i) EMBED_TILE { return hn::Set(di, i); };
  const V zero = hn::Zero(D());
  for (int v = 0; v < kTileVectors<kContexts, kTargets>; ++v) {
    hn::Store(zero, D(), weights + v * kLanes);
  }
  // In turn: what is written behind the contexts of a target is overwritten.
  for (int c = 0; c < kContexts; c += static_cast<int>(hn::MaxLanes(d))) {
    const auto place = hn::Iota(di, first + c);
    auto counts = hn::Zero(d);
    for (int p = 0; p < step.num_positives; ++p) {
      const ContextRange range = step.ranges[p];
      const auto in = hn::IfThenElseZero(
          hn::RebindMask(d, hn::And(hn::And(hn::Gt(place, set(range.first - 1)),
                                            hn::Gt(set(range.end), place)),
                                    hn::Ne(place, set(range.but)))),
          hn::Set(d, 1.0f));
      counts = hn::Add(counts, in);
      const int t = p - first_target;
      if (t >= 0 && t < kTargets) {
        hn::StoreU(in, d, weights + t * kContexts + c);
      }
    }
    for (int t = std::max(0, step.num_positives - first_target); t < kTargets;
         ++t) {
      hn::StoreU(
          hn::Mul(counts, hn::Set(d, step.target_weights[first_target + t])), d,
          weights + t * kContexts + c);
    }
  }
}

// How often each element of a tile counts: as often as the target was drawn,
// once for each positive of the context's own, which themselves count once.
template <int kContexts, int kTargets>
HWY_INLINE void TileWeights(const WindowStep& step, int first, int first_target,
                            float* weights) {
  if (step.ranges != nullptr) {
    RangeWeights<kContexts, kTargets>(step, first, first_target, weights);
    return;
  }
  const D d;
  HWY_ALIGN static constexpr float kOnes[4] = {1.0f, 1.0f, 1.0f, 1.0f};
  const float* const counts =
      step.own == nullptr ? kOnes : step.context_counts + first;
  if constexpr (kContexts == 4 && kLanes >= 4) {
    const V all = hn::LoadDup128(d, counts);
    for (int v = 0; v < kTileVectors<kContexts, kTargets>; ++v) {
      hn::Store(all, d, weights + v * kLanes);
    }
  } else {
    std::fill_n(weights, kTileFloats<kContexts, kTargets>, 0.0f);
    for (int t = 0; t < kTargets; ++t) {
      std::copy(counts, counts + kContexts, weights + t * kContexts);
    }
  }
  for (int t = 0; t < kTargets; ++t) {
    const float weight = step.target_weights[first_target + t];
    if (HWY_LIKELY(weight == 1.0f)) continue;
    for (int c = 0; c < kContexts; ++c) weights[t * kContexts + c] *= weight;
  }
  if (step.own != nullptr && first_target == 0) {
    for (int c = 0; c < kContexts; ++c) weights[c] = 1.0f;
  }
}

// Scores -> gradients g = rate * ([positive] - sigmoid(score)), and the loss.
// kWeighted: both times the weights.
template <int kContexts, int kTargets, bool kWeighted>
HWY_INLINE void ScoresToGradients(const WindowStep& step, int first_target,
                                  const V* scores, const float* weights,
                                  LossSum* loss, float* gradients) {
  constexpr int kVectors = kTileVectors<kContexts, kTargets>;
  const D d;
  if (loss->factors + kVectors > LossSum::kMaxFactors) loss->Flush();
  loss->factors += kVectors;
  V product = hn::Load(d, loss->product);
  V linear = hn::Load(d, loss->linear);
  const V rate = hn::Set(d, step.rate);
  // In this tile's order the positives come first.
  int positives =
      kContexts * std::min(kTargets, step.num_positives - first_target);
  HWY_UNROLL(4)
  for (int v = 0; v < kVectors; ++v) {
    V x = scores[v];
    constexpr int kRest = kContexts * kTargets % kLanes;
    if (v == kVectors - 1 && kRest != 0) {
      x = hn::IfThenElse(hn::FirstN(d, kRest), x, hn::Set(d, kNoScore));
    }
    V weight = hn::Set(d, 1.0f);
    if constexpr (kWeighted) weight = hn::Load(d, weights + v * kLanes);
    V labels = hn::Zero(d);
    if (positives > 0) {
      const auto positive = hn::FirstN(d, static_cast<size_t>(positives));
      const V pull = hn::IfThenElseZero(positive, weight);
      labels = hn::Mul(pull, rate);
      // The positive's softplus(-x) is softplus(x) - x.
      linear = hn::NegMulAdd(pull, x, linear);
    }
    V gradient;
    if constexpr (kWeighted) {
      const V sigmoid = WeightedSigmoid(x, weight, &linear);
      gradient = hn::NegMulAdd(hn::Mul(sigmoid, weight), rate, labels);
    } else {
      const V sigmoid = SigmoidWithSoftplus(d, x, &product, &linear);
      gradient = hn::NegMulAdd(sigmoid, rate, labels);
    }
    hn::Store(gradient, d, gradients + v * kLanes);
    positives -= kLanes;
  }
  hn::Store(product, d, loss->product);
  hn::Store(linear, d, loss->linear);
}

// Gradients of the kContexts contexts from `first` on and kTargets targets.
// kOwn: instead of the first target each context has its own.
template <int kContexts, int kTargets, bool kOwn>
HWY_INLINE void ScoreTile(const WindowStep& step, int first, int first_target,
                          bool weighted, LossSum* loss, float* gradients) {
  const D d;
  float* const* contexts = step.contexts + first;
  float* const* targets = step.targets + first_target;
  V sum[kTargets * kContexts];
  HWY_UNROLL(24)
  for (int k = 0; k < kTargets * kContexts; ++k) sum[k] = hn::Zero(d);
  for (size_t i = 0; i < step.stride; i += kLanes) {
    V x[kContexts];
    HWY_UNROLL(8)
    for (int c = 0; c < kContexts; ++c) x[c] = hn::Load(d, contexts[c] + i);
    if constexpr (kOwn) {
      HWY_UNROLL(8)
      for (int c = 0; c < kContexts; ++c) {
        sum[c] = hn::MulAdd(x[c], hn::Load(d, step.own[first + c] + i), sum[c]);
      }
    }
    HWY_UNROLL(8)
    for (int t = kOwn ? 1 : 0; t < kTargets; ++t) {
      const V y = hn::Load(d, targets[t] + i);
      HWY_UNROLL(8)
      for (int c = 0; c < kContexts; ++c) {
        sum[t * kContexts + c] = hn::MulAdd(x[c], y, sum[t * kContexts + c]);
      }
    }
  }
  constexpr int kVectors = kTileVectors<kContexts, kTargets>;
  constexpr int kWhole = kContexts * kTargets / kLanes;
  V scores[kVectors];
  HWY_UNROLL(8)
  for (int v = 0; v < kWhole; ++v) {
    scores[v] = SumLanes<kLanes>(sum + v * kLanes);
  }
  if constexpr (kWhole < kVectors) {
    scores[kWhole] =
        SumLanes<kContexts * kTargets - kWhole * kLanes>(sum + kWhole * kLanes);
  }
  if (weighted) {
    HWY_ALIGN float weights[kTileFloats<kContexts, kTargets> + 1];
    TileWeights<kContexts, kTargets>(step, first, first_target, weights);
    ScoresToGradients<kContexts, kTargets, true>(step, first_target, scores,
                                                 weights, loss, gradients);
  } else {
    ScoresToGradients<kContexts, kTargets, false>(step, first_target, scores,
                                                  nullptr, loss, gradients);
  }
}

// Calls tile.operator()<kContexts>(first context) for all contexts.
template <class Tile>
HWY_INLINE void ForContextTiles(int num_contexts, const Tile& tile) {
  int c = 0;
  for (; c + kContextTile <= num_contexts; c += kContextTile) {
    tile(c, std::integral_constant<int, kContextTile>());
  }
  switch (num_contexts - c) {
    case 3:
      if constexpr (kContextTile > 3) {
        tile(c, std::integral_constant<int, 3>());
      }
      break;
    case 2:
      if constexpr (kContextTile > 2) {
        tile(c, std::integral_constant<int, 2>());
      }
      break;
    case 1:
      tile(c, std::integral_constant<int, 1>());
      break;
    default:
      break;
  }
}

template <int kTargets, bool kOwn>
void ScoreTargets(const WindowStep& step, int first_target, bool weighted,
                  LossSum* loss, float* gradients) {
  ForContextTiles(step.num_contexts, [&](int c, auto contexts) EMBED_TILE {
    constexpr int kContexts = decltype(contexts)::value;
    ScoreTile<kContexts, kTargets, kOwn>(step, c, first_target, weighted, loss,
                                         gradients);
    gradients += kTileFloats<kContexts, kTargets>;
  });
}

// Updates the kContexts contexts from `first` on at `column`, with kOwn their
// own first targets too, and adds their share to new_y.
template <int kContexts, int kTargets, int kVectors, bool kOwn>
HWY_INLINE void UpdateTile(const WindowStep& step, int first, size_t column,
                           const float* gradients,
                           const V (&y)[kTargets][kVectors],
                           V (&new_y)[kTargets][kVectors]) {
  const D d;
  HWY_UNROLL(1)
  for (int c = 0; c < kContexts; ++c) {
    float* row = step.contexts[first + c] + column;
    V x[kVectors];
    V new_x[kVectors];
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      x[v] = hn::Load(d, row + v * kLanes);
      new_x[v] = x[v];
    }
    if constexpr (kOwn) {
      float* own = step.own[first + c] + column;
      const V g = hn::Set(d, gradients[c]);
      HWY_UNROLL(8)
      for (int v = 0; v < kVectors; ++v) {
        const V own_y = hn::Load(d, own + v * kLanes);
        new_x[v] = hn::MulAdd(g, own_y, new_x[v]);
        hn::Store(hn::MulAdd(g, x[v], own_y), d, own + v * kLanes);
      }
    }
    HWY_UNROLL(8)
    for (int t = kOwn ? 1 : 0; t < kTargets; ++t) {
      const V g = hn::Set(d, gradients[t * kContexts + c]);
      HWY_UNROLL(8)
      for (int v = 0; v < kVectors; ++v) {
        new_x[v] = hn::MulAdd(g, y[t][v], new_x[v]);
        new_y[t][v] = hn::MulAdd(g, x[v], new_y[t][v]);
      }
    }
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      hn::Store(new_x[v], d, row + v * kLanes);
    }
  }
}

// Both updates for kTargets targets and kVectors vectors of each row, from
// column `column` on.
template <int kTargets, int kVectors, bool kOwn>
HWY_INLINE void UpdateColumns(const WindowStep& step, float* const* targets,
                              const float* gradients, size_t column) {
  const D d;
  constexpr int kFirst = kOwn ? 1 : 0;
  V y[kTargets][kVectors];
  V new_y[kTargets][kVectors];
  HWY_UNROLL(8)
  for (int t = kFirst; t < kTargets; ++t) {
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      y[t][v] = hn::Load(d, targets[t] + column + v * kLanes);
      new_y[t][v] = y[t][v];
    }
  }
  ForContextTiles(step.num_contexts, [&](int c, auto contexts) EMBED_TILE {
    constexpr int kContexts = decltype(contexts)::value;
    UpdateTile<kContexts, kTargets, kVectors, kOwn>(step, c, column, gradients,
                                                    y, new_y);
    gradients += kTileFloats<kContexts, kTargets>;
  });
  HWY_UNROLL(8)
  for (int t = kFirst; t < kTargets; ++t) {
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      hn::Store(new_y[t][v], d, targets[t] + column + v * kLanes);
    }
  }
}

template <int kTargets, bool kOwn>
void UpdateTargets(const WindowStep& step, int first_target,
                   const float* gradients) {
  float* const* targets = step.targets + first_target;
  constexpr size_t kColumns = kUpdateVectors * kLanes;
  size_t column = 0;
  for (; column + kColumns <= step.stride; column += kColumns) {
    if (first_target == 0 && (kColumns >= 16 || column % 16 == 0)) {
      PrefetchColumns(step.next, step.num_next, column, kColumns);
    }
    UpdateColumns<kTargets, kUpdateVectors, kOwn>(step, targets, gradients,
                                                  column);
  }
  for (; column < step.stride; column += kLanes) {
    if (first_target == 0) {
      PrefetchColumns(step.next, step.num_next, column, kLanes);
    }
    UpdateColumns<kTargets, 1, kOwn>(step, targets, gradients, column);
  }
}

// Calls call(std::integral_constant<int, count>()) for up to kTargetTile.
template <class Call>
HWY_INLINE void WithTargets(int count, const Call& call) {
  switch (count) {
    case 1:
      return call(std::integral_constant<int, 1>());
    case 2:
      return call(std::integral_constant<int, 2>());
    case 3:
      return call(std::integral_constant<int, 3>());
    case 4:
      return call(std::integral_constant<int, 4>());
    case 5:
      return call(std::integral_constant<int, 5>());
    default:
      return call(std::integral_constant<int, kTargetTile>());
  }
}

bool AnyWeight(const WindowStep& step) {
  if (step.ranges != nullptr || step.num_more > 0) return true;
  bool any = false;
  for (int t = step.num_positives; t < step.num_targets; ++t) {
    any |= step.target_weights[t] != 1.0f;
  }
  return any;
}

// Targets updated together.
int TargetsOfTile(const WindowStep& step) {
  if (step.ranges == nullptr) return kTargetTile;
  const int tiles = (step.num_targets + kTargetTile - 1) / kTargetTile;
  return (step.num_targets + tiles - 1) / tiles;
}

// kOwn concerns the first tile of targets.
template <bool kOwn>
void StepTiles(const WindowStep& step, WindowScratch* scratch) {
  const bool weighted = AnyWeight(step);
  const size_t group = WindowScratch::ScoresFor(step.num_contexts, kTargetTile);
  const int tile = TargetsOfTile(step);
  float* gradients = scratch->scores;
  for (int t = 0; t < step.num_targets; t += tile) {
    WithTargets(std::min(tile, step.num_targets - t),
                [&](auto targets) EMBED_TILE {
                  constexpr int kTargets = decltype(targets)::value;
                  if (t == 0) {
                    ScoreTargets<kTargets, kOwn>(step, t, weighted,
                                                 &scratch->loss, gradients);
                  } else {
                    ScoreTargets<kTargets, false>(step, t, weighted,
                                                  &scratch->loss, gradients);
                  }
                });
    gradients += group;
  }
  float* const more = gradients;
  if (kOwn) ScoreMore(step, &scratch->loss, more);
  gradients = scratch->scores;
  for (int t = 0; t < step.num_targets; t += tile) {
    WithTargets(std::min(tile, step.num_targets - t),
                [&](auto targets) EMBED_TILE {
                  constexpr int kTargets = decltype(targets)::value;
                  if (t == 0) {
                    UpdateTargets<kTargets, kOwn>(step, t, gradients);
                  } else {
                    UpdateTargets<kTargets, false>(step, t, gradients);
                  }
                });
    gradients += group;
  }
  if (kOwn) UpdateMore(step, more);
}

void Step(const WindowStep& step, WindowScratch* scratch) {
  if (step.own == nullptr) {
    StepTiles<false>(step, scratch);
  } else {
    StepTiles<true>(step, scratch);
  }
}

#undef EMBED_TILE

WindowStepFunction Select() { return &Step; }

}  // namespace
// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Select);

size_t WindowScratch::ScoresFor(int num_contexts, int num_targets,
                                int num_more) {
  // Four contexts and a tile of targets take at most two vectors of 16.
  const size_t tiles = static_cast<size_t>(num_contexts + 3) / 4;
  const size_t groups =
      static_cast<size_t>(num_targets + kTargetTile - 1) / kTargetTile;
  return tiles * groups * 32 + static_cast<size_t>(num_more + 15) / 16 * 16;
}

WindowStepFunction GetWindowStep() { return HWY_DYNAMIC_DISPATCH(Select)(); }

}  // namespace embed
#endif  // HWY_ONCE
