// Tables by every metric against brute force in double over what their rows
// stand for.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "embed/index/hnsw_graph.h"
#include "embed/index/hnsw_tuning.h"
#include "embed/index/int8_query.h"
#include "embed/index/int8_table.h"
#include "embed/index/row_similarity.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"
#include "tests/embed/index/strided_rows.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace int8_metrics_test {

using Parameters = std::tuple<Metric, Int8Rotation>;

class Int8MetricsTest : public testing::TestWithParam<Parameters> {
 protected:
  static Metric metric() { return std::get<0>(GetParam()); }

  static Int8Table BuildOrDie(const TestMatrix& rows,
                              Int8Layout layout = Int8Layout::kBlocks) {
    Int8TableOptions options;
    options.metric = metric();
    options.rotation = std::get<1>(GetParam());
    options.layout = layout;
    return Int8Table::Build(rows.view(), options).value();
  }

  static TestMatrix Decoded(const Int8Table& table) {
    TestMatrix rows(table.rows(), table.dim());
    for (uint64_t i = 0; i < table.rows(); ++i) {
      table.Row(i, absl::MakeSpan(rows.row(i), table.dim()));
    }
    return rows;
  }

  // What is reported for a query and a row.
  static double Score(absl::Span<const float> a, absl::Span<const float> b) {
    const double nearness = Nearness(metric(), a, b);
    return metric() == Metric::kL2 ? -nearness : nearness;
  }

  // What float32 rounding of vectors and query may change a score by.
  static double Slack(absl::Span<const float> a, absl::Span<const float> b) {
    return 20 * NearnessTie(metric(), a, b) + 1e-7;
  }

  // The hits are all rows in an order that brute force agrees with, and with
  // its scores.
  static void ExpectExact(const TestMatrix& decoded,
                          absl::Span<const float> query,
                          const std::vector<SearchHit>& hits) {
    ASSERT_EQ(hits.size(), decoded.rows);
    std::vector<bool> seen(decoded.rows);
    for (size_t i = 0; i < hits.size(); ++i) {
      const auto row = decoded.view().row(hits[i].id);
      EXPECT_FALSE(seen[hits[i].id]);
      seen[hits[i].id] = true;
      EXPECT_NEAR(hits[i].score, Score(query, row), Slack(query, row));
      if (i == 0) continue;
      if (metric() == Metric::kL2) {
        EXPECT_LE(hits[i - 1].score, hits[i].score);
      } else {
        EXPECT_GE(hits[i - 1].score, hits[i].score);
      }
    }
  }
};

std::string ParametersName(const testing::TestParamInfo<Parameters>& info) {
  const auto [metric, rotation] = info.param;
  return std::string(MetricName(metric)) +
         (rotation == Int8Rotation::kAlways ? "Rotated" : "Plain");
}

INSTANTIATE_TEST_SUITE_P(
    All, Int8MetricsTest,
    testing::Combine(
        testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
        testing::Values(Int8Rotation::kNever, Int8Rotation::kAlways)),
    ParametersName);

TEST_P(Int8MetricsTest, RowsKeepTheirLengthsWhereTheMetricSeesThem) {
  const TestMatrix rows = ClusteredVectors(200, 37, 1, 1);
  const TestMatrix decoded = Decoded(BuildOrDie(rows));
  for (uint64_t i = 0; i < rows.rows; ++i) {
    const auto row = rows.view().row(i);
    const double cosine = Nearness(Metric::kCosine, row, decoded.view().row(i));
    EXPECT_GT(cosine, metric() == Metric::kL2 ? 0.9 : 0.999);
    const double squared = Nearness(Metric::kDot, row, row);
    const auto stored = decoded.view().row(i);
    const double expected = metric() == Metric::kCosine ? 1 : squared;
    if (metric() == Metric::kL2) continue;
    EXPECT_NEAR(Nearness(Metric::kDot, stored, stored), expected,
                1e-5 * expected);
  }
}

