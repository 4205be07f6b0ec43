// Answers to queries: the nearest items but for the query's own, plain, diverse
// or without hubs. What commands and servers ask an index for.
#ifndef EMBED_INDEX_ANSWER_H_
#define EMBED_INDEX_ANSWER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/int8_table.h"
#include "embed/index/item_index.h"

namespace embed {

// A point to search from.
struct ItemQuery {
  std::vector<float> vector;       // [dim], finite; empty: no answers
  std::vector<uint32_t> excluded;  // ids that are no answers, rising: the items
                                   // that the vector was made of
};

// Of the candidates that --mmr and --csls choose from there are ten times as
// many as answers, at least this many and at most this many more.
constexpr uint64_t kFewestCandidates = 100;
constexpr uint64_t kMostMoreCandidates = 1000;
// Choosing takes time in proportion to answers times candidates.
constexpr uint64_t kMostChosen = 10000;

struct AnswerOptions {
  // InvalidArgument: k or csls out of range, mmr outside 0 .. 1, a
  // min_score that is not a number, two of min_score, mmr and csls at once, k
  // above kMostChosen with mmr or csls.
  absl::Status Validate() const;

  uint64_t k = 10;
  int threads = 1;                     // changes the speed only
  absl::Span<const uint64_t> allowed;  // see SearchOptions; empty: all
  int ef_search = 0;                   // see SearchOptions
  uint64_t together = 1;               // as well
  int nprobe = 0;                      // as well
  bool exact = false;
  // Only items of at least this score, of l2 at most; with `exact` none of the
  // first k is missed, whatever k is.
  std::optional<float> min_score;
  // Diversity: see embed/index/mmr.h. Answers come in the order of the choice,
  // scores are cosines with the query.
  std::optional<float> mmr;
  // Hubs: how many nearest neighbours stand for an item's surroundings; 0:
  // plain cosine. See embed/index/csls_scores.h; scores are CSLS.
  uint64_t csls = 0;
};

// The answers of each query, in its order: best first, equal ones by smaller
// id. The same for any number of threads and any grouping of the queries.
// InvalidArgument: the options, mmr or csls of an index that does not rank by
// cosine, a vector of another dim or not finite, what
// ItemIndex::Search() refuses.
absl::StatusOr<SearchHits> AnswerQueries(const ItemIndex& index,
                                         absl::Span<const ItemQuery> queries,
                                         const AnswerOptions& options);

// One of several queries to be answered together, with options of its own; what
// it points to must stay as it is meanwhile.
struct AnswerRequest {
  const ItemIndex* index;
  const ItemQuery* query;
  const AnswerOptions* options;  // threads is not looked at
};

// The answers of each request, those of AnswerQueries() of it alone. Requests
// to the same index with equal options, `allowed` of the same address, share a
// search. Errors: those of AnswerQueries(), for all if one is wrong.
absl::StatusOr<SearchHits> AnswerRequests(
    absl::Span<const AnswerRequest> requests, int threads);

}  // namespace embed

#endif  // EMBED_INDEX_ANSWER_H_
