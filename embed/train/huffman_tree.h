// The binary Huffman tree of hierarchical softmax (Morin and Bengio 2005;
// Mikolov et al. 2013): frequent ids get short paths.
//
// P(id) = product over the inner nodes n on the path from the root to the id of
//   sigmoid(x.y_n) where the path turns to the branch 0, else sigmoid(-x.y_n).
//
// Immutable: any number of threads may read.
#ifndef EMBED_TRAIN_HUFFMAN_TREE_H_
#define EMBED_TRAIN_HUFFMAN_TREE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace embed {

class HuffmanTree {
 public:
  // The inner nodes on the way to an id: first those where it turns to branch
  // 0, then the others, each kind from the root down.
  struct Path {
    absl::Span<const uint32_t> nodes;  // rows 0 .. counts.size() - 2
    int num_zeros = 0;                 // of nodes, those with branch 0
  };

  // O(n log n). Equal counts are joined in the order of their ids, so the tree
  // is the same everywhere. InvalidArgument: fewer than two ids.
  static absl::StatusOr<HuffmanTree> Create(absl::Span<const uint64_t> counts);

  Path PathOf(uint32_t id) const {
    return {absl::MakeConstSpan(nodes_).subspan(
                offsets_[id], offsets_[id + 1] - offsets_[id]),
            static_cast<int>(zeros_[id])};
  }
  int longest_path() const { return longest_path_; }

 private:
  std::vector<uint64_t> offsets_;
  std::vector<uint32_t> nodes_;
  std::vector<uint32_t> zeros_;
  int longest_path_ = 0;
};

}  // namespace embed

#endif  // EMBED_TRAIN_HUFFMAN_TREE_H_
