// Skip-gram with negative sampling for the partitioned schedule. Internal to
// SkipGram.
#ifndef EMBED_TRAIN_SKIP_GRAM_PARTS_H_
#define EMBED_TRAIN_SKIP_GRAM_PARTS_H_

#include <memory>

#include "embed/model/embedding_table.h"
#include "embed/train/part_negatives.h"
#include "embed/train/row_pairs.h"
#include "embed/train/window_setup.h"

namespace embed {

// What its workers train.
struct PartedTables {
  const WindowSetup* setup;  // with negative sampling
  PartNegatives negatives;
  PartitionOptions partition;  // as PartitionOptions::For() returns it
  EmbeddingTable* input;
  EmbeddingTable* output;
};

class SkipGramParts : public PairTraining {
 public:
  // What tables points to must outlive this.
  explicit SkipGramParts(PartedTables tables);

  RowParts parts() const override { return tables_.negatives.parts(); }
  std::unique_ptr<PairChunk> NewChunk() const override;
  std::unique_ptr<Worker> NewWorker() const override;

 private:
  const PartedTables tables_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_SKIP_GRAM_PARTS_H_
