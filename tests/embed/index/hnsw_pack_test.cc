// Packed lists against the same lists with fixed places.
#include "embed/index/hnsw_pack.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/fixed_lists.h"
#include "tests/embed/index/strided_rows.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace hnsw_pack_test {

constexpr uint64_t kRows = 3000;
constexpr int kDim = 24;

std::vector<uint32_t> ListOf(const LinkList& links) {
  std::vector<uint32_t> rows;
  for (const uint32_t link : links.UpToNone()) rows.push_back(link);
  return rows;
}

class HnswPackTest : public testing::Test {
 protected:
  HnswPackTest()
      : all_(ClusteredVectors(kRows + 30, kDim, 1, 1)),
        table_(TableInRows(all_.view(0, kRows))),
        packed_(Build(8)),
        fixed_(packed_.parts()) {}

  HnswGraph Build(int m) const {
    HnswOptions options;
    options.m = m;
    return HnswGraph::Build(table_, options).value();
  }
  MatrixView queries() const { return all_.view(kRows, 30); }

  TestMatrix all_;
  Int8Table table_;
  HnswGraph packed_;
  FixedLists fixed_;
};

TEST_F(HnswPackTest, HoldsTheSameLists) {
  const HnswGraph fixed = fixed_.graph();
  ASSERT_TRUE(packed_.Check().ok());
  ASSERT_TRUE(fixed.Check().ok());
  EXPECT_GT(packed_.max_level(), 1u);
  EXPECT_EQ(packed_.max_level(), fixed.max_level());
  for (uint32_t row = 0; row < kRows; ++row) {
    EXPECT_EQ(ListOf(packed_.Links(row)), ListOf(fixed.Links(row)));
    ASSERT_EQ(packed_.UpperLevels(row), fixed.UpperLevels(row));
    for (uint32_t level = 1; level <= fixed.UpperLevels(row) + 1; ++level) {
      EXPECT_EQ(ListOf(packed_.UpperLinks(row, level)),
                ListOf(fixed.UpperLinks(row, level)));
    }
  }
}

TEST_F(HnswPackTest, IsSearchedWithTheSameResults) {
  const HnswGraph fixed = fixed_.graph();
  SearchOptions options;
  for (const int ef : {10, 40, 200}) {
    options.ef_search = ef;
    EXPECT_EQ(packed_.Search(table_, queries(), options).value(),
              fixed.Search(table_, queries(), options).value());
  }
  // Half of the rows, too many to score them all for so few: by a walk.
  const std::vector<uint64_t> half((kRows + 63) / 64, 0x5555555555555555);
  options.allowed = half;
  options.k = 5;
  options.ef_search = 5;
  EXPECT_EQ(packed_.Search(table_, queries(), options).value(),
            fixed.Search(table_, queries(), options).value());
}

// Rows as far apart as in older files.
TEST_F(HnswPackTest, DistancesOfRowsDoNotChangeTheGraph) {
  const Int8Table apart = WithStride(table_, Int8ReadBytes(kDim));
  HnswOptions options;
  options.m = 8;
  const HnswGraph graph = HnswGraph::Build(apart, options).value();
  EXPECT_EQ(graph.parts().packed_links, packed_.parts().packed_links);
  EXPECT_EQ(graph.parts().offsets, packed_.parts().offsets);
  SearchOptions walk;
  walk.ef_search = 40;
  EXPECT_EQ(graph.Search(apart, queries(), walk).value(),
            packed_.Search(table_, queries(), walk).value());
}

TEST_F(HnswPackTest, PacksFixedLists) {
  std::vector<uint64_t> ends;
  const HnswGraph again = PackLists(fixed_.graph(), [&](uint64_t end) {
                            ends.push_back(end);
                          }).value();
  EXPECT_EQ(again.parts().packed_links, packed_.parts().packed_links);
  EXPECT_EQ(again.parts().bases, packed_.parts().bases);
  EXPECT_EQ(again.parts().offsets, packed_.parts().offsets);
  EXPECT_EQ(ends, std::vector<uint64_t>{0});
  const HnswGraph same = again.Packed().value();
  EXPECT_EQ(same.parts().packed_links.data(),
            again.parts().packed_links.data());
}

TEST_F(HnswPackTest, DoesNotPackWhatLeadsNowhere) {
  EXPECT_TRUE(fixed_.graph().Packed().ok());
  fixed_.links[0] = 0x1FFFF;  // in 2 bytes, what is no row
  EXPECT_EQ(fixed_.graph().Packed().status().code(),
            absl::StatusCode::kInvalidArgument);
}

