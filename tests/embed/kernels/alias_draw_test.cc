// Bulk alias draws on every target of this CPU against draws one by one, which
// tests/embed/math/alias_table_test.cc checks against the weights.
#include "embed/kernels/alias_draw.h"

#include <cstdint>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"

namespace embed {
namespace alias_draw_test {

class AliasDrawTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, AliasDrawTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(AliasDrawTest, IsTheDrawOneByOne) {
  Philox random(7, RandomPurpose::kTest, 0, 0);
  for (const uint32_t size : {1u, 2u, 7u, 1000u, 100003u}) {
    std::vector<AliasEntry> entries(size);
    for (AliasEntry& entry : entries) {
      entry = {random.Next32(), random.Below(size)};
    }
    // Thresholds at both ends of the unsigned range.
    entries.front().threshold = 0;
    entries.back().threshold = 0xFFFFFFFF;
    for (const size_t count : {0, 1, 3, 8, 9, 100}) {
      std::vector<uint32_t> words(2 * count);
      for (uint32_t& word : words) word = random.Next32();
      if (count > 1) {
        words[0] = words[1] = 0;
        words[2] = words[3] = 0xFFFFFFFF;
      }
      // One more, to see that nothing is written behind the end.
      std::vector<uint32_t> out(count + 1, 12345);
      DrawAliases(entries, words, absl::MakeSpan(out).first(count));
      for (size_t i = 0; i < count; ++i) {
        EXPECT_EQ(out[i], DrawAlias(entries, words[2 * i], words[2 * i + 1]))
            << size << " entries, draw " << i << " of " << count;
      }
      EXPECT_EQ(out[count], 12345u);
    }
  }
}

}  // namespace alias_draw_test
}  // namespace embed
