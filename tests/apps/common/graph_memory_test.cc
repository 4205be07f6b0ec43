#include "apps/common/graph_memory.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "tests/apps/large_file.h"

namespace embed {
namespace graph_memory_test {

constexpr uint64_t kTebibyte = uint64_t{1} << 40;

GraphFileOptions Options(const std::string& path) {
  GraphFileOptions options;
  options.path = path;
  return options;
}

// 10 bytes a line.
TEST(GraphMemoryTest, CountsLinesByTheirLength) {
  const LargeFile file("graph_memory_test.edges", "1234 5678\n", 10 << 20);
  GraphFileOptions options = Options(file.path());
  constexpr double kLines = 1 << 20;
  const auto bytes_per_line = [&options] {
    return static_cast<double>(EstimateGraphBytes(options)) / kLines;
  };
  EXPECT_NEAR(bytes_per_line(), 16, 0.1);
  options.weighted = true;
  EXPECT_NEAR(bytes_per_line(), 28, 0.2);
  options.directed = true;
  EXPECT_NEAR(bytes_per_line(), 13, 0.1);
  options.weighted = false;
  EXPECT_NEAR(bytes_per_line(), 12, 0.1);
  EXPECT_TRUE(CheckGraphMemory(options).ok());
}

TEST(GraphMemoryTest, RefusesWhatCannotFit) {
  const LargeFile file("graph_memory_test2.edges", "1234 5678\n",
                       4 * kTebibyte);
  if (!file.ok()) GTEST_SKIP() << "no file of 4 TiB can be made here";
  const absl::Status status = CheckGraphMemory(Options(file.path()));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find(file.path()), absl::string_view::npos);
  EXPECT_NE(status.message().find("6.40 TiB"), absl::string_view::npos)
      << status;
}

TEST(GraphMemoryTest, LeavesToLoadingWhatItCannotTell) {
  EXPECT_EQ(EstimateGraphBytes(Options("no such file")), 0);
  EXPECT_EQ(EstimateGraphBytes(Options("-")), 0);
  const LargeFile packed("graph_memory_test.edges.gz", "1 2\n", 1 << 20);
  EXPECT_EQ(EstimateGraphBytes(Options(packed.path())), 0);
}

}  // namespace graph_memory_test
}  // namespace embed
