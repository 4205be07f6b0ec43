#include "embed/eval/pca.h"

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace pca_test {

TEST(PcaTest, ALineHasOneComponent) {
  EmbeddingTable table = *EmbeddingTable::Create(5, 3);
  for (int i = 0; i < 5; ++i) {
    table.row(static_cast<uint64_t>(i))[0] =
        1.0f + 2.0f * static_cast<float>(i);
    table.row(static_cast<uint64_t>(i))[2] = 7.0f - static_cast<float>(i);
  }
  const auto found = Pca(table.view(), 2, 1);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_NEAR(found->shares[0], 1, 1e-12);
  EXPECT_NEAR(found->shares[1], 0, 1e-12);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(found->places[2 * i],
                std::sqrt(5.0) * (static_cast<double>(i) - 2), 1e-6);
    EXPECT_NEAR(found->places[2 * i + 1], 0, 1e-6);
  }
}

// More rows than a block.
TEST(PcaTest, SameAsSklearn) {
  const TempFolder folder;
  EmbeddingTable table = RandomTable(5000, 4, 1);
  for (uint64_t i = 0; i < 5000; ++i) {
    table.row(i)[1] += 2 * table.row(i)[0];
    table.row(i)[3] *= 0.3f;
  }
  const PythonAnswer answer = AskPython(
      folder, "sklearn",
      absl::StrCat("import numpy as np\nfrom sklearn.decomposition import PCA\n"
                   "x = ",
                   NumpyArray(table.view()),
                   "\np = PCA(3, svd_solver='full').fit(x)\n"
                   "s = np.array([c[np.argmax(abs(c))] for c in "
                   "p.components_])\ny = p.transform(x) * np.sign(s)\n"
                   "answer(*p.explained_variance_ratio_)\n"
                   "answer(*y[:50].ravel())\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  const auto found = Pca(table.view(), 3, 2);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(answer.numbers.size(), 153u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(found->shares[i], answer.numbers[i], 1e-9);
  }
  for (size_t i = 0; i < 150; ++i) {
    EXPECT_NEAR(found->places[i], answer.numbers[3 + i], 1e-6);
  }
  EXPECT_EQ(Pca(table.view(), 3, 1)->places, found->places);
}

TEST(PcaTest, EqualRowsAndBadOnes) {
  EmbeddingTable table = *EmbeddingTable::Create(3, 2);
  EXPECT_EQ(Pca(table.view(), 2, 1)->shares[0], 0);
  EXPECT_FALSE(Pca(table.view(), 3, 1).ok());
  EXPECT_FALSE(Pca({nullptr, 0, 2, 16}, 1, 1).ok());
  table.row(1)[1] = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(Pca(table.view(), 1, 1).ok());
}

}  // namespace pca_test
}  // namespace embed