// Rows beyond one base.
TEST_F(HnswPackTest, ManyRowsHaveSeveralBases) {
  constexpr uint64_t kMany = 2 * HnswGraph::kRowsPerBase;
  HnswGraph::Parts parts;
  parts.rows = kMany;
  parts.m = 2;
  std::vector<uint32_t> links;
  const std::vector<uint32_t> upper_lists(kMany + 1);
  for (uint64_t row = 0; row < kMany; ++row) {
    for (uint64_t i = 0; i < 4; ++i) {
      links.push_back(i <= row % 4 ? static_cast<uint32_t>((row + i) % kMany)
                                   : HnswGraph::kNoRow);
    }
  }
  parts.links = links;
  parts.upper_lists = upper_lists;
  const HnswGraph fixed = HnswGraph::FromParts(parts, nullptr).value();
  std::vector<uint64_t> ends;
  const HnswGraph packed =
      PackLists(fixed, [&](uint64_t end) { ends.push_back(end); }).value();
  ASSERT_TRUE(packed.Check().ok());
  EXPECT_EQ(packed.parts().bases,
            (std::vector<uint64_t>{0, 5 * kMany / 4, 5 * kMany / 2}));
  EXPECT_EQ(ends, (std::vector<uint64_t>{0, HnswGraph::kRowsPerBase}));
  for (const uint32_t row : {0u, 65535u, 65536u, 65537u, 131071u}) {
    EXPECT_EQ(ListOf(packed.Links(row)), ListOf(fixed.Links(row))) << row;
    EXPECT_EQ(packed.Links(row).size(), 1 + row % 4);
  }
}

TEST_F(HnswPackTest, RefusesDamagedPlaces) {
  struct Damage {
    size_t row;
    uint32_t offset;
  };
  const absl::Span<const uint32_t> offsets = packed_.parts().offsets;
  const uint32_t end = offsets[kRows];
  for (const Damage& damage :
       {Damage{0, 1}, Damage{7, offsets[8] + 1}, Damage{7, offsets[6] - 1},
        Damage{7, ~uint32_t{0}}, Damage{kRows, end - 1}, Damage{kRows, end + 1},
        Damage{100, offsets[101]}}) {
    HnswGraph::Parts parts = packed_.parts();
    std::vector<uint32_t> places(offsets.begin(), offsets.end());
    places[damage.row] = damage.offset;
    parts.offsets = places;
    const HnswGraph damaged = HnswGraph::FromParts(parts, nullptr).value();
    // The last one only moves links from one row to the row before.
    if (damage.row != 100) {
      const absl::Status status = damaged.Check();
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(status.message()), testing::HasSubstr("row "));
    }
    EXPECT_TRUE(damaged.Search(table_, queries(), {}).ok());
  }
  HnswGraph::Parts parts = packed_.parts();
  const std::vector<uint64_t> bases = {~uint64_t{0} / 2};
  parts.bases = bases;
  const HnswGraph damaged = HnswGraph::FromParts(parts, nullptr).value();
  EXPECT_FALSE(damaged.Check().ok());
  EXPECT_TRUE(damaged.Search(table_, queries(), {}).ok());
}

TEST_F(HnswPackTest, RefusesListsThatAreTooLong) {
  HnswGraph::Parts parts = packed_.parts();
  std::vector<uint32_t> offsets(parts.offsets.begin(), parts.offsets.end());
  // Row 0 has all links.
  std::fill(offsets.begin() + 1, offsets.end(), offsets.back());
  parts.offsets = offsets;
  std::vector<uint8_t> links(parts.packed_links.size(), 1);
  parts.packed_links = links;
  const auto check = [&] {
    return std::string(HnswGraph::FromParts(parts, nullptr)->Check().message());
  };
  EXPECT_THAT(check(), testing::HasSubstr("row 0 has"));
  std::fill(links.begin(), links.end(), 0xFF);
  EXPECT_THAT(check(), testing::HasSubstr("on level 64"));
  const HnswGraph damaged = HnswGraph::FromParts(parts, nullptr).value();
  EXPECT_EQ(damaged.UpperLevels(0), 63u);
  EXPECT_TRUE(damaged.Search(table_, queries(), {}).ok());
}

uint64_t BytesOf(const HnswGraph::Parts& parts) {
  return parts.packed_links.size() + parts.offsets.size() * sizeof(uint32_t) +
         parts.bases.size() * sizeof(uint64_t);
}

TEST_F(HnswPackTest, TakesNoMoreThanItSays) {
  std::vector<int> all_m = {24, 32, 48, 64};
  for (int m = 2; m <= 16; ++m) all_m.push_back(m);
  for (const int m : all_m) {
    EXPECT_LE(BytesOf(Build(m).parts()), kRows * (4 * m + 8)) << m;
  }
}

// With so many rows a link takes 3 bytes, and lists of few links are cut.
TEST_F(HnswPackTest, CutListsLeadToAllRows) {
  constexpr uint64_t kMany = 70000;
  const TestMatrix rows = ClusteredVectors(kMany, 8, 1, 1);
  HnswOptions options;
  options.ef_construction = 10;
  const Int8Table table = TableInRows(rows.view());
  for (const int m : {2, 3, 4}) {
    SCOPED_TRACE(m);
    options.m = m;
    const HnswGraph graph = HnswGraph::Build(table, options).value();
    ASSERT_TRUE(graph.Check().ok());
    // Not many more than needed are cut.
    EXPECT_LE(BytesOf(graph.parts()), kMany * (4 * m + 8));
    EXPECT_GT(BytesOf(graph.parts()), kMany * (4 * m + 4));
    std::vector<bool> linked(kMany);
    for (uint32_t row = 0; row < kMany; ++row) {
      for (const uint32_t link : ListOf(graph.Links(row))) linked[link] = true;
    }
    // With m 2 a few rows found no list with a place to give (LinkLostRows()),
    // before any was cut.
    EXPECT_GE(std::count(linked.begin(), linked.end(), true),
              m > 2 ? kMany : kMany * 99 / 100);
  }
}

}  // namespace hnsw_pack_test
}  // namespace embed
