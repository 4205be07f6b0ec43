#include "embed/io/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace atomic_file_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AtomicFileTest : public testing::Test {
 protected:
  std::unique_ptr<AtomicFile> Open() {
    auto file = AtomicFile::Create(path_);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }

  TempFolder folder_;
  const std::string path_ = folder_.File("out");
};

TEST_F(AtomicFileTest, AppearsOnlyWhenCommitted) {
  auto file = Open();
  ASSERT_TRUE(file->Write("hello").ok());
  EXPECT_EQ(file->size(), 5u);
  ASSERT_EQ(folder_.Names().size(), 1u);
  EXPECT_EQ(folder_.Names()[0][0], '.');
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_THAT(folder_.Names(), ElementsAre("out"));
  EXPECT_EQ(ReadBytes(path_), "hello");
  EXPECT_FALSE(file->Commit().ok());
}

TEST_F(AtomicFileTest, AbandonedWriteLeavesTheOldFile) {
  WriteBytes(path_, "old");
  {
    auto file = Open();
    ASSERT_TRUE(file->Write(std::string(3 << 20, 'x')).ok());
  }
  EXPECT_THAT(folder_.Names(), ElementsAre("out"));
  EXPECT_EQ(ReadBytes(path_), "old");
}

// Sizes around the buffer's, with overwriting in between.
TEST_F(AtomicFileTest, MixedWritesGiveTheSameBytes) {
  std::string expected;
  auto file = Open();
  for (const size_t size :
       {0, 1, 7, 1 << 20, 100, (1 << 20) - 100, 1, 3 << 20, 5, 1000000}) {
    const std::string part(size, static_cast<char>('a' + expected.size() % 26));
    ASSERT_TRUE(file->Write(part).ok());
    expected += part;
    if (expected.size() > 10) {
      const size_t at = expected.size() - 10;
      ASSERT_TRUE(file->WriteAt(at, "0123", 4).ok());
      expected.replace(at, 4, "0123");
    }
  }
  EXPECT_EQ(file->WriteAt(expected.size() - 1, "ab", 2).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(file->WriteAt(~uint64_t{0}, "ab", 2).code(),
            absl::StatusCode::kOutOfRange);
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_TRUE(ReadBytes(path_) == expected);
}

TEST_F(AtomicFileTest, ModeIsThatOfAnyNewFile) {
  const mode_t old = umask(027);
  auto file = Open();
  umask(old);
  ASSERT_TRUE(file->Commit().ok());
  struct stat info;
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
}

TEST_F(AtomicFileTest, FollowsASymbolicLink) {
  const std::string target = folder_.File("target");
  WriteBytes(target, "old");
  ASSERT_EQ(symlink("target", path_.c_str()), 0);
  auto file = Open();
  ASSERT_TRUE(file->Write("new").ok());
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_EQ(ReadBytes(target), "new");
  EXPECT_THAT(folder_.Names(), ElementsAre("out", "target"));
}

TEST_F(AtomicFileTest, LongNamesWork) {
  const std::string path = folder_.File(std::string(255, 'n'));
  auto file = AtomicFile::Create(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE((*file)->Commit().ok());
}

TEST_F(AtomicFileTest, BadPathsAreToldAtOnce) {
  const auto code = [](const std::string& path) {
    const absl::Status status = CheckWritable(path);
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
    return status.code();
  };
  EXPECT_EQ(code(folder_.File("no/such")), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(folder_.File("")), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(folder_.File(".")), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("/dev/null"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(""), absl::StatusCode::kInvalidArgument);
  WriteBytes(path_, "");
  EXPECT_EQ(code(path_ + "/below"), absl::StatusCode::kNotFound);
  EXPECT_TRUE(CheckWritable(path_).ok());
  EXPECT_THAT(folder_.Names(), ElementsAre("out"));
}

TEST_F(AtomicFileTest, ReadOnlyFolderIsPermissionDenied) {
  ASSERT_EQ(chmod(folder_.File("").c_str(), 0555), 0);
  {
    const AsOrdinaryUser user;
    EXPECT_EQ(CheckWritable(path_).code(), absl::StatusCode::kPermissionDenied);
  }
  ASSERT_EQ(chmod(folder_.File("").c_str(), 0755), 0);
}

// A limit on the size of files fails as a full disk does: some bytes go, then
// an error.
TEST_F(AtomicFileTest, FullDiskLeavesNothing) {
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  struct rlimit tiny = old;
  tiny.rlim_cur = 100000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tiny), 0);
  absl::Status direct, buffered;
  {
    auto file = Open();
    direct = file->Write(std::string(2 << 20, 'x'));
    EXPECT_EQ(file->Commit(), direct) << "the first error stays";
    auto other = Open();
    EXPECT_TRUE(other->Write(std::string(200000, 'x')).ok());
    buffered = other->Commit();
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
  for (const absl::Status& status : {direct, buffered}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
  }
  EXPECT_THAT(folder_.Names(), IsEmpty());
}

TEST_F(AtomicFileTest, AKilledProcessLeavesTheOldFile) {
  WriteBytes(path_, "old");
  const pid_t child = fork();
  if (child == 0) {
    auto file = AtomicFile::Create(path_);
    (void)(*file)->Write(std::string(5 << 20, 'x'));
    raise(SIGKILL);
  }
  int how = 0;
  ASSERT_EQ(waitpid(child, &how, 0), child);
  ASSERT_TRUE(WIFSIGNALED(how));
  EXPECT_EQ(ReadBytes(path_), "old");
  EXPECT_EQ(folder_.Names().size(), 2u);
  // The next writer asks first, and clears up.
  EXPECT_TRUE(CheckWritable(path_).ok());
  EXPECT_THAT(folder_.Names(), ElementsAre("out"));
}

TEST_F(AtomicFileTest, LeftoversOfALongNameGoToo) {
  const std::string path = folder_.File(std::string(255, 'n'));
  WriteBytes(folder_.File("." + std::string(200, 'n') + ".tmp.12.3"), "");
  EXPECT_TRUE(CheckWritable(path).ok());
  EXPECT_THAT(folder_.Names(), IsEmpty());
}

TEST_F(AtomicFileTest, WhatIsBeingWrittenOrOfOthersStays) {
  const std::vector<std::string> others = {
      ".other.tmp.1.2", ".out.tmp.",      ".out.tmp.1",
      ".out.tmp.1.",    ".out.tmp.1.2.3", ".out.tmp.a.2",
      "out.tmp.1.2",    ".out2.tmp.1.2",  "x.out.tmp.1.2"};
  for (const std::string& name : others) WriteBytes(folder_.File(name), "");
  auto file = Open();
  ASSERT_TRUE(file->Write("new").ok());
  EXPECT_TRUE(CheckWritable(path_).ok());
  EXPECT_EQ(folder_.Names().size(), others.size() + 1);
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_EQ(ReadBytes(path_), "new");
}

}  // namespace atomic_file_test
}  // namespace embed
