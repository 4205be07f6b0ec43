// Search among allowed rows, against exact search among them with floats in
// double and against the flat table.
#include "embed/index/hnsw_search.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "embed/index/hnsw_walk.h"
#include "embed/index/take_turns.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace hnsw_search_test {

constexpr uint64_t kRows = 6000;
constexpr int kDim = 32;
constexpr uint64_t kTop = 10;

class HnswSearchTest : public testing::Test {
 protected:
  HnswSearchTest()
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
                    int ef = 100, int threads = 1) const {
    SearchOptions options;
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

  // A frontier against that of the same walk, of number `number`, run alone.
  void CheckFrontier(const Int8TableQuery& query, const HnswFrontier& found,
                     uint32_t hidden, uint64_t number) const {
    HnswScratch scratch(kRows);
    const Int8RowQuery row_query = query.RowQuery();
    HnswWalk(graph_, table_.row_table(), row_query, &scratch)
        .Run(5 + number, hidden, number % 3 == 0 ? 1 : 0);
    ASSERT_EQ(found.size(), scratch.frontier.size());
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found.row(i), scratch.frontier.row(i));
      EXPECT_EQ(found[i].score, scratch.frontier[i].score);
      EXPECT_NE(found.row(i), hidden);
    }
  }

  // A walk from row 97 n + 1, which it does not see.
  struct HiddenWalk {
    explicit HiddenWalk(const HnswSearchTest& t) : test(t), scratch(kRows) {}
    void Begin(uint64_t number) {
      row = static_cast<uint32_t>(1 + number * 97);
      ASSERT_NE(row, test.graph_.parts().entry_point);
      query.emplace(test.table_, test.rows().row(row));
      row_query = query->RowQuery();
      walk.emplace(test.graph_, test.table_.row_table(), row_query, &scratch);
      walk->Start(5 + number, row, number % 3 == 0 ? 1 : 0);
    }
    bool Step() {
      if (walk->Step()) return true;
      test.CheckFrontier(*query, scratch.frontier, row, (row - 1) / 97);
      return false;
    }
    const HnswSearchTest& test;
    HnswScratch scratch;
    uint32_t row = 0;
    std::optional<Int8TableQuery> query;
    Int8RowQuery row_query;
    std::optional<HnswWalk> walk;
  };

  TestMatrix all_;
  Int8Table table_;
  HnswGraph graph_;
};

TEST_F(HnswSearchTest, WalksFindTheAllowedRows) {
  for (const double part : {1.0, 0.5, 0.1, 0.05}) {
    const std::vector<uint64_t> allowed = RandomRows(part);
    const SearchHits hits = Search(allowed, AllowedWay::kWalk);
    EXPECT_GT(AllowedRecall(allowed, hits), part < 0.1 ? 0.9 : 0.95) << part;
    for (const auto& of_query : hits) {
      EXPECT_EQ(of_query.size(), kTop);
      EXPECT_TRUE(std::is_sorted(
          of_query.begin(), of_query.end(),
          [](const auto& a, const auto& b) { return a.score > b.score; }));
    }
  }
}

TEST_F(HnswSearchTest, ScansAreExact) {
  for (const double part : {0.5, 0.01, 0.0005, 0.0}) {
    const std::vector<uint64_t> allowed = RandomRows(part);
    EXPECT_EQ(Search(allowed, AllowedWay::kScan), Exact(allowed)) << part;
  }
}

TEST_F(HnswSearchTest, FewRowsAreScanned) {
  for (const double part : {0.1, 0.005}) {
    const std::vector<uint64_t> allowed = RandomRows(part);
    EXPECT_EQ(Search(allowed, AllowedWay::kChosen), Exact(allowed));
  }
}

// The nearest rows are all forbidden; with so small an ef the walk is chosen.
TEST_F(HnswSearchTest, FindsRowsFarFromTheQuery) {
  const std::vector<uint64_t> allowed = FarRows(kRows / 2);
  const SearchHits hits = Search(allowed, AllowedWay::kChosen, 14);
  for (const auto& of_query : hits) EXPECT_EQ(of_query.size(), kTop);
  EXPECT_GT(AllowedRecall(allowed, hits), 0.7);
}

