#include "embed/index/hnsw_tuning.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_search.h"

namespace embed {
namespace {

constexpr uint64_t kTop = 10;
// Recall of 0.95 is then known to about 0.003.
constexpr uint64_t kSampleRows = 1000;
// Among so many rows of an exact 8-bit search, the 10 nearest by floats are
// looked for: rounding moves a row by a few ranks.
constexpr uint64_t kExactCandidates = 100;
constexpr int kMostEf = 4096;
// Steps between values of ef_search that are tried, at least 1.
constexpr double kEfStep = 1.15;
// A recall so near to the best is not worth a longer search.
constexpr double kNear = 0.001;
// Cosines of float32 vectors that differ by less are equal
// (embed/eval/search_recall.cc).
constexpr double kTie = 1e-7;

// What a search should find: so many rows, none less near.
struct Wanted {
  size_t count = 0;
  double least = 0;  // cosine
};

double Norm(absl::Span<const float> x) {
  double sum = 0;
  for (const float value : x) sum += double{value} * value;
  return std::sqrt(sum);
}

double Cosine(absl::Span<const float> a, absl::Span<const float> b) {
  double dot = 0;
  for (size_t j = 0; j < a.size(); ++j) dot += double{a[j]} * b[j];
  const double norms = Norm(a) * Norm(b);
  return norms > 0 ? dot / norms : 0;
}

// Rows spread evenly over the table, without the entry point.
std::vector<uint32_t> SampleRows(const HnswGraph& graph) {
  std::vector<uint32_t> rows;
  const uint64_t count = std::min(kSampleRows, graph.rows());
  for (uint64_t i = 0; i < count; ++i) {
    const uint32_t row = static_cast<uint32_t>(i * graph.rows() / count);
    if (row != graph.parts().entry_point) rows.push_back(row);
  }
  return rows;
}

// The kTop of `candidates` nearest to row `own` by floats, without it. Rows as
// near as the last of them are as good: equal rows, and all for a row of zeros.
Wanted Nearest(const MatrixView& vectors, uint32_t own,
               const std::vector<SearchHit>& candidates) {
  std::vector<double> cosines;
  for (const SearchHit& hit : candidates) {
    if (hit.id == own) continue;
    cosines.push_back(Cosine(vectors.row(own), vectors.row(hit.id)));
  }
  if (cosines.empty()) return {};
  std::sort(cosines.begin(), cosines.end(), std::greater<double>());
  const size_t count = std::min<size_t>(cosines.size(), kTop);
  return {count, cosines[count - 1] - kTie};
}

class Tuner {
 public:
  Tuner(const HnswGraph& graph, const Int8Table& table,
        const MatrixView& vectors, int threads)
      : graph_(graph), table_(table), vectors_(vectors), threads_(threads) {}

  absl::Status Prepare() {
    rows_ = SampleRows(graph_);
    std::vector<float> values;
    for (const uint32_t row : rows_) {
      const absl::Span<const float> vector = vectors_.row(row);
      values.insert(values.end(), vector.begin(), vector.end());
      queries_.emplace_back(table_, vector);
    }
    SearchOptions options;
    options.k = kExactCandidates;
    options.threads = threads_;
    EMBED_ASSIGN_OR_RETURN(
        const SearchHits hits,
        table_.Search({values.data(), rows_.size(), vectors_.dim,
                       static_cast<uint64_t>(vectors_.dim)},
                      options));
    exact_.resize(rows_.size());
    ParallelFor(threads_, rows_.size(), [&](uint64_t begin, uint64_t end) {
      for (uint64_t i = begin; i < end; ++i) {
        exact_[i] = Nearest(vectors_, rows_[i], hits[i]);
      }
    });
    return absl::OkStatus();
  }

  uint64_t queries() const { return rows_.size(); }

  double Recall(int ef) const {
    std::vector<uint64_t> found(rows_.size());
    ParallelFor(threads_, rows_.size(), [&](uint64_t begin, uint64_t end) {
      std::unique_ptr<HnswScratch> scratch = graph_.scratch_pool()->Take();
      for (uint64_t i = begin; i < end; ++i) {
        for (const SearchHit& hit :
             SearchByWalk(graph_, queries_[i], kTop, static_cast<uint64_t>(ef),
                          rows_[i], scratch.get())) {
          const double cosine =
              Cosine(vectors_.row(rows_[i]), vectors_.row(hit.id));
          found[i] += cosine >= exact_[i].least ? 1 : 0;
        }
      }
      graph_.scratch_pool()->Return(std::move(scratch));
    });
    uint64_t wanted = 0;
    for (const Wanted& exact : exact_) wanted += exact.count;
    const uint64_t all =
        std::accumulate(found.begin(), found.end(), uint64_t{0});
    return wanted == 0 ? 1 : static_cast<double>(all) / wanted;
  }

 private:
  const HnswGraph& graph_;
  const Int8Table& table_;
  const MatrixView vectors_;
  const int threads_;
  std::vector<uint32_t> rows_;
  std::vector<Int8TableQuery> queries_;
  std::vector<Wanted> exact_;
};

std::vector<int> EfValues() {
  std::vector<int> values = {static_cast<int>(kTop)};
  while (values.back() < kMostEf) {
    values.push_back(
        std::min(kMostEf, std::max(values.back() + 1,
                                   static_cast<int>(values.back() * kEfStep))));
  }
  return values;
}

// The first of `values` whose recall is at least `wanted`, as if recall rose
// with every step; the last one if none is.
HnswTuning Least(const Tuner& tuner, absl::Span<const int> values,
                 double wanted) {
  HnswTuning best = {values.back(), tuner.Recall(values.back()),
                     tuner.queries(), false};
  best.reached = best.recall >= wanted;
  size_t low = 0;
  size_t high = values.size() - 1;
  while (best.reached && low < high) {
    const size_t middle = (low + high) / 2;
    const double recall = tuner.Recall(values[middle]);
    if (recall < wanted) {
      low = middle + 1;
    } else {
      high = middle;
      best.ef_search = values[middle];
      best.recall = recall;
    }
  }
  return best;
}

}  // namespace

absl::StatusOr<HnswTuning> TuneEfSearch(const HnswGraph& graph,
                                        const Int8Table& table,
                                        const MatrixView& vectors,
                                        double target_recall, int threads) {
  EMBED_DCHECK(vectors.rows == table.rows() && vectors.dim == table.dim());
  if (!(target_recall > 0 && target_recall <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "target_recall is ", target_recall, ", expected above 0 and up to 1"));
  }
  Tuner tuner(graph, table, vectors, threads);
  EMBED_RETURN_IF_ERROR(tuner.Prepare());
  const std::vector<int> values = EfValues();
  HnswTuning tuning = Least(tuner, values, target_recall);
  if (tuning.reached) return tuning;
  tuning = Least(tuner, values, tuning.recall - kNear);
  tuning.reached = false;
  return tuning;
}

}  // namespace embed
