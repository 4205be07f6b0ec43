#include "embed/index/int8_table.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/index/int8_query.h"
#include "embed/kernels/cpu_target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace int8_table_test {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Int8Table BuildOrDie(const TestMatrix& rows,
                     Int8Rotation rotation = Int8Rotation::kWhenBetter) {
  Int8TableOptions options;
  options.rotation = rotation;
  return Int8Table::Build(rows.view(), options).value();
}

TestMatrix Decoded(const Int8Table& table) {
  TestMatrix rows(table.rows(), table.dim());
  for (uint64_t i = 0; i < table.rows(); ++i) {
    table.Row(i, absl::MakeSpan(rows.row(i), table.dim()));
  }
  return rows;
}

// The hits a search must give: all scores in double over the decoded rows.
std::vector<SearchHit> BruteForce(const TestMatrix& decoded, const float* query,
                                  const std::vector<uint64_t>& allowed = {}) {
  std::vector<SearchHit> hits;
  for (uint64_t i = 0; i < decoded.rows; ++i) {
    if (!allowed.empty() && (allowed[i / 64] >> (i % 64) & 1) == 0) continue;
    const double score = Cosine(decoded.row(i), query, decoded.dim);
    hits.push_back({static_cast<uint32_t>(i), static_cast<float>(score)});
  }
  std::stable_sort(
      hits.begin(), hits.end(),
      [](const SearchHit& a, const SearchHit& b) { return a.score > b.score; });
  return hits;
}

std::string ParametersName(const testing::TestParamInfo<Int8Rotation>& param) {
  return param.param == Int8Rotation::kAlways ? "Rotated" : "Plain";
}

class Int8TableTest : public testing::TestWithParam<Int8Rotation> {};

INSTANTIATE_TEST_SUITE_P(Rotations, Int8TableTest,
                         testing::Values(Int8Rotation::kNever,
                                         Int8Rotation::kAlways),
                         ParametersName);

TEST_P(Int8TableTest, DecodedRowsAreUnitAndNear) {
  for (const int dim : {1, 3, 4, 5, 17, 64, 100}) {
    const TestMatrix rows = ClusteredVectors(40, dim, 1, 1);
    const TestMatrix decoded = Decoded(BuildOrDie(rows, GetParam()));
    for (uint64_t i = 0; i < rows.rows; ++i) {
      EXPECT_GT(Cosine(rows.row(i), decoded.row(i), dim), 0.9995);
      double length = 0;
      for (int j = 0; j < dim; ++j) {
        length += double{decoded.row(i)[j]} * decoded.row(i)[j];
      }
      EXPECT_NEAR(length, 1, 1e-5);
    }
  }
}

TEST_P(Int8TableTest, ScoresAreCosinesWithTheDecodedRows) {
  const TestMatrix rows = ClusteredVectors(300, 21, 1, 1);
  const TestMatrix queries = ClusteredVectors(10, 21, 1, 2);
  const Int8Table table = BuildOrDie(rows, GetParam());
  const TestMatrix decoded = Decoded(table);
  SearchOptions options;
  options.k = 1000;  // all rows
  const SearchHits hits = table.Search(queries.view(), options).value();
  for (uint64_t q = 0; q < queries.rows; ++q) {
    const auto expected = BruteForce(decoded, queries.row(q));
    ASSERT_EQ(hits[q].size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(hits[q][i].score, expected[i].score, 1e-6);
      EXPECT_NEAR(hits[q][i].score,
                  Cosine(decoded.row(hits[q][i].id), queries.row(q), 21), 1e-6);
    }
  }
}

