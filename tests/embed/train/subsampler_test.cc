#include "embed/train/subsampler.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace subsampler_test {

double KeepProbability(double count, double total, double threshold) {
  const double share = count / total;
  return std::min(1.0, std::sqrt(threshold / share) + threshold / share);
}

// The words that are kept are an interval from 0: its length is the exact
// probability, found by bisection.
double ExactProbability(const Subsampler& subsampler, uint32_t id) {
  uint64_t kept = 0;
  uint64_t dropped = uint64_t{1} << 32;
  while (kept + 1 < dropped) {
    const uint64_t middle = (kept + dropped) / 2;
    (subsampler.Keeps(id, static_cast<uint32_t>(middle)) ? kept : dropped) =
        middle;
  }
  return static_cast<double>(dropped) * 0x1.0p-32;
}

const std::vector<uint64_t>& Counts() {
  static const std::vector<uint64_t> counts = {600000, 300000, 90000, 9000,
                                               900,    99,     1,     0};
  return counts;
}

TEST(SubsamplerTest, KeepsWithTheStatedProbability) {
  const double total = static_cast<double>(
      std::accumulate(Counts().begin(), Counts().end(), uint64_t{0}));
  for (const double threshold : {1e-5, 1e-3, 0.1}) {
    const Subsampler subsampler = *Subsampler::Create(Counts(), threshold);
    ASSERT_FALSE(subsampler.keeps_all());
    for (uint32_t id = 0; id + 1 < Counts().size(); ++id) {
      EXPECT_NEAR(
          ExactProbability(subsampler, id),
          KeepProbability(static_cast<double>(Counts()[id]), total, threshold),
          0x1.0p-31)
          << "id " << id << " threshold " << threshold;
    }
  }
}

TEST(SubsamplerTest, KeepsAsManyAsExpected) {
  constexpr double kDraws = 200000;
  const Subsampler subsampler = *Subsampler::Create(Counts(), 1e-3);
  for (uint32_t id = 0; id < 4; ++id) {
    Philox random(1, RandomPurpose::kTest, 0, id);
    int kept = 0;
    for (int i = 0; i < static_cast<int>(kDraws); ++i) {
      kept += subsampler.Keeps(id, random.Next32()) ? 1 : 0;
    }
    const double p =
        KeepProbability(static_cast<double>(Counts()[id]), 1000000, 1e-3);
    EXPECT_LE(std::abs(kept - kDraws * p), 5 * std::sqrt(kDraws * p * (1 - p)))
        << id;
  }
}

TEST(SubsamplerTest, KeepsRareAndUnseenIdsAlways) {
  const Subsampler subsampler = *Subsampler::Create(Counts(), 1e-3);
  for (const uint32_t id : {4u, 6u, 7u}) {
    EXPECT_TRUE(subsampler.Keeps(id, UINT32_MAX)) << id;
  }
}

TEST(SubsamplerTest, ThresholdZeroKeepsAll) {
  EXPECT_TRUE(Subsampler::Create(Counts(), 0)->keeps_all());
}

TEST(SubsamplerTest, RefusesBadThresholds) {
  for (const double threshold : {-1e-3, std::nan(""), HUGE_VAL}) {
    const absl::Status status =
        Subsampler::Create(Counts(), threshold).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("subsample"));
  }
}

}  // namespace subsampler_test
}  // namespace embed
