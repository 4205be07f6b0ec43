// How answers are printed.
#ifndef EMBED_APPS_QUERY_OUTPUT_H_
#define EMBED_APPS_QUERY_OUTPUT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/index/item_index.h"

namespace embed {

enum class QueryFormat {
  kTsv,   // query, rank (from 1), key, score: a line an answer
  kJson,  // {"query": ..., "neighbors": [{"key": ..., "score": ...}]} a query
};

// InvalidArgument: neither "tsv" nor "json".
absl::StatusOr<QueryFormat> QueryFormatFromName(absl::string_view name);

// The lines for one query. Scores have six decimals. In TSV the tabs of a
// pooled query become " + ".
std::string FormatAnswer(const ItemIndex& index, absl::string_view query,
                         const std::vector<SearchHit>& hits,
                         QueryFormat format);

}  // namespace embed

#endif  // EMBED_APPS_QUERY_OUTPUT_H_