TEST_P(Int8TableTest, RangeSearchFindsAllAndOnlyThose) {
  const TestMatrix rows = ClusteredVectors(500, 30, 1, 1);
  const TestMatrix queries = ClusteredVectors(5, 30, 1, 2);
  const Int8Table table = BuildOrDie(rows, GetParam());
  SearchOptions all;
  all.k = 500;
  const SearchHits every = table.Search(queries.view(), all).value();
  for (const float least : {-1.0f, 0.0f, 0.5f, 0.8f, 0.95f, 1.0f, 2.0f}) {
    const SearchHits hits =
        table.RangeSearch(queries.view(), least, {}).value();
    for (uint64_t q = 0; q < queries.rows; ++q) {
      std::vector<SearchHit> expected;
      for (const SearchHit& hit : every[q]) {
        if (hit.score >= least) expected.push_back(hit);
      }
      EXPECT_EQ(hits[q], expected) << least;
    }
  }
}

TEST_P(Int8TableTest, ScanStaysWithinItsStatedError) {
  const TestMatrix rows = ClusteredVectors(400, 19, 1, 1);
  const TestMatrix queries = ClusteredVectors(20, 19, 1, 2);
  const Int8Table table = BuildOrDie(rows, GetParam());
  const Int8ScanTable scan = table.scan_table();
  for (uint64_t q = 0; q < queries.rows; ++q) {
    const Int8TableQuery query(table, queries.view().row(q));
    const Int8Query scan_query = query.ScanQuery();
    Int8TopK best(400);
    ScanInt8(scan, 0, Int8Blocks(400), {&scan_query, 1}, {}, {&best, 1});
    for (const Int8Hit& hit : best.TakeSorted()) {
      EXPECT_LT(std::abs(hit.score * query.step() - query.Score(hit.row)),
                query.score_error());
    }
  }
}

TEST(Int8TableSearchTest, OneBatchingOrAnotherGivesTheSameHits) {
  const TestMatrix rows = ClusteredVectors(3000, 32, 1, 1);
  const TestMatrix queries = ClusteredVectors(64, 32, 1, 2);
  const Int8Table table = BuildOrDie(rows);
  SearchOptions options;
  const SearchHits expected = table.Search(queries.view(), options).value();
  for (const std::string& target : AvailableCpuTargets()) {
    ASSERT_TRUE(ForceCpuTarget(target).ok());
    for (const int threads : {1, 2, 3}) {
      options.threads = threads;
      for (const uint64_t batch : {1, 7, 64}) {
        for (uint64_t q = 0; q < queries.rows; q += batch) {
          const uint64_t count = std::min(batch, queries.rows - q);
          const SearchHits hits =
              table.Search(queries.view(q, count), options).value();
          for (uint64_t i = 0; i < count; ++i) {
            ASSERT_EQ(hits[i], expected[q + i])
                << target << " threads " << threads << " batch " << batch;
          }
        }
      }
    }
  }
  ASSERT_TRUE(ForceCpuTarget("auto").ok());
}

TEST(Int8TableSearchTest, FindsOnlyAllowedRows) {
  const TestMatrix rows = ClusteredVectors(500, 16, 1, 1);
  const TestMatrix queries = ClusteredVectors(30, 16, 1, 2);
  const Int8Table table = BuildOrDie(rows);
  const TestMatrix decoded = Decoded(table);
  std::vector<uint64_t> allowed(8);
  for (uint64_t i = 0; i < 500; i += 7)
    allowed[i / 64] |= uint64_t{1} << i % 64;
  SearchOptions options;
  options.allowed = allowed;
  for (const int threads : {1, 3}) {
    options.threads = threads;
    const SearchHits hits = table.Search(queries.view(), options).value();
    for (uint64_t q = 0; q < queries.rows; ++q) {
      const auto expected = BruteForce(decoded, queries.row(q), allowed);
      ASSERT_EQ(hits[q].size(), 10u);
      for (size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(hits[q][i].id % 7, 0u);
        EXPECT_NEAR(hits[q][i].score, expected[i].score, 1e-6);
      }
    }
  }
}