TEST_F(HnswSearchTest, ThreadsAndCpusDoNotChangeTheResult) {
  const std::vector<uint64_t> allowed = RandomRows(0.7);
  const SearchHits expected = Search(allowed, AllowedWay::kChosen, 20);
  EXPECT_NE(expected, Exact(allowed));  // walks
  EXPECT_EQ(Search(allowed, AllowedWay::kChosen, 20, 3), expected);
  for (const std::string& target : AvailableCpuTargets()) {
    ASSERT_TRUE(ForceCpuTarget(target).ok());
    EXPECT_EQ(Search(allowed, AllowedWay::kChosen, 20), expected) << target;
  }
  ASSERT_TRUE(ForceCpuTarget("auto").ok());
}

TEST_F(HnswSearchTest, GraphSearchTakesABitmap) {
  const std::vector<uint64_t> allowed = RandomRows(0.8);
  SearchOptions options;
  options.allowed = allowed;
  options.ef_search = 15;
  EXPECT_EQ(graph_.Search(table_, queries(), options).value(),
            Search(allowed, AllowedWay::kChosen, 15));
  options.allowed = options.allowed.subspan(1);
  EXPECT_FALSE(graph_.Search(table_, queries(), options).ok());
}

// As if the row were not there: what remains is found without it.
TEST_F(HnswSearchTest, HiddenRowsAreNotFound) {
  HnswScratch scratch(kRows);
  for (uint32_t row = 0; row < kRows; row += 997) {
    if (row == graph_.parts().entry_point) continue;
    const Int8TableQuery query(table_, rows().row(row));
    const auto all = SearchByWalk(graph_, table_, query, 5, 200,
                                  HnswGraph::kNoRow, &scratch);
    const auto others =
        SearchByWalk(graph_, table_, query, 5, 200, row, &scratch);
    ASSERT_EQ(all.size(), 5u);
    ASSERT_EQ(others.size(), 5u);
    EXPECT_EQ(all[0].id, row);
    for (const SearchHit& hit : others) EXPECT_NE(hit.id, row);
    EXPECT_EQ(others[0], all[1]);
  }
}

// Batches of 1, 3 and 64 at several thread counts, against walks that are run
// alone, one after another.
TEST_F(HnswSearchTest, BatchesFindWhatLoneWalksFind) {
  const MatrixView queries = all_.view(kRows - 5, 64);
  Int8TableOptions with_f16;
  with_f16.keep_f16 = true;
  Int8TableOptions dot;
  dot.metric = Metric::kDot;
  Int8TableOptions l2;
  l2.metric = Metric::kL2;
  Int8TableOptions plain;
  plain.codec = RowCodec::kInt8Plain;
  Int8TableOptions turned;
  turned.rotation = Int8Rotation::kAlways;
  for (const Int8TableOptions& made : {with_f16, dot, l2, plain, turned}) {
    const Int8Table table = TableInRows(rows(), made);
    const HnswGraph graph = BuildGraph(table);
    HnswScratch scratch(kRows);
    SearchHits expected;
    for (uint64_t i = 0; i < queries.rows; ++i) {
      const Int8TableQuery query(table, queries.row(i));
      expected.push_back(SearchByWalk(graph, table, query, kTop, 24,
                                      HnswGraph::kNoRow, &scratch));
    }
    SearchOptions options;
    options.k = kTop;
    options.ef_search = 24;
    for (const uint64_t batch : {1, 3, 64}) {
      for (const int threads : {1, 2, 5}) {
        options.threads = threads;
        SearchHits hits;
        for (uint64_t i = 0; i < queries.rows; i += batch) {
          const MatrixView part = {queries.row(i).data(),
                                   std::min(batch, queries.rows - i), kDim,
                                   queries.stride};
          const SearchHits found = graph.Search(table, part, options).value();
          hits.insert(hits.end(), found.begin(), found.end());
        }
        EXPECT_EQ(hits, expected)
            << static_cast<int>(made.codec) << " "
            << static_cast<int>(made.metric) << " " << batch << " " << threads;
      }
    }
  }
}

// Also with rows hidden and on higher levels, and whatever the others do.
TEST_F(HnswSearchTest, WalksThatTakeTurnsKeepApart) {
  TakeTurns(0, 60, 7, [&] { return std::make_unique<HiddenWalk>(*this); });
}

}  // namespace hnsw_search_test
}  // namespace embed
