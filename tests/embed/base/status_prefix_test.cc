#include "embed/base/status_prefix.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"

namespace embed {
namespace {

TEST(WithPrefixTest, SaysWhereAnErrorHappened) {
  const absl::Status error = absl::NotFoundError("no such key");
  EXPECT_EQ(WithPrefix("x.vec", error),
            absl::NotFoundError("x.vec: no such key"));
  EXPECT_EQ(WithPrefix("x.vec", absl::StatusOr<int>(error)).status(),
            absl::NotFoundError("x.vec: no such key"));
}

TEST(WithPrefixTest, LeavesTheRestAlone) {
  EXPECT_TRUE(WithPrefix("x.vec", absl::OkStatus()).ok());
  absl::StatusOr<std::unique_ptr<int>> number = std::make_unique<int>(3);
  const auto same = WithPrefix("x.vec", std::move(number));
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(**same, 3);
}

}  // namespace
}  // namespace embed
