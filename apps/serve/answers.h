// Queries answered together, whoever asked them.
#ifndef EMBED_APPS_SERVE_ANSWERS_H_
#define EMBED_APPS_SERVE_ANSWERS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/query.h"
#include "apps/serve/query_body.h"
#include "apps/serve/served_index.h"
#include "embed/index/item_index.h"

namespace embed {

// A query on its way: resolved, then searched for.
struct SearchTask {
  ResolvedQuery resolved;
  const ItemIndex* space = nullptr;         // where its neighbors are
  std::shared_ptr<const ItemBits> allowed;  // null: all
  ServeQueryOptions options;
  std::vector<SearchHit> hits;
};

// The filter of the query before, as that of the next is mostly the same. Such
// queries then share a search, too.
struct LastFilter {
  bool used = false;
  std::vector<std::string> types;
  std::optional<std::string> prefix;
  std::shared_ptr<const ItemBits> bits;
};

// last: of the same request, or new.
// kUnknownKey: none of its keys is known, or one of an analogy is not.
// kInvalidValue: a vector of another dim or, unless the index ranks by l2, of
// zeros; no such type; ef_search of an index without a graph; a min_score that
// is no cosine.
absl::StatusOr<SearchTask> ResolveTask(const ServedIndex& served,
                                       const ServeQuery& query,
                                       LastFilter* last);

// Fills in the hits of all. Those of the same options share a search; which
// they are with changes no answer.
absl::Status RunSearches(const std::vector<SearchTask*>& tasks, int threads);

// {"query": ..., "neighbors": [...]}, with "composed" and "unknown" keys where
// there are any.
void AppendAnswer(const ServeQuery& query, const SearchTask& task,
                  std::string* json);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_ANSWERS_H_
