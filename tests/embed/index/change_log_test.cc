#include "embed/index/change_log.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace change_log_test {

using testing::HasSubstr;

constexpr int kDim = 3;
const ChangeLogEnd kStart = {4096, 0x1234567890ABCDEF, 0};

ItemChange Put(const std::string& key, const std::string& type = "") {
  return {ItemChange::Kind::kPut, key, {1, -2.5f, 1e30f}, type};
}

ItemChange Delete(const std::string& key) {
  return {ItemChange::Kind::kDelete, key, {}, ""};
}

// Batches behind one another.
class ChangeLogTest : public testing::Test {
 protected:
  void Add(const std::vector<ItemChange>& changes) {
    const std::string batch = EncodeChanges(changes, types_, end_);
    bytes_ += batch;
    end_.offset += batch.size();
    ++end_.batches;
    std::memcpy(&end_.hash, batch.data() + batch.size() - 8, 8);
    ends_.push_back(bytes_.size());
  }

  absl::StatusOr<ChangeLog> Read(const std::string& bytes) const {
    return ReadChangeLog(
        {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, kDim,
        types_, kStart);
  }

  // How many batches end within the first `size` bytes.
  uint64_t Whole(size_t size) const {
    uint64_t whole = 0;
    while (whole < ends_.size() && ends_[whole] <= size) ++whole;
    return whole;
  }

  const std::vector<std::string> types_ = {"author", "paper"};
  std::string bytes_;
  ChangeLogEnd end_ = kStart;
  std::vector<size_t> ends_;
};

TEST_F(ChangeLogTest, ComesBackAsWritten) {
  Add({Put("a b\t\xE4\xBD\xA0", "paper"), Delete("gone")});
  Add({Put("c")});
  const ChangeLog log = Read(bytes_).value();
  ASSERT_EQ(log.changes.size(), 3u);
  EXPECT_EQ(log.changes[0].key, "a b\t\xE4\xBD\xA0");
  EXPECT_EQ(log.changes[0].type, "paper");
  EXPECT_EQ(log.changes[0].vector, (std::vector<float>{1, -2.5f, 1e30f}));
  EXPECT_EQ(log.changes[1].kind, ItemChange::Kind::kDelete);
  EXPECT_EQ(log.changes[1].key, "gone");
  EXPECT_TRUE(log.changes[1].vector.empty());
  EXPECT_EQ(log.changes[2].type, "");
  EXPECT_EQ(log.end.offset, kStart.offset + bytes_.size());
  EXPECT_EQ(log.end.batches, 2u);
  EXPECT_EQ(log.end.hash, end_.hash);
}

TEST_F(ChangeLogTest, VectorOfADeletionIsNotWritten) {
  Add({{ItemChange::Kind::kDelete, "gone", {1, 2, 3}, ""}});
  const ChangeLog log = Read(bytes_).value();
  ASSERT_EQ(log.changes.size(), 1u);
  EXPECT_TRUE(log.changes[0].vector.empty());
}

TEST_F(ChangeLogTest, UnfinishedBatchDoesNotCount) {
  Add({Put("a"), Put("b")});
  Add({Delete("a")});
  Add({Put("c"), Put("d")});
  for (size_t size = 0; size <= bytes_.size(); ++size) {
    for (const size_t zeros : {0, 1, 200}) {
      const auto log = Read(bytes_.substr(0, size) + std::string(zeros, '\0'));
      ASSERT_TRUE(log.ok()) << size << " " << log.status();
      EXPECT_EQ(log->end.batches, Whole(size));
      EXPECT_EQ(
          log->end.offset,
          kStart.offset + (Whole(size) == 0 ? 0 : ends_[Whole(size) - 1]));
    }
  }
}

TEST_F(ChangeLogTest, LostStartOfTheLastBatchDoesNotCount) {
  Add({Put("a"), Put("b")});
  Add({Put("c"), Put("d")});
  std::string lost = bytes_;
  std::fill_n(lost.begin() + ends_[0], 40, '\0');
  EXPECT_EQ(Read(lost).value().end.batches, 1u);
  std::fill_n(lost.begin(), 40, '\0');
  EXPECT_EQ(Read(lost).value().end.batches, 0u);
  // With a whole batch behind, it is damage.
  lost = bytes_;
  std::fill_n(lost.begin(), 40, '\0');
  EXPECT_EQ(Read(lost).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(ChangeLogTest, ChangedBytesAreFoundOrInTheLastBatch) {
  Add({Put("a"), Put("b")});
  Add({Delete("a")});
  Add({Put("c"), Put("d")});
  for (size_t i = 0; i < bytes_.size(); ++i) {
    for (const int bit : {1, 64}) {
      std::string damaged = bytes_;
      damaged[i] = static_cast<char>(damaged[i] ^ bit);
      const auto log = Read(damaged);
      if (log.ok()) {
        EXPECT_EQ(log->end.batches, 2u) << i;
        EXPECT_GE(i, ends_[1]);
      } else {
        EXPECT_EQ(log.status().code(), absl::StatusCode::kDataLoss);
        EXPECT_THAT(std::string(log.status().message()),
                    HasSubstr("the change log at byte "));
      }
    }
  }
}

// Keys and vectors are of strangers: they may hold what looks like a batch.
TEST_F(ChangeLogTest, WhatChangesHoldIsNoBatch) {
  const std::string later = EncodeChanges({}, {}, {0, 0, 7});
  std::string many;
  while (many.size() < 2000) many += later.substr(0, 8);
  ItemChange vector = Put("v");
  std::memcpy(vector.vector.data(), later.data(), 8);
  Add({Put("first")});
  Add({Put(later), Put(later + "x" + later, "paper"), Put(many), vector});
  const ChangeLog log = Read(bytes_).value();
  ASSERT_EQ(log.changes.size(), 5u);
  EXPECT_EQ(log.changes[1].key, later);
  EXPECT_EQ(log.changes[2].key, later + "x" + later);
  EXPECT_EQ(log.changes[2].type, "paper");
  EXPECT_EQ(log.changes[3].key, many);
  EXPECT_EQ(log.changes[4].vector, vector.vector);
  for (size_t size = ends_[0]; size < bytes_.size(); ++size) {
    const auto torn = Read(bytes_.substr(0, size));
    ASSERT_TRUE(torn.ok()) << size << " " << torn.status();
    EXPECT_EQ(torn->end.batches, 1u);
  }
  // The disk got any of its blocks.
  for (const size_t block : {16, 64, 512}) {
    for (size_t skip = 0; skip < 7; ++skip) {
      std::string torn = bytes_;
      for (size_t at = ends_[0], i = skip; at < torn.size(); at += block, ++i) {
        const size_t end = std::min(torn.size(), at + block);
        if (i % 3 == 0) std::fill(&torn[at], torn.data() + end, '\0');
      }
      const auto read = Read(torn);
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(read->end.batches, 1u);
    }
  }
  // Another batch behind makes the same lost bytes damage.
  std::string lost = bytes_;
  std::fill_n(lost.begin() + ends_[0], 40, '\0');
  EXPECT_EQ(Read(lost).value().end.batches, 1u);
  Add({Put("last")});
  lost += bytes_.substr(ends_[1]);
  EXPECT_EQ(Read(lost).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(ChangeLogTest, AnyBytesOfAKeyComeBack) {
  const std::string letters(
      "\x89"
      "EMBL\r\n\0",
      8);
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (int i = 0; i < 300; ++i) {
    std::string key = "k";
    for (int part = 0; part < 6; ++part) {
      key += letters.substr(0, random.Below(9));
      if (random.Below(2) == 0) key += letters[random.Below(8)];
    }
    const std::string batch = EncodeChanges({{Put(key)}}, types_, kStart);
    const std::string mark = letters.substr(0, 7);
    EXPECT_EQ(batch.rfind(mark), 0u);
    EXPECT_EQ(batch[7], key.find(mark) == std::string::npos ? 0 : 1);
    ASSERT_EQ(Read(batch).value().changes.size(), 1u);
    EXPECT_EQ(Read(batch)->changes[0].key, key);
  }
}

TEST_F(ChangeLogTest, LogOfAnotherIndexIsRefused) {
  end_.hash = 1;
  Add({Put("a")});
  EXPECT_EQ(Read(bytes_).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(ChangeLogTest, OtherBytesAreRefused) {
  for (const std::string bytes : {"x", "some text behind", "\x89PNG"}) {
    EXPECT_EQ(Read(bytes).status().code(), absl::StatusCode::kDataLoss);
  }
  // The start of a batch again and again, each reaching to the end.
  std::string many;
  for (int i = 0; i < 10000; ++i) many += EncodeChanges({}, {}, kStart);
  EXPECT_FALSE(Read("\x89"
                    "EMBL\r\n" +
                    many)
                   .ok());
}

TEST_F(ChangeLogTest, ChangesThatCannotBeAreRefused) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<ItemChange> bad = {
      {ItemChange::Kind::kPut, "a", {1, 2, nan}, ""},
      {ItemChange::Kind::kPut, "a", {1, 2}, ""},
      {ItemChange::Kind::kPut, "a", {1, 2, 3, 4}, ""},
      {ItemChange::Kind::kPut, "", {1, 2, 3}, ""},
      {ItemChange::Kind::kPut, std::string(65537, 'x'), {1, 2, 3}, ""},
      {static_cast<ItemChange::Kind>(3), "a", {}, ""},
  };
  for (const ItemChange& change : bad) {
    const std::string bytes = EncodeChanges({&change, 1}, types_, kStart);
    EXPECT_EQ(Read(bytes).status().code(), absl::StatusCode::kDataLoss);
  }
}

}  // namespace change_log_test
}  // namespace embed
