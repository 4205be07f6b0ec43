// Every CPU target against sums in 64-bit integers, compared exactly.
#include "embed/kernels/int8_rows.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"

namespace embed {
namespace int8_rows_test {

constexpr uint32_t kRows = 37;
constexpr int kMaxDim = 4096;

// Rows and a query of random codes, or of +-127 only: the largest sums. Behind
// each row there are other bytes.
class Rows {
 public:
  Rows(int dim, uint64_t stride, bool extreme)
      : bytes_(Int8RowBytes(kRows, dim, stride)),
        query_codes_(Int8ReadBytes(dim)),
        scales_(kRows) {
    Philox random(1, RandomPurpose::kTest, extreme, dim);
    for (uint8_t& byte : bytes_) byte = static_cast<uint8_t>(random.Below(256));
    const auto code = [&] {
      if (extreme) return random.Below(2) != 0 ? 127 : -127;
      return static_cast<int>(random.Below(255)) - 127;
    };
    for (uint32_t i = 0; i < kRows; ++i) {
      for (int j = 0; j < dim; ++j) {
        bytes_[i * stride + j] = static_cast<uint8_t>(code() + 128);
      }
      scales_[i] = {static_cast<float>(random.NextDouble()),
                    static_cast<float>(random.NextDouble())};
    }
    query_.offset_factor = static_cast<float>(random.NextDouble() * 1000);
    for (int j = 0; j < dim; ++j) {
      query_codes_[j] = static_cast<int8_t>(code());
      // A row equal to the query, or its negative: the largest sums.
      if (extreme) {
        bytes_[j] = static_cast<uint8_t>(query_codes_[j] + 128);
        bytes_[stride + j] = static_cast<uint8_t>(128 - query_codes_[j]);
      }
      query_.correction -= 128 * query_codes_[j];
    }
    query_.codes = query_codes_.data();
    table_ = {bytes_.data(), scales_.data(), kRows, dim, stride};
  }

  const Int8RowTable& table() const { return table_; }
  const Int8RowQuery& query() const { return query_; }

  float Score(uint32_t id) const {
    int64_t dot = 0;
    for (int j = 0; j < table_.dim; ++j) dot += Code(id, j) * query_codes_[j];
    return std::fma(static_cast<float>(dot), scales_[id].multiplier,
                    scales_[id].offset * query_.offset_factor);
  }
  int64_t Dot(uint32_t a, uint32_t b) const {
    int64_t dot = 0;
    for (int j = 0; j < table_.dim; ++j) dot += Code(a, j) * Code(b, j);
    return dot;
  }

 private:
  int64_t Code(uint32_t id, int j) const {
    return int64_t{table_.row(id)[j]} - 128;
  }

