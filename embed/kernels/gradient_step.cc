#include "embed/kernels/gradient_step.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/gradient_step.cc"
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

constexpr size_t kErrorTile = 16;  // errors made from scores at a time

HWY_INLINE void Scores(const float* x, const float* const* targets,
                       size_t count, size_t stride, float* scores) {
  size_t t = 0;
  for (; t + 6 <= count; t += 6) {
    ScoreRows<6>(x, targets + t, stride, scores + t);
  }
  if (t + 3 <= count) {
    ScoreRows<3>(x, targets + t, stride, scores + t);
    t += 3;
  }
  for (; t < count; ++t) ScoreRows<1>(x, targets + t, stride, scores + t);
}

// Up to kErrorTile targets, padded with weight 1.
struct TargetTile {
  alignas(64) float labels[kErrorTile];
  alignas(64) float weights[kErrorTile];
  bool weighted;  // some weight is not 1
};

void LoadTile(const ErrorStep& step, size_t first, size_t count,
              TargetTile* tile) {
  std::fill(tile->labels, tile->labels + kErrorTile, 0.0f);
  std::fill(tile->weights, tile->weights + kErrorTile, 1.0f);
  std::copy_n(step.labels + first, count, tile->labels);
  std::copy_n(step.weights + first, count, tile->weights);
  tile->weighted = std::any_of(tile->weights, tile->weights + count,
                               [](float w) { return w != 1.0f; });
}

// A weight other than 1 is rare (a negative drawn twice), so the vectors sum
// every loss once and this adds the rest.
void AddWeightedLoss(const TargetTile& tile, size_t count, const float* scores,
                     LossSum* loss) {
  for (size_t t = 0; t < count; ++t) {
    const double more = static_cast<double>(tile.weights[t]) - 1.0;
    if (more == 0.0) continue;
    const double x = static_cast<double>(scores[t]) *
                     (1.0 - 2.0 * static_cast<double>(tile.labels[t]));
    loss->total += more * LossSum::Softplus(x);
  }
}

// Scores to errors, in place. softplus(-x) of a positive is softplus(x) - x.
HWY_INLINE void ScoresToErrors(const TargetTile& tile, float* scores,
                               LossSum* loss) {
  const D d;
  constexpr int kMostFactors = kErrorTile;  // one lane
  if (loss->factors + kMostFactors > LossSum::kMaxFactors) loss->Flush();
  V product = hn::Load(d, loss->product);
  V linear = hn::Load(d, loss->linear);
  for (size_t i = 0; i < kErrorTile; i += hn::Lanes(d)) {
    const V score = hn::Load(d, scores + i);
    const V label = hn::Load(d, tile.labels + i);
    const V sigmoid = SigmoidWithSoftplus(d, score, &product, &linear);
    linear = hn::NegMulAdd(label, score, linear);
    hn::Store(hn::Mul(hn::Load(d, tile.weights + i), hn::Sub(label, sigmoid)),
              d, scores + i);
    ++loss->factors;
  }
  hn::Store(product, d, loss->product);
  hn::Store(linear, d, loss->linear);
}

void Errors(const ErrorStep& step, float* errors, LossSum* loss) {
  const size_t pitch = ErrorStep::PitchFor(step.num_targets);
  TargetTile tile;
  for (size_t first = 0; first < step.num_targets; first += kErrorTile) {
    const size_t count = std::min(kErrorTile, step.num_targets - first);
    LoadTile(step, first, count, &tile);
    for (size_t i = 0; i < step.num_inputs; ++i) {
      float* const scores = errors + i * pitch + first;
      Scores(step.inputs[i], step.targets + first, count, step.stride, scores);
      std::fill(scores + count, scores + kErrorTile, kNoScore);
      if (tile.weighted) AddWeightedLoss(tile, count, scores, loss);
      ScoresToErrors(tile, scores, loss);
    }
  }
}

// kVectors vectors of the sum, from column `column` on; returns their squares.
template <int kVectors>
HWY_INLINE V CombineColumns(const float* const* rows, const float* factors,
                            size_t pitch, size_t count, size_t column,
                            float* sum) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  V part[kVectors];
  HWY_UNROLL(8)
  for (int v = 0; v < kVectors; ++v) part[v] = hn::Zero(d);
  for (size_t k = 0; k < count; ++k) {
    const V factor = hn::Set(d, factors[k * pitch]);
    const float* row = rows[k] + column;
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      part[v] = hn::MulAdd(factor, hn::Load(d, row + v * lanes), part[v]);
    }
  }
  V squares = hn::Zero(d);
  HWY_UNROLL(8)
  for (int v = 0; v < kVectors; ++v) {
    hn::Store(part[v], d, sum + column + v * lanes);
    squares = hn::MulAdd(part[v], part[v], squares);
  }
  return squares;
}

float Combine(const float* const* rows, const float* factors, size_t pitch,
              size_t count, size_t stride, float* sum) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  V squares = hn::Zero(d);
  size_t column = 0;
  for (; column + 8 * lanes <= stride; column += 8 * lanes) {
    squares = hn::Add(
        squares, CombineColumns<8>(rows, factors, pitch, count, column, sum));
  }
  for (; column + 3 * lanes <= stride; column += 3 * lanes) {
    squares = hn::Add(
        squares, CombineColumns<3>(rows, factors, pitch, count, column, sum));
  }
  for (; column < stride; column += lanes) {
    squares = hn::Add(
        squares, CombineColumns<1>(rows, factors, pitch, count, column, sum));
  }
  return hn::GetLane(hn::SumOfLanes(d, squares));
}

void AddScaled(float factor, const float* vector, size_t stride, float* row) {
  const D d;
  const V f = hn::Set(d, factor);
  for (size_t i = 0; i < stride; i += hn::Lanes(d)) {
    hn::Store(hn::MulAdd(f, hn::Load(d, vector + i), hn::Load(d, row + i)), d,
              row + i);
  }
}

GradientKernels Select() { return {&Errors, &Combine, &AddScaled}; }

}  // namespace
// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Select);

GradientKernels GetGradientKernels() { return HWY_DYNAMIC_DISPATCH(Select)(); }

}  // namespace embed
#endif  // HWY_ONCE
