#include "embed/kernels/window_step.h"

#include <algorithm>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/window_step.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "embed/kernels/logistic-inl.h"
#include "embed/kernels/row_scores-inl.h"

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

#if HWY_TARGET != HWY_SCALAR
// In each 128-bit block, partial sums of (a, b, c, d).
HWY_INLINE V SumBlocks(V a, V b, V c, V d) {
  const D df;
  const hn::RepartitionToWide<D> dd;
  const V ab =
      hn::Add(hn::InterleaveLower(df, a, b), hn::InterleaveUpper(df, a, b));
  const V cd =
      hn::Add(hn::InterleaveLower(df, c, d), hn::InterleaveUpper(df, c, d));
  const auto ab2 = hn::BitCast(dd, ab);
  const auto cd2 = hn::BitCast(dd, cd);
  return hn::Add(hn::BitCast(df, hn::InterleaveLower(dd, ab2, cd2)),
                 hn::BitCast(df, hn::InterleaveUpper(dd, ab2, cd2)));
}

// The lower half sums the halves of a, the upper half those of b.
template <class DX>
HWY_INLINE hn::Vec<DX> SumHalves(DX d, hn::Vec<DX> a, hn::Vec<DX> b) {
  return hn::Add(hn::ConcatLowerLower(d, b, a), hn::ConcatUpperUpper(d, b, a));
}
#endif  // HWY_TARGET != HWY_SCALAR

// Lane i is the sum of the lanes of sums[i]; lanes from kCount on hold
// anything.
template <int kCount>
HWY_INLINE V SumLanes(const V* sums) {
#if HWY_TARGET == HWY_SCALAR
  return sums[0];
#else
  const D d;
  const V zero = hn::Zero(d);
  V blocks[4];
  HWY_UNROLL(4)
  for (int i = 0; i < 4; ++i) {
    const int k = 4 * i;
    if (k < kCount) {
      blocks[i] = SumBlocks(sums[k], k + 1 < kCount ? sums[k + 1] : zero,
                            k + 2 < kCount ? sums[k + 2] : zero,
                            k + 3 < kCount ? sums[k + 3] : zero);
    } else {
      blocks[i] = blocks[0];
    }
  }
#if HWY_MAX_BYTES >= 64
  if constexpr (kCount <= 8) {
    const hn::Half<D> dh;
    const auto low =
        hn::Add(hn::LowerHalf(dh, blocks[0]), hn::UpperHalf(dh, blocks[0]));
    const auto high =
        hn::Add(hn::LowerHalf(dh, blocks[1]), hn::UpperHalf(dh, blocks[1]));
    return hn::ZeroExtendVector(d, SumHalves(dh, low, high));
  } else {
    // Blocks 0+2 and 1+3 of each pair, then those two, in order 0 1 2 3.
    const V even = SumHalves(d, blocks[0], blocks[2]);
    const V odd = SumHalves(d, blocks[1], blocks[3]);
    return hn::Add(hn::OddEvenBlocks(odd, even),
                   hn::SwapAdjacentBlocks(hn::OddEvenBlocks(even, odd)));
  }
#elif HWY_MAX_BYTES >= 32
  return SumHalves(d, blocks[0], blocks[1]);
#else
  return blocks[0];
#endif
#endif  // HWY_TARGET == HWY_SCALAR
}

// What the tiles of one step share.
struct StepState {
  bool weighted = false;  // some weight is not 1
  LossSum* loss = nullptr;
};

// A negative drawn w times stands for w: its loss and its gradients count w
// times. Rare with large vocabularies, so it is kept out of the common path,
// which has counted it once.
template <int kContexts, int kTargets>
HWY_NOINLINE void WeighTile(const WindowStep& step, int first_target,
                            const float* scores, float* gradients,
                            LossSum* loss) {
  for (int t = 0; t < kTargets; ++t) {
    const int target = first_target + t;
    const float weight = step.target_weights[target];
    if (target < step.num_positives || weight == 1.0f) continue;
    for (int c = 0; c < kContexts; ++c) {
      const double x = static_cast<double>(scores[t * kContexts + c]);
      loss->total += (static_cast<double>(weight) - 1.0) * LossSum::Softplus(x);
      gradients[t * kContexts + c] *= weight;
    }
  }
}

