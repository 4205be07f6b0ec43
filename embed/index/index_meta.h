// The section `meta` of index files: what an ItemIndex has besides its arrays
// (layout: embed/index/FORMAT.md).
#ifndef EMBED_INDEX_INDEX_META_H_
#define EMBED_INDEX_INDEX_META_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"

namespace embed {

// What a graph has besides its arrays.
struct GraphMeta {
  int m = 0;
  uint32_t entry_point = 0;
  int ef_search = kDefaultEfSearch;
  double recall = 0;
  uint64_t row_stride = 0;  // of the table's rows; 0: Int8ReadBytes(dim)
};

// What lists have besides their arrays.
struct ListsMeta {
  uint64_t lists = 0;
  int nprobe = 0;
  double recall = 0;
};

struct IndexMeta {
  uint64_t rows = 0;
  int dim = 0;
  bool rotated = false;
  RowCodec codec = RowCodec::kInt8;
  Metric metric = Metric::kCosine;
  int exponent = 0;
  uint64_t seed = 0;
  std::map<std::string, std::string> info;
  std::vector<std::string> type_names;
  std::optional<GraphMeta> hnsw;
  std::optional<ListsMeta> ivf;
  std::optional<double> f16_error;  // if there are rows in float16
};

// Names are sorted: the same values give the same text.
std::string MetaToJson(const IndexMeta& meta);

// InvalidArgument: not JSON, a value that is missing or cannot be, a codec or
// metric that this program does not know.
absl::StatusOr<IndexMeta> MetaFromJson(absl::string_view text);

}  // namespace embed

#endif  // EMBED_INDEX_INDEX_META_H_
