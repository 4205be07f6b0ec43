#include "embed/train/huffman_tree.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "absl/status/status.h"

namespace embed {
namespace {

// A node of the tree as seen from below. Nodes 0 .. n - 1 are the ids, then
// the inner nodes in the order they are made; the last is the root.
struct Link {
  uint32_t parent = 0;
  bool one = false;  // which branch of the parent
};

// Joins the two rarest nodes again and again.
std::vector<Link> LinkNodes(absl::Span<const uint64_t> counts) {
  using Entry = std::pair<uint64_t, uint32_t>;  // count, node
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> rarest;
  const uint32_t ids = static_cast<uint32_t>(counts.size());
  for (uint32_t id = 0; id < ids; ++id) rarest.emplace(counts[id], id);
  std::vector<Link> links(2 * counts.size() - 1);
  for (uint32_t node = ids; rarest.size() > 1; ++node) {
    uint64_t sum = 0;
    for (const bool one : {true, false}) {
      links[rarest.top().second] = {node, one};
      sum += rarest.top().first;
      rarest.pop();
    }
    rarest.emplace(sum, node);
  }
  return links;
}

}  // namespace

absl::StatusOr<HuffmanTree> HuffmanTree::Create(
    absl::Span<const uint64_t> counts) {
  if (counts.size() < 2) {
    return absl::InvalidArgumentError(
        "hierarchical softmax needs a vocabulary of at least two");
  }
  const uint32_t ids = static_cast<uint32_t>(counts.size());
  const std::vector<Link> links = LinkNodes(counts);
  const uint32_t root = 2 * ids - 2;
  HuffmanTree tree;
  tree.offsets_ = {0};
  std::vector<uint32_t> zeros;
  std::vector<uint32_t> ones;
  for (uint32_t id = 0; id < ids; ++id) {
    zeros.clear();
    ones.clear();
    for (uint32_t node = id; node != root; node = links[node].parent) {
      (links[node].one ? ones : zeros).push_back(links[node].parent - ids);
    }
    tree.nodes_.insert(tree.nodes_.end(), zeros.rbegin(), zeros.rend());
    tree.nodes_.insert(tree.nodes_.end(), ones.rbegin(), ones.rend());
    tree.offsets_.push_back(tree.nodes_.size());
    tree.zeros_.push_back(static_cast<uint32_t>(zeros.size()));
    tree.longest_path_ = std::max(tree.longest_path_,
                                  static_cast<int>(zeros.size() + ones.size()));
  }
  return tree;
}

}  // namespace embed
