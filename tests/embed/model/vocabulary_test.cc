#include "embed/model/vocabulary.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace vocabulary_test {

using testing::HasSubstr;

void ExpectInvalid(const absl::StatusOr<Vocabulary>& vocabulary,
                   const std::string& part) {
  EXPECT_EQ(vocabulary.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(vocabulary.status().message()), HasSubstr(part));
}

TEST(VocabularyTest, FindsAllKeysInBothDirections) {
  const std::vector<std::string> keys = {"the", "New York", "\xe4\xb8\xad",
                                         "th",  "t",        " "};
  const Vocabulary vocabulary =
      *Vocabulary::Create(keys, {60, 50, 40, 30, 20, 0});
  ASSERT_EQ(vocabulary.size(), keys.size());
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    EXPECT_EQ(vocabulary.Find(keys[id]), id);
    EXPECT_EQ(vocabulary.key(id), keys[id]);
  }
  EXPECT_EQ(vocabulary.count(2), 40u);
  EXPECT_EQ(vocabulary.total_count(), 200u);
  EXPECT_EQ(vocabulary.text(), "theNew York\xe4\xb8\xadtht ");
}

TEST(VocabularyTest, MissingKeysAreNotFound) {
  const Vocabulary vocabulary = *Vocabulary::Create({"ab", "c"}, {1, 1});
  for (const char* key : {"", "a", "b", "bc", "abc", "AB"}) {
    EXPECT_EQ(vocabulary.Find(key), Vocabulary::kNotFound) << key;
  }
  EXPECT_EQ(Vocabulary().Find("a"), Vocabulary::kNotFound);
  EXPECT_EQ(Vocabulary().size(), 0u);
  EXPECT_EQ(Vocabulary::Create({}, {})->Find("a"), Vocabulary::kNotFound);
}

// Zero bytes, keys that are parts of others, sizes around the table's growth.
TEST(VocabularyTest, AgreesWithAMapOnRandomKeys) {
  for (const size_t size : {1, 7, 8, 9, 1000, 20000}) {
    Philox random(1, RandomPurpose::kTest, 0, size);
    const auto random_key = [&] {
      std::string key(1 + random.Below(5), '\0');
      for (char& c : key) c = static_cast<char>(random.Below(12));
      return key;
    };
    std::map<std::string, uint32_t> ids;
    std::vector<std::string> keys;
    while (keys.size() < size) {
      const std::string key = random_key();
      if (ids.emplace(key, static_cast<uint32_t>(keys.size())).second) {
        keys.push_back(key);
      }
    }
    const Vocabulary vocabulary =
        *Vocabulary::Create(keys, std::vector<uint64_t>(size, 1));
    for (int i = 0; i < 50000; ++i) {
      const std::string key = random_key();
      const auto found = ids.find(key);
      ASSERT_EQ(vocabulary.Find(key),
                found == ids.end() ? Vocabulary::kNotFound : found->second);
    }
    for (const auto& [key, id] : ids) ASSERT_EQ(vocabulary.Find(key), id);
  }
}

TEST(VocabularyTest, RefusesKeysGivenTwiceNamingThem) {
  ExpectInvalid(Vocabulary::Create({"a", "bee", "c", "bee"}, {4, 3, 2, 1}),
                "'bee'");
  const std::string key(1000, 'x');
  ExpectInvalid(Vocabulary::Create({key, key}, {1, 1}), "xxx...'");
}

TEST(VocabularyTest, BoundsTheLengthOfKeys) {
  const std::string longest(Vocabulary::kMaxKeyBytes, 'k');
  EXPECT_EQ(Vocabulary::Create({"a", longest}, {1, 1})->Find(longest), 1u);
  ExpectInvalid(Vocabulary::Create({"a", longest + "k"}, {1, 1}), "key 1");
  ExpectInvalid(Vocabulary::Create({"a", "b", ""}, {1, 1, 1}), "key 2");
}

TEST(VocabularyTest, RefusesOffsetsThatDoNotFit) {
  ExpectInvalid(Vocabulary::Create({"a", "b"}, {1}), "3 offsets and 1 counts");
  using Offsets = std::vector<uint64_t>;
  ExpectInvalid(Vocabulary::Create("abc", Offsets{}, {}), "0 offsets");
  ExpectInvalid(Vocabulary::Create("abc", Offsets{1, 3}, {1}), "offsets");
  ExpectInvalid(Vocabulary::Create("abc", Offsets{0, 2}, {1}), "offsets");
  ExpectInvalid(Vocabulary::Create("abc", Offsets{0, 2, 1, 3}, {1, 1, 1}),
                "key 1");
  ExpectInvalid(Vocabulary::Create("abc", Offsets{0, 9, 3}, {1, 1}), "key 0");
}

TEST(VocabularyTest, GivesEachKeyAType) {
  Vocabulary vocabulary = *Vocabulary::Create({"x", "y", "z"}, {3, 2, 1});
  EXPECT_TRUE(vocabulary.types().empty());
  const auto expect_invalid = [&](std::vector<std::string> names,
                                  std::vector<uint16_t> types,
                                  const std::string& part) {
    const absl::Status status =
        vocabulary.SetTypes(std::move(names), std::move(types));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  };
  expect_invalid({"a"}, {0, 0}, "2 types of keys, expected one for each of 3");
  expect_invalid({"a", "b"}, {0, 2, 1}, "key 1 has type 2");
  expect_invalid({"a", "a"}, {0, 0, 0}, "'a'");
  expect_invalid({"a", ""}, {0, 0, 0}, "''");
  EXPECT_TRUE(vocabulary.types().empty());
  ASSERT_TRUE(vocabulary.SetTypes({"a", "b"}, {1, 0, 1}).ok());
  EXPECT_THAT(vocabulary.type_names(), testing::ElementsAre("a", "b"));
  EXPECT_THAT(vocabulary.types(), testing::ElementsAre(1, 0, 1));
}

TEST(VocabularyTest, RoundTripsThroughItsRawStorage) {
  const Vocabulary first = *Vocabulary::Create({"x", "yy", "z z"}, {3, 2, 1});
  Vocabulary second =
      *Vocabulary::Create(std::string(first.text()),
                          {first.offsets().begin(), first.offsets().end()},
                          {first.counts().begin(), first.counts().end()});
  for (uint32_t id = 0; id < 3; ++id) EXPECT_EQ(second.key(id), first.key(id));
  second.set_counts({5, 0, 2});
  EXPECT_EQ(second.total_count(), 7u);
  EXPECT_EQ(second.Find("yy"), 1u);
}

}  // namespace vocabulary_test
}  // namespace embed
