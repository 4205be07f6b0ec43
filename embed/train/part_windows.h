// The windows of a chunk, sorted by bucket (embed/train/row_pairs.h): a center
// of part j has in the bucket (i, j) those of its contexts that are of part i.
#ifndef EMBED_TRAIN_PART_WINDOWS_H_
#define EMBED_TRAIN_PART_WINDOWS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "embed/train/row_pairs.h"
#include "embed/train/window_sampler.h"

namespace embed {

// Reused from chunk to chunk, it keeps its memory: 4 + 8 P bytes a token of the
// longest, and what its vectors have to spare.
class PartWindows : public PairChunk {
 public:
  // Places begin .. end - 1 among the tokens of a part.
  struct Range {
    uint32_t begin;
    uint32_t end;
  };
  // What a bucket (i, j) consists of.
  struct Bucket {
    absl::Span<const uint32_t> contexts;  // the tokens of part i
    absl::Span<const uint32_t> centers;   // the tokens of part j
    absl::Span<const Range> windows;      // of the centers
    bool same_part;  // contexts are the centers too: center c is context c
  };

  explicit PartWindows(RowParts parts);

  void Clear();
  // Adds the windows of a block behind those it has. O(P tokens).
  void Append(const WindowBlock& block);
  // Replaces what it has by all windows that the sampler still gives.
  void Take(WindowSampler* sampler);

  // The ids of the tokens of a part, in their order.
  absl::Span<const uint32_t> tokens(uint32_t part) const {
    return tokens_[part];
  }
  // Of each token of part j, as a center, what of its window is of part i;
  // where i = j with the center itself.
  absl::Span<const Range> windows(uint32_t i, uint32_t j) const {
    return absl::MakeConstSpan(windows_[uint64_t{i} * parts_.count() + j])
        .first(tokens_[j].size());
  }
  Bucket bucket(uint32_t i, uint32_t j) const {
    return {tokens(i), tokens(j), windows(i, j), i == j};
  }

 private:
  // Appends the block's tokens to those of their parts.
  void AppendTokens(const WindowBlock& block);
  // Appends the windows over the tokens of part i, of which there were `before`
  // before the block.
  void AppendWindows(const WindowBlock& block, uint32_t i, size_t before);

  const RowParts parts_;
  std::vector<std::vector<uint32_t>> tokens_;
  // Of each bucket; what is behind those of the chunk's tokens is not cleared.
  std::vector<std::vector<Range>> windows_;
  WindowBlock block_;
  // Of the block at hand.
  std::vector<size_t> sizes_;     // of each part, its tokens before the block
  std::vector<uint32_t> part_;    // of each token
  std::vector<uint32_t> place_;   // of each token, among those of its part
  std::vector<uint32_t> passed_;  // tokens of part i before each token
};

// What workers have in common whose chunks are PartWindows.
class PartWindowsWorker : public PairTraining::Worker {
 public:
  explicit PartWindowsWorker(WindowSampler sampler)
      : sampler_(std::move(sampler)) {}

  void Emit(uint32_t epoch, const SequenceBatch& batch, PairChunk* chunk,
            TrainStats* stats) override;

 protected:
  static PartWindows::Bucket BucketOf(const PairRun& run) {
    return static_cast<const PartWindows*>(run.chunk)->bucket(run.input_part,
                                                              run.output_part);
  }

 private:
  WindowSampler sampler_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_PART_WINDOWS_H_
