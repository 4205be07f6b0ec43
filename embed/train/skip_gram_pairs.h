// Skip-gram with negative sampling as pairs (context, center) for the
// partitioned schedule. Internal to SkipGram.
//
// Windows are those of WindowSampler. The pairs of a block come context by
// context, in `group_passes` passes, each for some offsets of the center. The
// pairs of `group_inputs` consecutive contexts of a run share their negatives:
// `negatives` draws from the run's output part, of the stream (seed,
// kGroupNegatives, epoch, number of the run). A draw equal to a center of the
// group is replaced by one of a quarter more draws (embed/train/pair_group.h).
#ifndef EMBED_TRAIN_SKIP_GRAM_PAIRS_H_
#define EMBED_TRAIN_SKIP_GRAM_PAIRS_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "embed/model/embedding_table.h"
#include "embed/train/part_negatives.h"
#include "embed/train/row_pairs.h"
#include "embed/train/window_setup.h"

namespace embed {

class SkipGramPairs : public PairTraining {
 public:
  // setup and tables must outlive this. With negative sampling. partition: as
  // PartitionOptions::For() returns it.
  SkipGramPairs(const WindowSetup* setup, PartNegatives negatives,
                const PartitionOptions& partition, EmbeddingTable* input,
                EmbeddingTable* output);

  RowParts parts() const override { return negatives_.parts(); }
  std::unique_ptr<PairChunk> NewChunk() const override;
  std::unique_ptr<Worker> NewWorker() const override;

 private:
  const WindowSetup* const setup_;
  const PartNegatives negatives_;
  const PartitionOptions partition_;
  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_SKIP_GRAM_PAIRS_H_
