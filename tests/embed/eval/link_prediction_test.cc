#include "embed/eval/link_prediction.h"

#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/eval/random_order.h"
#include "embed/math/cosine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/labelled_samples.h"
#include "tests/embed/eval/python_peer.h"

namespace embed {
namespace link_prediction_test {

using testing::HasSubstr;

constexpr uint32_t kSize = 60;
constexpr int kDim = 4;

// Pairs are linked if they point the same way, but for one in five.
class LinkPredictionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::mt19937 random(3);
    // Each pair once: NumPy's cosines of (u, v) and (v, u) differ in the last
    // digit, and what ties here would be ordered there.
    std::set<std::pair<uint32_t, uint32_t>> seen;
    while (pairs_.size() < 200) {
      LabeledPair pair;
      pair.first = static_cast<uint32_t>(random() % kSize);
      pair.second = static_cast<uint32_t>(random() % kSize);
      if (pair.first >= pair.second) continue;
      if (!seen.insert({pair.first, pair.second}).second) continue;
      const bool alike = Cosine(samples_.table.view().row(pair.first),
                                samples_.table.view().row(pair.second)) > 0.2;
      pair.linked = alike != (random() % 5 == 0);
      pairs_.push_back(pair);
    }
    options_.splits = 2;
    options_.seed = 4;
    options_.train_share = 0.4;
    options_.logistic.tolerance = 1e-9;
  }

  LabelledSamples samples_ = MakeSamples(kSize, kDim, 3, false);
  std::vector<LabeledPair> pairs_;
  LinkPredictionOptions options_;
};

TEST_F(LinkPredictionTest, NamesAreFoundAgain) {
  for (const PairOperator op : AllPairOperators()) {
    EXPECT_EQ(*PairOperatorFromName(PairOperatorName(op)), op);
  }
  EXPECT_THAT(PairOperatorFromName("dott").status().message(),
              HasSubstr("dot, cosine, average, hadamard, l1, l2"));
}

// NumPy and scikit-learn on the same splits, by the protocol of the header.
TEST_F(LinkPredictionTest, SameAsScikitLearn) {
  const TempFolder folder;
  std::string first, second, linked;
  for (const LabeledPair& pair : pairs_) {
    absl::StrAppend(&first, pair.first, ",");
    absl::StrAppend(&second, pair.second, ",");
    absl::StrAppend(&linked, pair.linked ? 1 : 0, ",");
  }
  std::string program = absl::StrCat(
      "import numpy as np\n"
      "from sklearn.linear_model import LogisticRegression\n"
      "from sklearn.metrics import roc_auc_score, average_precision_score\n"
      "x = np.array(",
      PythonRows(samples_.table.view()), ")\nu = x[[", first, "]]\nv = x[[",
      second, "]]\ny = np.array([", linked,
      "])\n"
      "def run(f, train, test):\n"
      "  if f.ndim == 2:\n"
      "    m = LogisticRegression(solver='liblinear', tol=1e-9)\n"
      "    m.fit(f[train], y[train])\n"
      "    f = m.decision_function(f)\n"
      "  answer(roc_auc_score(y[test], f[test]),\n"
      "         average_precision_score(y[test], f[test]))\n"
      "n = np.linalg.norm\n"
      "for f in [(u * v).sum(1), (u * v).sum(1) / n(u, axis=1) / n(v, "
      "axis=1),\n"
      "          (u + v) / 2, u * v, abs(u - v), (u - v) ** 2]:\n");
  const uint32_t size = static_cast<uint32_t>(pairs_.size());
  const uint32_t train = TrainSize(size, options_.train_share);
  for (int split = 0; split < options_.splits; ++split) {
    const auto order =
        RandomOrder(size, options_.seed, RandomPurpose::kDataSplits,
                    static_cast<uint64_t>(split));
    absl::StrAppend(&program, "  o = [", absl::StrJoin(order, ","),
                    "]\n  run(f, o[:", train, "], o[", train, ":])\n");
  }
  const PythonAnswer answer = AskPython(folder, "sklearn", program);
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), 24u);
  const auto results = PredictLinks(samples_.table.view(), pairs_, options_);
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(results->size(), 6u);
  for (size_t i = 0; i < 6; ++i) {
    const double* own = &answer.numbers[4 * i];
    EXPECT_NEAR((*results)[i].auc.mean, (own[0] + own[2]) / 2, 1e-9);
    EXPECT_NEAR((*results)[i].average_precision.mean, (own[1] + own[3]) / 2,
                1e-9);
    // Of two splits.
    EXPECT_NEAR((*results)[i].auc.deviation,
                std::abs(own[0] - own[2]) / std::sqrt(2), 1e-9);
    EXPECT_NEAR((*results)[i].average_precision.deviation,
                std::abs(own[1] - own[3]) / std::sqrt(2), 1e-9);
  }
  // The angle tells what the mean cannot.
  EXPECT_GT((*results)[1].auc.mean, 0.7);
  EXPECT_GT((*results)[1].auc.mean, (*results)[2].auc.mean);
}

TEST_F(LinkPredictionTest, SameForAnyNumberOfThreads) {
  options_.splits = 5;
  const auto one = PredictLinks(samples_.table.view(), pairs_, options_);
  options_.threads = 3;
  const auto three = PredictLinks(samples_.table.view(), pairs_, options_);
  ASSERT_TRUE(one.ok() && three.ok());
  for (size_t i = 0; i < one->size(); ++i) {
    EXPECT_EQ((*one)[i].auc.mean, (*three)[i].auc.mean);
    EXPECT_EQ((*one)[i].average_precision.deviation,
              (*three)[i].average_precision.deviation);
    EXPECT_EQ((*one)[i].roc.size(), (*three)[i].roc.size());
  }
}

TEST_F(LinkPredictionTest, RefusesWhatCannotBe) {
  const auto message = [&](const LinkPredictionOptions& options) {
    return std::string(PredictLinks(samples_.table.view(), pairs_, options)
                           .status()
                           .message());
  };
  LinkPredictionOptions bad = options_;
  bad.train_share = 1;
  EXPECT_THAT(message(bad), HasSubstr("train share 1"));
  bad = options_;
  bad.operators.clear();
  EXPECT_THAT(message(bad), HasSubstr("no operator"));
  const std::vector<LabeledPair> many = pairs_;
  pairs_.resize(2);
  EXPECT_THAT(message(options_), HasSubstr("too few"));
  pairs_.clear();
  EXPECT_THAT(message(options_), HasSubstr("too few"));
  pairs_ = many;
  samples_.table.row(pairs_[5].second)[1] =
      std::numeric_limits<float>::infinity();
  EXPECT_THAT(message(options_), HasSubstr("not finite"));
}

}  // namespace link_prediction_test
}  // namespace embed
