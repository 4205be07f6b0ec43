// Skip-gram with negative sampling as pairs (context, center) for the
// partitioned schedule. Internal to SkipGramParts.
//
// Windows are those of WindowSampler. The pairs of a block come context by
// context, in `group_passes` passes, each for some offsets of the center. The
// pairs of `group_inputs` consecutive contexts of a run share their negatives:
// `negatives` draws from the run's output part, of the stream (seed,
// kGroupNegatives, epoch, number of the run). A draw equal to a center of the
// group is replaced by one of a quarter more draws (embed/train/pair_group.h).
#ifndef EMBED_TRAIN_SKIP_GRAM_PAIRS_H_
#define EMBED_TRAIN_SKIP_GRAM_PAIRS_H_

#include <memory>

#include "embed/train/row_pairs.h"
#include "embed/train/skip_gram_parts.h"

namespace embed {

// Its chunks are PairBuckets. tables must outlive it.
std::unique_ptr<PairTraining::Worker> NewPairWorker(const PartedTables& tables);

}  // namespace embed

#endif  // EMBED_TRAIN_SKIP_GRAM_PAIRS_H_
