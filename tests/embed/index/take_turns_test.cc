#include "embed/index/take_turns.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace take_turns_test {

// Number n takes n % 4 + 1 steps.
struct Counted {
  explicit Counted(std::vector<uint64_t>* all) : done(*all) {}
  void Begin(uint64_t begun) {
    EXPECT_EQ(left, 0u) << "not ended";
    number = begun;
    left = number % 4 + 1;
  }
  bool Step() {
    if (--left > 0) return true;
    done.push_back(number);
    return false;
  }
  std::vector<uint64_t>& done;
  uint64_t number = 0;
  uint64_t left = 0;
};

TEST(TakeTurnsTest, EachNumberIsDoneOnce) {
  for (const size_t most : {1, 2, 5, 100}) {
    for (const uint64_t count : {0, 1, 5, 37}) {
      std::vector<uint64_t> done;
      size_t made = 0;
      TakeTurns(10, 10 + count, most, [&] {
        ++made;
        return std::make_unique<Counted>(&done);
      });
      EXPECT_EQ(made, std::min<size_t>(most, count));
      ASSERT_EQ(done.size(), count);
      std::sort(done.begin(), done.end());
      for (uint64_t i = 0; i < count; ++i) EXPECT_EQ(done[i], 10 + i);
    }
  }
}

// Steps of 1, 2, 3, 4, 1 ... : the shortest ends first.
TEST(TakeTurnsTest, TasksGoSideBySide) {
  std::vector<uint64_t> done;
  TakeTurns(0, 6, 3, [&] { return std::make_unique<Counted>(&done); });
  EXPECT_EQ(done, (std::vector<uint64_t>{0, 1, 4, 2, 3, 5}));
}

}  // namespace take_turns_test
}  // namespace embed
