// Which rows of the output table predict an id, and what each should answer:
// negative sampling (the id's own row yes, its negatives no) or hierarchical
// softmax (the inner nodes on the id's path, by branch).
#ifndef EMBED_TRAIN_OUTPUT_LAYER_H_
#define EMBED_TRAIN_OUTPUT_LAYER_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "embed/train/huffman_tree.h"

namespace embed {

// Rows with labels (1 positive, 0 negative) and multiplicities. The arrays only
// grow; of each the first `size` entries count.
struct Targets {
  void Clear() {
    size = 0;
    num_positives = 0;
  }
  void Add(float* row, float label) {
    if (size == rows.size()) Grow();
    rows[size] = row;
    labels[size] = label;
    weights[size] = 1.0f;
    ++size;
  }
  void Grow();

  std::vector<float*> rows;
  std::vector<float> labels;
  std::vector<float> weights;
  size_t size = 0;
  int num_positives = 0;  // after Collect(): these come first
};

// Thread-safe.
class OutputLayer {
 public:
  virtual ~OutputLayer() = default;
  // Replaces *targets by those of `id`: distinct rows, positives first, a
  // negative that was drawn w times with weight w.
  virtual void Collect(uint32_t id, absl::Span<const uint32_t> negatives,
                       Targets* targets) const = 0;
  // Adds those of `id` to *targets, in the order of drawing, each of weight 1;
  // a row may then occur more than once.
  virtual void Append(uint32_t id, absl::Span<const uint32_t> negatives,
                      Targets* targets) const = 0;
  // Adds the rows that either will need to *rows, some perhaps twice.
  virtual void AppendRows(uint32_t id, absl::Span<const uint32_t> negatives,
                          std::vector<const float*>* rows) const = 0;
  // The most targets of one id, given `negatives` draws.
  virtual int MaxTargets(int negatives) const = 0;
};

// A negative equal to the id is left out.
class NegativeSamplingLayer : public OutputLayer {
 public:
  explicit NegativeSamplingLayer(EmbeddingTable* output) : output_(output) {}
  void Collect(uint32_t id, absl::Span<const uint32_t> negatives,
               Targets* targets) const override;
  void Append(uint32_t id, absl::Span<const uint32_t> negatives,
              Targets* targets) const override;
  void AppendRows(uint32_t id, absl::Span<const uint32_t> negatives,
                  std::vector<const float*>* rows) const override;
  int MaxTargets(int negatives) const override { return negatives + 1; }

 private:
  EmbeddingTable* const output_;
};

// Row n of the output table belongs to inner node n; negatives are not used.
class HierarchicalSoftmaxLayer : public OutputLayer {
 public:
  HierarchicalSoftmaxLayer(EmbeddingTable* output, HuffmanTree tree)
      : output_(output), tree_(std::move(tree)) {}
  void Collect(uint32_t id, absl::Span<const uint32_t> negatives,
               Targets* targets) const override;
  void Append(uint32_t id, absl::Span<const uint32_t> negatives,
              Targets* targets) const override;
  void AppendRows(uint32_t id, absl::Span<const uint32_t> negatives,
                  std::vector<const float*>* rows) const override;
  int MaxTargets(int /*negatives*/) const override {
    return tree_.longest_path();
  }

 private:
  EmbeddingTable* const output_;
  const HuffmanTree tree_;
};

// Asks for whole rows of `stride` floats, to be written soon.
inline void PrefetchRows(absl::Span<const float* const> rows, uint64_t stride) {
  constexpr uint64_t kFloatsPerLine = 16;  // a cache line of 64 bytes
  for (const float* const row : rows) {
    for (uint64_t i = 0; i < stride; i += kFloatsPerLine) {
      __builtin_prefetch(row + i, 1, 3);
    }
  }
}

}  // namespace embed

#endif  // EMBED_TRAIN_OUTPUT_LAYER_H_
