#include "apps/common/stop_signal.h"

#include <csignal>
#include <cstdlib>

#include "gtest/gtest.h"

namespace embed {
namespace stop_signal_test {

TEST(StopSignalTest, TheFirstIsNoted) {
  for (const int number : {SIGINT, SIGTERM}) {
    const StopSignals signals;
    EXPECT_EQ(StopSignals::Received(), 0);
    std::raise(number);
    EXPECT_EQ(StopSignals::Received(), number);
  }
}

TEST(StopSignalTest, TheSecondEndsTheProcessAtOnce) {
  const auto twice = [](int first, int second) {
    const StopSignals signals;
    std::raise(first);
    std::raise(second);
    std::exit(0);
  };
  EXPECT_EXIT(twice(SIGINT, SIGINT), testing::ExitedWithCode(130), "");
  EXPECT_EXIT(twice(SIGTERM, SIGTERM), testing::ExitedWithCode(143), "");
  EXPECT_EXIT(twice(SIGTERM, SIGINT), testing::ExitedWithCode(130), "");
}

TEST(StopSignalTest, AfterwardsSignalsDoWhatTheyDidBefore) {
  const auto raise_after = [] {
    { const StopSignals signals; }
    std::raise(SIGTERM);
  };
  EXPECT_EXIT(raise_after(), testing::KilledBySignal(SIGTERM), "");
}

TEST(StopSignalTest, AnIgnoredSignalStaysIgnored) {
  const auto ignored = [] {
    std::signal(SIGINT, SIG_IGN);
    const StopSignals signals;
    std::raise(SIGINT);
    std::raise(SIGINT);
    std::exit(StopSignals::Received() == 0 ? 7 : 8);
  };
  EXPECT_EXIT(ignored(), testing::ExitedWithCode(7), "");
}

}  // namespace stop_signal_test
}  // namespace embed