TEST_P(Int8MetricsTest, SearchIsExactOverTheDecodedRows) {
  for (const int dim : {1, 4, 21, 66}) {
    const TestMatrix rows = ClusteredVectors(200, dim, 1, 1);
    const TestMatrix queries = ClusteredVectors(7, dim, 1, 2);
    const Int8Table table = BuildOrDie(rows);
    const TestMatrix decoded = Decoded(table);
    SearchOptions options;
    options.k = 200;
    const SearchHits hits = table.Search(queries.view(), options).value();
    for (uint64_t q = 0; q < queries.rows; ++q) {
      ExpectExact(decoded, queries.view().row(q), hits[q]);
    }
  }
}

TEST_P(Int8MetricsTest, FindsTheNearestOfTheGivenRows) {
  const TestMatrix rows = ClusteredVectors(3000, 64, 1, 1);
  const TestMatrix queries = ClusteredVectors(40, 64, 1, 2);
  const Int8Table table = BuildOrDie(rows);
  const SearchHits hits = table.Search(queries.view(), {}).value();
  double found = 0;
  for (uint64_t q = 0; q < queries.rows; ++q) {
    const auto query = queries.view().row(q);
    std::vector<double> nearness;
    for (uint64_t i = 0; i < rows.rows; ++i) {
      nearness.push_back(Nearness(metric(), query, rows.view().row(i)));
    }
    std::vector<double> sorted = nearness;
    std::sort(sorted.rbegin(), sorted.rend());
    for (const SearchHit& hit : hits[q]) found += nearness[hit.id] >= sorted[9];
  }
  // By l2 the short rows are near to one another, and the step is that of all.
  EXPECT_GT(found / (10.0 * static_cast<double>(queries.rows)),
            metric() == Metric::kL2 ? 0.95 : 0.97);
}

TEST_P(Int8MetricsTest, ScanStaysWithinItsStatedError) {
  const TestMatrix rows = ClusteredVectors(400, 19, 1, 1);
  TestMatrix queries = ClusteredVectors(20, 19, 1, 2);
  for (int j = 0; j < 19; ++j) {
    queries.row(0)[j] *= 1e20f;  // far longer than all rows
    queries.row(1)[j] = 0;
    queries.row(2)[j] *= 1e-30f;
  }
  const Int8Table table = BuildOrDie(rows);
  const Int8ScanTable scan = table.scan_table();
  for (uint64_t q = 0; q < queries.rows; ++q) {
    const Int8TableQuery query(table, queries.view().row(q));
    const Int8Query scan_query = query.ScanQuery();
    Int8TopK best(400);
    ScanInt8(scan, 0, Int8Blocks(400), {&scan_query, 1}, {}, {&best, 1});
    for (const Int8Hit& hit : best.TakeSorted()) {
      const float rank = query.Score(hit.row);
      if (q == 0 && metric() == Metric::kL2) continue;  // rank is all |query|^2
      EXPECT_LT(std::abs(hit.score * query.step() - query.ScanScore(rank)),
                query.score_error());
      EXPECT_NEAR(query.RankOf(query.Reported(rank)), rank, 1e-7);
    }
  }
}

TEST_P(Int8MetricsTest, RangeSearchFindsAllAndOnlyThose) {
  const TestMatrix rows = ClusteredVectors(500, 30, 1, 1);
  const TestMatrix queries = ClusteredVectors(5, 30, 1, 2);
  const Int8Table table = BuildOrDie(rows);
  SearchOptions all;
  all.k = 500;
  const SearchHits every = table.Search(queries.view(), all).value();
  const bool l2 = metric() == Metric::kL2;
  for (uint64_t q = 0; q < queries.rows; ++q) {
    for (const size_t rank : {size_t{0}, size_t{1}, size_t{250}, size_t{499}}) {
      const float limit = every[q][rank].score;
      const SearchHits hits =
          table.RangeSearch(queries.view(q, 1), limit, {}).value();
      std::vector<SearchHit> expected;
      for (const SearchHit& hit : every[q]) {
        if (l2 ? hit.score <= limit : hit.score >= limit) {
          expected.push_back(hit);
        }
      }
      EXPECT_EQ(hits[0], expected);
    }
  }
  EXPECT_FALSE(table.RangeSearch(queries.view(), std::nanf(""), {}).ok());
}

