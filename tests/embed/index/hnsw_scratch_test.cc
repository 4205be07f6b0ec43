#include "embed/index/hnsw_scratch.h"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "embed/base/philox.h"
#include "gtest/gtest.h"

namespace embed {
namespace hnsw_scratch_test {

TEST(HnswVisitedTest, MarksOnceUntilCleared) {
  HnswVisited visited(200);
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (int round = 0; round < 3; ++round) {
    std::set<uint32_t> marked;
    for (int i = 0; i < 300; ++i) {
      const uint32_t row = random.Below(200);
      EXPECT_EQ(visited.Mark(row), marked.insert(row).second);
    }
    visited.Clear();
  }
}

TEST(HnswVisitedTest, MarksListsUpToTheFirstThatIsNoRow) {
  HnswVisited visited(200);
  Philox random(1, RandomPurpose::kTest, 2, 0);
  for (int round = 0; round < 3; ++round) {
    std::set<uint32_t> marked;
    for (int i = 0; i < 40; ++i) {
      std::vector<uint32_t> list;
      std::vector<uint32_t> expected;
      for (uint32_t length = random.Below(20); length > 0; --length) {
        list.push_back(random.Below(200));
        if (marked.insert(list.back()).second) expected.push_back(list.back());
      }
      if (i % 2 == 0) {
        list.insert(list.end(), {200 + random.Below(2), 7, 8});
      }
      const absl::Span<const uint32_t> added = visited.MarkList(list);
      EXPECT_EQ(std::vector<uint32_t>(added.begin(), added.end()), expected);
    }
    visited.Clear();
  }
}

// Against a full stable sort of what was inserted.
TEST(HnswFrontierTest, KeepsTheBestInOrder) {
  HnswFrontier frontier;
  for (const size_t capacity : {1, 2, 7, 100, 1000}) {
    Philox random(1, RandomPurpose::kTest, 1, capacity);
    frontier.Reset(capacity);
    std::vector<HnswFrontier::Entry> all;
    for (uint32_t row = 0; row < 500; ++row) {
      const float score = static_cast<float>(random.Below(50));
      const size_t before = frontier.size();
      const size_t place = frontier.Insert(score, row);
      all.push_back({score, row});
      if (place < frontier.size()) {
        EXPECT_EQ(frontier.row(place), row);
      } else {
        EXPECT_EQ(frontier.size(), before);
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.score > b.score;
    });
    ASSERT_EQ(frontier.size(), std::min<size_t>(capacity, 500));
    for (size_t i = 0; i < frontier.size(); ++i) {
      ASSERT_EQ(frontier[i].score, all[i].score) << i;
      ASSERT_EQ(frontier.row(i), all[i].row) << i;
    }
  }
}

TEST(HnswFrontierTest, RemembersWhatWasFollowed) {
  HnswFrontier frontier;
  frontier.Reset(3);
  frontier.Insert(1, 10);
  frontier.SetFollowed(0);
  EXPECT_EQ(frontier.Insert(2, 20), 0u);
  EXPECT_FALSE(frontier.followed(0));
  EXPECT_TRUE(frontier.followed(1));
  EXPECT_EQ(frontier.row(1), 10u);
}

TEST(HnswFrontierTest, PassesOverScoresThatAreNoNumbers) {
  HnswFrontier frontier;
  frontier.Reset(2);
  EXPECT_EQ(frontier.Insert(std::numeric_limits<float>::quiet_NaN(), 1), 0u);
  EXPECT_EQ(frontier.size(), 0u);
}

TEST(HnswScratchPoolTest, HandsOutWhatWasReturned) {
  HnswScratchPool pool(10);
  std::unique_ptr<HnswScratch> first = pool.Take();
  std::unique_ptr<HnswScratch> second = pool.Take();
  EXPECT_NE(first, second);
  HnswScratch* address = first.get();
  pool.Return(std::move(first));
  EXPECT_EQ(pool.Take().get(), address);
}

}  // namespace hnsw_scratch_test
}  // namespace embed
