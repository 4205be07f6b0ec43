#include "embed/math/random_permutation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace random_permutation_test {

RandomPermutation Make(uint64_t size, uint64_t sequence) {
  return RandomPermutation(size,
                           PhiloxStream(11, RandomPurpose::kTest, 0, sequence));
}

// Chi-square as standard deviations from its mean; cells equally likely.
double Deviation(const std::vector<double>& counts) {
  double total = 0;
  for (double count : counts) total += count;
  const auto cells = static_cast<double>(counts.size());
  const double expected = total / cells;
  double chi_square = 0;
  for (double count : counts) {
    chi_square += (count - expected) * (count - expected) / expected;
  }
  const double freedom = cells - 1.0;
  return (chi_square - freedom) / std::sqrt(2 * freedom);
}

void ExpectBijection(uint64_t size, uint64_t sequence) {
  const RandomPermutation permutation = Make(size, sequence);
  std::vector<bool> seen(size, false);
  for (uint64_t i = 0; i < size; ++i) {
    const uint64_t value = permutation(i);
    ASSERT_LT(value, size);
    ASSERT_FALSE(seen[value]) << "size " << size << " repeats " << value;
    seen[value] = true;
  }
}

TEST(RandomPermutationTest, IsABijection) {
  for (uint64_t size = 0; size <= 1200; ++size) ExpectBijection(size, size);
  for (uint64_t size : {4095u, 4096u, 4097u, 65536u, 99991u, 1000000u}) {
    ExpectBijection(size, 1);
  }
}

TEST(RandomPermutationTest, KeepsHugeValuesInRangeAndApart) {
  for (uint64_t size : {(uint64_t{1} << 32) + 1, (uint64_t{1} << 52) - 3,
                        uint64_t{1} << 62, uint64_t{1} << 63}) {
    const RandomPermutation permutation = Make(size, 5);
    std::map<uint64_t, uint64_t> seen;
    for (uint64_t i = 0; i < 2000; ++i) {
      const uint64_t position = i % 2 == 0 ? i : size - i;
      const uint64_t value = permutation(position);
      EXPECT_LT(value, size);
      EXPECT_TRUE(seen.emplace(value, position).second);
    }
  }
}

TEST(RandomPermutationTest, PutsEachElementAtEachPositionEquallyOften) {
  for (uint64_t size : {2u, 3u, 5u, 7u, 9u, 40u}) {
    std::vector<double> counts(size * size, 0);
    for (uint64_t key = 0; key < 20000; ++key) {
      const RandomPermutation permutation = Make(size, key);
      for (uint64_t i = 0; i < size; ++i) ++counts[i * size + permutation(i)];
    }
    // Row sums are fixed, which only lowers the statistic.
    EXPECT_LT(Deviation(counts), 4) << "size " << size;
  }
}

TEST(RandomPermutationTest, GivesAllOrdersOfFewElementsEquallyOften) {
  const uint64_t orders[] = {1, 1, 2, 6, 24, 120, 720};
  for (uint64_t size = 2; size <= 6; ++size) {
    std::map<uint64_t, double> counts;
    for (uint64_t key = 0; key < 300000; ++key) {
      const RandomPermutation permutation = Make(size, key);
      uint64_t order = 0;
      for (uint64_t i = 0; i < size; ++i) order = order * size + permutation(i);
      ++counts[order];
    }
    ASSERT_EQ(counts.size(), orders[size]);
    std::vector<double> cells;
    for (const auto& [order, count] : counts) cells.push_back(count);
    EXPECT_LT(std::abs(Deviation(cells)), 4) << "size " << size;
  }
}

TEST(RandomPermutationTest, ScattersNeighbours) {
  constexpr uint64_t kSize = 1009;
  std::vector<double> counts(kSize - 1, 0);
  for (uint64_t key = 0; key < 1000; ++key) {
    const RandomPermutation permutation = Make(kSize, key);
    for (uint64_t i = 1; i < kSize; ++i) {
      const uint64_t gap =
          (permutation(i) + kSize - permutation(i - 1)) % kSize;
      ++counts[gap - 1];
    }
  }
  EXPECT_LT(std::abs(Deviation(counts)), 4);
}

TEST(RandomPermutationTest, DependsOnTheStreamOnly) {
  const RandomPermutation a = Make(5000, 1);
  const RandomPermutation b = Make(5000, 1);
  const RandomPermutation c = Make(5000, 2);
  int equal = 0;
  for (uint64_t i = 0; i < 5000; ++i) {
    EXPECT_EQ(a(i), b(i));
    equal += a(i) == c(i) ? 1 : 0;
  }
  EXPECT_LT(equal, 10);
}

TEST(RandomPermutationTest, FillsAsOneByOne) {
  for (const uint64_t size : {1, 2, 3, 7, 8, 9, 31, 1000, 1021}) {
    const RandomPermutation permutation = Make(size, 3);
    for (uint64_t first = 0; first < size; first += 5) {
      std::vector<uint32_t> values(std::min<uint64_t>(size - first, 43));
      permutation.Fill(first, absl::MakeSpan(values));
      for (uint64_t i = 0; i < values.size(); ++i) {
        ASSERT_EQ(values[i], permutation(first + i)) << size << " at " << i;
      }
    }
  }
}

}  // namespace random_permutation_test
}  // namespace embed
