#include "embed/index/ivf_tuning.h"

#include "embed/base/check.h"
#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<TunedEffort> TuneNprobe(const IvfLists& lists,
                                       const Int8Table& table,
                                       const MatrixView& vectors,
                                       double target_recall, int threads) {
  EMBED_DCHECK(vectors.rows == table.rows() && vectors.dim == table.dim());
  EMBED_RETURN_IF_ERROR(CheckTargetRecall(target_recall));
  EMBED_ASSIGN_OR_RETURN(
      const RecallSample sample,
      RecallSample::Create(table, vectors, RecallSample::kNone, threads));
  const auto recall = [&](int nprobe) -> absl::StatusOr<double> {
    if (sample.wanted() == 0) return 1.0;
    SearchOptions options;
    options.k = kRecallTop + 1;  // the row itself comes first
    options.threads = threads;
    options.nprobe = nprobe;
    EMBED_ASSIGN_OR_RETURN(const SearchHits hits,
                           lists.Search(table, sample.queries(), options));
    uint64_t found = 0;
    for (size_t i = 0; i < hits.size(); ++i) found += sample.Found(i, hits[i]);
    return static_cast<double>(found) / static_cast<double>(sample.wanted());
  };
  EMBED_ASSIGN_OR_RETURN(
      TunedEffort tuned,
      FindEffort(RisingEfforts(1, static_cast<int>(lists.lists())),
                 target_recall, recall));
  tuned.queries = sample.rows().size();
  return tuned;
}

}  // namespace embed
