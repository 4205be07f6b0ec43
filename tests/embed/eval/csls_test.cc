#include "embed/eval/csls.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/eval/unit_rows.h"
#include "embed/math/cosine.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace csls_test {

double MeanOfNearest(absl::Span<const float> row, const MatrixView& to,
                     size_t k) {
  std::vector<double> cosines;
  for (uint64_t i = 0; i < to.rows; ++i) {
    cosines.push_back(Cosine(row, to.row(i)));
  }
  std::sort(cosines.rbegin(), cosines.rend());
  cosines.resize(std::min(k, cosines.size()));
  double sum = 0;
  for (const double cosine : cosines) sum += cosine;
  return sum / static_cast<double>(cosines.size());
}

// All of the definition in double.
TEST(CslsTest, SameAsTheDefinition) {
  const EmbeddingTable x = *UnitRows(RandomTable(70, 5, 1).view());
  const EmbeddingTable y = *UnitRows(RandomTable(90, 5, 2).view());
  for (const size_t k : {1u, 10u, 200u}) {
    const std::vector<float> r =
        MeanNearestCosines(y.view(), x.view(), k, /*threads=*/2);
    ASSERT_EQ(r.size(), 90u);
    const auto nearest = NearestOf(x.view(), y.view(), r, 7, /*threads=*/2);
    for (uint64_t i = 0; i < 70; ++i) {
      std::vector<std::pair<double, uint32_t>> all;
      for (uint32_t j = 0; j < 90; ++j) {
        const double mean = MeanOfNearest(y.view().row(j), x.view(), k);
        EXPECT_NEAR(r[j], mean, 1e-6);
        all.push_back(
            {-(2 * Cosine(x.view().row(i), y.view().row(j)) - mean), j});
      }
      std::sort(all.begin(), all.end());
      ASSERT_EQ(nearest[i].size(), 7u);
      for (size_t rank = 0; rank < 7; ++rank) {
        EXPECT_EQ(nearest[i][rank].id, all[rank].second);
        EXPECT_NEAR(nearest[i][rank].score, -all[rank].first, 2e-6);
      }
    }
  }
}

// CSLS of Conneau et al. (2018), section 2.3, with both of its means.
TEST(CslsTest, SameAsNumPy) {
  const EmbeddingTable x = *UnitRows(RandomTable(60, 6, 3).view());
  const EmbeddingTable y = *UnitRows(RandomTable(80, 6, 4).view());
  const TempFolder folder;
  const PythonAnswer answer = AskPython(
      folder, "numpy",
      absl::StrCat(
          "import numpy as np\nx = ", NumpyArray(x.view()),
          "\ny = ", NumpyArray(y.view()),
          "\nc = x @ y.T\n"
          "r_x = np.sort(c, axis=1)[:, -10:].mean(axis=1)\n"
          "r_y = np.sort(c, axis=0)[-10:].mean(axis=0)\n"
          "csls = 2 * c - r_x[:, None] - r_y\n"
          "best = np.argsort(-csls, axis=1)[:, :7]\n"
          "answer(*r_x, *r_y, *best.ravel())\n"
          "answer(*np.take_along_axis(csls, best, axis=1).ravel())\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-numpy is not installed";
  ASSERT_EQ(answer.numbers.size(), 60 + 80 + 2 * 60 * 7u);
  const auto r_x = MeanNearestCosines(x.view(), y.view(), 10, 1);
  const auto r_y = MeanNearestCosines(y.view(), x.view(), 10, 1);
  const auto nearest = NearestOf(x.view(), y.view(), r_y, 7, 1);
  for (size_t i = 0; i < 60; ++i) EXPECT_NEAR(r_x[i], answer.numbers[i], 1e-6);
  for (size_t j = 0; j < 80; ++j) {
    EXPECT_NEAR(r_y[j], answer.numbers[60 + j], 1e-6);
  }
  const double* ids = &answer.numbers[140];
  const double* scores = ids + 420;
  for (size_t i = 0; i < 420; ++i) {
    const ScoredRow& row = nearest[i / 7][i % 7];
    EXPECT_EQ(row.id, ids[i]);
    EXPECT_NEAR(row.score - double{r_x[i / 7]}, scores[i], 1e-6);
  }
}

TEST(CslsTest, WithoutPenaltiesItIsTheCosine) {
  const EmbeddingTable x = *UnitRows(RandomTable(3, 4, 1).view());
  const EmbeddingTable y = *UnitRows(RandomTable(5, 4, 2).view());
  const auto nearest = NearestOf(x.view(), y.view(), {}, 10, 1);
  ASSERT_EQ(nearest[2].size(), 5u);  // all there are
  for (const ScoredRow& row : nearest[2]) {
    EXPECT_NEAR(row.score, Cosine(x.view().row(2), y.view().row(row.id)), 1e-6);
  }
}

// A hub: the nearest of both queries by cosine, of neither by CSLS.
TEST(CslsTest, HubsLose) {
  EmbeddingTable x = *EmbeddingTable::Create(2, 2);
  EmbeddingTable y = *EmbeddingTable::Create(3, 2);
  const auto set = [](EmbeddingTable* table, uint64_t row, float a, float b) {
    table->row(row)[0] = a;
    table->row(row)[1] = b;
  };
  set(&x, 0, 1, 0.2f);
  set(&x, 1, 0.2f, 1);
  set(&y, 0, 1, 1);  // the hub
  set(&y, 1, 1, -0.6f);
  set(&y, 2, -0.6f, 1);
  const EmbeddingTable ux = *UnitRows(x.view());
  const EmbeddingTable uy = *UnitRows(y.view());
  EXPECT_EQ(NearestOf(ux.view(), uy.view(), {}, 1, 1)[0][0].id, 0u);
  EXPECT_EQ(NearestOf(ux.view(), uy.view(), {}, 1, 1)[1][0].id, 0u);
  const std::vector<float> r = MeanNearestCosines(uy.view(), ux.view(), 2, 1);
  EXPECT_EQ(NearestOf(ux.view(), uy.view(), r, 1, 1)[0][0].id, 1u);
  EXPECT_EQ(NearestOf(ux.view(), uy.view(), r, 1, 1)[1][0].id, 2u);
}

}  // namespace csls_test
}  // namespace embed
