#include "text/kept_source.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "embed/base/unnamed_file.h"
#include "gtest/gtest.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace kept_source_test {

// Counts what is read from it; fails where it is told to.
class CountingSource : public SequenceSource {
 public:
  CountingSource(MemorySource source, std::atomic<int>* reads)
      : source_(std::move(source)), reads_(reads) {}

  uint64_t num_chunks() const override { return source_.num_chunks(); }
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override {
    if (++*reads_ == fail_at) return absl::DataLossError("a bad disk");
    return source_.Read(epoch, chunk, batch);
  }

  int fail_at = 0;

 private:
  MemorySource source_;
  std::atomic<int>* const reads_;
};

// Sequences of several lengths, empty ones and an empty chunk among them.
MemorySource Sequences() {
  std::vector<Sequence> sequences = RandomSequences(200, 1000, 3);
  for (size_t i = 70; i < 77; ++i) sequences[i].clear();
  sequences[5] = {0xFFFFFFFF, 0};
  return MemorySource(std::move(sequences), 7);
}

void ExpectEpoch(SequenceSource* source, uint32_t epoch) {
  MemorySource oracle = Sequences();
  SequenceBatch batch;
  SequenceBatch expected;
  for (uint64_t chunk = 0; chunk < oracle.num_chunks(); ++chunk) {
    ASSERT_TRUE(source->Read(epoch, chunk, &batch).ok());
    ASSERT_TRUE(oracle.Read(epoch, chunk, &expected).ok());
    EXPECT_EQ(batch.first_sequence, expected.first_sequence);
    EXPECT_EQ(batch.ends, expected.ends);
    EXPECT_EQ(batch.ids, expected.ids);
  }
}

class KeptSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    struct statfs system;
    ASSERT_EQ(statfs(TemporaryFolder().c_str(), &system), 0);
    if (system.f_type == TMPFS_MAGIC) {
      GTEST_SKIP() << TemporaryFolder() << " is memory; set TMPDIR";
    }
  }

  std::unique_ptr<CountingSource> NewSource() {
    return std::make_unique<CountingSource>(Sequences(), &reads_);
  }

  const int chunks_ = static_cast<int>(Sequences().num_chunks());
  std::atomic<int> reads_{0};
};

TEST_F(KeptSourceTest, ReadsEachChunkOnceAndGivesItInEveryEpoch) {
  KeptSource source(NewSource());
  EXPECT_EQ(source.num_chunks(), static_cast<uint64_t>(chunks_));
  for (uint32_t epoch = 0; epoch < 3; ++epoch) {
    ExpectEpoch(&source, epoch);
    EXPECT_EQ(reads_, chunks_);
  }
  const MemorySource oracle = Sequences();
  uint64_t words = oracle.sequences().size();
  for (const Sequence& s : oracle.sequences()) words += s.size();
  EXPECT_EQ(source.kept_bytes(), 4 * words);
}

TEST_F(KeptSourceTest, StartsAnywhereAndReadsTheRestWhenItIsAskedFor) {
  KeptSource source(NewSource());
  SequenceBatch batch;
  ASSERT_TRUE(source.Read(4, 20, &batch).ok());
  ExpectEpoch(&source, 5);
  EXPECT_EQ(reads_, chunks_);
}

TEST_F(KeptSourceTest, WhatDoesNotFitIsReadAnew) {
  KeptSource source(NewSource(), 4000);
  ExpectEpoch(&source, 0);
  EXPECT_LE(source.kept_bytes(), 4000);
  EXPECT_GT(source.kept_bytes(), 0);
  ExpectEpoch(&source, 1);
  EXPECT_GT(reads_, chunks_);
  EXPECT_LT(reads_, 2 * chunks_);
}

TEST_F(KeptSourceTest, KeepsNothingWhereNoFileCanBeMade) {
  const char* const old = std::getenv("TMPDIR");
  const std::string saved = old == nullptr ? "" : old;
  setenv("TMPDIR", "/nonexistent/folder", 1);
  KeptSource source(NewSource());
  if (old == nullptr) {
    unsetenv("TMPDIR");
  } else {
    setenv("TMPDIR", saved.c_str(), 1);
  }
  ExpectEpoch(&source, 0);
  ExpectEpoch(&source, 1);
  EXPECT_EQ(reads_, 2 * chunks_);
  EXPECT_EQ(source.kept_bytes(), 0);
}

TEST_F(KeptSourceTest, HandsOnErrorsAndKeepsNothingOfThem) {
  auto counting = NewSource();
  counting->fail_at = 3;
  KeptSource source(std::move(counting));
  SequenceBatch batch;
  for (uint64_t chunk = 0; chunk < 3; ++chunk) {
    EXPECT_EQ(source.Read(0, chunk, &batch).ok(), chunk != 2);
  }
  ExpectEpoch(&source, 0);
}

TEST_F(KeptSourceTest, ThreadsMayReadTheSameChunksAtOnce) {
  KeptSource source(NewSource());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&source] {
      for (uint32_t epoch = 0; epoch < 20; ++epoch) ExpectEpoch(&source, epoch);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(reads_, 4 * chunks_);
}

}  // namespace kept_source_test
}  // namespace embed