// Scores -> gradients g = rate * ([positive] - sigmoid(score)), and the loss.
template <int kContexts, int kTargets>
HWY_INLINE void ScoresToGradients(const WindowStep& step, int first_target,
                                  const V* scores, LossSum* loss,
                                  float* gradients) {
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
    V labels = hn::Zero(d);
    if (positives > 0) {
      const auto positive = hn::FirstN(d, static_cast<size_t>(positives));
      labels = hn::IfThenElseZero(positive, rate);
      // The positive's softplus(-x) is softplus(x) - x.
      linear = hn::Sub(linear, hn::IfThenElseZero(positive, x));
    }
    const V sigmoid = SigmoidWithSoftplus(d, x, &product, &linear);
    hn::Store(hn::NegMulAdd(sigmoid, rate, labels), d, gradients + v * kLanes);
    positives -= kLanes;
  }
  hn::Store(product, d, loss->product);
  hn::Store(linear, d, loss->linear);
}

// Gradients of kContexts contexts and kTargets targets.
template <int kContexts, int kTargets>
HWY_INLINE void ScoreTile(const WindowStep& step, float* const* contexts,
                          int first_target, const StepState& state,
                          float* gradients) {
  const D d;
  float* const* targets = step.targets + first_target;
  V sum[kTargets * kContexts];
  HWY_UNROLL(24)
  for (int k = 0; k < kTargets * kContexts; ++k) sum[k] = hn::Zero(d);
  for (size_t i = 0; i < step.stride; i += kLanes) {
    V x[kContexts];
    HWY_UNROLL(8)
    for (int c = 0; c < kContexts; ++c) x[c] = hn::Load(d, contexts[c] + i);
    HWY_UNROLL(8)
    for (int t = 0; t < kTargets; ++t) {
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
  ScoresToGradients<kContexts, kTargets>(step, first_target, scores, state.loss,
                                         gradients);
  if (HWY_UNLIKELY(state.weighted)) {
    HWY_ALIGN float values[kTileFloats<kContexts, kTargets>];
    for (int v = 0; v < kVectors; ++v) {
      hn::Store(scores[v], d, values + v * kLanes);
    }
    WeighTile<kContexts, kTargets>(step, first_target, values, gradients,
                                   state.loss);
  }
}

// For the lambdas below: compiled for this target, and part of their caller.
#define EMBED_TILE HWY_ATTR __attribute__((always_inline))

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

template <int kTargets>
void ScoreTargets(const WindowStep& step, int first_target,
                  const StepState& state, float* gradients) {
  ForContextTiles(step.num_contexts, [&](int c, auto contexts) EMBED_TILE {
    constexpr int kContexts = decltype(contexts)::value;
    ScoreTile<kContexts, kTargets>(step, step.contexts + c, first_target, state,
                                   gradients);
    gradients += kTileFloats<kContexts, kTargets>;
  });
}

// Updates kContexts contexts at `column` and adds their share to new_y.
template <int kContexts, int kTargets, int kVectors>
HWY_INLINE void UpdateTile(float* const* contexts, size_t column,
                           const float* gradients,
                           const V (&y)[kTargets][kVectors],
                           V (&new_y)[kTargets][kVectors]) {
  const D d;
  HWY_UNROLL(1)
  for (int c = 0; c < kContexts; ++c) {
    float* row = contexts[c] + column;
    V x[kVectors];
    V new_x[kVectors];
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      x[v] = hn::Load(d, row + v * kLanes);
      new_x[v] = x[v];
    }
    HWY_UNROLL(8)
    for (int t = 0; t < kTargets; ++t) {
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

// Asks for the columns of the rows of coming steps, a few lines at a time
// between the arithmetic: all at once they would stall it.
HWY_INLINE void PrefetchColumns(const WindowStep& step, size_t column,
                                size_t count) {
  for (int p = 0; p < step.num_next; ++p) {
    for (size_t i = column; i < column + count; i += 16) {
      __builtin_prefetch(step.next[p] + i, 1, 3);
    }
  }
}

// Both updates for kTargets targets and kVectors vectors of each row, from
// column `column` on.
template <int kTargets, int kVectors>
HWY_INLINE void UpdateColumns(const WindowStep& step, float* const* targets,
                              const float* gradients, size_t column) {
  const D d;
  V y[kTargets][kVectors];
  V new_y[kTargets][kVectors];
  HWY_UNROLL(8)
  for (int t = 0; t < kTargets; ++t) {
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      y[t][v] = hn::Load(d, targets[t] + column + v * kLanes);
      new_y[t][v] = y[t][v];
    }
  }
  ForContextTiles(step.num_contexts, [&](int c, auto contexts) EMBED_TILE {
    constexpr int kContexts = decltype(contexts)::value;
    UpdateTile<kContexts>(step.contexts + c, column, gradients, y, new_y);
    gradients += kTileFloats<kContexts, kTargets>;
  });
  HWY_UNROLL(8)
  for (int t = 0; t < kTargets; ++t) {
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      hn::Store(new_y[t][v], d, targets[t] + column + v * kLanes);
    }
  }
}

template <int kTargets>
void UpdateTargets(const WindowStep& step, int first_target,
                   const float* gradients) {
  float* const* targets = step.targets + first_target;
  constexpr size_t kColumns = kUpdateVectors * kLanes;
  size_t column = 0;
  for (; column + kColumns <= step.stride; column += kColumns) {
    if (first_target == 0 && (kColumns >= 16 || column % 16 == 0)) {
      PrefetchColumns(step, column, kColumns);
    }
    UpdateColumns<kTargets, kUpdateVectors>(step, targets, gradients, column);
  }
  for (; column < step.stride; column += kLanes) {
    if (first_target == 0) PrefetchColumns(step, column, kLanes);
    UpdateColumns<kTargets, 1>(step, targets, gradients, column);
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
  StepState state;
  state.loss = &scratch->loss;
  for (int t = step.num_positives; t < step.num_targets; ++t) {
    state.weighted |= step.target_weights[t] != 1.0f;
  }
  const size_t group = WindowScratch::ScoresFor(step.num_contexts, kTargetTile);
  float* gradients = scratch->scores;
  for (int t = 0; t < step.num_targets; t += kTargetTile) {
    const int count = std::min(kTargetTile, step.num_targets - t);
    EMBED_FOR_TARGETS(ScoreTargets, count, step, t, state, gradients);
    gradients += group;
  }
  gradients = scratch->scores;
  for (int t = 0; t < step.num_targets; t += kTargetTile) {
    const int count = std::min(kTargetTile, step.num_targets - t);
    EMBED_FOR_TARGETS(UpdateTargets, count, step, t, gradients);
    gradients += group;
  }
}

#undef EMBED_FOR_TARGETS
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

size_t WindowScratch::ScoresFor(int num_contexts, int num_targets) {
  // Four contexts and a tile of targets take at most two vectors of 16.
  const size_t tiles = static_cast<size_t>(num_contexts + 3) / 4;
  const size_t groups =
      static_cast<size_t>(num_targets + kTargetTile - 1) / kTargetTile;
  return tiles * groups * 32;
}

WindowStepFunction GetWindowStep() { return HWY_DYNAMIC_DISPATCH(Select)(); }

}  // namespace embed
#endif  // HWY_ONCE
