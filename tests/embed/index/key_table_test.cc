#include "embed/index/key_table.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace key_table_test {

Vocabulary Keys(const std::vector<std::string>& keys) {
  return Vocabulary::Create(keys, std::vector<uint64_t>(keys.size())).value();
}

TEST(KeyTableTest, FindsEveryKeyAndNoOther) {
  std::vector<std::string> names = {
      "b", "a", "ab", "a b", "\xFF", "漢字", "漢", std::string("a\0b", 3)};
  for (int i = 0; i < 500; ++i) names.push_back(std::to_string(i * 37 % 1000));
  const KeyTable keys = KeyTable::Build(Keys(names));
  ASSERT_EQ(keys.size(), names.size());
  ASSERT_TRUE(keys.Check().ok());
  for (uint32_t id = 0; id < names.size(); ++id) {
    EXPECT_EQ(keys.key(id), names[id]);
    EXPECT_EQ(keys.Find(names[id]), id);
    EXPECT_EQ(keys.Find(names[id] + "!"), std::nullopt);
  }
  EXPECT_EQ(keys.Find(""), std::nullopt);
  EXPECT_EQ(keys.Find("zzz"), std::nullopt);
}

TEST(KeyTableTest, FindsKeysByTheirStart) {
  const std::vector<std::string> names = {"b",    "ab",   "a",     "abc",
                                          "漢字", "\xFF", "a\xFF", "漢"};
  const KeyTable keys = KeyTable::Build(Keys(names));
  for (const char* const start :
       {"", "a", "ab", "abc", "abcd", "b", "c", "漢", "\xFF", "a\xFF"}) {
    const std::string prefix = start;
    std::vector<std::string> expected;
    for (const std::string& name : names) {
      if (name.compare(0, prefix.size(), prefix) == 0) expected.push_back(name);
    }
    std::sort(expected.begin(), expected.end());
    std::vector<std::string> found;
    for (const uint32_t id : keys.WithPrefix(prefix)) {
      found.emplace_back(keys.key(id));
    }
    EXPECT_EQ(found, expected) << prefix;
  }
}

TEST(KeyTableTest, ManyKeysHaveSeveralBases) {
  std::vector<std::string> names;
  for (int i = 0; i < 140000; ++i) names.push_back("k" + std::to_string(i));
  const KeyTable keys = KeyTable::Build(Keys(names));
  EXPECT_EQ(keys.parts().bases.size(), 3u);
  ASSERT_TRUE(keys.Check().ok());
  for (const uint32_t id : {0u, 65535u, 65536u, 131071u, 131072u, 139999u}) {
    EXPECT_EQ(keys.key(id), names[id]);
    EXPECT_EQ(keys.Find(names[id]), id);
  }
}

class DamagedKeyTableTest : public testing::Test {
 protected:
  // Check() must refuse the parts and nothing may leave the text.
  void ExpectRefused() {
    const KeyTable keys({text_, bases_, offsets_, order_}, nullptr);
    EXPECT_EQ(keys.Check().code(), absl::StatusCode::kInvalidArgument);
    for (uint32_t id = 0; id < keys.size(); ++id) {
      EXPECT_LE(keys.key(id).size(), text_.size());
    }
    for (const char* key : {"", "a", "bb", "ccc", "zz"}) keys.Find(key);
  }

  std::string text_ = "bbaccc";
  std::vector<uint64_t> bases_ = {0};
  std::vector<uint32_t> offsets_ = {0, 2, 3};
  std::vector<uint32_t> order_ = {1, 0, 2};
};

TEST_F(DamagedKeyTableTest, SoundPartsPass) {
  EXPECT_TRUE(
      KeyTable({text_, bases_, offsets_, order_}, nullptr).Check().ok());
}

TEST_F(DamagedKeyTableTest, RefusesOffsets) {
  for (const uint32_t bad : {0u, 3u, 6u, 7u, 0xFFFFFFFFu}) {
    offsets_[1] = bad;
    ExpectRefused();
  }
  offsets_ = {1, 2, 3};
  ExpectRefused();
}

TEST_F(DamagedKeyTableTest, RefusesBases) {
  for (const uint64_t bad : {uint64_t{1}, uint64_t{100}, ~uint64_t{0}}) {
    bases_[0] = bad;
    ExpectRefused();
  }
}

TEST_F(DamagedKeyTableTest, RefusesOrders) {
  for (const std::vector<uint32_t>& bad : std::vector<std::vector<uint32_t>>{
           {0, 1, 2}, {1, 1, 2}, {1, 0, 3}, {0xFFFFFFFF, 0, 2}}) {
    order_ = bad;
    ExpectRefused();
  }
}

}  // namespace key_table_test
}  // namespace embed
