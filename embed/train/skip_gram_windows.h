// Skip-gram with negative sampling for the partitioned schedule, grouped by
// centers. Internal to SkipGramParts.
//
// Windows are those of WindowSampler. A bucket (i, j) has the centers of part j
// in their order, each with its contexts of part i. Up to `group_centers`
// consecutive ones, as long as their windows overlap and no id comes twice,
// share `negatives` draws from part j:
//
//   L = sum over centers y of the group and contexts x of y of
//         softplus(-x.y) + sum over negatives n of softplus(x.n)
//
// without draws that are a center of the group. Draws: group_negatives.h.
//
// So a context meets the same draws with up to `group_centers` consecutive
// centers, by Hogwild with one, where skip_gram_pairs.h gives it the same ones
// for all those of a pass; but the fewer contexts of part i a center has, the
// more a group costs a pair. It is meant for wide windows and few parts: walks.
#ifndef EMBED_TRAIN_SKIP_GRAM_WINDOWS_H_
#define EMBED_TRAIN_SKIP_GRAM_WINDOWS_H_

#include <memory>

#include "embed/train/row_pairs.h"
#include "embed/train/skip_gram_parts.h"

namespace embed {

// Its chunks are PartWindows. tables must outlive it.
std::unique_ptr<PairTraining::Worker> NewCenterWorker(
    const PartedTables& tables);

}  // namespace embed

#endif  // EMBED_TRAIN_SKIP_GRAM_WINDOWS_H_
