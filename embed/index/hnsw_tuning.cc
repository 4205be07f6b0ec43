#include "embed/index/hnsw_tuning.h"

#include <memory>
#include <mutex>
#include <vector>

#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_search.h"

namespace embed {
namespace {

constexpr int kMostEf = 4096;

// The part of the nearest of the sample's rows that walks of `ef` find, each
// row hidden from its own walk.
double WalkRecall(const HnswGraph& graph, const Int8Table& table,
                  const std::vector<Int8TableQuery>& queries,
                  const RecallSample& sample, int ef, int threads) {
  if (sample.wanted() == 0) return 1;
  uint64_t found = 0;
  std::mutex mutex;
  ParallelFor(threads, queries.size(), [&](uint64_t begin, uint64_t end) {
    std::unique_ptr<HnswScratch> scratch = graph.scratch_pool()->Take();
    uint64_t part = 0;
    for (uint64_t i = begin; i < end; ++i) {
      part += sample.Found(i, SearchByWalk(graph, table, queries[i], kRecallTop,
                                           static_cast<uint64_t>(ef),
                                           sample.rows()[i], scratch.get()));
    }
    graph.scratch_pool()->Return(std::move(scratch));
    const std::lock_guard<std::mutex> lock(mutex);
    found += part;
  });
  return static_cast<double>(found) / static_cast<double>(sample.wanted());
}

}  // namespace

absl::StatusOr<TunedEffort> TuneEfSearch(const HnswGraph& graph,
                                         const Int8Table& table,
                                         const MatrixView& vectors,
                                         double target_recall, int threads) {
  EMBED_DCHECK(vectors.rows == table.rows() && vectors.dim == table.dim());
  EMBED_RETURN_IF_ERROR(CheckTargetRecall(target_recall));
  // The entry point cannot be hidden.
  EMBED_ASSIGN_OR_RETURN(
      const RecallSample sample,
      RecallSample::Create(table, vectors, graph.parts().entry_point, threads));
  std::vector<Int8TableQuery> queries;
  for (const uint32_t row : sample.rows()) {
    queries.emplace_back(table, vectors.row(row));
  }
  EMBED_ASSIGN_OR_RETURN(
      TunedEffort tuned,
      FindEffort(RisingEfforts(static_cast<int>(kRecallTop), kMostEf),
                 target_recall, [&](int ef) {
                   return WalkRecall(graph, table, queries, sample, ef,
                                     threads);
                 }));
  tuned.queries = sample.rows().size();
  return tuned;
}

}  // namespace embed
