// Any order in which threads may finish their buckets, tried by chance.
#include "embed/train/bucket_order.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "gtest/gtest.h"

namespace embed {
namespace bucket_order_test {

using Bucket = BucketOrder::Bucket;

// Trains a round with so many workers, each bucket for a random time; returns
// the buckets of each input part, then of each output part, in order.
std::vector<std::vector<uint32_t>> RunRound(BucketOrder* order, uint32_t parts,
                                            uint32_t shift, size_t workers,
                                            Philox* random) {
  std::vector<std::vector<uint32_t>> seen(2 * parts);
  std::vector<Bucket> running;
  order->Start(shift);
  size_t done = 0;
  while (!order->finished()) {
    std::optional<Bucket> bucket;
    if (running.size() < workers && (bucket = order->Take()).has_value()) {
      for (const Bucket& other : running) {
        EXPECT_NE(other.i, bucket->i);
        EXPECT_NE(other.j, bucket->j);
      }
      running.push_back(*bucket);
      seen[bucket->i].push_back(bucket->j);
      seen[parts + bucket->j].push_back(bucket->i);
      continue;
    }
    EXPECT_FALSE(running.empty()) << "nobody can go on";
    if (running.empty()) break;
    const auto place =
        running.begin() + static_cast<ptrdiff_t>(random->Below(
                              static_cast<uint32_t>(running.size())));
    order->Done(*place);
    running.erase(place);
    ++done;
  }
  EXPECT_EQ(done, size_t{parts} * parts);
  return seen;
}

TEST(BucketOrderTest, PartsSeeTheSameOrderWhoeverIsQuicker) {
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (const uint32_t parts : {1, 2, 4, 8}) {
    BucketOrder order(parts);
    for (uint32_t shift = 0; shift < parts; ++shift) {
      const auto first = RunRound(&order, parts, shift, 1, &random);
      for (const std::vector<uint32_t>& buckets : first) {
        EXPECT_EQ(std::set<uint32_t>(buckets.begin(), buckets.end()).size(),
                  parts);
      }
      for (const size_t workers : {2, 3, 8, 20}) {
        for (int repeat = 0; repeat < 5; ++repeat) {
          EXPECT_EQ(RunRound(&order, parts, shift, workers, &random), first);
        }
      }
    }
  }
}

TEST(BucketOrderTest, StartsAllPartsAtOnce) {
  BucketOrder order(8);
  order.Start(3);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(order.Take().has_value());
  EXPECT_FALSE(order.Take().has_value());
}

// A bucket does not wait for the whole diagonal before it.
TEST(BucketOrderTest, WaitsOnlyForItsOwnParts) {
  BucketOrder order(3);
  order.Start(0);
  const Bucket a = *order.Take();
  const Bucket b = *order.Take();
  const Bucket c = *order.Take();
  order.Done(b);
  EXPECT_FALSE(order.Take().has_value());  // shares parts with a or c
  order.Done(c);
  const std::optional<Bucket> next = order.Take();
  ASSERT_TRUE(next.has_value());
  EXPECT_NE(next->i, a.i);
  EXPECT_NE(next->j, a.j);
}

// One worker goes diagonal by diagonal, the first of which is the shift.
TEST(BucketOrderTest, TheShiftMovesTheDiagonals) {
  constexpr uint32_t kParts = 4;
  BucketOrder order(kParts);
  for (uint32_t shift = 0; shift < kParts; ++shift) {
    order.Start(shift);
    for (uint32_t diagonal = 0; diagonal < kParts; ++diagonal) {
      for (uint32_t i = 0; i < kParts; ++i) {
        const std::optional<Bucket> bucket = order.Take();
        ASSERT_TRUE(bucket.has_value());
        EXPECT_EQ(bucket->i, i);
        EXPECT_EQ(bucket->j, (i + diagonal + shift) % kParts);
        order.Done(*bucket);
      }
    }
    EXPECT_TRUE(order.finished());
  }
}

}  // namespace bucket_order_test
}  // namespace embed
