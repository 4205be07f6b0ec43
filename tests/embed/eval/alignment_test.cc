#include "embed/eval/alignment.h"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/eval/procrustes.h"
#include "embed/eval/unit_rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
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

// "[(row of A, row of B),...]"
std::string PythonPairs(const std::vector<AlignedRows>& pairs) {
  return absl::StrCat("[",
                      absl::StrJoin(pairs, ",",
                                    [](std::string* out, AlignedRows pair) {
                                      absl::StrAppend(out, "(", pair.first, ",",
                                                      pair.second, ")");
                                    }),
                      "]");
}

// "a = ...", "b = ..." and unit(), which scales rows to length 1.
std::string PythonLanguages(const Languages& both) {
  return absl::StrCat(
      "import numpy as np\na = ", NumpyArray(both.a.view()),
      "\nb = ", NumpyArray(both.b.view()),
      "\ndef unit(x):\n"
      "  return x / np.linalg.norm(x, axis=1, keepdims=True)\n");
}

// Of a, b, pairs and rounds: Procrustes, then CSLS's mutual nearest as the
// pairs, as MUSE does.
constexpr char kMapPeer[] = R"py(
def learned(pairs):
    i, j = np.array(pairs).T
    u, _, vt = np.linalg.svd(a[i].T @ b[j])
    return u @ vt
r = learned(pairs)
for _ in range(rounds):
    c = unit(a @ r) @ unit(b).T
    csls = (2 * c - np.sort(c, axis=1)[:, -10:].mean(axis=1)[:, None]
            - np.sort(c, axis=0)[-10:].mean(axis=0))
    to_b, to_a = csls.argmax(axis=1), csls.argmax(axis=0)
    pairs = [(i, j) for i, j in enumerate(to_b) if to_a[j] == i]
    r = learned(pairs)
answer(len(pairs), *r.ravel())
)py";

TEST(AlignmentTest, SameAsNumPy) {
  const Languages both = Planted(200, 1.0f);
  const std::vector<AlignedRows> pairs = Diagonal(0, 20);
  for (const int rounds : {0, 3}) {
    const TempFolder folder;
    const PythonAnswer answer = AskPython(
        folder, "numpy",
        absl::StrCat(PythonLanguages(both), "pairs = ", PythonPairs(pairs),
                     "\nrounds = ", rounds, kMapPeer));
    if (!answer.has_module) GTEST_SKIP() << "python3-numpy is not installed";
    AlignmentOptions options;
    options.refinements = rounds;
    const auto alignment = Align(both.a.view(), both.b.view(), pairs, options);
    ASSERT_TRUE(alignment.ok()) << alignment.status();
    ASSERT_EQ(answer.numbers.size(), 1 + alignment->map.size());
    EXPECT_EQ(static_cast<double>(alignment->pairs), answer.numbers[0]);
    for (size_t i = 0; i < alignment->map.size(); ++i) {
      EXPECT_NEAR(alignment->map[i], answer.numbers[1 + i], 1e-6);
    }
  }
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

// One to five right answers a row, of which the first may be the nearest; one
// pair twice. Some rows of A are not asked for, but CSLS counts them.
std::vector<AlignedRows> SeveralPartners() {
  std::mt19937 random(6);
  std::vector<AlignedRows> pairs;
  for (uint32_t row = 0; row < 200; ++row) {
    if (row % 3 != 0) pairs.push_back({row, row});
    for (uint32_t more = 0; more <= row % 4; ++more) {
      pairs.push_back({row, static_cast<uint32_t>(random() % 300)});
    }
  }
  pairs.push_back(pairs[0]);
  return pairs;
}

// Of a, b and pairs: precision as Conneau et al. (2018) and MUSE count it.
constexpr char kPrecisionPeer[] = R"py(
right = {}
for i, j in pairs:
    right.setdefault(i, set()).add(j)
c = unit(a) @ unit(b).T
csls = (2 * c - np.sort(c, axis=1)[:, -10:].mean(axis=1)[:, None]
        - np.sort(c, axis=0)[-10:].mean(axis=0))
answer(len(right))
for score in (c, csls):
    order = np.argsort(-score, axis=1)
    answer(*[np.mean([bool(own & set(order[i, :k]))
                      for i, own in right.items()]) for k in (1, 5, 10)])
)py";

TEST(RetrievalTest, SameAsNumPy) {
  const Languages both = Planted(300, 1.2f);
  // Turned back, by the pairs that are not asked for.
  const auto alignment =
      Align(both.a.view(), both.b.view(), Diagonal(200, 300), {});
  ASSERT_TRUE(alignment.ok()) << alignment.status();
  const EmbeddingTable mapped = *ApplyMap(both.a.view(), alignment->map, 1);
  const Languages turned = {*UnitRows(mapped.view()), *UnitRows(both.b.view())};
  const std::vector<AlignedRows> pairs = SeveralPartners();
  const TempFolder folder;
  const PythonAnswer answer =
      AskPython(folder, "numpy",
                absl::StrCat(PythonLanguages(turned),
                             "pairs = ", PythonPairs(pairs), kPrecisionPeer));
  if (!answer.has_module) GTEST_SKIP() << "python3-numpy is not installed";
  ASSERT_EQ(answer.numbers.size(), 7u);
  const double* theirs = &answer.numbers[1];
  for (const RetrievalMeasure measure :
       {RetrievalMeasure::kCosine, RetrievalMeasure::kCsls}) {
    const RetrievalScores scores = EvaluateRetrieval(
        turned.a.view(), turned.b.view(), pairs, measure, {1, 5, 10}, 10, 1);
    EXPECT_EQ(static_cast<double>(scores.queries), answer.numbers[0]);
    EXPECT_LT(scores.precision[0], scores.precision[1]);
    EXPECT_LT(scores.precision[1], scores.precision[2]);
    for (const double precision : scores.precision) {
      EXPECT_NEAR(precision, *theirs++, 1e-9);
    }
  }
  EXPECT_NE(answer.numbers[1], answer.numbers[4]);  // CSLS is not the cosine
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
