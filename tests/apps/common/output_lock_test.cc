#include "apps/common/output_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace output_lock_test {

absl::StatusCode Taken(const std::string& prefix) {
  return OutputLock::Acquire(prefix).status().code();
}

TEST(OutputLockTest, IsHeldByOneUntilItEnds) {
  const TempFolder folder;
  {
    const auto first = OutputLock::Acquire(folder.File("run"));
    ASSERT_TRUE(first.ok()) << first.status();
    const absl::Status second =
        OutputLock::Acquire(folder.File("run")).status();
    EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(second.message()),
                testing::HasSubstr(folder.File("run")));
    EXPECT_TRUE(folder.Names().empty());
  }
  EXPECT_EQ(Taken(folder.File("run")), absl::StatusCode::kOk);
}

TEST(OutputLockTest, TellsPrefixesAndFoldersApart) {
  const TempFolder folder;
  const TempFolder other;
  const auto lock = OutputLock::Acquire(folder.File("run"));
  EXPECT_EQ(Taken(folder.File("run2")), absl::StatusCode::kOk);
  EXPECT_EQ(Taken(other.File("run")), absl::StatusCode::kOk);
  // Another way to the same folder.
  ASSERT_EQ(symlink(folder.File("").c_str(), other.File("link").c_str()), 0);
  EXPECT_EQ(Taken(other.File("link/run")),
            absl::StatusCode::kFailedPrecondition);
}

TEST(OutputLockTest, TakesLongNamesAndNamesTheMissingFolder) {
  const TempFolder folder;
  const auto lock = OutputLock::Acquire(folder.File(std::string(250, 'a')));
  EXPECT_TRUE(lock.ok()) << lock.status();
  EXPECT_EQ(Taken(folder.File("none/run")), absl::StatusCode::kNotFound);
}

TEST(OutputLockTest, EndsWithTheProcess) {
  const TempFolder folder;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t holder = fork();
  if (holder == 0) {
    const auto lock = OutputLock::Acquire(folder.File("run"));
    if (lock.ok() && write(ready[1], "x", 1) == 1) pause();
    _exit(1);
  }
  char byte;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(Taken(folder.File("run")), absl::StatusCode::kFailedPrecondition);
  kill(holder, SIGKILL);
  ASSERT_EQ(waitpid(holder, nullptr, 0), holder);
  EXPECT_EQ(Taken(folder.File("run")), absl::StatusCode::kOk);
  close(ready[0]);
  close(ready[1]);
}

}  // namespace output_lock_test
}  // namespace embed
