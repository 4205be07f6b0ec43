// Search among allowed rows, against exact search among them with floats in
// double and against the flat table.
#include "embed/index/hnsw_allowed.h"

#include <algorithm>
#include <string>
#include <vector>

#include "embed/index/hnsw_walk.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace hnsw_allowed_test {

constexpr uint64_t kRows = 6000;
constexpr int kDim = 32;
constexpr uint64_t kTop = 10;

class HnswAllowedTest : public testing::Test {
 protected:
  HnswAllowedTest()
      : all_(ClusteredVectors(kRows + 60, kDim, 1, 1)),
        table_(TableInRows(rows())),
        graph_(BuildGraph(table_)) {}

  MatrixView rows() const { return all_.view(0, kRows); }
  // Of the same kind, but not in the table.
  MatrixView queries() const { return all_.view(kRows, 60); }

  static HnswGraph BuildGraph(const Int8Table& table) {
    HnswOptions options;
    options.m = 8;
    return HnswGraph::Build(table, options).value();
  }

  // Each row with this probability.
  static std::vector<uint64_t> RandomRows(double part) {
    std::vector<uint64_t> bits((kRows + 63) / 64);
    Philox random(1, RandomPurpose::kTest, 7, 0);
    for (uint64_t i = 0; i < kRows; ++i) {
      bits[i / 64] |= uint64_t{random.NextDouble() < part} << (i % 64);
    }
    return bits;
  }

  // The rows nearest to the negative of the first query: filter and query
  // disagree.
  std::vector<uint64_t> FarRows(size_t count) const {
    const std::vector<uint32_t> order =
        ExactOrder(rows(), queries().row(0).data());
    std::vector<uint64_t> bits((kRows + 63) / 64);
    for (size_t i = 0; i < count; ++i) {
      const uint32_t row = order[kRows - 1 - i];
      bits[row / 64] |= uint64_t{1} << (row % 64);
    }
    return bits;
  }

  SearchHits Search(const std::vector<uint64_t>& allowed, AllowedWay way,
                    int ef = 100, int threads = 1,
                    uint64_t together = 1) const {
    SearchOptions options;
    options.together = together;
    options.k = kTop;
    options.ef_search = ef;
    options.allowed = allowed;
    options.threads = threads;
    return SearchAllowed(graph_, table_, queries(), options, way);
  }

  SearchHits Exact(const std::vector<uint64_t>& allowed) const {
    SearchOptions options;
    options.k = kTop;
    options.allowed = allowed;
    return table_.Search(queries(), options).value();
  }

  // The share of the k nearest allowed rows that were found.
  double AllowedRecall(const std::vector<uint64_t>& allowed,
                       const SearchHits& hits) const {
    size_t found = 0;
    size_t wanted = 0;
    for (uint64_t q = 0; q < hits.size(); ++q) {
      std::vector<uint32_t> best;
      for (const uint32_t id : ExactOrder(rows(), queries().row(q).data())) {
        if (best.size() < kTop && IsAllowed(allowed, id)) best.push_back(id);
      }
      wanted += best.size();
      for (const SearchHit& hit : hits[q]) {
        EXPECT_TRUE(IsAllowed(allowed, hit.id));
        found += std::count(best.begin(), best.end(), hit.id);
      }
    }
    return static_cast<double>(found) / static_cast<double>(wanted);
  }

  TestMatrix all_;
  Int8Table table_;
  HnswGraph graph_;
};

TEST_F(HnswAllowedTest, WalksFindTheAllowedRows) {
  for (const AllowedWay way : {AllowedWay::kWalk, AllowedWay::kBridges}) {
    for (const double part : {1.0, 0.5, 0.1, 0.05}) {
      const std::vector<uint64_t> allowed = RandomRows(part);
      const SearchHits hits = Search(allowed, way);
      EXPECT_GT(AllowedRecall(allowed, hits), part < 0.1 ? 0.9 : 0.95) << part;
      for (const auto& of_query : hits) {
        EXPECT_EQ(of_query.size(), kTop);
        EXPECT_TRUE(std::is_sorted(
            of_query.begin(), of_query.end(),
            [](const auto& a, const auto& b) { return a.score > b.score; }));
      }
    }
  }
}

