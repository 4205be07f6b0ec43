#include "embed/train/row_pairs.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace row_pairs_test {

using testing::HasSubstr;

TEST(RowPartsTest, PartsShareTheRowsOut) {
  constexpr uint32_t kRows = 1000;
  for (const uint32_t count : {1, 2, 8, 64}) {
    const RowParts parts(count);
    EXPECT_EQ(parts.count(), count);
    std::vector<uint32_t> sizes(count);
    for (uint32_t row = 0; row < kRows; ++row) {
      ASSERT_LT(parts.PartOf(row), count);
      ++sizes[parts.PartOf(row)];
    }
    for (const uint32_t size : sizes) {
      EXPECT_GE(size, kRows / count);
      EXPECT_LE(size, kRows / count + 1);
    }
  }
}

TEST(RowPartsTest, NumbersTheRowsOfAPartInOrder) {
  for (const uint32_t count : {1, 2, 16}) {
    const RowParts parts(count);
    std::set<uint32_t> rows;
    for (uint32_t part = 0; part < count; ++part) {
      for (uint32_t k = 0; k < 50; ++k) {
        const uint32_t row = parts.Row(part, k);
        EXPECT_EQ(parts.PartOf(row), part);
        EXPECT_EQ(row / count, k);
        rows.insert(row);
      }
    }
    EXPECT_EQ(rows.size(), 50 * count);
    EXPECT_EQ(*rows.rbegin(), 50 * count - 1);
  }
}

// Rows of 512 bytes: eight to a page. A part must not use the same eighth of
// every page.
TEST(RowPartsTest, SpreadsAPartOverThePlacesOfAPage) {
  const RowParts parts(8);
  std::set<uint32_t> places;
  for (uint32_t k = 0; k < 8; ++k) places.insert(parts.Row(3, k) % 8);
  EXPECT_EQ(places.size(), 8);
}

TEST(PartitionOptionsTest, NamesWhatIsWrong) {
  EXPECT_TRUE(PartitionOptions().Validate().ok());
  const auto message = [](auto change) {
    PartitionOptions options;
    change(&options);
    return std::string(options.Validate().message());
  };
  EXPECT_THAT(message([](auto* o) { o->parts = 3; }), HasSubstr("parts is 3"));
  EXPECT_THAT(message([](auto* o) { o->parts = 512; }), HasSubstr("parts is"));
  EXPECT_THAT(message([](auto* o) { o->round_tokens = 0; }),
              HasSubstr("round_tokens is 0"));
  EXPECT_THAT(message([](auto* o) { o->group_inputs = -1; }),
              HasSubstr("group_inputs is -1"));
  EXPECT_THAT(message([](auto* o) { o->group_passes = 101; }),
              HasSubstr("group_passes is 101"));
  EXPECT_THAT(message([](auto* o) { o->group_centers = 101; }),
              HasSubstr("group_centers is 101"));
}

TEST(PartitionOptionsTest, SuitsTheRowsWhereNothingIsGiven) {
  const auto chosen = [](uint64_t rows) {
    const PartitionOptions options = PartitionOptions().For(rows);
    return std::make_pair(options.parts, options.group_inputs);
  };
  EXPECT_EQ(chosen(0), std::make_pair(1u, 1));
  EXPECT_EQ(chosen(34), std::make_pair(1u, 1));
  EXPECT_EQ(chosen(1999), std::make_pair(1u, 31));
  EXPECT_EQ(chosen(2000), std::make_pair(2u, 15));
  EXPECT_EQ(chosen(4000), std::make_pair(4u, 15));
  EXPECT_EQ(chosen(uint64_t{1} << 40), std::make_pair(4u, 32));
  PartitionOptions given;
  given.parts = 16;
  given.group_inputs = 7;
  EXPECT_EQ(given.For(34).parts, 16u);
  EXPECT_EQ(given.For(34).group_inputs, 7);
  EXPECT_EQ(given.For(34).group_passes, 4);
  given.group_passes = 2;
  EXPECT_EQ(given.For(34).group_passes, 2);
  EXPECT_EQ(given.For(34).group_centers, 3);
  given.group_centers = 1;
  EXPECT_EQ(given.For(34).group_centers, 1);
}

TEST(PartitionOptionsTest, SpreadsAsManyCentersAsRowsAllow) {
  PartitionOptions options;
  options.group_by = PairGrouping::kSpread;
  const auto chosen = [&](uint64_t rows) {
    const PartitionOptions result = options.For(rows);
    return std::make_pair(result.parts, result.group_centers);
  };
  EXPECT_EQ(chosen(0), std::make_pair(1u, 1));
  EXPECT_EQ(chosen(1999), std::make_pair(1u, 7));
  EXPECT_EQ(chosen(2000), std::make_pair(2u, 3));
  EXPECT_EQ(chosen(uint64_t{1} << 40), std::make_pair(2u, 8));
  options.group_centers = 12;
  EXPECT_EQ(chosen(34).second, 12);
}

TEST(PartitionOptionsTest, HasFewerPartsForGroupsOfCenters) {
  PartitionOptions options;
  options.group_by = PairGrouping::kCenter;
  EXPECT_EQ(options.For(1999).parts, 1u);
  EXPECT_EQ(options.For(2000).parts, 2u);
  EXPECT_EQ(options.For(uint64_t{1} << 40).parts, 2u);
  options.parts = 8;
  EXPECT_EQ(options.For(34).parts, 8u);
}

}  // namespace row_pairs_test
}  // namespace embed
