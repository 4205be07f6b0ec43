// Every codec of whole numbers in an Int8Table: what its rows stand for against
// the definition, and how much is found with it.
#include "embed/index/row_coder.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "embed/index/int8_query.h"
#include "embed/index/symmetric_codes.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace row_coder_test {

Int8TableOptions Options(RowCodec codec, Metric metric) {
  Int8TableOptions options;
  options.codec = codec;
  options.metric = metric;
  return options;
}

std::vector<float> RowOf(const Int8Table& table, uint64_t id) {
  std::vector<float> row(table.dim());
  table.Row(id, absl::MakeSpan(row));
  return row;
}

std::vector<RowCodec> IntegerCodecs() {
  std::vector<RowCodec> codecs;
  for (const RowCodec codec : AllRowCodecs()) {
    if (IsIntegerCodec(codec)) codecs.push_back(codec);
  }
  return codecs;
}

// By cosine rows stand for unit vectors near to what was given; else what they
// are off by is small beside the longest row, whose step a table may share.
void ExpectNear(const TestMatrix& rows, const Int8Table& table) {
  const RowCodec codec = table.row_codec();
  double longest = 0;
  for (uint64_t i = 0; i < rows.rows; ++i) {
    const auto row = rows.view().row(i);
    longest = std::max(longest, std::sqrt(Nearness(Metric::kDot, row, row)));
  }
  const bool four_bits = codec == RowCodec::kInt4;
  const bool coarse = four_bits || codec == RowCodec::kInt8Sat;  // cuts off
  for (uint64_t i = 0; i < rows.rows; ++i) {
    const auto row = rows.view().row(i);
    const std::vector<float> stored = RowOf(table, i);
    const double error = std::sqrt(-Nearness(Metric::kL2, row, stored));
    if (table.metric() != Metric::kCosine) {
      EXPECT_LT(error, (coarse ? 0.2 : 0.02) * longest)
          << RowCodecName(codec) << MetricName(table.metric());
      continue;
    }
    EXPECT_GT(Nearness(Metric::kCosine, row, stored), four_bits ? 0.97 : 0.999)
        << RowCodecName(codec);
    EXPECT_NEAR(Nearness(Metric::kDot, stored, stored), 1,
                codec == RowCodec::kFaiss8 ? 0.01 : 1e-5);
  }
}

TEST(RowCoderTest, RowsStandForWhatWasGiven) {
  const TestMatrix rows = ClusteredVectors(200, 50, 1, 1);
  for (const RowCodec codec : IntegerCodecs()) {
    for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
      const auto table = Int8Table::Build(rows.view(), Options(codec, metric));
      if (!table.ok()) {
        EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
        EXPECT_TRUE(codec == RowCodec::kUint8 || codec == RowCodec::kFaiss8);
        continue;
      }
      ExpectNear(rows, *table);
    }
  }
}

TEST(RowCoderTest, PlainRowsByDotAreStepsTimesCodes) {
  const TestMatrix rows = ClusteredVectors(30, 12, 1, 1);
  const auto table =
      Int8Table::Build(rows.view(), Options(RowCodec::kInt8Plain, Metric::kDot))
          .value();
  for (uint64_t i = 0; i < rows.rows; ++i) {
    float largest = 0;
    for (int j = 0; j < 12; ++j) {
      largest = std::max(largest, std::abs(rows.row(i)[j]));
    }
    const std::vector<float> stored = RowOf(table, i);
    for (int j = 0; j < 12; ++j) {
      const double step = largest / 127.0;
      const double expected = step * std::nearbyint(rows.row(i)[j] / step);
      EXPECT_NEAR(stored[j], expected, 1e-5 * largest);
    }
  }
}

TEST(RowCoderTest, OneStepForTheTable) {
  const TestMatrix rows = ClusteredVectors(100, 16, 1, 1);
  for (const RowCodec codec : {RowCodec::kInt8Sat, RowCodec::kFaiss8}) {
    const auto coder =
        FitRowCoder(rows.view(), Options(codec, codec == RowCodec::kInt8Sat
                                                    ? Metric::kDot
                                                    : Metric::kCosine))
            .value();
    std::vector<int8_t> codes(16);
    const float step =
        coder->Encode(rows.view().row(0), absl::MakeSpan(codes)).multiplier;
    EXPECT_GT(step, 0);
    for (uint64_t i = 1; i < rows.rows; ++i) {
      EXPECT_EQ(
          coder->Encode(rows.view().row(i), absl::MakeSpan(codes)).multiplier,
          step);
    }
  }
}