TEST_P(Int8MetricsTest, ZeroRowsAndQueries) {
  TestMatrix rows = ClusteredVectors(50, 12, 1, 1);
  std::fill_n(rows.row(7), 12, 0.0f);
  const Int8Table table = BuildOrDie(rows);
  const TestMatrix decoded = Decoded(table);
  if (metric() != Metric::kL2) {
    for (int j = 0; j < 12; ++j) EXPECT_EQ(decoded.row(7)[j], 0);
  }
  const TestMatrix zero(1, 12);
  SearchOptions options;
  options.k = 50;
  const SearchHits hits = table.Search(zero.view(), options).value();
  ExpectExact(decoded, zero.view().row(0), hits[0]);
  if (metric() == Metric::kL2) {
    EXPECT_EQ(hits[0][0].id, 7u);
  } else {
    EXPECT_EQ(hits[0][0], (SearchHit{0, 0}));  // all alike: by id
  }
  const Int8Table zeros = BuildOrDie(TestMatrix(20, 12));
  EXPECT_EQ(zeros.Search(zero.view(), {}).value()[0][0], (SearchHit{0, 0}));
}

TEST_P(Int8MetricsTest, ConstantRowsAreExact) {
  TestMatrix rows(40, 9);
  for (uint64_t i = 0; i < 40; ++i) std::fill_n(rows.row(i), 9, -2.5f);
  const Int8Table table = BuildOrDie(rows);
  const SearchHits hits = table.Search(rows.view(0, 1), {}).value();
  const float scores[] = {1, 9 * 2.5f * 2.5f, 0};
  for (size_t i = 0; i < hits[0].size(); ++i) {
    EXPECT_EQ(hits[0][i].id, i);
    EXPECT_NEAR(hits[0][i].score, scores[static_cast<int>(metric())], 1e-4);
  }
}

// Rows times a power of two: the same order, and scores in proportion.
TEST_P(Int8MetricsTest, MagnitudeDoesNotMatter) {
  const TestMatrix rows = ClusteredVectors(300, 20, 1, 1);
  const TestMatrix queries = ClusteredVectors(6, 20, 1, 2);
  const SearchHits expected =
      BuildOrDie(rows).Search(queries.view(), {}).value();
  for (const int exponent : {-50, -30, 20, 50}) {
    TestMatrix scaled = rows;
    TestMatrix scaled_queries = queries;
    for (float& value : scaled.values) value = std::ldexp(value, exponent);
    for (float& value : scaled_queries.values) {
      value = std::ldexp(value, exponent);
    }
    SearchHits hits =
        BuildOrDie(scaled).Search(scaled_queries.view(), {}).value();
    for (std::vector<SearchHit>& found : hits) {
      for (SearchHit& hit : found) {
        if (metric() == Metric::kCosine) continue;
        hit.score = std::ldexp(hit.score, -2 * exponent);
      }
    }
    EXPECT_EQ(hits, expected) << exponent;
  }
}

TEST_P(Int8MetricsTest, ScoresBeyondFloatAreItsLargestNumber) {
  TestMatrix rows = ClusteredVectors(100, 20, 1, 1);
  for (float& value : rows.values) value *= 1e30f;
  const Int8Table table = BuildOrDie(rows);
  SearchOptions options;
  options.k = 100;
  const SearchHits hits = table.Search(rows.view(0, 3), options).value();
  for (const auto& found : hits) {
    ASSERT_EQ(found.size(), 100u);
    for (const SearchHit& hit : found) EXPECT_TRUE(std::isfinite(hit.score));
  }
  // The order is still that of the numbers.
  if (metric() != Metric::kDot) {
    EXPECT_EQ(hits[2].front().id, 2u);
  }
}

