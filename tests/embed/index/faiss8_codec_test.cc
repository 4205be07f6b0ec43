// Lengths, errors and ranks of what the codes stand for, computed in double.
#include "embed/index/faiss8_codec.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace faiss8_codec_test {

constexpr int kDim = 48;

// What the codes of each row stand for, in the codec's axes.
TestMatrix Decoded(const Faiss8Codec& codec, const MatrixView& rows) {
  TestMatrix decoded(rows.rows, rows.dim);
  std::vector<float> unit(rows.dim);
  std::vector<int8_t> codes(rows.dim);
  for (uint64_t i = 0; i < rows.rows; ++i) {
    codec.parts.codec().ToUnit(rows.row(i), absl::MakeSpan(unit));
    EncodeFaiss8Row(codec, unit, absl::MakeSpan(codes));
    for (int j = 0; j < rows.dim; ++j) {
      decoded.row(i)[j] = codec.parts.mean[j] + codec.step * codes[j];
    }
  }
  return decoded;
}

double Dot(const float* a, const float* b, int dim) {
  double dot = 0;
  for (int j = 0; j < dim; ++j) dot += double{a[j]} * b[j];
  return dot;
}

TEST(Faiss8CodecTest, RowsHaveLengthOne) {
  const TestMatrix rows = ClusteredVectors(500, kDim, 1, 1);
  const Faiss8Codec codec =
      FitFaiss8Codec(rows.view(), Int8Rotation::kNever, 1, 1);
  const TestMatrix decoded = Decoded(codec, rows.view());
  for (uint64_t i = 0; i < rows.rows; ++i) {
    const float* row = decoded.row(i);
    EXPECT_NEAR(std::sqrt(Dot(row, row, kDim)), 1, 1e-3) << i;
    EXPECT_GT(Cosine(row, rows.row(i), kDim), 0.999) << i;
  }
}

// Inner products of decoded rows rank as cosines of the rows do.
TEST(Faiss8CodecTest, InnerProductsRankByCosine) {
  const TestMatrix rows = ClusteredVectors(2000, kDim, 1, 1);
  const Faiss8Codec codec =
      FitFaiss8Codec(rows.view(), Int8Rotation::kNever, 1, 1);
  const TestMatrix decoded = Decoded(codec, rows.view());
  size_t found = 0;
  for (uint64_t q = 0; q < 50; ++q) {
    std::vector<uint32_t> exact = ExactOrder(rows.view(), rows.row(q));
    std::vector<uint32_t> order = exact;
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return Dot(decoded.row(a), rows.row(q), kDim) >
             Dot(decoded.row(b), rows.row(q), kDim);
    });
    for (int i = 0; i < 10; ++i) {
      found += std::count(exact.begin(), exact.begin() + 10, order[i]);
    }
  }
  EXPECT_GT(static_cast<double>(found) / 500, 0.96);
}

TEST(Faiss8CodecTest, TheStepIsTheBest) {
  const TestMatrix rows = ClusteredVectors(1000, kDim, 1, 1);
  Faiss8Codec codec = FitFaiss8Codec(rows.view(), Int8Rotation::kNever, 1, 1);
  const double error = Faiss8SquaredError(codec, rows.view());
  const float step = codec.step;
  for (const float factor : {0.5f, 0.8f, 1.25f, 2.0f}) {
    codec.step = step * factor;
    EXPECT_GT(Faiss8SquaredError(codec, rows.view()), error) << factor;
  }
}

TEST(Faiss8CodecTest, RotatesWhereThatHelps) {
  TestMatrix rows = ClusteredVectors(800, kDim, 1, 1);
  EXPECT_TRUE(FitFaiss8Codec(rows.view(), Int8Rotation::kWhenBetter, 1, 1)
                  .parts.rotation.empty());
  // A few large values dictate a coarse step for all.
  for (uint64_t i = 0; i < rows.rows; ++i) rows.row(i)[i % 3] *= 15;
  const Faiss8Codec codec =
      FitFaiss8Codec(rows.view(), Int8Rotation::kWhenBetter, 1, 1);
  ASSERT_FALSE(codec.parts.rotation.empty());
  EXPECT_LT(Faiss8SquaredError(codec, rows.view()),
            Faiss8SquaredError(
                FitFaiss8Codec(rows.view(), Int8Rotation::kNever, 1, 1),
                rows.view()));
}

TEST(Faiss8CodecTest, ThreadsDoNotChangeIt) {
  const TestMatrix rows = ClusteredVectors(5000, 16, 1, 1);
  const Faiss8Codec one =
      FitFaiss8Codec(rows.view(), Int8Rotation::kWhenBetter, 1, 1);
  const Faiss8Codec four =
      FitFaiss8Codec(rows.view(), Int8Rotation::kWhenBetter, 1, 4);
  EXPECT_EQ(one.step, four.step);
  EXPECT_EQ(one.parts.mean, four.parts.mean);
}

TEST(Faiss8CodecTest, ZeroAndEqualRowsAreNoTrouble) {
  TestMatrix rows(20, kDim);
  for (uint64_t i = 5; i < 20; ++i) std::fill_n(rows.row(i), kDim, 2.5f);
  const Faiss8Codec codec =
      FitFaiss8Codec(rows.view(), Int8Rotation::kWhenBetter, 1, 1);
  EXPECT_GT(codec.step, 0);
  const TestMatrix decoded = Decoded(codec, rows.view());
  for (uint64_t i = 5; i < 20; ++i) {
    EXPECT_NEAR(Dot(decoded.row(i), decoded.row(i), kDim), 1, 0.05);
  }
}

}  // namespace faiss8_codec_test
}  // namespace embed
