#include "embed/eval/alignment.h"

#include <cmath>
#include <random>
#include <vector>

#include "embed/eval/procrustes.h"
#include "embed/eval/unit_rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace alignment_test {

using ::testing::HasSubstr;

// Row i of B is row i of A turned, with noise of this size.
struct Languages {
  EmbeddingTable a;
  EmbeddingTable b;
};

Languages Planted(uint64_t rows, float noise) {
  constexpr int kDim = 16;
  Languages both = {RandomTable(rows, kDim, 1), EmbeddingTable()};
  // Any orthogonal matrix.
  const std::vector<double> turn = *OrthogonalMap(
      RandomTable(50, kDim, 3).view(), RandomTable(50, kDim, 4).view());
  both.b = *ApplyMap(both.a.view(), turn, 1);
  const EmbeddingTable other = RandomTable(rows, kDim, 2);
  for (uint64_t i = 0; i < rows; ++i) {
    for (int j = 0; j < kDim; ++j) both.b.row(i)[j] += noise * other.row(i)[j];
  }
  return both;
}

std::vector<AlignedRows> Diagonal(uint32_t begin, uint32_t end) {
  std::vector<AlignedRows> pairs;
  for (uint32_t i = begin; i < end; ++i) pairs.push_back({i, i});
  return pairs;
}

double PrecisionAtOne(const Languages& both, const Alignment& alignment,
                      RetrievalMeasure measure) {
  const EmbeddingTable mapped = *ApplyMap(both.a.view(), alignment.map, 1);
  const EmbeddingTable unit_a = *UnitRows(mapped.view());
  const EmbeddingTable unit_b = *UnitRows(both.b.view());
  return EvaluateRetrieval(unit_a.view(), unit_b.view(), Diagonal(100, 500),
                           measure, {1}, 10, 2)
      .precision[0];
}

TEST(AlignmentTest, FindsPlantedPartnersFromAFewPairs) {
  const Languages both = Planted(500, 0.1f);
  const auto alignment =
      Align(both.a.view(), both.b.view(), Diagonal(0, 40), {});
  ASSERT_TRUE(alignment.ok()) << alignment.status();
  EXPECT_EQ(alignment->pairs, 40u);
  EXPECT_GT(PrecisionAtOne(both, *alignment, RetrievalMeasure::kCosine), 0.97);
  EXPECT_GT(PrecisionAtOne(both, *alignment, RetrievalMeasure::kCsls), 0.97);
}

// Fourteen noisy pairs are too few for sixteen dimensions.
TEST(AlignmentTest, RefinementFindsMore) {
  const Languages both = Planted(500, 0.3f);
  AlignmentOptions options;
  const auto first =
      Align(both.a.view(), both.b.view(), Diagonal(0, 14), options);
  options.refinements = 5;
  options.threads = 2;
  const auto refined =
      Align(both.a.view(), both.b.view(), Diagonal(0, 14), options);
  ASSERT_TRUE(first.ok() && refined.ok());
  const double before = PrecisionAtOne(both, *first, RetrievalMeasure::kCsls);
  const double after = PrecisionAtOne(both, *refined, RetrievalMeasure::kCsls);
  EXPECT_LT(before, 0.9);
  EXPECT_GT(after, 0.97);
  EXPECT_GT(refined->pairs, 200u);
  options.threads = 1;
  EXPECT_EQ(Align(both.a.view(), both.b.view(), Diagonal(0, 14), options)->map,
            refined->map);
}

TEST(RetrievalTest, CountsEachRowOnceAndAnyOfItsPartners) {
  EmbeddingTable a = *EmbeddingTable::Create(2, 2);
  EmbeddingTable b = *EmbeddingTable::Create(3, 2);
  a.row(0)[0] = a.row(1)[1] = 1;
  b.row(0)[0] = 1;
  b.row(1)[0] = 0.8f;
  b.row(1)[1] = 0.6f;
  b.row(2)[1] = 1;
  // Row 0 of A: its nearest is 0 of B, then 1; row 1: 2, then 1.
  const std::vector<AlignedRows> pairs = {{0, 2}, {0, 1}, {0, 1}, {1, 2}};
  const RetrievalScores scores = EvaluateRetrieval(
      a.view(), b.view(), pairs, RetrievalMeasure::kCosine, {1, 2, 5}, 10, 1);
  EXPECT_EQ(scores.queries, 2u);
  EXPECT_THAT(scores.precision, testing::ElementsAre(0.5, 1, 1));
  EXPECT_TRUE(std::isnan(EvaluateRetrieval(a.view(), b.view(), {},
                                           RetrievalMeasure::kCsls, {1}, 10, 1)
                             .precision[0]));
}

TEST(AlignmentTest, RefusesWhatDoesNotFit) {
  const EmbeddingTable a = RandomTable(4, 3, 1);
  const auto message = [&](const MatrixView& b,
                           const std::vector<AlignedRows>& pairs,
                           const AlignmentOptions& options) {
    return std::string(Align(a.view(), b, pairs, options).status().message());
  };
  const EmbeddingTable wide = RandomTable(4, 5, 1);
  EXPECT_THAT(message(wide.view(), Diagonal(0, 2), {}),
              HasSubstr("of 3 and of 5 numbers"));
  EXPECT_THAT(message(a.view(), {}, {}), HasSubstr("at least one"));
  AlignmentOptions options;
  options.refinements = -1;
  EXPECT_THAT(message(a.view(), Diagonal(0, 2), options),
              HasSubstr("refinements is -1"));
  options = {};
  options.csls_neighbors = 0;
  EXPECT_THAT(message(a.view(), Diagonal(0, 2), options),
              HasSubstr("csls_neighbors is 0"));
}

}  // namespace alignment_test
}  // namespace embed
