#include "embed/eval/procrustes.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace procrustes_test {

TEST(ProcrustesTest, TurnedMirroredMovedAndScaledIsTheSame) {
  const EmbeddingTable a = RandomTable(50, 2, 1);
  EmbeddingTable b = *EmbeddingTable::Create(50, 2);
  const double angle = 0.7;
  for (uint64_t i = 0; i < 50; ++i) {
    const double x = a.row(i)[0];
    const double y = a.row(i)[1];
    b.row(i)[0] =
        static_cast<float>(3 * (std::cos(angle) * x + std::sin(angle) * y) + 5);
    b.row(i)[1] =
        static_cast<float>(3 * (std::sin(angle) * x - std::cos(angle) * y) - 1);
  }
  EXPECT_NEAR(ProcrustesDistance(a.view(), b.view()), 0, 1e-6);
  EXPECT_NEAR(ProcrustesDistance(a.view(), a.view()), 0, 1e-12);
}

TEST(ProcrustesTest, InOneDimensionItIsTheCorrelation) {
  const EmbeddingTable a = RandomTable(9, 1, 1);
  const EmbeddingTable b = RandomTable(9, 1, 2);
  double mean_a = 0, mean_b = 0, ab = 0, aa = 0, bb = 0;
  for (uint64_t i = 0; i < 9; ++i) {
    mean_a += a.row(i)[0] / 9.0;
    mean_b += b.row(i)[0] / 9.0;
  }
  for (uint64_t i = 0; i < 9; ++i) {
    ab += (a.row(i)[0] - mean_a) * (b.row(i)[0] - mean_b);
    aa += (a.row(i)[0] - mean_a) * (a.row(i)[0] - mean_a);
    bb += (b.row(i)[0] - mean_b) * (b.row(i)[0] - mean_b);
  }
  EXPECT_NEAR(ProcrustesDistance(a.view(), b.view()),
              2 - 2 * std::abs(ab) / std::sqrt(aa * bb), 1e-12);
}

TEST(ProcrustesTest, EqualRowsHaveNoDirection) {
  const EmbeddingTable a = RandomTable(3, 4, 1);
  const EmbeddingTable zero = *EmbeddingTable::Create(3, 4);
  EXPECT_TRUE(std::isnan(ProcrustesDistance(a.view(), zero.view())));
}

// Several blocks of rows, different dims.
TEST(ProcrustesTest, SameAsSciPy) {
  const TempFolder folder;
  const EmbeddingTable a = RandomTable(1500, 7, 1);
  EmbeddingTable b = RandomTable(1500, 5, 2);
  for (uint64_t i = 0; i < 1500; ++i) {
    for (int j = 0; j < 5; ++j) b.row(i)[j] += 0.4f * a.row(i)[6 - j];
  }
  const PythonAnswer answer = AskPython(
      folder, "scipy",
      absl::StrCat("import numpy as np\n"
                   "from scipy.linalg import orthogonal_procrustes\na = ",
                   NumpyArray(a.view()), "\nb = ", NumpyArray(b.view()),
                   "\nb = np.pad(b, ((0, 0), (0, 2)))\n"
                   "a -= a.mean(axis=0)\nb -= b.mean(axis=0)\n"
                   "a /= np.linalg.norm(a)\nb /= np.linalg.norm(b)\n"
                   "r, _ = orthogonal_procrustes(a, b)\n"
                   "answer(np.linalg.norm(a @ r - b) ** 2)\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-scipy is not installed";
  ASSERT_EQ(answer.numbers.size(), 1u);
  EXPECT_NEAR(ProcrustesDistance(a.view(), b.view()), answer.numbers[0], 1e-9);
  EXPECT_NEAR(ProcrustesDistance(b.view(), a.view()), answer.numbers[0], 1e-9);
}

// A rotation (of three planes) and a mirror, planted.
EmbeddingTable Turned(const EmbeddingTable& table) {
  EmbeddingTable turned = *EmbeddingTable::Create(table.rows(), table.dim());
  for (uint64_t i = 0; i < table.rows(); ++i) {
    std::vector<double> row(table.row(i), table.row(i) + table.dim());
    for (int plane = 0; plane + 1 < table.dim(); ++plane) {
      const double angle = 0.3 + plane;
      const size_t p = static_cast<size_t>(plane);
      const double x = row[p];
      const double y = row[p + 1];
      row[p] = std::cos(angle) * x - std::sin(angle) * y;
      row[p + 1] = std::sin(angle) * x + std::cos(angle) * y;
    }
    row[0] = -row[0];
    for (size_t j = 0; j < row.size(); ++j) {
      turned.row(i)[j] = static_cast<float>(row[j]);
    }
  }
  return turned;
}

TEST(OrthogonalMapTest, FindsAPlantedRotation) {
  const EmbeddingTable a = RandomTable(40, 6, 1);
  const EmbeddingTable b = Turned(a);
  const auto map = OrthogonalMap(a.view(), b.view());
  ASSERT_TRUE(map.ok()) << map.status();
  // Orthogonal:
  for (size_t i = 0; i < 6; ++i) {
    for (size_t j = 0; j < 6; ++j) {
      double product = 0;
      for (size_t l = 0; l < 6; ++l) {
        product += (*map)[i * 6 + l] * (*map)[j * 6 + l];
      }
      EXPECT_NEAR(product, i == j ? 1 : 0, 1e-12);
    }
  }
  for (const int threads : {1, 3}) {
    const EmbeddingTable mapped = *ApplyMap(a.view(), *map, threads);
    for (uint64_t i = 0; i < 40; ++i) {
      for (int j = 0; j < 6; ++j) {
        EXPECT_NEAR(mapped.row(i)[j], b.row(i)[j], 1e-6);
      }
    }
  }
}

TEST(OrthogonalMapTest, RefusesWhatDoesNotFit) {
  const EmbeddingTable a = RandomTable(4, 3, 1);
  EXPECT_FALSE(OrthogonalMap(a.view(), RandomTable(5, 3, 1).view()).ok());
  EXPECT_FALSE(OrthogonalMap(a.view(), RandomTable(4, 2, 1).view()).ok());
  EXPECT_FALSE(
      OrthogonalMap(MatrixView{nullptr, 0, 3, 3}, MatrixView{nullptr, 0, 3, 3})
          .ok());
  EmbeddingTable bad = RandomTable(4, 3, 1);
  bad.row(2)[1] = std::nanf("");
  EXPECT_EQ(OrthogonalMap(a.view(), bad.view()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(OrthogonalMapTest, SameAsSciPy) {
  const TempFolder folder;
  const EmbeddingTable a = RandomTable(1100, 5, 1);
  const EmbeddingTable b = RandomTable(1100, 5, 2);
  const PythonAnswer answer = AskPython(
      folder, "scipy",
      absl::StrCat("import numpy as np\n"
                   "from scipy.linalg import orthogonal_procrustes\na = ",
                   NumpyArray(a.view()), "\nb = ", NumpyArray(b.view()),
                   "\nanswer(*orthogonal_procrustes(a, b)[0].ravel())\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-scipy is not installed";
  ASSERT_EQ(answer.numbers.size(), 25u);
  const auto map = OrthogonalMap(a.view(), b.view());
  ASSERT_TRUE(map.ok()) << map.status();
  for (size_t i = 0; i < 25; ++i) {
    EXPECT_NEAR((*map)[i], answer.numbers[i], 1e-9);
  }
}

}  // namespace procrustes_test
}  // namespace embed
