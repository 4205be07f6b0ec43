#include "embed/index/kmeans.h"

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/model/embedding_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace kmeans_test {

constexpr int kDim = 6;

// Row i lies around centre i % 4; centres are `distance` apart.
EmbeddingTable Groups(uint64_t rows, float distance) {
  EmbeddingTable table = RandomTable(rows, kDim, 1);
  for (uint64_t i = 0; i < rows; ++i) table.row(i)[i % 4] += distance;
  return table;
}

KMeansOptions FourClusters() {
  KMeansOptions options;
  options.clusters = 4;
  return options;
}

TEST(KMeansTest, FindsGroupsAndTheirObjective) {
  const EmbeddingTable table = Groups(200, 9);
  const KMeansResult result = *KMeans(table.view(), FourClusters());
  ASSERT_EQ(result.clusters.size(), 200u);
  std::map<uint32_t, uint32_t> group_of;
  for (uint32_t i = 0; i < 200; ++i) {
    const auto [place, is_new] = group_of.emplace(result.clusters[i], i % 4);
    EXPECT_EQ(place->second, i % 4);
  }
  EXPECT_EQ(group_of.size(), 4u);
  double objective = 0;
  for (uint64_t group = 0; group < 4; ++group) {
    for (int j = 0; j < kDim; ++j) {
      double sum = 0;
      double squares = 0;
      for (uint64_t i = group; i < 200; i += 4) {
        sum += table.row(i)[j];
        squares += double{table.row(i)[j]} * table.row(i)[j];
      }
      objective += squares - sum * sum / 50;
    }
  }
  EXPECT_NEAR(result.objective, objective, 1e-4 * objective);
}

TEST(KMeansTest, DependsOnItsArgumentsOnly) {
  const EmbeddingTable table = Groups(300, 1);
  const KMeansResult first = *KMeans(table.view(), FourClusters());
  KMeansResult second;
  std::thread other([&] { second = *KMeans(table.view(), FourClusters()); });
  EXPECT_EQ(KMeans(table.view(), FourClusters())->clusters, first.clusters);
  other.join();
  EXPECT_EQ(second.clusters, first.clusters);
  EXPECT_EQ(second.objective, first.objective);
}

TEST(KMeansTest, Refuses) {
  EmbeddingTable table = Groups(3, 1);
  KMeansOptions options = FourClusters();
  EXPECT_THAT(std::string(KMeans(table.view(), options).status().message()),
              testing::HasSubstr("4 clusters of 3 vectors"));
  options.clusters = 0;
  EXPECT_FALSE(KMeans(table.view(), options).ok());
  options.clusters = 2;
  options.restarts = 0;
  EXPECT_FALSE(KMeans(table.view(), options).ok());
  options.restarts = 1;
  table.row(1)[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(KMeans(table.view(), options).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(KMeansTest, AsGoodAsScikitLearn) {
  const TempFolder folder;
  const EmbeddingTable table = Groups(300, 2);
  const PythonAnswer answer = AskPython(
      folder, "sklearn.cluster",
      absl::StrCat("import numpy as np\nx = ", NumpyArray(table.view()),
                   "\nk = sklearn.cluster.KMeans(4, n_init=10, "
                   "random_state=1).fit(x)\nanswer(k.inertia_)\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), 1u);
  EXPECT_NEAR(KMeans(table.view(), FourClusters())->objective,
              answer.numbers[0], 2e-3 * answer.numbers[0]);
}

// The sum of squares around the means of our clusters, in double, and what
// scikit-learn makes of these means: as nothing moves any more, the same.
TEST(KMeansTest, ObjectiveSameAsScikitLearn) {
  struct Case {
    float distance, offset;  // offset: of all numbers, from the origin
  };
  for (const auto [distance, offset] :
       {Case{0, 0}, Case{2, 0}, Case{30, 0}, Case{30, 100}}) {
    EmbeddingTable table = Groups(300, distance);
    for (uint64_t i = 0; i < 300; ++i) {
      for (int j = 0; j < kDim; ++j) table.row(i)[j] += offset;
    }
    KMeansOptions options = FourClusters();
    options.iterations = 200;
    const KMeansResult result = *KMeans(table.view(), options);
    const TempFolder folder;
    const PythonAnswer answer = AskPython(
        folder, "sklearn.cluster",
        absl::StrCat(
            "import numpy as np\nx = ", NumpyArray(table.view()),
            "\nours = np.array([", absl::StrJoin(result.clusters, ","),
            "])\nmeans = np.array([x[ours == k].mean(axis=0) "
            "for k in range(4)])\n"
            "answer(((x - means[ours]) ** 2).sum())\n"
            "k = sklearn.cluster.KMeans(4, init=means, n_init=1).fit(x)\n"
            "answer(k.inertia_, *k.labels_)\n"));
    if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
    ASSERT_EQ(answer.numbers.size(), 302u);
    EXPECT_NEAR(result.objective, answer.numbers[0], 1e-6 * answer.numbers[0]);
    EXPECT_NEAR(result.objective, answer.numbers[1], 1e-6 * answer.numbers[1]);
    for (size_t i = 0; i < 300; ++i) {
      EXPECT_EQ(result.clusters[i], answer.numbers[2 + i]);
    }
  }
}

}  // namespace kmeans_test
}  // namespace embed
