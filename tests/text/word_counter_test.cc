#include "text/word_counter.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace {

TEST(WordCounterTest, MergesAnyNumberOfCountersToTheSameList) {
  const std::vector<std::string> tokens = NaiveTokens(RandomText(30000, 4));
  std::map<std::string, uint64_t> naive;
  for (const std::string& token : tokens) ++naive[token];
  std::vector<std::pair<std::string, uint64_t>> expected;
  for (const auto& entry : naive) {
    if (entry.second >= 3) expected.push_back(entry);
  }
  // Stable on a list in byte order: the order of equal counts.
  std::stable_sort(
      expected.begin(), expected.end(),
      [](const auto& a, const auto& b) { return a.second > b.second; });
  for (size_t n = 1; n <= 5; ++n) {
    std::vector<WordCounter> counters(n);
    for (size_t i = 0; i < tokens.size(); ++i) {
      counters[i % n].Add(tokens[i], PackWord(tokens[i]));
    }
    const WordCounts counts =
        MergeCounts(std::move(counters), 3, static_cast<int>(n));
    EXPECT_EQ(counts.distinct, naive.size());
    ASSERT_EQ(counts.words.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(counts.words[i].word, expected[i].first);
      ASSERT_EQ(counts.words[i].count, expected[i].second);
    }
  }
}

}  // namespace
}  // namespace embed