  std::vector<uint8_t> bytes_;
  std::vector<int8_t> query_codes_;
  std::vector<Int8RowScale> scales_;
  Int8RowQuery query_;
  Int8RowTable table_;
};

// Of lengths around those of vectors, and of some that are larger.
std::vector<int> Dims() {
  std::vector<int> dims = {191, 192, 193, 200, 300, 1000, kMaxDim};
  for (int dim = 1; dim <= 130; ++dim) dims.push_back(dim);
  return dims;
}

// Calls test(rows) with rows of every dim, close together and far apart.
template <typename Test>
void ForAllRows(const Test& test) {
  for (const int dim : Dims()) {
    for (const uint64_t stride :
         {uint64_t{0} + dim, Int8RowStride(dim), Int8ReadBytes(dim)}) {
      for (const bool extreme : {false, true}) {
        SCOPED_TRACE(testing::Message() << "dim " << dim << " at " << stride);
        test(Rows(dim, stride, extreme));
      }
    }
  }
}

TEST(Int8RowStrideTest, IsAlignedWhereThatTakesFewBytes) {
  EXPECT_EQ(Int8RowStride(1), 1u);
  EXPECT_EQ(Int8RowStride(55), 55u);
  EXPECT_EQ(Int8RowStride(56), 64u);
  EXPECT_EQ(Int8RowStride(64), 64u);
  EXPECT_EQ(Int8RowStride(100), 100u);
  EXPECT_EQ(Int8RowStride(120), 128u);
  EXPECT_EQ(Int8RowStride(kMaxDim), uint64_t{kMaxDim});
  EXPECT_EQ(Int8RowBytes(3, 100, 100), 2u * 100 + 128);
  EXPECT_EQ(Int8RowBytes(3, 128, 128), 3u * 128);
}

class Int8RowsTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, Int8RowsTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(Int8RowsTest, ScoresAreThoseOfIntegerSums) {
  ForAllRows([](const Rows& rows) {
    // Any order, with repeats.
    std::vector<uint32_t> ids;
    for (uint32_t i = 0; i < 3 * kRows; ++i) ids.push_back(i * 5 % kRows);
    std::vector<float> scores(ids.size());
    for (const uint32_t id : ids) PrefetchInt8Row(rows.table(), id);
    ScoreInt8Rows(rows.table(), rows.query(), ids, scores.data());
    for (size_t i = 0; i < ids.size(); ++i) {
      ASSERT_EQ(scores[i], rows.Score(ids[i])) << "row " << ids[i];
    }
    ScoreInt8Rows(rows.table(), rows.query(), {}, nullptr);
  });
}

TEST_P(Int8RowsTest, DotsOfRowsAreIntegerSums) {
  ForAllRows([](const Rows& rows) {
    // 0, 1, 2, ... of them.
    std::vector<uint32_t> others;
    for (uint32_t a = 0; a < kRows; a += 2) {
      std::vector<int32_t> dots(others.size());
      DotInt8Rows(rows.table(), a, others, dots.data());
      for (size_t i = 0; i < others.size(); ++i) {
        ASSERT_EQ(dots[i], rows.Dot(a, others[i])) << a << " and " << others[i];
      }
      others.push_back(kRows - 1 - a);
    }
  });
}

// In the order that the header states; each product is exact.
TEST_P(Int8RowsTest, DotsOfValuesAreSumsOfDoubles) {
  Philox random(1, RandomPurpose::kTest, 9, 0);
  for (const size_t groups : {0, 1, 2, 3, 25, 32, 75, 1024}) {
    for (const size_t stride : {4, 64}) {
      std::vector<double> values(4 * groups);
      std::vector<uint8_t> codes(stride * groups + 1);
      for (double& value : values) {
        value = static_cast<float>(random.NextDouble() - 0.5);
      }
      for (uint8_t& code : codes)
        code = static_cast<uint8_t>(random.Below(256));
      double sums[4] = {};
      for (size_t i = 0; i < values.size(); ++i) {
        // From an odd address.
        const int code = codes[1 + i / 4 * stride + i % 4];
        sums[i % 4] += values[i] * (code - 128);
      }
      EXPECT_EQ(DotValuesInt8(values.data(), codes.data() + 1, groups, stride),
                (sums[0] + sums[1]) + (sums[2] + sums[3]))
          << groups << " groups";
    }
  }
}

TEST(Int8RowsSquareTest, SumsOfSquares) {
  // Two groups, 9 bytes apart: codes 1, -2, 0, 3 and -128, 127, 0, 0.
  std::vector<uint8_t> codes(13, 77);
  const uint8_t groups[2][4] = {{129, 126, 128, 131}, {0, 255, 128, 128}};
  for (int j = 0; j < 4; ++j) {
    codes[j] = groups[0][j];
    codes[9 + j] = groups[1][j];
  }
  EXPECT_EQ(SquareSumInt8(codes.data(), 2, 9), 1 + 4);
  EXPECT_EQ(SquareSumInt8(codes.data(), 4, 9), 1 + 4 + 9);
  EXPECT_EQ(SquareSumInt8(codes.data(), 5, 9), 1 + 4 + 9 + 128 * 128);
  EXPECT_EQ(SquareSumInt8(codes.data(), 8, 9),
            1 + 4 + 9 + 128 * 128 + 127 * 127);
  EXPECT_EQ(SquareSumInt8(codes.data(), 0, 9), 0);
}

}  // namespace int8_rows_test
}  // namespace embed
