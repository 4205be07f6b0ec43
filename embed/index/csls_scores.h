// Scores that take hubs down: cross-domain similarity local scaling (Conneau,
// Lample, Ranzato, Denoyer, Jegou 2018) within one index.
//
//   CSLS(x, y) = 2 cos(x, y) - r(x) - r(y)
//   r(z)       = mean cosine of z with its `neighbors` nearest other items
//
// An item that is near to everything ("hub") has a large r and is no longer
// everybody's neighbour. r is found by searching the index, so it is as exact
// as that search; it costs one search for each candidate.
//
// embed/eval/csls.h is the same between two tables of float rows.
#ifndef EMBED_INDEX_CSLS_SCORES_H_
#define EMBED_INDEX_CSLS_SCORES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/answer.h"
#include "embed/index/int8_table.h"
#include "embed/index/item_index.h"

namespace embed {

// Gives the hits of each query their CSLS in place of their cosine, and sorts
// them: higher first, equal ones by smaller id. The items of a query do not
// count among its neighbours, nor an item among its own. options: neighbors in
// `csls`; `allowed` is not used, because filters do not change what is a hub.
// Errors: those of ItemIndex::Search().
absl::StatusOr<SearchHits> ScoreByCsls(const ItemIndex& index,
                                       absl::Span<const ItemQuery> queries,
                                       SearchHits hits,
                                       const AnswerOptions& options);

}  // namespace embed

#endif  // EMBED_INDEX_CSLS_SCORES_H_
