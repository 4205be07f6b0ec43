#include "embed/train/negative_sampler.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"

namespace embed {
namespace negative_sampler_test {

std::vector<uint64_t> DrawMany(const NegativeSampler& sampler, size_t ids,
                               size_t draws) {
  std::vector<uint32_t> words(draws * NegativeSampler::kWordsPerDraw);
  FillRandom(PhiloxStream(1, RandomPurpose::kTest, 0, ids), 0,
             absl::MakeSpan(words));
  std::vector<uint32_t> drawn(draws);
  sampler.Draw(words, absl::MakeSpan(drawn));
  std::vector<uint64_t> counts(ids);
  for (const uint32_t id : drawn) ++counts.at(id);
  return counts;
}

TEST(NegativeSamplerTest, FollowsCountsToThePower) {
  const std::vector<uint64_t> counts = {100000, 0, 5000, 1, 300, 300, 0, 70};
  for (const double exponent : {0.75, 1.0, 0.5}) {
    const NegativeSampler sampler = *NegativeSampler::Create(counts, exponent);
    std::vector<double> weights;
    for (const uint64_t count : counts) {
      weights.push_back(
          count == 0 ? 0 : std::pow(static_cast<double>(count), exponent));
    }
    EXPECT_LT(
        ChiSquareDeviations(DrawMany(sampler, counts.size(), 2000000), weights),
        5)
        << exponent;
  }
}

TEST(NegativeSamplerTest, FollowsFrequenciesThatAreNoCounts) {
  const std::vector<double> frequencies = {0.25, 0, 7.5, 1e-2, 3};
  std::vector<double> weights;
  for (const double frequency : frequencies) {
    weights.push_back(std::pow(frequency, 0.75));
  }
  const NegativeSampler sampler =
      *NegativeSampler::OfFrequencies(frequencies, 0.75);
  const std::vector<uint64_t> drawn = DrawMany(sampler, 5, 2000000);
  EXPECT_LT(ChiSquareDeviations(drawn, weights), 5);
  EXPECT_GT(ChiSquareDeviations(drawn, frequencies), 50);  // it is seen
  EXPECT_EQ(NegativeSampler::OfFrequencies({1, -1}, 0.75).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(NegativeSamplerTest, ExponentZeroIsUniformOverTheIdsThatOccur) {
  const NegativeSampler sampler = *NegativeSampler::Create({9, 0, 1, 500}, 0);
  EXPECT_LT(ChiSquareDeviations(DrawMany(sampler, 4, 100000), {1, 0, 1, 1}), 5);
}

TEST(NegativeSamplerTest, TheOnlyIdIsAlwaysDrawn) {
  const NegativeSampler sampler = *NegativeSampler::Create({0, 7, 0}, 0.75);
  EXPECT_EQ(DrawMany(sampler, 3, 1000)[1], 1000u);
}

TEST(NegativeSamplerTest, RefusesNoCountsAndBadExponents) {
  EXPECT_EQ(NegativeSampler::Create({}, 0.75).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(NegativeSampler::Create({0, 0}, 0.75).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const double exponent : {-0.5, std::nan(""), HUGE_VAL}) {
    const absl::Status status =
        NegativeSampler::Create({1, 2}, exponent).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()),
                testing::HasSubstr("noise_exponent"));
  }
}

}  // namespace negative_sampler_test
}  // namespace embed
