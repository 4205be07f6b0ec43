#include "embed/train/part_negatives.h"

#include <cmath>
#include <vector>

#include "embed/base/philox.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"

namespace embed {
namespace part_negatives_test {

TEST(PartNegativesTest, DrawsTheNoiseDistributionWithinThePart) {
  constexpr size_t kDraws = 400000;
  std::vector<uint64_t> counts;
  for (uint64_t id = 0; id < 50; ++id) counts.push_back(id % 7 * 10);
  const RowParts parts(4);
  const PartNegatives negatives = *PartNegatives::Create(counts, 0.75, parts);
  for (uint32_t part = 0; part < 4; ++part) {
    std::vector<double> expected(counts.size());
    double sum = 0;
    for (uint32_t id = 0; id < counts.size(); ++id) {
      if (parts.PartOf(id) != part) continue;
      expected[id] = std::pow(static_cast<double>(counts[id]), 0.75);
      sum += expected[id];
    }
    for (double& weight : expected) weight /= sum;
    Philox random(3, RandomPurpose::kTest, 0, part);
    std::vector<uint32_t> words(2 * kDraws);
    for (uint32_t& word : words) word = random.Next32();
    std::vector<uint32_t> ids(kDraws);
    ASSERT_TRUE(negatives.CanDraw(part));
    negatives.Draw(part, words, absl::MakeSpan(ids));
    std::vector<uint64_t> observed(counts.size());
    for (const uint32_t id : ids) ++observed.at(id);
    EXPECT_LT(ChiSquareDeviations(observed, expected), 4) << "part " << part;
  }
}

TEST(PartNegativesTest, KnowsPartsWithNothingToDraw) {
  // Of two parts, rows 0, 3, 4, 7 are the first.
  const PartNegatives negatives =
      *PartNegatives::Create({0, 5, 3, 0, 0, 0, 0, 0}, 0.75, RowParts(2));
  EXPECT_FALSE(negatives.CanDraw(0));
  EXPECT_TRUE(negatives.CanDraw(1));
}

}  // namespace part_negatives_test
}  // namespace embed
