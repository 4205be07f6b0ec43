// What the SGD kernels share: vectors of a row, and scores of rows, and
// asking for them in time.
#if defined(EMBED_KERNELS_ROW_SCORES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EMBED_KERNELS_ROW_SCORES_INL_H_
#undef EMBED_KERNELS_ROW_SCORES_INL_H_
#else
#define EMBED_KERNELS_ROW_SCORES_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Vectors of at most 16 floats: rows are padded to multiples of 16.
using RowTag = hn::CappedTag<float, 16>;
using RowVector = hn::Vec<RowTag>;

// A score whose sigmoid and softplus are as good as zero. The sigmoid times any
// learning rate is still a normal number: a subnormal one takes some CPUs a
// hundred cycles (-1e4: 0.8 times as many tokens a second on one of Intel's).
constexpr float kNoScore = -60.0f;

// scores[t] = x . y_t for kTargets targets.
template <int kTargets>
HWY_INLINE void ScoreRows(const float* x, const float* const* targets,
                          size_t stride, float* scores) {
  const RowTag d;
  RowVector sum[kTargets];
  HWY_UNROLL(8)
  for (int t = 0; t < kTargets; ++t) sum[t] = hn::Zero(d);
  for (size_t i = 0; i < stride; i += hn::Lanes(d)) {
    const RowVector v = hn::Load(d, x + i);
    HWY_UNROLL(8)
    for (int t = 0; t < kTargets; ++t) {
      sum[t] = hn::MulAdd(v, hn::Load(d, targets[t] + i), sum[t]);
    }
  }
  HWY_UNROLL(8)
  for (int t = 0; t < kTargets; ++t) {
    scores[t] = hn::GetLane(hn::SumOfLanes(d, sum[t]));
  }
}

// Asks for `count` columns of the rows of coming steps, to be written soon. A
// few lines at a time between the arithmetic: all at once they would stall it.
HWY_INLINE void PrefetchColumns(const float* const* rows, int num_rows,
                                size_t column, size_t count) {
  for (int r = 0; r < num_rows; ++r) {
    for (size_t i = column; i < column + count; i += 16) {
      __builtin_prefetch(rows[r] + i, 1, 3);
    }
  }
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
