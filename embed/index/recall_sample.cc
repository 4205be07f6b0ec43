#include "embed/index/recall_sample.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// Recall of 0.95 is then known to about 0.003.
constexpr uint64_t kRecallSampleRows = 1000;
// Among so many rows of an exact 8-bit search, the 10 nearest by floats are
// looked for: rounding moves a row by a few ranks.
constexpr uint64_t kExactCandidates = 100;
// Steps between efforts that are tried, at least 1.
constexpr double kStep = 1.15;
// A recall so near to the best is not worth a longer search.
constexpr double kNear = 0.001;

absl::StatusOr<TunedEffort> Least(
    absl::Span<const int> efforts, double target,
    const std::function<absl::StatusOr<double>(int)>& recall) {
  TunedEffort best;
  best.effort = efforts.back();
  EMBED_ASSIGN_OR_RETURN(best.recall, recall(efforts.back()));
  best.reached = best.recall >= target;
  size_t low = 0;
  size_t high = efforts.size() - 1;
  while (best.reached && low < high) {
    const size_t middle = (low + high) / 2;
    EMBED_ASSIGN_OR_RETURN(const double found, recall(efforts[middle]));
    if (found < target) {
      low = middle + 1;
    } else {
      high = middle;
      best.effort = efforts[middle];
      best.recall = found;
    }
  }
  return best;
}

}  // namespace

absl::StatusOr<RecallSample> RecallSample::Create(const Int8Table& table,
                                                  const MatrixView& vectors,
                                                  uint32_t left_out,
                                                  int threads) {
  EMBED_DCHECK(vectors.rows == table.rows() && vectors.dim == table.dim());
  RecallSample sample(vectors, table.metric());
  const uint64_t count = std::min(kRecallSampleRows, table.rows());
  for (uint64_t i = 0; i < count; ++i) {
    const uint32_t row = static_cast<uint32_t>(i * table.rows() / count);
    if (row == left_out) continue;
    sample.rows_.push_back(row);
    const absl::Span<const float> vector = vectors.row(row);
    sample.values_.insert(sample.values_.end(), vector.begin(), vector.end());
  }
  SearchOptions options;
  options.k = kExactCandidates;
  options.threads = threads;
  EMBED_ASSIGN_OR_RETURN(const SearchHits hits,
                         table.Search(sample.queries(), options));
  sample.exact_.resize(sample.rows_.size());
  ParallelFor(threads, sample.rows_.size(), [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      sample.exact_[i] = sample.Nearest(sample.rows_[i], hits[i]);
    }
  });
  for (const Wanted& exact : sample.exact_) sample.wanted_ += exact.count;
  return sample;
}

// The nearest of `candidates` by floats. Rows as near as the last of them are
// as good: equal rows, and all for a row of zeros.
RecallSample::Wanted RecallSample::Nearest(
    uint32_t own, absl::Span<const SearchHit> candidates) const {
  std::vector<std::pair<double, uint32_t>> nearest;
  for (const SearchHit& hit : candidates) {
    if (hit.id == own) continue;
    nearest.emplace_back(
        Nearness(metric_, vectors_.row(own), vectors_.row(hit.id)), hit.id);
  }
  if (nearest.empty()) return {};
  std::sort(nearest.rbegin(), nearest.rend());
  const size_t count = std::min<size_t>(nearest.size(), kRecallTop);
  const auto& [least, id] = nearest[count - 1];
  return {count,
          least - NearnessTie(metric_, vectors_.row(own), vectors_.row(id))};
}

uint64_t RecallSample::Found(size_t i, absl::Span<const SearchHit> hits) const {
  const uint32_t own = rows_[i];
  uint64_t others = 0;
  uint64_t found = 0;
  for (const SearchHit& hit : hits) {
    if (hit.id == own) continue;
    if (others++ == kRecallTop) break;
    const double nearness =
        Nearness(metric_, vectors_.row(own), vectors_.row(hit.id));
    found += nearness >= exact_[i].least ? 1 : 0;
  }
  return found;
}

std::vector<int> RisingEfforts(int least, int most) {
  std::vector<int> values = {least};
  while (values.back() < most) {
    values.push_back(std::min(
        most,
        std::max(values.back() + 1, static_cast<int>(values.back() * kStep))));
  }
  return values;
}

absl::StatusOr<TunedEffort> FindEffort(
    absl::Span<const int> efforts, double target,
    const std::function<absl::StatusOr<double>(int effort)>& recall) {
  EMBED_ASSIGN_OR_RETURN(TunedEffort tuned, Least(efforts, target, recall));
  if (tuned.reached) return tuned;
  EMBED_ASSIGN_OR_RETURN(tuned, Least(efforts, tuned.recall - kNear, recall));
  tuned.reached = false;
  return tuned;
}

absl::Status CheckTargetRecall(double target_recall) {
  if (target_recall > 0 && target_recall <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "target_recall is ", target_recall, ", expected above 0 and up to 1"));
}

}  // namespace embed
