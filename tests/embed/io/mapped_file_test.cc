#include "embed/io/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embed/io/atomic_file.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace mapped_file_test {

TEST(MappedFileTest, HoldsTheFilesBytes) {
  TempFolder folder;
  const std::string path = folder.File("data");
  for (const size_t size : {1, 4095, 4096, 4097, 1000000}) {
    std::string bytes(size, 'a');
    bytes.back() = 'z';
    WriteBytes(path, bytes);
    const auto file = MappedFile::Open(path);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ((*file)->path(), path);
    EXPECT_TRUE(bytes ==
                std::string(reinterpret_cast<const char*>((*file)->data()),
                            (*file)->size()));
  }
}

TEST(MappedFileTest, AnEmptyFileHasNoBytes) {
  TempFolder folder;
  WriteBytes(folder.File("empty"), "");
  const auto file = MappedFile::Open(folder.File("empty"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->size(), 0u);
  EXPECT_EQ((*file)->data(), nullptr);
}

TEST(MappedFileTest, KeepsTheOldBytesWhenTheFileIsReplaced) {
  TempFolder folder;
  const std::string path = folder.File("data");
  WriteBytes(path, "old bytes");
  const auto file = MappedFile::Open(path);
  ASSERT_TRUE(file.ok());
  auto newer = AtomicFile::Create(path);
  ASSERT_TRUE((*newer)->Write("x").ok());
  ASSERT_TRUE((*newer)->Commit().ok());
  EXPECT_EQ((*file)->data()[8], 's');
}

TEST(MappedFileTest, BadPathsAreErrors) {
  TempFolder folder;
  const auto code = [](const std::string& path) {
    return MappedFile::Open(path).status().code();
  };
  EXPECT_EQ(code(folder.File("none")), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(folder.File("")), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(mkfifo(folder.File("pipe").c_str(), 0600), 0);
  EXPECT_EQ(code(folder.File("pipe")), absl::StatusCode::kInvalidArgument);
  WriteBytes(folder.File("secret"), "x");
  ASSERT_EQ(chmod(folder.File("secret").c_str(), 0), 0);
  const AsOrdinaryUser user;
  EXPECT_EQ(code(folder.File("secret")), absl::StatusCode::kPermissionDenied);
}

}  // namespace mapped_file_test
}  // namespace embed
