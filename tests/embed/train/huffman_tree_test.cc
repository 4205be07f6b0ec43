#include "embed/train/huffman_tree.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <queue>
#include <set>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "gtest/gtest.h"

namespace embed {
namespace huffman_tree_test {

// The least sum of count * path length over all binary trees: what Huffman's
// algorithm pays for its joins.
uint64_t LeastCost(const std::vector<uint64_t>& counts) {
  std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<uint64_t>>
      queue(counts.begin(), counts.end());
  uint64_t cost = 0;
  while (queue.size() > 1) {
    uint64_t sum = queue.top();
    queue.pop();
    sum += queue.top();
    queue.pop();
    queue.push(sum);
    cost += sum;
  }
  return cost;
}

TEST(HuffmanTreeTest, IsAnOptimalPrefixCode) {
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (uint32_t ids = 2; ids < 60; ++ids) {
    std::vector<uint64_t> counts;
    for (uint32_t id = 0; id < ids; ++id) counts.push_back(random.Below(100));
    const HuffmanTree tree = *HuffmanTree::Create(counts);
    double kraft = 0;
    uint64_t cost = 0;
    std::set<std::pair<std::set<uint32_t>, std::set<uint32_t>>> paths;
    for (uint32_t id = 0; id < ids; ++id) {
      const HuffmanTree::Path path = tree.PathOf(id);
      const auto turn = path.nodes.begin() + path.num_zeros;
      const std::set<uint32_t> zeros(path.nodes.begin(), turn);
      const std::set<uint32_t> ones(turn, path.nodes.end());
      EXPECT_EQ(zeros.size() + ones.size(), path.nodes.size());
      for (const uint32_t node : path.nodes) EXPECT_LT(node, ids - 1);
      EXPECT_LE(path.nodes.size(), static_cast<size_t>(tree.longest_path()));
      paths.insert({zeros, ones});
      kraft += std::pow(0.5, static_cast<double>(path.nodes.size()));
      cost += counts[id] * path.nodes.size();
    }
    EXPECT_EQ(paths.size(), ids);  // no two ids look alike
    EXPECT_EQ(kraft, 1.0);         // the tree is full
    EXPECT_EQ(cost, LeastCost(counts));
  }
}

// Over any vectors the probabilities of all ids sum to one: each inner node is
// passed to both sides.
TEST(HuffmanTreeTest, ProbabilitiesSumToOne) {
  const std::vector<uint64_t> counts = {50, 20, 20, 9, 5, 1, 1};
  const HuffmanTree tree = *HuffmanTree::Create(counts);
  double sum = 0;
  for (uint32_t id = 0; id < counts.size(); ++id) {
    const HuffmanTree::Path path = tree.PathOf(id);
    double probability = 1;
    for (size_t i = 0; i < path.nodes.size(); ++i) {
      const double score = std::sin(path.nodes[i] + 1.0);  // any number
      const double sign = static_cast<int>(i) < path.num_zeros ? 1 : -1;
      probability /= 1 + std::exp(-sign * score);
    }
    sum += probability;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(HuffmanTreeTest, NeedsTwoIds) {
  const std::vector<uint64_t> one = {5};
  EXPECT_FALSE(HuffmanTree::Create(one).ok());
}

}  // namespace huffman_tree_test
}  // namespace embed
