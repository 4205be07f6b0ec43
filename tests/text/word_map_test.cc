#include "text/word_map.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace word_map_test {

TEST(WordMapTest, AgreesWithAnOrderedMap) {
  WordMap map;
  std::map<std::string, uint32_t> naive;
  for (const std::string& word : NaiveTokens(RandomText(50000, 3))) {
    ++map.FindOrInsert(word, PackWord(word))->value;
    ++naive[word];
  }
  EXPECT_EQ(map.size(), naive.size());
  std::map<std::string, uint32_t> listed;
  for (const WordMap::Slot& slot : map.slots()) {
    if (slot.key != 0) listed[std::string(map.Text(slot))] = slot.value;
  }
  EXPECT_EQ(listed, naive);
  for (const auto& [word, count] : naive) {
    ASSERT_EQ(map.Find(word, PackWord(word))->value, count);
  }
  EXPECT_EQ(map.Find("absent", PackWord("absent")), nullptr);
  EXPECT_EQ(map.Find("absent but long", PackWord("absent but long")), nullptr);
}

TEST(WordMapTest, KeysOfShortWordsAreExact) {
  std::set<uint64_t> keys;
  std::set<std::string> words;
  // All starts and all words of a few letters; "a" and "a" twice differ.
  for (int i = 0; i < 4 * 4 * 4 * 4 * 4 * 4 * 4; ++i) {
    std::string word;
    for (int rest = i; word.size() < 7; rest /= 4)
      word += "ab\x80\xFF"[rest % 4];
    for (size_t n = 1; n <= word.size(); ++n) {
      words.insert(word.substr(0, n));
      keys.insert(PackWord(word.substr(0, n)));
    }
  }
  EXPECT_EQ(keys.size(), words.size());
}

TEST(WordMapTest, TheKeyDoesNotDependOnWhatLiesBehindTheWord) {
  const std::string text = "a much longer text behind the word";
  for (size_t size = 1; size <= 20; ++size) {
    const std::string alone = text.substr(0, size);
    const absl::string_view inside = absl::string_view(text).substr(0, size);
    EXPECT_EQ(PackWord(alone), PackWord(inside, text.size()));
    EXPECT_NE(PackWord(alone), 0u);
  }
}

TEST(WordMapTest, KeepsVeryLongWords) {
  WordMap map;
  for (int i = 0; i < 50; ++i) {
    const std::string word = std::string(60000, 'w') + std::to_string(i);
    map.FindOrInsert(word, PackWord(word))->value = static_cast<uint32_t>(i);
  }
  for (int i = 0; i < 50; ++i) {
    const std::string word = std::string(60000, 'w') + std::to_string(i);
    const WordMap::Slot* slot = map.Find(word, PackWord(word));
    ASSERT_NE(slot, nullptr);
    EXPECT_EQ(slot->value, static_cast<uint32_t>(i));
    EXPECT_EQ(map.Text(*slot), word);
  }
}

// Words whose keys are equal are told apart by their text.
TEST(WordMapTest, SurvivesEqualKeysOfLongWords) {
  WordMap map;
  const uint64_t key = PackWord("the first long word");
  map.FindOrInsert("the first long word", key)->value = 1;
  map.FindOrInsert("the other long word", key)->value = 2;
  EXPECT_EQ(map.size(), 2u);
  EXPECT_EQ(map.Find("the first long word", key)->value, 1u);
  EXPECT_EQ(map.Find("the other long word", key)->value, 2u);
  EXPECT_EQ(map.Find("the third long word", key), nullptr);
}

}  // namespace word_map_test
}  // namespace embed
