#include "embed/math/alias_table.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace alias_table_test {

using ::testing::HasSubstr;

// The probability that the table gives each index, from its buckets alone.
std::vector<double> Probabilities(absl::Span<const AliasEntry> entries) {
  std::vector<double> result(entries.size(), 0.0);
  const auto size = static_cast<double>(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    const double own =
        entries[i].alias == i ? 1.0 : entries[i].threshold * 0x1.0p-32;
    result[i] += own / size;
    result[entries[i].alias] += (1 - own) / size;
  }
  return result;
}

void ExpectExact(const std::vector<double>& weights) {
  const auto table = AliasTable::Create(weights);
  ASSERT_TRUE(table.ok()) << table.status();
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const std::vector<double> actual = Probabilities(table->entries());
  for (size_t i = 0; i < weights.size(); ++i) {
    const double wanted = weights[i] / sum;
    // Rounded buckets: 2^-33 of a bucket for the entry itself and for each of
    // the entries that it completes, of which there are few or whole buckets.
    const double bound =
        1e-9 * wanted + 0x1.0p-33 / static_cast<double>(weights.size());
    EXPECT_NEAR(actual[i], wanted, bound) << "entry " << i;
    if (weights[i] == 0) {
      EXPECT_EQ(actual[i], 0);
    }
  }
}

TEST(AliasTableTest, ReproducesTheWeights) {
  ExpectExact({1});
  ExpectExact({0, 3});
  ExpectExact({3, 0});
  ExpectExact({1, 1, 1, 1, 1});
  ExpectExact({1, 2, 3, 4});
  ExpectExact({4, 3, 2, 1});
  ExpectExact({0, 0, 5, 0, 1, 0});
  ExpectExact({1e-300, 2e-300, 3e-300});
  ExpectExact({1e300, 5e299, 1e299});
  ExpectExact({1e6, 1, 1, 1, 1, 1, 1, 1, 1, 1});
}

TEST(AliasTableTest, ReproducesZipfAndRandomWeights) {
  std::vector<double> zipf;
  for (int i = 1; i <= 5000; ++i) zipf.push_back(std::pow(i, -0.75));
  ExpectExact(zipf);
  for (uint64_t run = 0; run < 200; ++run) {
    Philox random(7, RandomPurpose::kTest, 0, run);
    std::vector<double> weights(1 + random.Below(100));
    for (double& weight : weights) {
      weight = random.Below(3) == 0 ? 0 : std::exp(4 * random.NextDouble());
    }
    weights[random.Below(static_cast<uint32_t>(weights.size()))] = 1;
    ExpectExact(weights);
  }
}

TEST(AliasTableTest, DrawsInProportion) {
  const std::vector<double> weights = {5, 0, 1, 2.5, 0.25, 11, 0, 3};
  const auto table = AliasTable::Create(weights);
  ASSERT_TRUE(table.ok());
  constexpr int kDraws = 4000000;
  std::vector<uint64_t> counts(weights.size(), 0);
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (int i = 0; i < kDraws; ++i) {
    const uint32_t index = random.Next32();
    ++counts[table->Draw(index, random.Next32())];
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  double chi_square = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    const double expected = weights[i] / sum * kDraws;
    if (expected == 0) {
      EXPECT_EQ(counts[i], 0u);
    } else {
      chi_square +=
          std::pow(static_cast<double>(counts[i]) - expected, 2) / expected;
    }
  }
  EXPECT_LT(chi_square, 23.5);  // 5 degrees of freedom, p = 2.7e-4
}

TEST(AliasTableTest, KeepsExtremesOfTheRandomWordsExact) {
  const auto one = AliasTable::Create({0, 2, 0});
  ASSERT_TRUE(one.ok());
  for (uint32_t index : {0u, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    for (uint32_t threshold : {0u, 1u, 0xFFFFFFFFu}) {
      EXPECT_EQ(one->Draw(index, threshold), 1u);
    }
  }
}

TEST(AliasTableTest, NamesTheWrongWeight) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (double wrong : {inf, -inf, nan, -1.0}) {
    const auto table = AliasTable::Create({1, 2, wrong, 3});
    EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(table.status().message(), HasSubstr("weight 2 is "));
  }
  EXPECT_THAT(AliasTable::Create({}).status().message(), HasSubstr("not 0"));
  EXPECT_THAT(AliasTable::Create({0, 0}).status().message(),
              HasSubstr("all 2 weights are zero"));
  EXPECT_THAT(AliasTable::Create({1e308, 1e308}).status().message(),
              HasSubstr("overflows"));
}

}  // namespace alias_table_test
}  // namespace embed
