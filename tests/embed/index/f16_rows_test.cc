// A table that keeps its rows in float16: against brute force in double over
// the floats, and against the table without.
#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace f16_rows_test {

constexpr uint64_t kRows = 3000;

class F16RowsTest : public testing::TestWithParam<Int8Rotation> {
 protected:
  F16RowsTest()
      : rows_(ClusteredVectors(kRows, 30, 1, 1)),
        queries_(ClusteredVectors(50, 30, 1, 2)) {}

  Int8Table Build(bool keep_f16, int threads = 1,
                  Int8Layout layout = Int8Layout::kBlocks) const {
    Int8TableOptions options;
    options.rotation = GetParam();
    options.keep_f16 = keep_f16;
    options.threads = threads;
    options.layout = layout;
    return Int8Table::Build(rows_.view(), options).value();
  }

  TestMatrix rows_;
  TestMatrix queries_;
};

TEST_P(F16RowsTest, RowsAndScoresAreNearlyThoseOfTheFloats) {
  const Int8Table table = Build(true);
  for (uint64_t i = 0; i < kRows; i += 31) {
    std::vector<float> row(30);
    table.Row(i, absl::MakeSpan(row));
    EXPECT_NEAR(Cosine(row.data(), rows_.row(i), 30), 1, 1e-6);
  }
  const SearchHits hits = table.Search(queries_.view(), {}).value();
  for (uint64_t q = 0; q < hits.size(); ++q) {
    for (const SearchHit& hit : hits[q]) {
      // Each number is rounded by at most 2^-11 of it.
      EXPECT_NEAR(hit.score, Cosine(queries_.row(q), rows_.row(hit.id), 30),
                  3e-4);
    }
  }
}

TEST_P(F16RowsTest, FindsMoreThanCodesAlone) {
  const double coded =
      Recall(rows_.view(), queries_.view(),
             Build(false).Search(queries_.view(), {}).value(), 10);
  const double kept =
      Recall(rows_.view(), queries_.view(),
             Build(true).Search(queries_.view(), {}).value(), 10);
  EXPECT_GT(kept, 0.995);
  EXPECT_GE(kept, coded);
  const Int8Table table = Build(true, 1, Int8Layout::kRows);
  const HnswGraph graph = HnswGraph::Build(table, {}).value();
  SearchOptions options;
  options.ef_search = 400;
  EXPECT_GT(Recall(rows_.view(), queries_.view(),
                   graph.Search(table, queries_.view(), options).value(), 10),
            0.99);
}

// Candidates come from the codes: none that reaches the score may be missed.
TEST_P(F16RowsTest, RangesAreComplete) {
  const Int8Table table = Build(true);
  SearchOptions all;
  all.k = kRows;
  const SearchHits sorted = table.Search(queries_.view(), all).value();
  for (const float least : {-1.0f, 0.3f, 0.7f, 0.9f}) {
    const SearchHits hits =
        table.RangeSearch(queries_.view(), least, {}).value();
    for (uint64_t q = 0; q < hits.size(); ++q) {
      std::vector<SearchHit> expected = sorted[q];
      while (!expected.empty() && expected.back().score < least) {
        expected.pop_back();
      }
      EXPECT_EQ(hits[q], expected) << least;
    }
  }
}

TEST_P(F16RowsTest, ThreadsDoNotChangeTheBytes) {
  const Int8Table one = Build(true);
  const Int8Table three = Build(true, 3);
  EXPECT_EQ(one.parts().f16, three.parts().f16);
  EXPECT_EQ(one.parts().f16_error, three.parts().f16_error);
  EXPECT_EQ(one.parts().codes, Build(false).parts().codes);
}

TEST_P(F16RowsTest, OddRowsKeepTheirMeaning) {
  for (int j = 0; j < 30; ++j) {
    rows_.row(0)[j] = 0;
    rows_.row(1)[j] = 1e30f;
    rows_.row(2)[j] = -1e-40f;
  }
  const Int8Table table = Build(true);
  std::vector<float> row(30);
  table.Row(0, absl::MakeSpan(row));
  EXPECT_EQ(row, std::vector<float>(30));
  SearchOptions options;
  options.k = kRows;
  const std::vector<float> ones(30, 1.0f);
  const SearchHits hits =
      table.Search({ones.data(), 1, 30, 30}, options).value();
  ASSERT_EQ(hits[0].size(), kRows);
  EXPECT_EQ(hits[0].front().id, 1u);
  EXPECT_NEAR(hits[0].front().score, 1, 1e-6);
  EXPECT_EQ(hits[0].back().id, 2u);
  for (const SearchHit& hit : hits[0]) {
    if (hit.id == 0) {
      EXPECT_EQ(hit.score, 0);
    }
  }
}

TEST_P(F16RowsTest, PartsMustFit) {
  const Int8Table table = Build(true);
  Int8Table::Parts parts = table.parts();
  parts.f16 = parts.f16.subspan(1);
  EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
  for (const double error : {-1.0, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity()}) {
    parts = table.parts();
    parts.f16_error = error;
    EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
  }
  // Halves that are no numbers give no crash and no good score.
  const std::vector<uint16_t> nonsense(table.parts().f16.size(), 0x7E00);
  parts = table.parts();
  parts.f16 = nonsense;
  const Int8Table wrong = Int8Table::FromParts(parts, nullptr).value();
  EXPECT_EQ(wrong.Search(queries_.view(), {}).value()[0][0].score, -1);
}

INSTANTIATE_TEST_SUITE_P(Rotations, F16RowsTest,
                         testing::Values(Int8Rotation::kNever,
                                         Int8Rotation::kAlways));

}  // namespace f16_rows_test
}  // namespace embed
