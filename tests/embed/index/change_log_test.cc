#include "embed/index/change_log.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

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