TEST_P(Int8MetricsTest, DenormalRows) {
  TestMatrix rows = ClusteredVectors(100, 20, 1, 1);
  TestMatrix tiny = rows;
  for (float& value : tiny.values) value *= 1e-41f;
  const Int8Table table = BuildOrDie(tiny);
  const SearchHits hits = table.Search(rows.view(0, 3), {}).value();
  for (uint64_t q = 0; q < 3; ++q) {
    ASSERT_EQ(hits[q].size(), 10u);
    for (const SearchHit& hit : hits[q]) {
      const double expected =
          Score(rows.view().row(q), tiny.view().row(hit.id));
      EXPECT_NEAR(hit.score, expected, 0.02 * std::abs(expected) + 1e-44);
    }
  }
}

// The mean of these rows is 0, so by l2 the query is 2^-139 of a row long.
TEST_P(Int8MetricsTest, TinyQueryBesideTheRows) {
  TestMatrix rows(4, 2);
  rows.values = {1, 0, -1, 0, 0, 1, 0, -1};
  const std::vector<float> query = {1e-42f, 0};
  const SearchHits hits =
      BuildOrDie(rows).Search({query.data(), 1, 2, 2}, {}).value();
  EXPECT_EQ(hits[0].size(), 4u);
}

TEST_P(Int8MetricsTest, SameHitsOnEveryTargetAndForAnyThreads) {
  const TestMatrix rows = ClusteredVectors(1000, 33, 1, 1);
  const TestMatrix queries = ClusteredVectors(30, 33, 1, 2);
  const SearchHits expected =
      BuildOrDie(rows).Search(queries.view(), {}).value();
  for (const std::string& target : AvailableCpuTargets()) {
    ASSERT_TRUE(ForceCpuTarget(target).ok());
    const Int8Table table = BuildOrDie(rows);
    for (const int threads : {1, 3}) {
      SearchOptions options;
      options.threads = threads;
      EXPECT_EQ(table.Search(queries.view(), options).value(), expected)
          << target;
    }
  }
  ASSERT_TRUE(ForceCpuTarget("auto").ok());
}

TEST_P(Int8MetricsTest, TheLayoutChangesNothing) {
  for (const int dim : {3, 24, 65}) {
    const TestMatrix rows = ClusteredVectors(777, dim, 1, 1);
    const TestMatrix queries = ClusteredVectors(30, dim, 1, 2);
    const Int8Table blocks = BuildOrDie(rows);
    const Int8Table in_rows = BuildOrDie(rows, Int8Layout::kRows);
    const SearchHits hits = blocks.Search(queries.view(), {}).value();
    EXPECT_EQ(in_rows.Search(queries.view(), {}).value(), hits);
    const float least = hits[0].back().score;
    EXPECT_EQ(in_rows.RangeSearch(queries.view(), least, {}).value(),
              blocks.RangeSearch(queries.view(), least, {}).value());
    EXPECT_EQ(Decoded(in_rows).values, Decoded(blocks).values);
    // Rows of either go into a table of the other layout.
    const std::vector<uint32_t> some = {5, 0, 776, 31};
    const Int8Table a = Int8Table::Gather(blocks, some, in_rows, some).value();
    const Int8Table b = Int8Table::Gather(in_rows, some, blocks, some).value();
    EXPECT_FALSE(a.parts().in_rows());
    EXPECT_TRUE(b.parts().in_rows());
    EXPECT_EQ(Decoded(a).values, Decoded(b).values);
    EXPECT_EQ(a.Search(queries.view(), {}).value(),
              b.Search(queries.view(), {}).value());
    Int8Table::Parts parts = in_rows.parts();
    EXPECT_TRUE(Int8Table::FromParts(parts, nullptr).ok());
    parts.scales.remove_suffix(1);
    EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
  }
}

