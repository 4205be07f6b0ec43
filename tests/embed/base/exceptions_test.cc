#include "embed/base/exceptions.h"

#include <new>
#include <stdexcept>

#include "gtest/gtest.h"

namespace embed {
namespace {

TEST(ExceptionsTest, PassesStatusesThrough) {
  EXPECT_TRUE(CatchExceptions([] { return absl::OkStatus(); }).ok());
  EXPECT_EQ(CatchExceptions([] { return absl::DataLossError("torn"); }),
            absl::DataLossError("torn"));
}

TEST(ExceptionsTest, ExceptionsBecomeStatuses) {
  EXPECT_EQ(CatchExceptions([]() -> absl::Status { throw std::bad_alloc(); }),
            absl::ResourceExhaustedError("out of memory"));
  EXPECT_EQ(CatchExceptions(
                []() -> absl::Status { throw std::runtime_error("odd"); }),
            absl::InternalError("unexpected failure: odd"));
}

}  // namespace
}  // namespace embed
