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
#include "embed/train/window_sampler.h"

namespace embed {

// Consecutive centers of a block, and the largest radius of their windows.
struct CenterRange {
  size_t first;
  size_t end;
  size_t window;
};

// Pairs (context, center) of some centers, one center after the other.
struct CenterPairs {
  absl::Span<const uint32_t> contexts;  // of each pair
  absl::Span<const uint32_t> owners;    // of each pair, its center
  absl::Span<const uint32_t> centers;
  absl::Span<const uint32_t> fresh;  // contexts that no group just before had
};

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
  // The same for the pairs (context, center) of some centers, context by
  // context.
  void BuildWindows(const WindowBlock& block, const CenterRange& centers,
                    absl::Span<const uint32_t> negatives);
  // The same for these pairs, no two of which are computed together. Each is
  // taken between two of another center, as far as there are such: the update
  // of a center's row need not wait for the one before.
  void BuildApart(const CenterPairs& pairs,
                  absl::Span<const uint32_t> negatives);

  // All rows of the group, a few perhaps twice; after BuildWindows() and
  // BuildApart() without the contexts that groups just before had too.
  absl::Span<const float* const> rows() const {
    return absl::MakeConstSpan(rows_).first(num_rows_);
  }
  size_t num_pairs() const { return num_pairs_; }

  // One step. Fetches the rows `next` meanwhile. Does nothing without pairs.
  void Train(WindowStepFunction step, float rate,
             absl::Span<const float* const> next, WindowScratch* scratch);

 private:
  void Clear();
  void FindInputs(absl::Span<const RowPair> pairs);
  void FindContexts(const WindowBlock& block, const CenterRange& centers);
  // Makes the pair (context, center) the i-th of the group.
  void Put(size_t i, uint32_t context, uint32_t center);
  // is_positive(id): of a pair of the group.
  template <typename IsPositive>
  void FindNegatives(absl::Span<const uint32_t> draws,
                     const IsPositive& is_positive);
  // Of a group whose positives are those of these centers: its negatives, and
  // the rows to ask for, the contexts being `fresh`.
  void FindOtherRows(absl::Span<const uint32_t> centers,
                     absl::Span<const uint32_t> fresh,
                     absl::Span<const uint32_t> draws);
  void AppendRows(const float* const* rows, size_t count);

  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
  const size_t max_negatives_;
  size_t num_inputs_ = 0;
  size_t num_pairs_ = 0;
  size_t num_negatives_ = 0;
  size_t num_rows_ = 0;
  std::vector<float*> inputs_;
  std::vector<float> counts_;   // of each input, its pairs
  std::vector<float*> firsts_;  // of each input, its first positive
  std::vector<float*> others_;  // the other positives
  std::vector<int> owners_;     // of each of these, its input
  // Behind a place for the first positives.
  std::vector<float*> negatives_;
  std::vector<float> weights_;  // of each negative, its draws; 1 for the first
  std::vector<const float*> rows_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_PAIR_GROUP_H_
