#include "embed/base/aligned_buffer.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace aligned_buffer_test {

constexpr uint64_t kMiB = 1 << 20;

// The path in /proc/self/maps of what `address` lies in; "" if it is of no
// file.
std::string FileOfMapping(const void* address) {
  const uint64_t wanted = reinterpret_cast<uintptr_t>(address);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    uint64_t begin = 0, end = 0;
    char dash;
    std::string flags, offset, device, inode, path;
    fields >> std::hex >> begin >> dash >> end >> flags >> offset >> device >>
        inode;
    std::getline(fields >> std::ws, path);
    if (begin <= wanted && wanted < end) return path;
  }
  ADD_FAILURE() << "no mapping has " << address;
  return "";
}

TEST(AlignedBufferTest, IsAlignedZeroedAndWritable) {
  for (const uint64_t bytes :
       {uint64_t{1}, uint64_t{63}, uint64_t{64}, uint64_t{4097}, 4 * kMiB - 1,
        4 * kMiB, 4 * kMiB + 1, 7 * kMiB + 13}) {
    SCOPED_TRACE(bytes);
    AlignedBuffer buffer = *AlignedBuffer::Create(bytes);
    ASSERT_EQ(buffer.size(), bytes);
    const uint64_t alignment = bytes >= 4 * kMiB ? 2 * kMiB : 64;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % alignment, 0u);
    char* data = static_cast<char*>(buffer.data());
    EXPECT_TRUE(std::all_of(data, data + bytes, [](char c) { return c == 0; }));
    std::fill_n(data, bytes, 'x');
    EXPECT_EQ(data[bytes - 1], 'x');
  }
}

TEST(AlignedBufferTest, NothingIsAskedForNoBytes) {
  const AlignedBuffer buffer = *AlignedBuffer::Create(0);
  EXPECT_EQ(buffer.data(), nullptr);
  EXPECT_EQ(buffer.size(), 0u);
}

TEST(AlignedBufferTest, ImpossibleSizesAreAnError) {
  for (const uint64_t bytes : {UINT64_MAX, UINT64_MAX - 2 * kMiB,
                               UINT64_MAX - 4096, uint64_t{1} << 62}) {
    EXPECT_EQ(AlignedBuffer::Create(bytes).status().code(),
              absl::StatusCode::kResourceExhausted)
        << bytes;
  }
}

TEST(AlignedBufferTest, MovesItsMemory) {
  AlignedBuffer first = *AlignedBuffer::Create(5 * kMiB);
  static_cast<char*>(first.data())[5 * kMiB - 1] = 'a';
  const void* const data = first.data();
  AlignedBuffer second(std::move(first));
  EXPECT_EQ(second.data(), data);
  AlignedBuffer third = *AlignedBuffer::Create(64);
  third = std::move(second);
  EXPECT_EQ(third.data(), data);
  EXPECT_EQ(third.size(), 5 * kMiB);
  EXPECT_EQ(static_cast<char*>(third.data())[5 * kMiB - 1], 'a');
}

TEST(SpillLargeBuffersTest, LargeOnesLieInFiles) {
  const std::string folder = testing::TempDir();
  SpillLargeBuffers(kMiB, folder);
  AlignedBuffer small = *AlignedBuffer::Create(kMiB - 1);
  AlignedBuffer large = *AlignedBuffer::Create(kMiB + 1);
  SpillLargeBuffers(UINT64_MAX, "");
  EXPECT_EQ(FileOfMapping(small.data()), "");
  EXPECT_THAT(FileOfMapping(large.data()), testing::HasSubstr("embed-"));
  EXPECT_THAT(FileOfMapping(large.data()), testing::EndsWith(" (deleted)"));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(large.data()) % 64, 0u);
  char* data = static_cast<char*>(large.data());
  EXPECT_TRUE(
      std::all_of(data, data + kMiB + 1, [](char c) { return c == 0; }));
  std::fill_n(data, kMiB + 1, 'x');
  const AlignedBuffer moved = std::move(large);
  EXPECT_EQ(moved.data(), data);
  EXPECT_EQ(data[kMiB], 'x');
}

TEST(SpillLargeBuffersTest, NoRoomIsAnError) {
  const std::string folder = testing::TempDir();
  for (const uint64_t bytes : {uint64_t{1} << 62, UINT64_MAX}) {
    SpillLargeBuffers(kMiB, folder);
    const absl::Status status = AlignedBuffer::Create(bytes).status();
    SpillLargeBuffers(UINT64_MAX, "");
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(folder));
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("TMPDIR"));
  }
  SpillLargeBuffers(kMiB, folder + "missing");
  const absl::Status status = AlignedBuffer::Create(2 * kMiB).status();
  SpillLargeBuffers(UINT64_MAX, "");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
}

}  // namespace aligned_buffer_test
}  // namespace embed
