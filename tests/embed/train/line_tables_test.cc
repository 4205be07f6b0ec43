#include "embed/train/line_tables.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace line_tables_test {

TEST(LineLayoutTest, HalvesTheDimForBothOrders) {
  const LineLayout both = *LineLayout::Create(LineOrder::kBoth, 100);
  EXPECT_EQ(both.dim(), 50);
  EXPECT_EQ(both.second_column(), 64);
  EXPECT_EQ(both.vertex_dim(), 114);
  EXPECT_EQ(both.result_dim(), 100);
  const LineLayout aligned = *LineLayout::Create(LineOrder::kBoth, 256);
  EXPECT_EQ(aligned.second_column(), 128);
  EXPECT_EQ(aligned.vertex_dim(), 256);
  for (const LineOrder order : {LineOrder::kFirst, LineOrder::kSecond}) {
    const LineLayout one = *LineLayout::Create(order, 101);
    EXPECT_EQ(one.dim(), 101);
    EXPECT_EQ(one.second_column(), 0);
    EXPECT_EQ(one.vertex_dim(), 101);
  }
  const auto odd = LineLayout::Create(LineOrder::kBoth, 101);
  EXPECT_TRUE(absl::IsInvalidArgument(odd.status()));
  EXPECT_THAT(odd.status().message(), testing::HasSubstr("dim is 101"));
}

TEST(LineTablesTest, StartsWithinHalfOverTheDimOfAnOrder) {
  for (const int dim : {100, 256}) {
    const LineLayout layout = *LineLayout::Create(LineOrder::kBoth, dim);
    const EmbeddingTable table = *MakeLineVertices(layout, 200, 7, 2);
    const float radius = 1.0f / static_cast<float>(dim);
    float largest = 0;
    for (uint64_t r = 0; r < table.rows(); ++r) {
      for (int k = 0; k < layout.vertex_dim(); ++k) {
        const float value = table.row(r)[k];
        if (k >= layout.dim() && k < layout.second_column()) {
          ASSERT_EQ(value, 0.0f);
        }
        ASSERT_LE(std::abs(value), radius);
        largest = std::max(largest, std::abs(value));
      }
    }
    EXPECT_GT(largest, 0.99f * radius);
  }
}

TEST(LineTablesTest, EachOrderEndsWithUnitVectors) {
  for (const int dim : {12, 32}) {
    const LineLayout layout = *LineLayout::Create(LineOrder::kBoth, dim);
    EmbeddingTable table = *MakeLineVertices(layout, 3, 7, 1);
    const EmbeddingTable start = *MakeLineVertices(layout, 3, 7, 1);
    std::fill(table.row(1), table.row(1) + layout.dim(), 0.0f);
    const EmbeddingTable result = *FinishLineVertices(layout, std::move(table));
    ASSERT_EQ(result.dim(), dim);
    ASSERT_EQ(result.rows(), 3u);
    for (uint64_t r = 0; r < 3; ++r) {
      for (const int half : {0, 1}) {
        const float* const vector = result.row(r) + half * dim / 2;
        const float* const from = start.row(r) + half * layout.second_column();
        double squares = 0;
        double dot = 0;
        double from_squares = 0;
        for (int k = 0; k < dim / 2; ++k) {
          squares += std::pow(static_cast<double>(vector[k]), 2);
          from_squares += std::pow(static_cast<double>(from[k]), 2);
          dot += static_cast<double>(vector[k]) * static_cast<double>(from[k]);
        }
        const double length = r == 1 && half == 0 ? 0 : 1;
        EXPECT_NEAR(squares, length, 1e-6);
        EXPECT_NEAR(dot, length * std::sqrt(from_squares), 1e-6);
      }
    }
  }
}

}  // namespace line_tables_test
}  // namespace embed
