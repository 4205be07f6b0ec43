// What is done to the lists of a graph on level 0 once all rows are in.
#ifndef EMBED_INDEX_HNSW_FINISH_H_
#define EMBED_INDEX_HNSW_FINISH_H_

#include "embed/index/hnsw_lists.h"

namespace embed {

// Puts each row that no list on level 0 has into one, if any near it has a
// place to give. Full lists drop rows, and where very many are near to a few,
// those of the few drop them for good.
// Of 300,000 rows, 36 thousand words and noisy copies, 13 % could not be
// found, of 1 M 41 %, and recall@10 ended at 0.985 and 0.955; now 0.996 and
// 0.972. With more than m / 2 places of a list taken from other rows, of 1 M
// rows fewer are found by as long a search.
void LinkLostRows(HnswLists* lists);

// Cuts the longest lists on level 0, so that the packed graph takes at most
// 4 m + 8 bytes a row: it drops the links by which a list leads least far, and
// none that is the only one to a row.
// The 100,000 rows of benchmarks/search.sh have 17.8 links on average (m 16; 47
// % have 12, 11 % all 32), for which there is room while a link takes 3 bytes.
// Cut to 15.7, as 4 bytes would need, their recall@10 with ef_search 10, 20 and
// 80 is 0.947, 0.972 and 0.988 in place of 0.951, 0.975 and 0.988, at 4 to 9 %
// more queries a second; with the nearest links of each list 0.943, 0.968 and
// 0.988.
void ShortenLists(HnswLists* lists);

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_FINISH_H_
