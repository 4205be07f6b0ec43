// Every CPU target against bits that are looked at one by one.
#include "embed/kernels/bit_count.h"

#include <cstdint>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"

namespace embed {
namespace bit_count_test {

class BitCountTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, BitCountTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(BitCountTest, CountsEveryRange) {
  std::vector<uint64_t> bits(12);
  Philox random(1, RandomPurpose::kTest, 3, 0);
  for (uint64_t& word : bits) {
    word = uint64_t{random.Next32()} << 32 | random.Next32();
  }
  bits[5] = ~uint64_t{0};
  const uint64_t size = bits.size() * 64;
  for (uint64_t begin = 0; begin <= size; ++begin) {
    uint64_t expected = 0;
    for (uint64_t end = begin; end <= size; ++end) {
      ASSERT_EQ(CountBits(bits, begin, end), expected)
          << begin << " to " << end;
      if (end < size) expected += bits[end / 64] >> (end % 64) & 1;
    }
  }
}

TEST_P(BitCountTest, CountsLongMaps) {
  const std::vector<uint64_t> bits(100003, ~uint64_t{0});
  EXPECT_EQ(CountBits(bits, 1, bits.size() * 64 - 1), bits.size() * 64 - 2);
  EXPECT_EQ(CountBits({}, 0, 0), 0u);
}

}  // namespace bit_count_test
}  // namespace embed
