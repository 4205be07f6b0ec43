#include "embed/io/os_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace embed {
namespace os_error_test {

using ::testing::HasSubstr;

TEST(OsErrorTest, CodesSayWhatTheUserCanDo) {
  const auto code = [](int error) { return OsError(error, "f", "x").code(); };
  EXPECT_EQ(code(ENOENT), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(ENOTDIR), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(EACCES), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(EROFS), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(EISDIR), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(ENOSPC), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code(EDQUOT), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code(EFBIG), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code(ENOMEM), absl::StatusCode::kResourceExhausted);
}

TEST(OsErrorTest, MessageNamesFileActionAndReason) {
  EXPECT_EQ(std::string(OsError(ENOENT, "a/b", "open").message()),
            "a/b: cannot open: No such file or directory");
  EXPECT_THAT(std::string(OsError(ENOSPC, "a/b", "write").message()),
              HasSubstr("a/b: cannot write: disk full"));
}

}  // namespace os_error_test
}  // namespace embed