TEST_P(Int8MetricsTest, NeitherLayoutNorDistanceChangesAnythingInAnyDim) {
  std::vector<int> dims = {191, 200, 300};
  for (int dim = 1; dim <= 130; ++dim) dims.push_back(dim);
  for (const int dim : dims) {
    SCOPED_TRACE(dim);
    const TestMatrix rows = ClusteredVectors(45, dim, 1, 1);
    const TestMatrix queries = ClusteredVectors(3, dim, 1, 2);
    const Int8Table blocks = BuildOrDie(rows);
    const Int8Table in_rows = BuildOrDie(rows, Int8Layout::kRows);
    const Int8Table close = WithStride(in_rows, static_cast<uint64_t>(dim));
    const Int8Table apart = WithStride(in_rows, Int8ReadBytes(dim));
    const SearchHits hits = blocks.Search(queries.view(), {}).value();
    const std::vector<float> decoded = Decoded(blocks).values;
    const std::vector<uint32_t> some = {44, 0, 17, 31};
    const Int8Table gathered =
        Int8Table::Gather(blocks, some, blocks, some).value();
    for (const Int8Table* table : {&in_rows, &close, &apart}) {
      EXPECT_EQ(table->Search(queries.view(), {}).value(), hits);
      EXPECT_EQ(Decoded(*table).values, decoded);
      const Int8Table a = Int8Table::Gather(*table, some, blocks, some).value();
      EXPECT_EQ(a.parts().row_stride, Int8RowStride(dim));
      EXPECT_EQ(Decoded(a).values, Decoded(gathered).values);
      const Int8Table b = Int8Table::Gather(blocks, some, *table, some).value();
      EXPECT_EQ(b.parts().codes, gathered.parts().codes);
    }
  }
}

// What a graph is built by.
TEST_P(Int8MetricsTest, RowsAreAsNearAsWhatTheyStandFor) {
  for (const int dim : {3, 24, 65}) {
    const TestMatrix rows = ClusteredVectors(60, dim, 1, 1);
    const Int8Table table = BuildOrDie(rows, Int8Layout::kRows);
    const RowSimilarity similarity(table, 2);
    const TestMatrix decoded = Decoded(table);
    const double unit = std::ldexp(1.0, 2 * table.parts().exponent);
    for (uint32_t i = 0; i < rows.rows; ++i) {
      for (uint32_t j = 0; j < rows.rows; ++j) {
        double sum = 0;
        for (int k = 0; k < dim; ++k) {
          const double a = decoded.row(i)[k];
          const double b = decoded.row(j)[k];
          sum += metric() == Metric::kL2 ? -(a - b) * (a - b) / 2 : a * b;
        }
        float found;
        similarity.Of(i, {j}, &found);
        EXPECT_NEAR(found, sum / unit, 1e-4) << i << " " << j;
      }
    }
  }
}

TEST_P(Int8MetricsTest, GraphFindsWhatExactSearchDoes) {
  const TestMatrix rows = ClusteredVectors(4000, 24, 1, 1);
  const TestMatrix queries = ClusteredVectors(60, 24, 1, 2);
  const Int8Table table = BuildOrDie(rows, Int8Layout::kRows);
  const HnswGraph graph = HnswGraph::Build(table, {}).value();
  SearchOptions options;
  options.ef_search = 200;
  const SearchHits exact = table.Search(queries.view(), options).value();
  const SearchHits hits = graph.Search(table, queries.view(), options).value();
  size_t same = 0;
  for (uint64_t q = 0; q < queries.rows; ++q) {
    for (const SearchHit& hit : hits[q]) {
      same += std::count(exact[q].begin(), exact[q].end(), hit);
    }
  }
  EXPECT_GT(static_cast<double>(same) / static_cast<double>(10 * queries.rows),
            0.96);
  const TunedEffort tuning =
      TuneEfSearch(graph, table, rows.view(), 0.9, 1).value();
  EXPECT_TRUE(tuning.reached);
}

TEST(Int8MetricsFromPartsTest, RefusesExponentsThatCannotBe) {
  Int8TableOptions options;
  options.metric = Metric::kDot;
  const TestMatrix rows = ClusteredVectors(20, 8, 1, 1);
  const Int8Table table = Int8Table::Build(rows.view(), options).value();
  Int8Table::Parts parts = table.parts();
  EXPECT_TRUE(Int8Table::FromParts(parts, nullptr).ok());
  parts.exponent = 201;
  EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
  parts.exponent = 1;
  parts.metric = Metric::kCosine;
  EXPECT_FALSE(Int8Table::FromParts(parts, nullptr).ok());
}

}  // namespace int8_metrics_test
}  // namespace embed
