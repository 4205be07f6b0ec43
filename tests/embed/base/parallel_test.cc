#include "embed/base/parallel.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/no_new_threads.h"

namespace embed {
namespace parallel_test {

TEST(ParallelTest, ThereIsAThread) { EXPECT_GE(AvailableThreads(), 1); }

TEST(ParallelTest, RunsEachThreadOnceAndTheFirstOnTheCallers) {
  for (const int threads : {1, 2, 3, 16}) {
    std::mutex mutex;
    std::multiset<int> numbers;
    std::set<std::thread::id> ids;
    RunThreads(threads, [&](int thread) {
      const std::lock_guard<std::mutex> lock(mutex);
      numbers.insert(thread);
      if (thread == 0) ids.insert(std::this_thread::get_id());
    });
    std::multiset<int> expected;
    for (int i = 0; i < threads; ++i) expected.insert(i);
    EXPECT_EQ(numbers, expected);
    EXPECT_EQ(ids, std::set<std::thread::id>{std::this_thread::get_id()});
  }
}

TEST(ParallelTest, WithoutFurtherThreadsTheCallerDoesAll) {
  const NoNewThreads limit;
  EXPECT_EQ(StartThread([] {}).status().code(),
            absl::StatusCode::kResourceExhausted);
  std::vector<int> numbers;
  RunThreads(4, [&](int thread) {
    numbers.push_back(thread);  // on one thread only
  });
  EXPECT_EQ(numbers, (std::vector<int>{0, 1, 2, 3}));
}

TEST(ParallelTest, StartThreadRunsItsBody) {
  int calls = 0;
  StartThread([&] { ++calls; })->get();
  EXPECT_EQ(calls, 1);
  EXPECT_THROW(StartThread([] { throw std::runtime_error("odd"); })->get(),
               std::runtime_error);
}

TEST(ParallelTest, WhatACallThrowsIsThrownWhenAllHaveEnded) {
  for (const int thrower : {0, 1, 3}) {
    std::atomic<int> ended{0};
    EXPECT_THROW(
        RunThreads(4,
                   [&](int thread) {
                     if (thread == thrower) {
                       throw std::runtime_error("odd");
                     }
                     std::this_thread::sleep_for(std::chrono::milliseconds(5));
                     ++ended;
                   }),
        std::runtime_error);
    EXPECT_EQ(ended, 3);
  }
}

TEST(ParallelTest, CoversEachIndexOnceInNearlyEqualParts) {
  for (const int threads : {0, 1, 2, 3, 7, 16}) {
    for (const uint64_t count : {0, 1, 2, 3, 6, 7, 8, 100, 1001}) {
      SCOPED_TRACE(testing::Message() << threads << " threads, " << count);
      std::vector<std::atomic<int>> visits(count);
      std::atomic<int> parts{0};
      std::atomic<uint64_t> largest{0};
      std::atomic<uint64_t> smallest{~uint64_t{0}};
      ParallelFor(threads, count, [&](uint64_t begin, uint64_t end) {
        ASSERT_LT(begin, end);
        ASSERT_LE(end, count);
        for (uint64_t i = begin; i < end; ++i) ++visits[i];
        ++parts;
        uint64_t seen = largest;
        while (seen < end - begin &&
               !largest.compare_exchange_weak(seen, end - begin)) {
        }
        seen = smallest;
        while (seen > end - begin &&
               !smallest.compare_exchange_weak(seen, end - begin)) {
        }
      });
      for (const std::atomic<int>& visit : visits) ASSERT_EQ(visit, 1);
      EXPECT_LE(parts, threads < 1 ? 1 : threads);
      if (count > 0) {
        EXPECT_LE(largest - smallest, 1u);
      }
    }
  }
}

}  // namespace parallel_test
}  // namespace embed
