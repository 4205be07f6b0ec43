#include "graph/skip_source.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace skip_source_test {

// Sequences 0, 0 1, 0 1 2, ... of chunk 0, numbered from 10.
class Counting : public SequenceSource {
 public:
  uint64_t num_chunks() const override { return 1; }
  absl::Status Read(uint32_t, uint64_t, SequenceBatch* batch) override {
    batch->Clear(10);
    for (uint32_t length = 1; length <= 9; ++length) {
      for (uint32_t i = 0; i < length; ++i) batch->ids.push_back(i);
      batch->EndSequence();
    }
    return absl::OkStatus();
  }
};

TEST(SkipSourceTest, NeighboursAreExactlyThatFarApart) {
  for (const int skip : {1, 2, 3, 7}) {
    SkipSource source(std::make_unique<Counting>(), skip);
    SequenceBatch batch;
    ASSERT_TRUE(source.Read(0, 0, &batch).ok());
    EXPECT_EQ(batch.first_sequence, 10u * static_cast<uint32_t>(skip));
    ASSERT_EQ(batch.num_sequences(), 9u * static_cast<uint32_t>(skip));
    std::map<std::pair<uint32_t, uint32_t>, int> pairs;
    std::vector<int> seen(9, 0);
    for (size_t i = 0; i < batch.num_sequences(); ++i) {
      const absl::Span<const uint32_t> sequence = batch.sequence(i);
      for (size_t k = 0; k < sequence.size(); ++k) {
        ++seen[sequence[k]];
        if (k > 0) ++pairs[{sequence[k - 1], sequence[k]}];
      }
    }
    // Every pair of every sequence once, and no other.
    std::map<std::pair<uint32_t, uint32_t>, int> expected;
    for (uint32_t length = 1; length <= 9; ++length) {
      for (uint32_t i = 0; i + static_cast<uint32_t>(skip) < length; ++i) {
        ++expected[{i, i + static_cast<uint32_t>(skip)}];
      }
    }
    EXPECT_EQ(pairs, expected) << skip;
    EXPECT_EQ(seen, (std::vector<int>{9, 8, 7, 6, 5, 4, 3, 2, 1}));
  }
}

}  // namespace skip_source_test
}  // namespace embed
