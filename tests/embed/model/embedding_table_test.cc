#include "embed/model/embedding_table.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"

namespace embed {
namespace embedding_table_test {

using testing::HasSubstr;

TEST(EmbeddingTableTest, RowsAreAlignedPaddedAndZero) {
  for (const int dim : {1, 15, 16, 17, 100, 300, 4096}) {
    SCOPED_TRACE(dim);
    EmbeddingTable table = *EmbeddingTable::Create(3, dim);
    EXPECT_EQ(table.rows(), 3u);
    EXPECT_EQ(table.dim(), dim);
    EXPECT_EQ(table.stride(), static_cast<uint64_t>((dim + 15) / 16 * 16));
    EXPECT_EQ(table.bytes(), 3 * table.stride() * 4);
    EXPECT_EQ(table.bytes(), EmbeddingTable::BytesFor(3, dim));
    for (uint64_t r = 0; r < 3; ++r) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(table.row(r)) % 64, 0u);
      EXPECT_TRUE(std::all_of(table.row(r), table.row(r) + table.stride(),
                              [](float x) { return x == 0; }));
    }
  }
}

TEST(EmbeddingTableTest, KeepsItsLimits) {
  for (const int dim : {-1, 0, 4097}) {
    const absl::Status status = EmbeddingTable::Create(1, dim).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("dim is " + std::to_string(dim)));
  }
  const uint64_t rows = (uint64_t{1} << 31) + 1;
  const absl::Status status = EmbeddingTable::Create(rows, 1).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("2147483649"));
}

TEST(EmbeddingTableTest, MayBeEmpty) {
  EXPECT_TRUE(EmbeddingTable().empty());
  EmbeddingTable table = *EmbeddingTable::Create(0, 8);
  EXPECT_TRUE(table.empty());
  table.FillUniform(1, 1, 2);
  EXPECT_EQ(table.view().rows, 0u);
}

TEST(EmbeddingTableTest, ViewsAndMovesItsRows) {
  EmbeddingTable first = *EmbeddingTable::Create(5, 3);
  first.row(4)[2] = 7;
  const EmbeddingTable second = std::move(first);
  const MatrixView view = second.view();
  EXPECT_EQ(view.rows, 5u);
  EXPECT_EQ(view.row(4).size(), 3u);
  EXPECT_EQ(view.row(4)[2], 7);
}

TEST(EmbeddingTableTest, KeepsItsFirstRowsWhenResized) {
  EmbeddingTable table = *EmbeddingTable::Create(3, 5);
  for (int k = 0; k < 5; ++k) {
    for (int r = 0; r < 3; ++r) {
      table.row(r)[k] = static_cast<float>(1 + 10 * r + k);
    }
  }
  ASSERT_TRUE(table.Resize(2).ok());
  EXPECT_EQ(table.rows(), 2u);
  // The row that went does not come back with what it held.
  ASSERT_TRUE(table.Resize(1000).ok());
  EXPECT_EQ(table.rows(), 1000u);
  EXPECT_EQ(table.dim(), 5);
  for (int k = 0; k < 5; ++k) {
    EXPECT_EQ(table.row(0)[k], static_cast<float>(1 + k));
    EXPECT_EQ(table.row(1)[k], static_cast<float>(11 + k));
    EXPECT_EQ(table.row(2)[k], 0.0f);
    EXPECT_EQ(table.row(999)[k], 0.0f);
  }
  EXPECT_FALSE(table.Resize(uint64_t{1} << 40).ok());
  EXPECT_EQ(table.rows(), 1000u);
}

TEST(EmbeddingTableTest, FillsTheSameForAnyThreadsAndLeavesThePadding) {
  EmbeddingTable one = *EmbeddingTable::Create(101, 19);
  one.FillUniform(0.5f, 42, 1);
  for (const int threads : {2, 3, 8}) {
    EmbeddingTable many = *EmbeddingTable::Create(101, 19);
    many.FillUniform(0.5f, 42, threads);
    EXPECT_EQ(std::memcmp(one.data(), many.data(), one.bytes()), 0);
  }
  for (uint64_t r = 0; r < one.rows(); ++r) {
    for (uint64_t k = 19; k < one.stride(); ++k) ASSERT_EQ(one.row(r)[k], 0);
  }
  // An element depends on its row and column, not on the table's shape.
  EmbeddingTable small = *EmbeddingTable::Create(7, 5);
  small.FillUniform(0.5f, 42, 1);
  for (int k = 0; k < 5; ++k) EXPECT_EQ(small.row(6)[k], one.row(6)[k]);
  small.FillUniform(0.5f, 43, 1);
  EXPECT_NE(small.row(6)[0], one.row(6)[0]);
}

TEST(EmbeddingTableTest, FillsUniformly) {
  constexpr float kRadius = 0.3f;
  EmbeddingTable table = *EmbeddingTable::Create(1000, 100);
  table.FillUniform(kRadius, 9, 2);
  std::vector<uint64_t> cells(60);
  double sum = 0;
  for (uint64_t r = 0; r < table.rows(); ++r) {
    for (const float x : table.view().row(r)) {
      ASSERT_GE(x, -kRadius);
      ASSERT_LT(x, kRadius);
      ++cells[static_cast<size_t>((x / kRadius + 1) * 30)];
      sum += x;
    }
  }
  EXPECT_LT(ChiSquareDeviations(cells, std::vector<double>(60, 1)), 5);
  // The mean of 1e5 values has the standard deviation radius / sqrt(3e5).
  EXPECT_LT(std::abs(sum / 1e5), 5 * kRadius / std::sqrt(3e5));
}

}  // namespace embedding_table_test
}  // namespace embed
