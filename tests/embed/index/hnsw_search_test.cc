// Walks alone and in batches, against each other and against exact search.
#include "embed/index/hnsw_search.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "embed/index/hnsw_walk.h"
#include "embed/index/take_turns.h"
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

  static HnswGraph BuildGraph(const Int8Table& table) {
    HnswOptions options;
    options.m = 8;
    return HnswGraph::Build(table, options).value();
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
