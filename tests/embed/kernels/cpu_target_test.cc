#include "embed/kernels/cpu_target.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace cpu_target_test {

class CpuTargetTest : public testing::Test {
 protected:
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

TEST_F(CpuTargetTest, ListsDistinctTargetsAndUsesTheFirst) {
  const std::vector<std::string> names = AvailableCpuTargets();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(),
            names.size());
  EXPECT_EQ(CpuTargetInUse(), names.front());
}

TEST_F(CpuTargetTest, ForcesEachTargetAndReturnsToTheBest) {
  const std::vector<std::string> names = AvailableCpuTargets();
  for (const std::string& name : names) {
    ASSERT_TRUE(ForceCpuTarget(name).ok()) << name;
    EXPECT_EQ(CpuTargetInUse(), name);
    EXPECT_EQ(AvailableCpuTargets(), names);
  }
  ASSERT_TRUE(ForceCpuTarget("auto").ok());
  EXPECT_EQ(CpuTargetInUse(), names.front());
}

#if defined(__x86_64__)
// What the compiler's own CPU detection says must agree with the list.
TEST_F(CpuTargetTest, AgreesWithTheCompilersDetection) {
  const std::vector<std::string> names = AvailableCpuTargets();
  const auto listed = [&](const char* name) {
    return std::count(names.begin(), names.end(), name) == 1;
  };
  EXPECT_TRUE(listed("portable"));
  EXPECT_EQ(listed("avx2"), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(listed("avx512"), __builtin_cpu_supports("avx512bw") != 0);
  EXPECT_EQ(listed("avx512_vnni"),
            __builtin_cpu_supports("avx512vnni") != 0 &&
                __builtin_cpu_supports("avx512bitalg") != 0);
}
#endif

TEST_F(CpuTargetTest, RefusesUnknownNamesAndListsTheChoices) {
  const absl::Status status = ForceCpuTarget("avx1024");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::string message(status.message());
  EXPECT_THAT(message, testing::HasSubstr("avx1024"));
  for (const std::string& name : AvailableCpuTargets()) {
    EXPECT_THAT(message, testing::HasSubstr(name));
  }
  EXPECT_EQ(CpuTargetInUse(), AvailableCpuTargets().front());
}

}  // namespace cpu_target_test
}  // namespace embed
