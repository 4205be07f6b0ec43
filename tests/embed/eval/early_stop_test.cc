#include "embed/eval/early_stop.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace early_stop_test {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The first epoch, from 1, with the highest score of all; 0 if all are NaN.
uint32_t BestEpoch(const std::vector<double>& scores) {
  uint32_t best = 0;
  for (uint32_t i = 1; i <= scores.size(); ++i) {
    bool highest = !std::isnan(scores[i - 1]);
    for (uint32_t j = 1; j <= scores.size(); ++j) {
      const double other = scores[j - 1];
      if (other > scores[i - 1] || (j < i && other == scores[i - 1])) {
        highest = false;
      }
    }
    if (highest) best = i;
  }
  return best;
}

// True if none of the last `patience` scores is above all before them.
bool WasPatient(const std::vector<double>& scores, uint32_t patience) {
  if (patience == 0 || scores.size() < patience) return false;
  return scores.size() - BestEpoch(scores) >= patience;
}

TEST(EarlyStopTest, SameAsLookingAtAllScores) {
  std::mt19937 random(11);
  for (int run = 0; run < 2000; ++run) {
    const auto patience = static_cast<uint32_t>(random() % 5);
    EarlyStop stop(patience);
    std::vector<double> scores;
    for (uint32_t epoch = 1; epoch <= 12; ++epoch) {
      const uint32_t draw = random() % 8;
      scores.push_back(draw == 0 ? kNan : 0.1 * draw - 0.4);
      const bool best = stop.Observe(epoch, scores.back());
      ASSERT_EQ(best, BestEpoch(scores) == epoch);
      ASSERT_EQ(stop.state().best_epoch, BestEpoch(scores));
      if (BestEpoch(scores) > 0) {
        ASSERT_EQ(stop.state().best_score, scores[BestEpoch(scores) - 1]);
      } else {
        ASSERT_TRUE(std::isnan(stop.state().best_score));
      }
      ASSERT_EQ(stop.done(), WasPatient(scores, patience));
      if (stop.done()) break;
    }
  }
}

TEST(EarlyStopTest, StopsAfterPatienceEpochs) {
  EarlyStop stop(2);
  EXPECT_TRUE(stop.Observe(1, 0.5));
  EXPECT_FALSE(stop.Observe(2, 0.4));
  EXPECT_FALSE(stop.done());
  EXPECT_TRUE(stop.Observe(3, 0.6));
  EXPECT_FALSE(stop.Observe(4, 0.6));  // as good is not better
  EXPECT_FALSE(stop.done());
  EXPECT_FALSE(stop.Observe(5, 0.1));
  EXPECT_TRUE(stop.done());
  EXPECT_EQ(stop.state().best_epoch, 3u);
}

TEST(EarlyStopTest, NoPatienceNeverStops) {
  EarlyStop stop(0);
  for (uint32_t epoch = 1; epoch <= 100; ++epoch) {
    stop.Observe(epoch, -1.0 * epoch);
    EXPECT_FALSE(stop.done());
  }
  EXPECT_EQ(stop.state().best_epoch, 1u);
}

TEST(EarlyStopTest, GoesOnFromItsState) {
  const std::vector<double> scores = {0.1, 0.3, 0.2, 0.3, 0.1, 0.0};
  for (size_t cut = 0; cut <= scores.size(); ++cut) {
    EarlyStop whole(3);
    EarlyStop first(3);
    EarlyStop second(3);
    for (uint32_t i = 0; i < scores.size(); ++i) {
      if (i == cut) {
        ASSERT_TRUE(second.Restore(first.state()).ok());
      }
      whole.Observe(i + 1, scores[i]);
      EarlyStop& part = i < cut ? first : second;
      part.Observe(i + 1, scores[i]);
      EXPECT_EQ(part.done(), whole.done()) << cut << " " << i;
      EXPECT_EQ(part.state().best_epoch, whole.state().best_epoch);
    }
  }
}

TEST(EarlyStopTest, RefusesStatesOfNoRun) {
  EarlyStop stop(1);
  EXPECT_TRUE(absl::IsDataLoss(stop.Restore({0, 0.5, 0})));
  EXPECT_TRUE(absl::IsDataLoss(stop.Restore({3, kNan, 0})));
  EXPECT_TRUE(stop.Restore({0, kNan, 2}).ok());
  EXPECT_TRUE(stop.Restore({3, -0.5, 0}).ok());
}

}  // namespace early_stop_test
}  // namespace embed
