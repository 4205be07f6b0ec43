#include "text/word_counter.h"

#include <map>
#include <string>

#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace word_counter_test {

TEST(WordCounterTest, CountsAsAMap) {
  std::map<std::string, uint64_t> naive;
  WordCounter counter;
  for (const std::string& token : NaiveTokens(RandomText(30000, 4))) {
    ++naive[token];
    counter.Add(token, PackWord(token));
  }
  EXPECT_EQ(counter.map().size(), naive.size());
  for (const auto& [word, count] : naive) {
    const WordMap::Slot* slot = counter.map().Find(word, PackWord(word));
    ASSERT_NE(slot, nullptr);
    EXPECT_EQ(counter.Count(*slot), count);
  }
}

TEST(WordCounterTest, CountsBeyond32Bits) {
  constexpr uint64_t kMany = (uint64_t{1} << 32) - 1;
  for (const std::string word : {"short", "a word of more than seven bytes"}) {
    WordCounter counter;
    const uint64_t key = PackWord(word);
    counter.Add(word, key, kMany);
    counter.Add(word, key);
    counter.Add(word, key, 3 * kMany);
    counter.Add(word, key, 7);
    EXPECT_EQ(counter.Count(*counter.map().Find(word, key)), 4 * kMany + 8);
  }
}

}  // namespace word_counter_test
}  // namespace embed
