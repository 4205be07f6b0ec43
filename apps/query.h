// Queries to an index by key: one key, several pooled, an analogy.
#ifndef EMBED_APPS_QUERY_H_
#define EMBED_APPS_QUERY_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/unseen_words.h"
#include "embed/index/answer.h"
#include "embed/index/item_index.h"
#include "embed/math/metric.h"
#include "embed/math/pool.h"

namespace embed {

// A point to search from: the mean of weight * stored vector over the terms
// with a weight above 0 or, where `pool` is neither kMean nor kSif, their
// PoolForRows(); and the sum of the others added. The items among the terms are
// not answers.
struct Query {
  struct Term {
    std::string key;
    float weight;
  };

  std::string text;  // what the user asked, for the output
  std::vector<Term> terms;
  PoolOptions pool;
  bool one_key = false;  // `text` is one key, with the tabs it may have
  bool analogy = false;  // a sum, not a mean, of which no term may lack
};

// How the keys of a line become one vector.
struct QueryPooling {
  PoolOptions options;
  // Of kSif: the weight of a key.
  std::function<double(absl::string_view key)> weight;
};

// KEY or KEY TAB KEY ...: the keys' unit vectors pooled, in their order.
Query ParsePooled(absl::string_view text, const QueryPooling& pooling = {});
// A line that asks `index`: ParsePooled(), or the key that is the whole line if
// the index has one with tabs in it.
Query ParseLine(absl::string_view line, const ItemIndex& index,
                const QueryPooling& pooling = {});
// "a b c", or with tabs between them where keys hold blanks: b - a + c.
// InvalidArgument: not three keys.
absl::StatusOr<Query> ParseAnalogy(absl::string_view text);
// Takes away what is like `key`.
void Subtract(absl::string_view key, Query* query);

// A query against one index: its point, and the ids of the terms.
struct ResolvedQuery : ItemQuery {
  std::string text;
  bool one_key = false;  // as that of Query
  // Keys that the index does not hold. Those of a history are left out of the
  // vector, as if they had not been there. There is no vector if one of an
  // analogy is unknown or one that is taken away, or all of a history.
  std::vector<std::string> unknown;
  // Keys that the index does not hold either, but whose vectors are composed.
  // If there are any, the query is one to UnseenWords::space().
  std::vector<std::string> composed;
};

// unseen: null if nothing is known of keys that the index does not hold. A
// query with such a key is put whole into the space of composed vectors.
ResolvedQuery Resolve(const Query& query, const ItemIndex& index,
                      const UnseenWords* unseen = nullptr);

// Whether a query can be asked; one without a vector can. InvalidArgument: its
// vector has a number that is not finite or, unless the metric is l2, is zero.
absl::Status CheckPoint(const ItemQuery& query, Metric metric);

// AnswerQueries() of the queries.
absl::StatusOr<SearchHits> Answer(const ItemIndex& index,
                                  const std::vector<ResolvedQuery>& queries,
                                  const AnswerOptions& options);

}  // namespace embed

#endif  // EMBED_APPS_QUERY_H_
