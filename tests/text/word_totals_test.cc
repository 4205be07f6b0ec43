#include "text/word_totals.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace word_totals_test {

using Counts = std::map<std::string, uint64_t>;

// Counts `tokens` with `threads` counters in rounds of `round` tokens.
WordTotals Total(const std::vector<std::string>& tokens, uint64_t limit,
                 size_t threads, size_t round, WordMap keep = WordMap()) {
  WordTotals totals(limit, std::move(keep));
  std::vector<WordCounter> counters(threads);
  for (size_t i = 0; i < tokens.size(); ++i) {
    counters[i % threads].Add(tokens[i], PackWord(tokens[i]));
    if ((i + 1) % round == 0) {
      totals.EndRound(&counters, static_cast<int>(threads));
    }
  }
  totals.EndRound(&counters, static_cast<int>(threads));
  return totals;
}

Counts NaiveCounts(const std::vector<std::string>& tokens) {
  Counts counts;
  for (const std::string& token : tokens) ++counts[token];
  return counts;
}

// Zipf's law over 300 words, and between them words that never come back.
std::vector<std::string> RareWords(size_t size) {
  std::vector<std::string> tokens;
  uint32_t state = 1;
  for (size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    tokens.push_back(i % 3 == 0 ? absl::StrCat("w", 300 / (1 + state % 300))
                                : absl::StrCat("a word met once only ", i));
  }
  return tokens;
}

TEST(WordTotalsTest, AddsUpAnyNumberOfCountersToTheSameList) {
  const std::vector<std::string> tokens = NaiveTokens(RandomText(30000, 4));
  const Counts naive = NaiveCounts(tokens);
  std::vector<std::pair<std::string, uint64_t>> expected;
  for (const auto& entry : naive) {
    if (entry.second >= 3) expected.push_back(entry);
  }
  // Stable on a list in byte order: the order of equal counts.
  std::stable_sort(
      expected.begin(), expected.end(),
      [](const auto& a, const auto& b) { return a.second > b.second; });
  for (size_t threads = 1; threads <= 5; ++threads) {
    WordTotals totals = Total(tokens, 1 << 20, threads, 7000);
    EXPECT_EQ(totals.distinct(), naive.size());
    EXPECT_EQ(totals.max_error(), 0u);
    const std::vector<WordCount> words = totals.TakeWords(3, 2);
    ASSERT_EQ(words.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(words[i].word, expected[i].first);
      ASSERT_EQ(words[i].count, expected[i].second);
    }
  }
}

TEST(WordTotalsTest, ForgetsRareWordsWithinItsBoundForAnyThreads) {
  const std::vector<std::string> tokens = RareWords(60000);
  const Counts naive = NaiveCounts(tokens);
  std::vector<WordCount> first;
  for (size_t threads = 1; threads <= 4; ++threads) {
    WordTotals totals = Total(tokens, 2000, threads, 1000);
    const uint64_t error = totals.max_error();
    EXPECT_GE(error, 10u);  // 40,000 words were forgotten, 2,000 at a time
    EXPECT_LE(error, 100u);
    EXPECT_GE(totals.distinct(), naive.size());
    const std::vector<WordCount> words = totals.TakeWords(1, 2);
    EXPECT_LE(words.size(), 2000u);
    Counts found;
    for (const WordCount& word : words) {
      found[word.word] = word.count;
      EXPECT_LE(word.count, naive.at(word.word));
      EXPECT_GE(word.count + error, naive.at(word.word));
    }
    for (const auto& [word, count] : naive) {
      if (count > error) {
        EXPECT_EQ(found.count(word), 1u) << word;
      }
    }
    if (threads == 1) first = words;
    ASSERT_EQ(words.size(), first.size());
    for (size_t i = 0; i < words.size(); ++i) {
      ASSERT_EQ(words[i].word, first[i].word);
      ASSERT_EQ(words[i].count, first[i].count);
    }
  }
}

TEST(WordTotalsTest, NeverForgetsWhatIsToBeKept) {
  std::vector<std::string> tokens = RareWords(30000);
  const std::string rare = tokens[1];
  WordMap keep;
  keep.FindOrInsert(rare, PackWord(rare));
  const std::vector<WordCount> words =
      Total(tokens, 1000, 2, 1000, std::move(keep)).TakeWords(50, 1);
  ASSERT_FALSE(words.empty());
  EXPECT_EQ(words.back().word, rare);
  EXPECT_EQ(words.back().count, 1u);
  for (size_t i = 0; i + 1 < words.size(); ++i) EXPECT_GE(words[i].count, 50u);
}

}  // namespace word_totals_test
}  // namespace embed
