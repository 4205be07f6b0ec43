// Skip-gram with negative sampling for the partitioned schedule, grouped by
// centers. Internal to SkipGram.
//
// Windows are those of WindowSampler. A bucket (i, j) has the centers of part j
// in their order, each with its contexts of part i. Up to `group_centers`
// consecutive ones, as long as their windows overlap and no id comes twice,
// share `negatives` draws from part j:
//
//   L = sum over centers y of the group and contexts x of y of
//         softplus(-x.y) + sum over negatives n of softplus(x.n)
//
// without draws that are a center of the group. A draw serves `reuse_negatives`
// groups (embed/train/negative_pool.h). Draws come from the stream (seed,
// kGroupNegatives, epoch, number of the run).
//
// So a context meets the same draws with up to `group_centers` consecutive
// centers, by Hogwild with one, where SkipGramPairs gives it the same ones for
// all those of a pass; but the fewer contexts of part i a center has, the more
// a group costs a pair. It is meant for wide windows and few parts: walks.
#ifndef EMBED_TRAIN_SKIP_GRAM_WINDOWS_H_
#define EMBED_TRAIN_SKIP_GRAM_WINDOWS_H_

#include <memory>

#include "embed/model/embedding_table.h"
#include "embed/train/part_negatives.h"
#include "embed/train/row_pairs.h"
#include "embed/train/window_setup.h"

namespace embed {

class SkipGramWindows : public PairTraining {
 public:
  // setup and tables must outlive this. With negative sampling. partition: as
  // PartitionOptions::For() returns it.
  SkipGramWindows(const WindowSetup* setup, PartNegatives negatives,
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

#endif  // EMBED_TRAIN_SKIP_GRAM_WINDOWS_H_
