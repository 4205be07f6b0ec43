#include "apps/common/out_of_memory.h"

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <stdexcept>

#include "embed/base/hash_table.h"
#include "gtest/gtest.h"

namespace embed {
namespace out_of_memory_test {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

void WhereNothingMayBeThrown(const std::function<void()>& body) noexcept {
  EndCleanlyWithoutMemory();
  body();
}

void Grow() {
  HashSet<uint64_t> table;
  table.reserve(size_t{1} << 58);
}

TEST(OutOfMemoryTest, WhereNothingMayBeThrownItIsOneLineAndExitCodeOne) {
  EXPECT_EXIT(WhereNothingMayBeThrown([] { throw std::bad_alloc(); }),
              ExitedWithCode(1), "^[a-z_]+: error: out of memory\n$");
}

// No machine has 2^61 bytes. The exception does not pass the table's memory,
// so that none of what is around it may catch it.
TEST(OutOfMemoryTest, AHashTableThatCannotGrowEndsTheSameWay) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers end the program themselves";
#endif
  EXPECT_EXIT(WhereNothingMayBeThrown([] {
                try {
                  Grow();
                } catch (const std::bad_alloc&) {
                }
              }),
              ExitedWithCode(1), "error: out of memory");
}

TEST(OutOfMemoryTest, OtherExceptionsEndAsBefore) {
  EXPECT_EXIT(
      WhereNothingMayBeThrown([] { throw std::runtime_error("no ladder"); }),
      KilledBySignal(SIGABRT), "no ladder");
}

}  // namespace out_of_memory_test
}  // namespace embed
