// How answers are printed.
#ifndef EMBED_APPS_QUERY_OUTPUT_H_
#define EMBED_APPS_QUERY_OUTPUT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/query.h"
#include "embed/index/item_index.h"

namespace embed {

enum class QueryFormat {
  // query, rank (from 1), key, score: a line an answer
  kTsv,
  // {"query": ..., "neighbors": [{"key": ..., "score": ...}]} a query; of a
  // typed index each neighbor has its "type"
  kJson,
};

// InvalidArgument: neither "tsv" nor "json".
absl::StatusOr<QueryFormat> QueryFormatFromName(absl::string_view name);

// What is asked, on one line: keys with backslash, line feed, carriage return
// and tab as \\ \n \r \t, those of a pooled query with " + " between them.
std::string QueryLabel(const ResolvedQuery& query);

// The lines for one query. Scores have six decimals. In TSV the query is its
// QueryLabel(), with the suffix " (composed)" if it has composed vectors, and
// keys are written as there; in JSON "composed" lists their keys.
std::string FormatAnswer(const ItemIndex& index, const ResolvedQuery& query,
                         const std::vector<SearchHit>& hits,
                         QueryFormat format);

}  // namespace embed

#endif  // EMBED_APPS_QUERY_OUTPUT_H_
