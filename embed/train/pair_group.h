// Skip-gram pairs that share their negatives: those of some input rows with
// their positives, of one center or of several. Internal to the skip-gram
// workers.
//
//   L = sum over pairs (x, y) of
//         softplus(-x.y) + sum over negatives n of softplus(x.n)
//
// where no negative is the positive of any pair of the group.
#ifndef EMBED_TRAIN_PAIR_GROUP_H_
#define EMBED_TRAIN_PAIR_GROUP_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/kernels/window_step.h"
#include "embed/model/embedding_table.h"
#include "embed/train/row_pairs.h"

namespace embed {

// The rows of one group.
class PairGroup {
 public:
  // The most pairs and negatives of a group. The tables must outlive this.
  PairGroup(size_t max_pairs, size_t max_negatives, EmbeddingTable* input,
            EmbeddingTable* output);

  // Floats of scratch memory that Train() needs.
  static size_t ScratchFor(size_t max_pairs, size_t max_negatives);

  // Makes it the group of these pairs, any number up to max_pairs. Its
  // negatives are the first max_negatives of these draws of output rows that
  // are no positive of the pairs; a row drawn w times counts w times.
  // Consecutive pairs of one input are computed together.
  void Build(absl::Span<const RowPair> pairs,
             absl::Span<const uint32_t> negatives);

  // All rows of the group, a few perhaps twice.
  absl::Span<const float* const> rows() const {
    return absl::MakeConstSpan(rows_).subspan(
        0, num_inputs_ + num_pairs_ + num_negatives_);
  }

  // One step. Fetches the rows `next` meanwhile. Does nothing without pairs.
  void Train(WindowStepFunction step, float rate,
             absl::Span<const float* const> next, WindowScratch* scratch);

 private:
  void FindInputs(absl::Span<const RowPair> pairs);
  void FindNegatives(absl::Span<const RowPair> pairs,
                     absl::Span<const uint32_t> draws);

  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
  const size_t max_negatives_;
  size_t num_inputs_ = 0;
  size_t num_pairs_ = 0;
  size_t num_negatives_ = 0;
  // The inputs, the first positive of each, the other positives, the negatives.
  std::vector<float*> rows_;
  std::vector<float*> firsts_;  // FindInputs(): positives, till they have a
  std::vector<float*> others_;  // place behind the inputs
  std::vector<int> owners_;     // of each other positive, its input
  std::vector<float> counts_;   // of each input, its positives
  // One for the first positives; of each negative, its draws.
  std::vector<float> weights_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_PAIR_GROUP_H_