TEST(Int8TableSearchTest, RecallNearFloatAndAbovePlainScaling) {
  const TestMatrix rows = ClusteredVectors(8000, 64, 3, 1);
  const TestMatrix queries = ClusteredVectors(100, 64, 3, 2);
  const double recall =
      Recall(rows.view(), queries.view(),
             BuildOrDie(rows).Search(queries.view(), {}).value(), 10);
  // Plain scaling per row, the classic codec: no mean taken out.
  TestMatrix plain(rows.rows, 64);
  for (uint64_t i = 0; i < rows.rows; ++i) {
    float largest = 0;
    for (int j = 0; j < 64; ++j) {
      largest = std::max(largest, std::abs(rows.row(i)[j]));
    }
    for (int j = 0; j < 64; ++j) {
      plain.row(i)[j] = std::round(rows.row(i)[j] / largest * 127);
    }
  }
  SearchHits plain_hits(queries.rows);
  for (uint64_t q = 0; q < queries.rows; ++q) {
    plain_hits[q] = BruteForce(plain, queries.row(q));
    plain_hits[q].resize(10);
  }
  const double plain_recall =
      Recall(rows.view(), queries.view(), plain_hits, 10);
  RecordProperty("recall", std::to_string(recall));
  RecordProperty("plain_recall", std::to_string(plain_recall));
  EXPECT_GE(recall, 0.985);
  EXPECT_GT(recall, plain_recall);
}

TEST(Int8TableBuildTest, BytesDoNotDependOnThreads) {
  const TestMatrix rows = ClusteredVectors(5000, 20, 1, 1);
  Int8TableOptions options;
  options.rotation = Int8Rotation::kAlways;
  const Int8Table one = Int8Table::Build(rows.view(), options).value();
  for (const int threads : {2, 3}) {
    options.threads = threads;
    const Int8Table many = Int8Table::Build(rows.view(), options).value();
    EXPECT_EQ(one.parts().codes, many.parts().codes);
    EXPECT_EQ(one.parts().multipliers, many.parts().multipliers);
    EXPECT_EQ(one.parts().weights, many.parts().weights);
    EXPECT_EQ(one.parts().mean, many.parts().mean);
  }
}

TEST(Int8TableBuildTest, OddRowsHaveTheirPlace) {
  TestMatrix rows(6, 4);
  const float huge = std::numeric_limits<float>::max();
  const float tiny = std::numeric_limits<float>::denorm_min();
  rows.values = {0,      0,      0,      0,     // zero
                 1,      1,      1,      1,     // constant
                 huge,   -huge,  huge,   huge,  //
                 tiny,   0,      0,      tiny,  //
                 -1,     -1,     -1,     -1,    // opposite of row 1
                 1e-20f, 2e-20f, 3e-20f, 4e-20f};
  const Int8Table table = BuildOrDie(rows);
  const TestMatrix decoded = Decoded(table);
  for (uint64_t i = 1; i < rows.rows; ++i) {
    TestMatrix scaled(1, 4);  // so that double sums do not underflow
    const float largest = std::max(std::abs(rows.row(i)[0]), rows.row(i)[3]);
    for (int j = 0; j < 4; ++j) scaled.row(0)[j] = rows.row(i)[j] / largest;
    EXPECT_GT(Cosine(scaled.row(0), decoded.row(i), 4), 0.9999) << i;
  }
  SearchOptions options;
  options.k = 6;
  const SearchHits hits = table.Search(rows.view(), options).value();
  for (uint64_t q = 0; q < rows.rows; ++q) {
    ASSERT_EQ(hits[q].size(), 6u);
    for (const SearchHit& hit : hits[q]) {
      if (hit.id == 0 || q == 0) {
        EXPECT_EQ(hit.score, 0) << q;
      }
    }
    if (q > 0) {
      EXPECT_EQ(hits[q][0].id, q);
      EXPECT_NEAR(hits[q][0].score, 1, 1e-3);
    }
  }
  // Equal scores come by id.
  for (uint32_t i = 0; i < 6; ++i) EXPECT_EQ(hits[0][i].id, i);
}

TEST(Int8TableBuildTest, AllZerosAndSingleRows) {
  const TestMatrix zeros(3, 5);
  const Int8Table zero_table = BuildOrDie(zeros);
  EXPECT_EQ(Decoded(zero_table).values, zeros.values);
  const TestMatrix query = ClusteredVectors(1, 5, 1, 1);
  EXPECT_EQ(zero_table.Search(query.view(), {}).value()[0].size(), 3u);
  const Int8Table one = BuildOrDie(query);
  EXPECT_NEAR(one.Search(query.view(), {}).value()[0][0].score, 1, 1e-6);
}

