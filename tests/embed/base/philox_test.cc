#include "embed/base/philox.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"

namespace embed {
namespace philox_test {

using Words = std::array<uint32_t, 4>;

// The answers that the authors of Philox publish with Random123.
TEST(PhiloxTest, GivesTheKnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(Philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                       {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, BlocksHaveTheCounterOfTheHeader) {
  const PhiloxStream stream(5, RandomPurpose::kTest, 7, 0x123456789ABCDEF0);
  EXPECT_EQ(stream.Block(9),
            Philox4x32({9, 7, 0x9ABCDEF0, 0x12345678}, stream.key));
}

TEST(PhiloxTest, ReadsTheWordsOfItsBlocksInOrder) {
  const PhiloxStream stream(5, RandomPurpose::kTest, 7, 11);
  Philox random(stream);
  for (uint32_t i = 0; i < 40; ++i) {
    ASSERT_EQ(random.Next32(), stream.Block(i / 4)[i % 4]) << "word " << i;
  }
}

// A stream's first 64 bits are its name here: all that differ in one of the
// four parts must differ.
TEST(PhiloxTest, StreamsAreDistinct) {
  std::set<uint64_t> seen;
  uint64_t made = 0;
  for (const uint64_t seed : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) {
    for (uint32_t purpose = 1; purpose <= 8; ++purpose) {
      for (const uint32_t epoch : {0u, 1u, 0xFFFFFFFFu}) {
        for (const uint64_t sequence :
             {uint64_t{0}, uint64_t{1}, uint64_t{1} << 32, ~uint64_t{0}}) {
          seen.insert(
              Philox(seed, static_cast<RandomPurpose>(purpose), epoch, sequence)
                  .Next64());
          ++made;
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), made);
}

// A bound of 3 * 2^30 shows the bias of multiplication without rejection: its
// cells would then differ by a factor of two.
TEST(PhiloxTest, BelowIsUniform) {
  for (const uint32_t bound : {1u, 2u, 3u, 10u, 1000u}) {
    Philox random(3, RandomPurpose::kTest, 0, bound);
    std::vector<uint64_t> counts(bound);
    for (int i = 0; i < 200000; ++i) ++counts.at(random.Below(bound));
    if (bound == 1) continue;
    EXPECT_LT(ChiSquareDeviations(counts, std::vector<double>(bound, 1)), 5)
        << bound;
  }
  Philox random(3, RandomPurpose::kTest, 1, 0);
  std::vector<uint64_t> thirds(3);
  for (int i = 0; i < 200000; ++i) ++thirds.at(random.Below(3u << 30) % 3);
  EXPECT_LT(ChiSquareDeviations(thirds, {1, 1, 1}), 5);
}

TEST(PhiloxTest, DoublesAreUniformOnTheUnitInterval) {
  Philox random(4, RandomPurpose::kTest, 0, 0);
  std::vector<uint64_t> counts(100);
  for (int i = 0; i < 200000; ++i) {
    const double value = random.NextDouble();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    ASSERT_EQ(std::ldexp(value, 53), std::floor(std::ldexp(value, 53)));
    ++counts[static_cast<size_t>(value * 100)];
  }
  EXPECT_LT(ChiSquareDeviations(counts, std::vector<double>(100, 1)), 5);
}

}  // namespace philox_test
}  // namespace embed
