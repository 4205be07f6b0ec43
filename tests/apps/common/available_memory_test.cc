#include "apps/common/available_memory.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace embed {
namespace available_memory_test {

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

class ControlGroupTest : public testing::Test {
 protected:
  ControlGroupTest() {
    std::string pattern = testing::TempDir() + "/embed_group_XXXXXX";
    folder_ = mkdtemp(&pattern[0]);
  }
  ~ControlGroupTest() override { std::filesystem::remove_all(folder_); }

  void WriteFile(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  void Write(const std::string& limit, const std::string& held) {
    WriteFile("memory.max", limit + "\n");
    WriteFile("memory.current", held + "\n");
  }
  uint64_t Left() const { return ControlGroupMemory(folder_); }

  std::string folder_;
};

TEST_F(ControlGroupTest, LeavesWhatIsNotHeld) {
  Write("1000000", "300000");
  EXPECT_EQ(Left(), 700000u);
}

// A container that has read large files holds them up to its limit.
TEST_F(ControlGroupTest, CachedFilesGiveWay) {
  Write("1000000", "999000");
  WriteFile("memory.stat",
            "anon 99000\nfile 900000\nshmem 0\ninactive_file 600000\n"
            "active_file 250000\nunevictable 0\n");
  EXPECT_EQ(Left(), 851000u);
}

TEST_F(ControlGroupTest, LeavesNothingBeyondItsLimit) {
  Write("1000000", "1200000");
  EXPECT_EQ(Left(), 0u);
  WriteFile("memory.stat", "inactive_file 2000000\n");
  EXPECT_EQ(Left(), 1000000u);
}

TEST_F(ControlGroupTest, OfVersionOne) {
  std::filesystem::create_directory(folder_ + "/memory");
  WriteFile("memory/memory.limit_in_bytes", "1000000\n");
  WriteFile("memory/memory.usage_in_bytes", "900000\n");
  EXPECT_EQ(Left(), 100000u);
  WriteFile("memory/memory.stat",
            "cache 700000\nrss 200000\ninactive_file 300000\n"
            "active_file 350000\ntotal_inactive_file 300000\n"
            "total_active_file 350000\n");
  EXPECT_EQ(Left(), 750000u);
}

TEST_F(ControlGroupTest, WithoutALimitThereIsNone) {
  EXPECT_EQ(Left(), kNoLimit);
  Write("max", "300000");
  EXPECT_EQ(Left(), kNoLimit);
}

}  // namespace available_memory_test
}  // namespace embed
