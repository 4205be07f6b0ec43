#include "embed/index/hnsw_tuning.h"

#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace hnsw_tuning_test {

class HnswTuningTest : public testing::Test {
 protected:
  static constexpr uint64_t kRows = 4000;
  static constexpr int kDim = 32;

  HnswTuningTest()
      : all_(ClusteredVectors(kRows + 200, kDim, 1, 1)),
        table_(TableInRows(rows())),
        graph_(BuildGraph(table_)) {}

  static HnswGraph BuildGraph(const Int8Table& table) {
    HnswOptions options;
    options.m = 6;
    options.ef_construction = 40;
    return HnswGraph::Build(table, options).value();
  }

  MatrixView rows() const { return all_.view(0, kRows); }
  // Of the same kind, but not in the graph.
  MatrixView new_rows() const { return all_.view(kRows, 200); }

  TunedEffort Tune(double target, int threads = 1) const {
    return TuneEfSearch(graph_, table_, rows(), target, threads).value();
  }

  TestMatrix all_;
  Int8Table table_;
  HnswGraph graph_;
};

// On rows that the graph has never seen the recall is what was promised, up to
// what 200 queries can tell (a standard error of 0.01 at most).
TEST_F(HnswTuningTest, NewQueriesGetTheRecall) {
  int last = 0;
  for (const double target : {0.8, 0.9, 0.95}) {
    const TunedEffort tuning = Tune(target);
    EXPECT_TRUE(tuning.reached);
    EXPECT_GE(tuning.recall, target);
    EXPECT_GE(tuning.effort, last);
    last = tuning.effort;
    SearchOptions options;
    options.ef_search = tuning.effort;
    const SearchHits hits = graph_.Search(table_, new_rows(), options).value();
    EXPECT_GT(Recall(rows(), new_rows(), hits, 10), target - 0.03);
  }
}

TEST_F(HnswTuningTest, TakesNoMoreThanNeeded) {
  const TunedEffort tuning = Tune(0.95);
  ASSERT_GE(tuning.effort, 16);
  SearchOptions options;
  options.ef_search = tuning.effort / 2;
  const SearchHits hits = graph_.Search(table_, new_rows(), options).value();
  EXPECT_LT(Recall(rows(), new_rows(), hits, 10), 0.95);
}

// To a row of zeros all rows are equally near: any ten are right.
TEST_F(HnswTuningTest, EquallyNearRowsAreAllRight) {
  for (uint64_t i = 0; i < kRows; i += 10) {
    for (int j = 0; j < kDim; ++j) all_.row(i)[j] = 0;
  }
  const Int8Table table = TableInRows(rows());
  const HnswGraph graph = BuildGraph(table);
  const TunedEffort tuning =
      TuneEfSearch(graph, table, rows(), 0.95, 1).value();
  EXPECT_TRUE(tuning.reached) << tuning.recall;
}

TEST_F(HnswTuningTest, SaysWhatCannotBeReached) {
  const TunedEffort tuning = Tune(1.0);
  EXPECT_FALSE(tuning.reached);
  EXPECT_LT(tuning.recall, 1.0);
  EXPECT_GT(tuning.recall, 0.95);
  EXPECT_LT(tuning.effort, 4096);
}

TEST_F(HnswTuningTest, ThreadsDoNotChangeIt) {
  const TunedEffort one = Tune(0.9);
  const TunedEffort four = Tune(0.9, 4);
  EXPECT_EQ(one.effort, four.effort);
  EXPECT_EQ(one.recall, four.recall);
}

TEST_F(HnswTuningTest, WorksForTheSmallestTables) {
  for (const uint64_t size : {1, 2, 5, 30}) {
    const MatrixView few = all_.view(0, size);
    const Int8Table table = TableInRows(few);
    const TunedEffort tuning =
        TuneEfSearch(BuildGraph(table), table, few, 0.9, 1).value();
    EXPECT_TRUE(tuning.reached) << size;
    EXPECT_EQ(tuning.queries, size - 1);  // all but the entry point
  }
}

TEST_F(HnswTuningTest, RefusesRecallsThatAreNone) {
  for (const double target : {0.0, -1.0, 1.01}) {
    EXPECT_FALSE(TuneEfSearch(graph_, table_, rows(), target, 1).ok());
  }
}

}  // namespace hnsw_tuning_test
}  // namespace embed