// What is near the first query is forbidden and fills its walk's view.
TEST_F(HnswAllowedTest, BridgesLeadFarFromTheQuery) {
  const std::vector<uint64_t> allowed = FarRows(kRows / 2);
  EXPECT_LT(Search(allowed, AllowedWay::kWalk)[0].size(), kTop);
  const SearchHits hits = Search(allowed, AllowedWay::kBridges);
  EXPECT_EQ(hits[0].size(), kTop);
  EXPECT_GT(AllowedRecall(allowed, hits), 0.9);
}

TEST_F(HnswAllowedTest, ManyTogetherAreScanned) {
  const std::vector<uint64_t> allowed = RandomRows(0.8);
  constexpr int kEf = 10;
  const SearchHits alone = Search(allowed, AllowedWay::kChosen, kEf);
  EXPECT_NE(alone, Exact(allowed));
  EXPECT_EQ(Search(allowed, AllowedWay::kChosen, kEf, 1, 256), Exact(allowed));
}

TEST_F(HnswAllowedTest, ScansAreExact) {
  for (const double part : {0.5, 0.01, 0.0005, 0.0}) {
    const std::vector<uint64_t> allowed = RandomRows(part);
    const SearchHits exact = Exact(allowed);
    for (const int threads : {1, 3, 8}) {
      EXPECT_EQ(Search(allowed, AllowedWay::kScan, 100, threads), exact)
          << part << " of the rows, " << threads << " threads";
    }
  }
}

TEST_F(HnswAllowedTest, FewRowsAreScanned) {
  for (const double part : {0.1, 0.005}) {
    const std::vector<uint64_t> allowed = RandomRows(part);
    EXPECT_EQ(Search(allowed, AllowedWay::kChosen), Exact(allowed));
  }
}

// The nearest rows are all forbidden; with so small an ef the walk is chosen.
TEST_F(HnswAllowedTest, FindsRowsFarFromTheQuery) {
  const std::vector<uint64_t> allowed = FarRows(kRows / 2);
  const SearchHits hits = Search(allowed, AllowedWay::kChosen, 14);
  for (const auto& of_query : hits) EXPECT_EQ(of_query.size(), kTop);
  EXPECT_GT(AllowedRecall(allowed, hits), 0.7);
}

TEST_F(HnswAllowedTest, ThreadsAndCpusDoNotChangeTheResult) {
  const std::vector<uint64_t> allowed = RandomRows(0.8);
  const SearchHits expected = Search(allowed, AllowedWay::kChosen, 10);
  EXPECT_NE(expected, Exact(allowed));  // walks
  EXPECT_EQ(Search(allowed, AllowedWay::kChosen, 10, 3), expected);
  for (const std::string& target : AvailableCpuTargets()) {
    ASSERT_TRUE(ForceCpuTarget(target).ok());
    EXPECT_EQ(Search(allowed, AllowedWay::kChosen, 10), expected) << target;
  }
  ASSERT_TRUE(ForceCpuTarget("auto").ok());
}

TEST_F(HnswAllowedTest, GraphSearchTakesABitmap) {
  const std::vector<uint64_t> allowed = RandomRows(0.8);
  SearchOptions options;
  options.allowed = allowed;
  options.ef_search = 15;
  EXPECT_EQ(graph_.Search(table_, queries(), options).value(),
            Search(allowed, AllowedWay::kChosen, 15));
  options.allowed = options.allowed.subspan(1);
  EXPECT_FALSE(graph_.Search(table_, queries(), options).ok());
}

}  // namespace hnsw_allowed_test
}  // namespace embed
