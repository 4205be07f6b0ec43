// Maximal marginal relevance: answers that are near to the query and not near
// to one another (Carbonell and Goldstein 1998, "The use of MMR,
// diversity-based reranking for reordering documents and producing summaries").
//
//   next = argmax over the candidates c left of
//          lambda cos(c, query) - (1 - lambda) max over the chosen s of cos(c,
//          s)
//
// The first is the nearest; lambda 1 keeps the order of cosines, 0 looks for
// difference alone. Time: candidates x chosen x dim.
#ifndef EMBED_INDEX_MMR_H_
#define EMBED_INDEX_MMR_H_

#include <cstdint>
#include <vector>

#include "embed/index/int8_table.h"
#include "embed/index/item_index.h"

namespace embed {

// Up to k of the candidates (hits of `index`, scored by cosine, best first), in
// the order in which they are chosen; equal ones in the order of candidates.
// lambda: 0 .. 1. Thread-safe.
std::vector<SearchHit> ChooseDiverse(const ItemIndex& index,
                                     const std::vector<SearchHit>& candidates,
                                     uint64_t k, float lambda);

}  // namespace embed

#endif  // EMBED_INDEX_MMR_H_
