#include "embed/index/float_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace float_table_test {

TEST(FloatTableTest, SearchIsExactOverItsRows) {
  const TestMatrix rows = ClusteredVectors(2500, 30, 1, 1);
  const TestMatrix queries = ClusteredVectors(70, 30, 1, 2);
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    for (const bool half : {false, true}) {
      const auto table =
          FloatTable::Build(rows.view(), {metric, half, 1}).value();
      TestMatrix held(rows.rows, rows.dim);
      for (uint64_t i = 0; i < rows.rows; ++i) {
        table.Row(i, absl::MakeSpan(held.row(i), held.dim));
      }
      SearchOptions options;
      const SearchHits hits = table.Search(queries.view(), options).value();
      options.threads = 3;
      EXPECT_EQ(table.Search(queries.view(), options).value(), hits);
      for (uint64_t q = 0; q < queries.rows; ++q) {
        const auto query = queries.view().row(q);
        std::vector<std::pair<double, uint32_t>> expected;
        for (uint64_t i = 0; i < rows.rows; ++i) {
          expected.emplace_back(-Nearness(metric, query, held.view().row(i)),
                                static_cast<uint32_t>(i));
        }
        std::sort(expected.begin(), expected.end());
        ASSERT_EQ(hits[q].size(), 10u);
        for (size_t i = 0; i < 10; ++i) {
          EXPECT_EQ(hits[q][i].id, expected[i].second);
          const double score =
              metric == Metric::kL2 ? expected[i].first : -expected[i].first;
          EXPECT_FLOAT_EQ(hits[q][i].score, static_cast<float>(score));
        }
      }
    }
  }
}

TEST(FloatTableTest, RowsAreRoundedAsTheNumbersAre) {
  TestMatrix rows = ClusteredVectors(100, 9, 1, 1);
  for (int j = 0; j < 9; ++j) rows.row(3)[j] *= 1e30f;
  const auto floats =
      FloatTable::Build(rows.view(), {Metric::kDot, false, 1}).value();
  const auto halves =
      FloatTable::Build(rows.view(0, 3), {Metric::kDot, true, 1}).value();
  std::vector<float> row(9);
  for (uint64_t i = 0; i < 3; ++i) {
    floats.Row(i, absl::MakeSpan(row));
    for (int j = 0; j < 9; ++j) {
      EXPECT_NEAR(row[j], rows.row(i)[j], 1e-6 * std::abs(rows.row(i)[j]));
    }
    halves.Row(i, absl::MakeSpan(row));
    for (int j = 0; j < 9; ++j) {
      EXPECT_NEAR(row[j], rows.row(i)[j],
                  std::abs(rows.row(i)[j]) * 0x1p-11 + 1e-5);
    }
  }
}

TEST(FloatTableTest, RefusesBadInput) {
  TestMatrix rows = ClusteredVectors(10, 5, 1, 1);
  const auto table = FloatTable::Build(rows.view(), {}).value();
  EXPECT_FALSE(table.Search(ClusteredVectors(1, 4, 1, 1).view(), {}).ok());
  SearchOptions none;
  none.k = 0;
  EXPECT_FALSE(table.Search(rows.view(), none).ok());
  EXPECT_FALSE(FloatTable::Build(TestMatrix(0, 4).view(), {}).ok());
  rows.row(6)[2] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(FloatTable::Build(rows.view(), {}).status().message(),
            "row 6 has a value that is not a finite number");
  EXPECT_FALSE(table.Search(rows.view(), {}).ok());
}

}  // namespace float_table_test
}  // namespace embed
