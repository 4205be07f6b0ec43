#include "embed/base/exceptions.h"

#include <new>
#include <stdexcept>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace embed {
namespace exceptions_test {

TEST(ExceptionsTest, PassesStatusesThrough) {
  EXPECT_TRUE(CatchExceptions([] { return absl::OkStatus(); }).ok());
  EXPECT_EQ(CatchExceptions([] { return absl::DataLossError("torn"); }),
            absl::DataLossError("torn"));
}

TEST(ExceptionsTest, ExceptionsBecomeStatuses) {
  EXPECT_EQ(CatchExceptions([]() -> absl::Status { throw std::bad_alloc(); }),
            absl::ResourceExhaustedError("out of memory"));
  EXPECT_EQ(CatchExceptions([]() -> absl::Status {
              const absl::StatusOr<int> torn = absl::DataLossError("torn");
              return torn.value() == 0 ? absl::OkStatus() : torn.status();
            }),
            absl::DataLossError("torn"));
  EXPECT_EQ(CatchExceptions(
                []() -> absl::Status { throw std::runtime_error("odd"); }),
            absl::InternalError("unexpected failure: odd"));
}

}  // namespace exceptions_test
}  // namespace embed
