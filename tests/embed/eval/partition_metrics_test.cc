#include "embed/eval/partition_metrics.h"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"

namespace embed {
namespace partition_metrics_test {

using Parts = std::vector<uint32_t>;

Parts RandomParts(size_t size, uint32_t parts, uint32_t seed) {
  std::mt19937 random(seed);
  Parts a(size);
  for (uint32_t& part : a) part = static_cast<uint32_t>(random() % parts);
  return a;
}

TEST(PartitionMetricsTest, ClosedForms) {
  const Parts a = {0, 0, 1, 1};
  const Parts renamed = {7, 7, 3, 3};
  const Parts across = {0, 1, 0, 1};
  const Parts one = {5, 5, 5, 5};
  EXPECT_NEAR(NormalizedMutualInformation(a, renamed), 1, 1e-15);
  EXPECT_EQ(AdjustedRandIndex(a, renamed), 1);
  EXPECT_NEAR(NormalizedMutualInformation(a, across), 0, 1e-15);
  EXPECT_EQ(AdjustedRandIndex(a, across), -0.5);
  EXPECT_EQ(NormalizedMutualInformation(a, one), 0);
  EXPECT_EQ(AdjustedRandIndex(a, one), 0);
  EXPECT_EQ(NormalizedMutualInformation(one, one), 1);
  EXPECT_EQ(AdjustedRandIndex(one, one), 1);
  EXPECT_EQ(NormalizedMutualInformation({}, {}), 1);
  EXPECT_EQ(AdjustedRandIndex({}, {}), 1);
}

// By the definition: pair by pair.
TEST(PartitionMetricsTest, RandIndexByPairs) {
  for (uint32_t seed = 0; seed < 10; ++seed) {
    const Parts a = RandomParts(40, 4, seed);
    const Parts b = RandomParts(40, 3, seed + 100);
    double tp = 0, fp = 0, fn = 0, tn = 0;
    for (size_t i = 0; i < 40; ++i) {
      for (size_t j = 0; j < i; ++j) {
        const bool in_a = a[i] == a[j];
        const bool in_b = b[i] == b[j];
        (in_a ? (in_b ? tp : fn) : (in_b ? fp : tn)) += 1;
      }
    }
    EXPECT_NEAR(AdjustedRandIndex(a, b),
                2 * (tp * tn - fn * fp) /
                    ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn)),
                1e-12);
    EXPECT_EQ(AdjustedRandIndex(a, b), AdjustedRandIndex(b, a));
  }
}

TEST(PartitionMetricsTest, SameAsScikitLearn) {
  const TempFolder folder;
  std::string program = "from sklearn.metrics import *\n";
  std::vector<double> ours;
  for (uint32_t seed = 0; seed < 6; ++seed) {
    const Parts a = RandomParts(200, 1 + seed * 3, seed);
    Parts b = RandomParts(200, 5, seed + 50);
    for (size_t i = 0; i < 120; ++i) b[i] = a[i] % 4;
    absl::StrAppend(&program, "a = [", absl::StrJoin(a, ","), "]\nb = [",
                    absl::StrJoin(b, ","),
                    "]\nanswer(normalized_mutual_info_score(a, b), "
                    "adjusted_rand_score(a, b))\n");
    ours.push_back(NormalizedMutualInformation(a, b));
    ours.push_back(AdjustedRandIndex(a, b));
  }
  const PythonAnswer answer = AskPython(folder, "sklearn", program);
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), ours.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i], answer.numbers[i], 1e-9);
  }
}

}  // namespace partition_metrics_test
}  // namespace embed