TEST(RowCoderTest, StepsOfFixedPointAreAPowerOfTwo) {
  const TestMatrix rows = ClusteredVectors(100, 16, 1, 1);
  const auto coder =
      FitRowCoder(rows.view(), Options(RowCodec::kInt8Pow2, Metric::kDot))
          .value();
  std::vector<int8_t> codes(16);
  for (uint64_t i = 0; i < rows.rows; ++i) {
    int exponent = 0;
    EXPECT_EQ(
        std::frexp(
            coder->Encode(rows.view().row(i), absl::MakeSpan(codes)).multiplier,
            &exponent),
        0.5f);
  }
}

// The order of FEASIBILITY's table on vectors with a large common part.
TEST(RowCoderTest, RecallIsInTheOrderOfTheCodecs) {
  const TestMatrix rows = ClusteredVectors(6000, 64, 2, 1);
  const TestMatrix queries = ClusteredVectors(150, 64, 2, 2);
  std::map<RowCodec, double> recall;
  for (const RowCodec codec : IntegerCodecs()) {
    const auto table =
        Int8Table::Build(rows.view(), Options(codec, Metric::kCosine)).value();
    const SearchHits hits = table.Search(queries.view(), {}).value();
    recall[codec] = Recall(rows.view(), queries.view(), hits, 10);
  }
  EXPECT_GT(recall[RowCodec::kInt8], 0.98);
  EXPECT_GT(recall[RowCodec::kInt8], recall[RowCodec::kInt8Plain]);
  EXPECT_GT(recall[RowCodec::kInt8Plain], recall[RowCodec::kInt8Pow2]);
  EXPECT_GE(recall[RowCodec::kInt8Plain], recall[RowCodec::kInt8Sat]);
  EXPECT_GT(recall[RowCodec::kInt8Pow2], recall[RowCodec::kInt4] + 0.1);
  EXPECT_GT(recall[RowCodec::kInt4], 0.4);
}

TEST(RowCoderTest, RangeSearchFindsAll) {
  const TestMatrix rows = ClusteredVectors(300, 64, 1, 1);
  for (const RowCodec codec : IntegerCodecs()) {
    const auto table =
        Int8Table::Build(rows.view(), Options(codec, Metric::kCosine)).value();
    SearchOptions all;
    all.k = 300;
    const SearchHits every = table.Search(rows.view(0, 5), all).value();
    for (uint64_t q = 0; q < 5; ++q) {
      const SearchHits hits =
          table.RangeSearch(rows.view(q, 1), every[q][100].score, {}).value();
      EXPECT_GE(hits[0].size(), 101u) << RowCodecName(codec);
    }
  }
}

TEST(RowCoderTest, ZeroHugeAndTinyRows) {
  TestMatrix rows = ClusteredVectors(40, 8, 1, 1);
  for (int j = 0; j < 8; ++j) {
    rows.row(1)[j] = 0;
    rows.row(2)[j] *= 1e30f;
    rows.row(3)[j] *= 1e-41f;
  }
  for (const RowCodec codec : IntegerCodecs()) {
    for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
      const auto table = Int8Table::Build(rows.view(), Options(codec, metric));
      if (!table.ok()) continue;
      SearchOptions options;
      options.k = 40;
      const SearchHits hits = table->Search(rows.view(0, 4), options).value();
      for (const auto& found : hits) {
        ASSERT_EQ(found.size(), 40u);
        for (const SearchHit& hit : found) {
          EXPECT_TRUE(std::isfinite(hit.score));
        }
      }
      for (const float value : RowOf(*table, 2)) {
        EXPECT_TRUE(std::isfinite(value));
      }
    }
  }
}

TEST(RowCoderTest, RefusesNumbersThatAreNotWhole) {
  const TestMatrix rows = ClusteredVectors(10, 8, 1, 1);
  const auto table =
      Int8Table::Build(rows.view(), Options(RowCodec::kF16, Metric::kCosine));
  EXPECT_EQ(table.status().message(),
            "codec f16 by cosine: its numbers are not whole");
}

}  // namespace row_coder_test
}  // namespace embed
