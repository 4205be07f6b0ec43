#include "graph/key_interner.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace key_interner_test {

using ::testing::HasSubstr;

// Ids of the keys, given to the table in batches of `batch`.
std::vector<uint32_t> InternAll(const std::vector<std::string>& keys,
                                size_t batch, KeyInterner* table) {
  std::vector<absl::string_view> views(keys.begin(), keys.end());
  std::vector<uint32_t> ids(keys.size());
  for (size_t i = 0; i < keys.size(); i += batch) {
    const size_t size = std::min(batch, keys.size() - i);
    EXPECT_EQ(table->Intern(absl::MakeConstSpan(views).subspan(i, size),
                            ids.data() + i),
              size);
  }
  return ids;
}

TEST(KeyInternerTest, AgreesWithAMap) {
  std::vector<std::string> keys;
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (int i = 0; i < 200000; ++i) {
    const uint32_t number = random.Below(random.Below(100000) + 1);
    // Lengths 1 to 25, many near the 8 bytes that fit a slot.
    keys.push_back(absl::StrCat(number));
    if (number % 5 == 1) keys.back().append(number % 20, 'x');
  }
  for (size_t batch : {size_t{1}, size_t{7}, KeyInterner::kMaxBatch}) {
    KeyInterner table;
    const std::vector<uint32_t> ids = InternAll(keys, batch, &table);
    std::map<std::string, uint32_t> expected;
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto [entry, added] =
          expected.emplace(keys[i], static_cast<uint32_t>(expected.size()));
      ASSERT_EQ(ids[i], entry->second) << keys[i];
      if (added) {
        ASSERT_EQ(table.key(ids[i]), keys[i]);
      }
    }
    EXPECT_EQ(table.size(), expected.size());
  }
}

TEST(KeyInternerTest, TellsEveryShortKeyApart) {
  std::vector<std::string> keys;
  for (const char* letters : {"a", "b", "\x7E"}) {
    for (int length = 1; length <= 17; ++length) {
      for (int changed = 0; changed < length; ++changed) {
        keys.emplace_back(length, letters[0]);
        keys.back()[changed] = 'c';
      }
      keys.emplace_back(length, letters[0]);
    }
  }
  std::vector<std::string> distinct = keys;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  KeyInterner table;
  InternAll(keys, 50, &table);
  EXPECT_EQ(table.size(), distinct.size());
}

TEST(KeyInternerTest, StopsAtAKeyThatCannotBe) {
  const std::string zero("a\0b", 3);
  const std::vector<absl::string_view> keys = {"x", "y", zero, "z"};
  KeyInterner table;
  uint32_t ids[4];
  EXPECT_EQ(table.Intern(keys, ids), 2u);
}

TEST(KeyProblemTest, AcceptsUtf8Only) {
  for (const char* good :
       {"a", "10", "\xC3\xA9", "\xE7\x94\xB1", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "x\xC2\xA0y"}) {
    EXPECT_EQ(KeyProblem(good), "") << good;
  }
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3z", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xE7\x94", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xF0\x90\x80", "ok\xFF"}) {
    EXPECT_THAT(KeyProblem(bad), HasSubstr("not UTF-8"));
  }
  EXPECT_THAT(KeyProblem(absl::string_view("a\0b", 3)), HasSubstr("0x00"));
  EXPECT_THAT(KeyProblem("a\x1F"), HasSubstr("0x1F"));
  EXPECT_THAT(KeyProblem("a\x7F"), HasSubstr("0x7F"));
}

TEST(KeyInternerTest, KeepsKeysAfterTheLastLookup) {
  KeyInterner keys;
  uint32_t ids[3];
  ASSERT_EQ(keys.Intern({"12", "a name of many bytes", "b"}, ids), 3u);
  keys.EndLookup();
  EXPECT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys.key(0), "12");
  EXPECT_EQ(keys.key(1), "a name of many bytes");
  EXPECT_EQ(keys.text_bytes(), 23u);
}

}  // namespace key_interner_test
}  // namespace embed