TEST(Int8TableBuildTest, RefusesWhatItCannotHold) {
  TestMatrix rows = ClusteredVectors(20, 5, 1, 1);
  rows.row(13)[2] = kNan;
  const absl::Status status = Int8Table::Build(rows.view(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("row 13 "));
  EXPECT_FALSE(Int8Table::Build(TestMatrix(0, 5).view(), {}).ok());
  EXPECT_FALSE(Int8Table::Build(TestMatrix(2, 0).view(), {}).ok());
  EXPECT_FALSE(Int8Table::Build(TestMatrix(1, 4097).view(), {}).ok());
}

TEST(Int8TableSearchTest, RefusesBadQuestions) {
  const TestMatrix rows = ClusteredVectors(100, 5, 1, 1);
  const Int8Table table = BuildOrDie(rows);
  TestMatrix queries = ClusteredVectors(3, 5, 1, 2);
  SearchOptions options;
  options.k = 0;
  EXPECT_THAT(
      std::string(table.Search(queries.view(), options).status().message()),
      testing::HasSubstr("k is 0"));
  options.k = 5;
  EXPECT_FALSE(table.Search(TestMatrix(1, 6).view(), options).ok());
  const std::vector<uint64_t> short_bitmap(1);
  options.allowed = short_bitmap;
  EXPECT_FALSE(table.Search(queries.view(), options).ok());
  EXPECT_FALSE(table.RangeSearch(queries.view(), 0, options).ok());
  EXPECT_FALSE(table.RangeSearch(queries.view(), kNan, {}).ok());
  queries.row(2)[1] = kNan;
  EXPECT_THAT(std::string(table.Search(queries.view(), {}).status().message()),
              testing::HasSubstr("query 2 "));
}

TEST(Int8TableSearchTest, NoQueriesNoHits) {
  const Int8Table table = BuildOrDie(ClusteredVectors(10, 5, 1, 1));
  for (const int threads : {1, 2}) {
    SearchOptions options;
    options.threads = threads;
    EXPECT_TRUE(table.Search(TestMatrix(0, 5).view(), options).value().empty());
  }
}

TEST(Int8TableBuildTest, FromPartsChecksSizesAndValues) {
  const Int8Table table =
      BuildOrDie(ClusteredVectors(40, 6, 1, 1), Int8Rotation::kAlways);
  EXPECT_TRUE(Int8Table::FromParts(table.parts(), nullptr).ok());
  Int8Table::Parts parts = table.parts();
  parts.rows = 60;
  EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
  parts = table.parts();
  parts.dim = 0;
  EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
  parts = table.parts();
  parts.rotation.remove_suffix(1);
  EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
  const std::vector<float> nan_mean(6, kNan);
  parts = table.parts();
  parts.mean = nan_mean;
  EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
}

// Each with as many bytes as it takes, and with one less.
TEST(Int8TableBuildTest, FromPartsChecksDistancesOfRows) {
  Int8TableOptions options;
  options.layout = Int8Layout::kRows;
  const Int8Table table =
      Int8Table::Build(ClusteredVectors(40, 6, 1, 1).view(), options).value();
  const AlignedBuffer codes = AlignedBuffer::Create(40 * 65).value();
  for (const uint64_t stride : {0u, 5u, 6u, 7u, 64u, 65u}) {
    SCOPED_TRACE(stride);
    Int8Table::Parts parts = table.parts();
    parts.row_stride = stride;
    parts.codes = {static_cast<const uint8_t*>(codes.data()), 39 * stride + 64};
    EXPECT_EQ(Int8Table::FromParts(parts, nullptr).ok(),
              stride >= 6 && stride <= 64);
    parts.codes.remove_suffix(1);
    EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
  }
}

}  // namespace int8_table_test
}  // namespace embed
