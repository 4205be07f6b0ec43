// Skip-gram with negative sampling for the partitioned schedule, grouped by
// centers that lie apart. Internal to SkipGramParts.
//
// Windows are those of WindowSampler. A bucket (i, j) has the centers of part j
// in their order, each with its contexts of part i. They are taken in blocks of
// 128 `group_centers`, a block in `group_centers` rows of one length s: the
// centers g, g + s, g + 2 s, ... of a block, with their contexts, share
// `negatives` draws from part j:
//
//   L = sum over centers y of the group and contexts x of y of
//         softplus(-x.y) + sum over negatives n of softplus(x.n)
//
// without draws that are the center of such a pair. Draws: group_negatives.h.
//
// Within a group pairs of different centers take turns (pair_group.h): two
// updates of one row in a row would wait for each other.
//
// So a context meets other draws with each of its centers, as by Hogwild, and
// consecutive groups meet the same contexts, which are then in the first-level
// cache. A group of consecutive centers (skip_gram_windows.h) gives a context
// the same draws with up to all its centers: few different ones where windows
// are narrow, and rare words suffer (en_wiki, dim 128, one seed: rare
// words 37.2 with 3 consecutive centers, 39.2 by Hogwild).
#ifndef EMBED_TRAIN_SKIP_GRAM_SPREAD_H_
#define EMBED_TRAIN_SKIP_GRAM_SPREAD_H_

#include <memory>

#include "embed/train/row_pairs.h"
#include "embed/train/skip_gram_parts.h"

namespace embed {

// Its chunks are PartWindows. tables must outlive it.
std::unique_ptr<PairTraining::Worker> NewSpreadWorker(
    const PartedTables& tables);

}  // namespace embed

#endif  // EMBED_TRAIN_SKIP_GRAM_SPREAD_H_
