// How an index is built: --index, --metric, --hnsw_m, --ef_construction,
// --nlist, --target_recall, --rerank.
#ifndef EMBED_APPS_COMMON_INDEX_FLAGS_H_
#define EMBED_APPS_COMMON_INDEX_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/item_index.h"

namespace embed {

enum class IndexKind { kAuto, kFlat, kHnsw, kIvf };

// With --index auto, indexes of more rows have a graph.
constexpr uint64_t kMaxFlatRows = 50000;

struct IndexPlan {
  // Whether an index of so many rows has a graph.
  bool WithGraph(uint64_t rows) const {
    return kind == IndexKind::kHnsw ||
           (kind == IndexKind::kAuto && rows > kMaxFlatRows);
  }

  IndexKind kind = IndexKind::kAuto;
  HnswOptions hnsw;    // its threads are not used
  uint32_t lists = 0;  // with kIvf; 0: by the number of rows
  Metric metric = Metric::kCosine;
  RowCodec codec = RowCodec::kInt8;  // of our own files
  double target_recall = 0;          // 0: neither ef_search nor nprobe is tuned
  bool rerank_f16 = false;           // rows in float16 as well
  bool for_faiss = false;            // a file that FAISS itself reads
};

FlagGroup IndexFlagGroup();

// From the flags. UsageError.
absl::StatusOr<IndexPlan> ReadIndexFlags();

// Puts the plan for an index of `rows` rows into `options`, which has its
// number of threads already.
void ApplyIndexPlan(const IndexPlan& plan, uint64_t rows,
                    ItemIndexOptions* options);

// What was built, in brackets behind "wrote FILE", and a line about the recall
// if ef_search or nprobe was tuned.
std::string IndexNote(const ItemIndex& index, const ItemIndexOptions& options,
                      double seconds);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_INDEX_FLAGS_H_
