#include "embed/eval/neighborhoods.h"

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/eval/unit_rows.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace neighborhoods_test {

constexpr uint64_t kRows = 60;

std::vector<uint32_t> AllRows() {
  std::vector<uint32_t> ids(kRows);
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

NeighborhoodAgreement Compare(const EmbeddingTable& a, const EmbeddingTable& b,
                              uint64_t k) {
  const EmbeddingTable unit_a = *UnitRows(a.view());
  const EmbeddingTable unit_b = *UnitRows(b.view());
  return CompareNeighborhoods(unit_a.view(), unit_b.view(), AllRows(),
                              NearestRows(unit_a.view(), AllRows(), 20, 1),
                              NearestRows(unit_b.view(), AllRows(), 20, 1), k);
}

TEST(NeighborhoodsTest, OneTableAgreesWithItself) {
  const EmbeddingTable a = RandomTable(kRows, 5, 1);
  const NeighborhoodAgreement same = Compare(a, a, 10);
  EXPECT_EQ(same.overlap, 1.0);
  EXPECT_EQ(same.overlap_deviation, 0.0);
  EXPECT_NEAR(same.rank_correlation, 1.0, 1e-12);
  // Of one neighbour there is no correlation.
  EXPECT_TRUE(std::isnan(Compare(a, a, 1).rank_correlation));
}

TEST(NeighborhoodsTest, UnrelatedTablesAgreeByChance) {
  const NeighborhoodAgreement result =
      Compare(RandomTable(kRows, 5, 1), RandomTable(kRows, 5, 2), 10);
  EXPECT_NEAR(result.overlap, 10.0 / (kRows - 1), 0.05);
  EXPECT_NEAR(result.rank_correlation, 0, 0.15);
}

TEST(NeighborhoodsTest, SameAsSciPy) {
  const TempFolder folder;
  const EmbeddingTable a = RandomTable(kRows, 6, 3);
  EmbeddingTable b = RandomTable(kRows, 4, 4);
  for (uint64_t i = 0; i < kRows; ++i) {
    for (int j = 0; j < 4; ++j) b.row(i)[j] += a.row(i)[j];
  }
  const PythonAnswer answer = AskPython(
      folder, "scipy.stats",
      absl::StrCat(
          "import numpy as np\na = ", NumpyArray(a.view()),
          "\nb = ", NumpyArray(b.view()),
          "\na /= np.linalg.norm(a, axis=1, keepdims=True)\n"
          "b /= np.linalg.norm(b, axis=1, keepdims=True)\n"
          "ca, cb = a @ a.T, b @ b.T\noverlap, rho = [], []\n"
          "for i in range(len(a)):\n"
          "  others = [j for j in range(len(a)) if j != i]\n"
          "  na = set(sorted(others, key=lambda j: -ca[i, j])[:8])\n"
          "  nb = set(sorted(others, key=lambda j: -cb[i, j])[:8])\n"
          "  overlap.append(len(na & nb) / 8)\n"
          "  for near in (sorted(na), sorted(nb)):\n"
          "    rho.append(scipy.stats.spearmanr(ca[i, near], cb[i, near])[0])"
          "\n"
          "answer(np.mean(overlap), np.std(overlap, ddof=1), np.mean(rho))\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-scipy is not installed";
  ASSERT_EQ(answer.numbers.size(), 3u);
  const NeighborhoodAgreement result = Compare(a, b, 8);
  EXPECT_NEAR(result.overlap, answer.numbers[0], 1e-9);
  EXPECT_NEAR(result.overlap_deviation, answer.numbers[1], 1e-9);
  EXPECT_NEAR(result.rank_correlation, answer.numbers[2], 1e-9);
}

}  // namespace neighborhoods_test
}  // namespace embed
