// Queries answered together, whoever asked them.
#ifndef EMBED_APPS_SERVE_ANSWERS_H_
#define EMBED_APPS_SERVE_ANSWERS_H_

#include <memory>
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
  AnswerOptions options;                    // with `allowed`
  std::vector<SearchHit> hits;
};

// Whether answering takes no longer than handing the queries to another thread:
// they go through a graph and look at few rows, and all their keys are known.
bool AreShort(const ServedIndex& served, const ServeQueries& queries);

// kUnknownKey: none of its keys is known, or one of an analogy or of those to
// take away is not.
// kInvalidValue: a vector of another dim or, unless the index ranks by l2, of
// zeros, whether given or of keys; keys whose vectors are not finite together;
// no such type; ef_search of an index without a graph; a min_score that is no
// cosine.
// together: of how many queries it is one (SearchOptions).
absl::StatusOr<SearchTask> ResolveTask(const ServedIndex& served,
                                       const ServeQuery& query,
                                       uint64_t together);

// Fills in the hits of all, by AnswerRequests().
absl::Status RunSearches(const std::vector<SearchTask*>& tasks, int threads);

// {"query": ..., "neighbors": [...]}, with "composed" and "unknown" keys where
// there are any.
void AppendAnswer(const ServeQuery& query, const SearchTask& task,
                  std::string* json);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_ANSWERS_H_
