// Every CPU target against sums in 64-bit integers, compared exactly.
#include "embed/kernels/int8_rows.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"

namespace embed {
namespace int8_rows_test {

constexpr uint32_t kRows = 37;
constexpr int kMaxDim = 4096;

// Rows and a query of random codes, or of +-127 only: the largest sums.
class Rows {
 public:
  Rows(int dim, bool extreme)
      : stride_(Int8RowStride(dim)), query_codes_(stride_), scales_(kRows) {
    buffer_ = AlignedBuffer::Create(kRows * stride_).value();
    uint8_t* bytes = static_cast<uint8_t*>(buffer_.data());
    std::fill_n(bytes, kRows * stride_, uint8_t{128});
    Philox random(1, RandomPurpose::kTest, extreme, dim);
    const auto code = [&] {
      if (extreme) return random.Below(2) != 0 ? 127 : -127;
      return static_cast<int>(random.Below(255)) - 127;
    };
    for (uint32_t i = 0; i < kRows; ++i) {
      for (int j = 0; j < dim; ++j) {
        bytes[i * stride_ + j] = static_cast<uint8_t>(code() + 128);
      }
      scales_[i] = {static_cast<float>(random.NextDouble()),
                    static_cast<float>(random.NextDouble())};
    }
    query_.offset_factor = static_cast<float>(random.NextDouble() * 1000);
    for (int j = 0; j < dim; ++j) {
      query_codes_[j] = static_cast<int8_t>(code());
      // A row equal to the query, or its negative: the largest sums.
      if (extreme) {
        bytes[j] = static_cast<uint8_t>(query_codes_[j] + 128);
        bytes[stride_ + j] = static_cast<uint8_t>(128 - query_codes_[j]);
      }
      query_.correction -= 128 * query_codes_[j];
    }
    query_.codes = query_codes_.data();
    table_ = {bytes, scales_.data(), kRows, dim};
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

  uint64_t stride_;
  AlignedBuffer buffer_;
  std::vector<int8_t> query_codes_;
  std::vector<Int8RowScale> scales_;
  Int8RowQuery query_;
  Int8RowTable table_;
};

class Int8RowsTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, Int8RowsTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(Int8RowsTest, ScoresAreThoseOfIntegerSums) {
  for (const bool extreme : {false, true}) {
    for (const int dim : {1, 31, 32, 63, 64, 65, 100, 128, 300, kMaxDim}) {
      SCOPED_TRACE(dim);
      const Rows rows(dim, extreme);
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
    }
  }
}

TEST_P(Int8RowsTest, DotsOfRowsAreIntegerSums) {
  for (const bool extreme : {false, true}) {
    for (const int dim : {1, 31, 32, 63, 64, 65, 100, 128, 300, kMaxDim}) {
      SCOPED_TRACE(dim);
      const Rows rows(dim, extreme);
      for (uint32_t a = 0; a < kRows; a += 3) {
        for (uint32_t b = 0; b < kRows; b += 2) {
          ASSERT_EQ(DotInt8Rows(rows.table(), a, b), rows.Dot(a, b))
              << a << " and " << b;
        }
      }
    }
  }
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
  EXPECT_EQ(SquareSumInt8(codes.data(), 1, 9), 1 + 4 + 9);
  EXPECT_EQ(SquareSumInt8(codes.data(), 2, 9),
            1 + 4 + 9 + 128 * 128 + 127 * 127);
  EXPECT_EQ(SquareSumInt8(codes.data(), 0, 9), 0);
}

}  // namespace int8_rows_test
}  // namespace embed
