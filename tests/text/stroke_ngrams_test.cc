#include "text/stroke_ngrams.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"
#include "text/latin_ngrams.h"

namespace embed {
namespace stroke_ngrams_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

StrokeTable Table(const std::string& text) {
  absl::StatusOr<StrokeTable> table = StrokeTable::Parse(text, "t");
  EXPECT_TRUE(table.ok()) << table.status();
  return std::move(*table);
}

StrokeOptions Lengths(int min_n, int max_n) {
  StrokeOptions options;
  options.min_n = min_n;
  options.max_n = max_n;
  return options;
}

std::vector<std::string> Texts(const std::vector<uint64_t>& codes) {
  std::vector<std::string> texts;
  for (const uint64_t code : codes) texts.push_back(StrokeNgramText(code));
  return texts;
}

std::vector<std::string> RowTexts(absl::Span<const uint32_t> rows,
                                  const FeatureMap& map) {
  std::vector<std::string> texts;
  for (const uint32_t row : rows) {
    texts.push_back(StrokeNgramText(map.row_keys()[row]));
  }
  return texts;
}

// Substrings, as the paper describes them.
std::vector<std::string> NaiveNgrams(const std::string& strokes, size_t min_n,
                                     size_t max_n) {
  std::vector<std::string> ngrams;
  for (size_t i = 0; i < strokes.size(); ++i) {
    for (size_t n = min_n; n <= max_n && i + n <= strokes.size(); ++n) {
      ngrams.push_back(strokes.substr(i, n));
    }
  }
  return ngrams;
}

TEST(StrokeNgramsTest, CodesAreAsDocumented) {
  EXPECT_THAT(StrokeNgramCodes("hsz", 3, 12),
              ElementsAre(uint64_t{3} << 48 | 1 << 6 | 2 << 3 | 5));
  EXPECT_TRUE(StrokeNgramCodes("hs", 3, 12).empty());
  EXPECT_TRUE(StrokeNgramCodes("", 1, 16).empty());
  // The example of the paper: 大人 = hpn pn.
  EXPECT_THAT(Texts(StrokeNgramCodes("hpnpn", 3, 12)),
              ElementsAre("hpn", "hpnp", "hpnpn", "pnp", "pnpn", "npn"));
}

TEST(StrokeNgramsTest, CodesNameNgramsOneToOneAndInOrder) {
  // By length, then by strokes in the order hspnz.
  std::map<uint64_t, std::string> by_code;
  std::set<std::string> all;
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    std::string strokes;
    for (uint64_t n = random() % 40; n > 0; --n) {
      strokes += "hspnz"[random() % 5];
    }
    const std::vector<std::string> naive = NaiveNgrams(strokes, 1, 16);
    const std::vector<uint64_t> codes = StrokeNgramCodes(strokes, 1, 16);
    ASSERT_EQ(Texts(codes), naive);
    for (size_t i = 0; i < codes.size(); ++i) {
      by_code[codes[i]] = naive[i];
      all.insert(naive[i]);
    }
  }
  EXPECT_EQ(by_code.size(), all.size());
  std::string last;
  for (const auto& [code, text] : by_code) {
    std::string rank = text;
    for (char& c : rank) c = static_cast<char>('0' + StrokeClass(c));
    EXPECT_TRUE(last.size() < rank.size() ||
                (last.size() == rank.size() && last < rank));
    last = rank;
  }
}

TEST(StrokeNgramsTest, AgreesWithBruteForceOnRandomWords) {
  std::mt19937 random(3);
  std::string table_text;
  std::map<uint32_t, std::string> strokes_of;
  for (uint32_t c = 0; c < 60; ++c) {
    std::string strokes;
    for (uint64_t n = 1 + random() % 9; n > 0; --n) {
      strokes += "hspnz"[random() % 5];
    }
    strokes_of[0x4E00 + c] = strokes;
    table_text += NaiveEncode(0x4E00 + c) + "\t" + strokes + "\n";
  }
  std::map<std::string, std::string> words;  // word -> strokes
  while (words.size() < 300) {
    std::string word;
    std::string strokes;
    for (uint64_t n = 1 + random() % 4; n > 0; --n) {
      // Six have no strokes.
      const uint32_t c = 0x4E00 + static_cast<uint32_t>(random() % 66);
      word += NaiveEncode(c);
      if (strokes_of.count(c) > 0) strokes += strokes_of[c];
    }
    words[word] = strokes;
  }
  std::vector<std::string> keys;
  std::vector<uint64_t> counts;
  for (const auto& word : words) {
    keys.push_back(word.first);
    counts.push_back(1 + random() % 50);
  }
  const Vocabulary vocabulary = *Vocabulary::Create(keys, counts);
  const StrokeTable table = Table(table_text);
  for (const uint64_t min_count : {1u, 40u, 200u}) {
    std::map<std::string, uint64_t> occurrences;
    for (uint32_t id = 0; id < keys.size(); ++id) {
      for (const std::string& ngram : NaiveNgrams(words[keys[id]], 3, 12)) {
        occurrences[ngram] += counts[id];
      }
    }
    size_t kept = 0;
    for (const auto& entry : occurrences) kept += entry.second >= min_count;
    for (int threads = 1; threads <= 3; ++threads) {
      StrokeOptions options;
      options.min_ngram_count = min_count;
      options.threads = threads;
      const auto features = BuildStrokeFeatures(vocabulary, table, options);
      ASSERT_TRUE(features.ok()) << features.status();
      EXPECT_EQ(features->map.num_rows(), kept);
      uint64_t words_with = 0;
      uint64_t tokens_with = 0;
      for (uint32_t id = 0; id < keys.size(); ++id) {
        std::vector<std::string> expected;
        for (const std::string& ngram : NaiveNgrams(words[keys[id]], 3, 12)) {
          if (occurrences[ngram] >= min_count) expected.push_back(ngram);
        }
        ASSERT_EQ(RowTexts(features->map.Rows(id), features->map), expected);
        // A word of the vocabulary is composed as if it were unseen.
        ASSERT_EQ(
            RowTexts(StrokeNgramRows(keys[id], table, features->map, options),
                     features->map),
            expected);
        words_with += expected.empty() ? 0 : 1;
        tokens_with += expected.empty() ? 0 : counts[id];
      }
      EXPECT_EQ(features->coverage.words, keys.size());
      EXPECT_EQ(features->coverage.words_with_ngrams, words_with);
      EXPECT_EQ(features->coverage.tokens, vocabulary.total_count());
      EXPECT_EQ(features->coverage.tokens_with_ngrams, tokens_with);
      EXPECT_EQ(features->coverage.characters, 66u);
      EXPECT_EQ(features->coverage.characters_with_strokes, 60u);
    }
  }
}

TEST(StrokeNgramsTest, HandWorkedWords) {
  const StrokeTable table = Table("大\thpn\n人\tpn\n三\thhh\n");
  const Vocabulary vocabulary =
      *Vocabulary::Create({"大人", "三三", "人", "abc"}, {7, 5, 3, 1});
  const auto features = BuildStrokeFeatures(vocabulary, table, Lengths(3, 4));
  ASSERT_TRUE(features.ok());
  const FeatureMap& map = features->map;
  EXPECT_THAT(RowTexts(map.Rows(0), map),
              ElementsAre("hpn", "hpnp", "pnp", "pnpn", "npn"));
  // hhhhhh: an n-gram counts as often as it occurs.
  EXPECT_THAT(
      RowTexts(map.Rows(1), map),
      UnorderedElementsAre("hhh", "hhh", "hhh", "hhh", "hhhh", "hhhh", "hhhh"));
  EXPECT_TRUE(map.Rows(2).empty());  // two strokes only
  EXPECT_TRUE(map.Rows(3).empty());  // none
  EXPECT_EQ(map.num_rows(), 7u);
  EXPECT_EQ(map.compose(), Compose::kSum);
  EXPECT_EQ(features->coverage.words_with_ngrams, 2u);
  EXPECT_EQ(features->coverage.tokens_with_ngrams, 12u);
  EXPECT_EQ(features->coverage.characters, 6u);
  EXPECT_EQ(features->coverage.characters_with_strokes, 3u);
  // 人大人: pn hpn pn. "pnh" and "nhp" have no row.
  const StrokeOptions lengths = Lengths(3, 4);
  EXPECT_THAT(RowTexts(StrokeNgramRows("人大人", table, map, lengths), map),
              ElementsAre("hpn", "hpnp", "pnp", "pnpn", "npn"));
  EXPECT_TRUE(StrokeNgramRows("xyz", table, map, lengths).empty());
}

// Every other order of one character at a time, by writing the word anew.
TEST(StrokeNgramsTest, OtherOrdersAddTheirNgramsOnce) {
  std::mt19937 random(7);
  std::string text;
  std::map<uint32_t, std::vector<std::string>>
      orders;  // the preferred one last
  for (uint32_t c = 0x4E00; c < 0x4E1E; ++c) {
    for (uint64_t n = random() % 4; n > 0; --n) {
      std::string code;
      for (uint64_t m = 1 + random() % 7; m > 0; --m) {
        code += "hspnz"[random() % 5];
      }
      text += NaiveEncode(c) + "\t" + code + "\n";
      std::vector<std::string>& codes = orders[c];
      codes.erase(std::remove(codes.begin(), codes.end(), code), codes.end());
      codes.push_back(code);
    }
  }
  const auto table = StrokeTable::Parse(text, "t", StrokeOrders::kAll);
  ASSERT_TRUE(table.ok()) << table.status();
  const StrokeOptions options = Lengths(2, 5);
  for (int round = 0; round < 500; ++round) {
    std::vector<uint32_t> word(1 + random() % 5);
    std::string key;
    for (uint32_t& c : word) key += NaiveEncode(c = 0x4E00 + random() % 32);
    const auto written = [&](size_t other_at, size_t other) {
      std::string strokes;
      for (size_t i = 0; i < word.size(); ++i) {
        const std::vector<std::string>& codes = orders[word[i]];
        if (codes.empty()) continue;
        strokes += i == other_at ? codes[other] : codes.back();
      }
      return strokes;
    };
    std::vector<std::string> expected =
        NaiveNgrams(written(word.size(), 0), 2, 5);
    std::set<std::string> known(expected.begin(), expected.end());
    for (size_t i = 0; i < word.size(); ++i) {
      for (size_t j = 0; j + 1 < orders[word[i]].size(); ++j) {
        for (const std::string& ngram : NaiveNgrams(written(i, j), 2, 5)) {
          if (known.insert(ngram).second) expected.push_back(ngram);
        }
      }
    }
    ASSERT_EQ(Texts(WordNgramCodes(key, *table, options)), expected);
  }
}

TEST(StrokeNgramsTest, LatinTextHasNgramsIfAsked) {
  const StrokeTable table = Table("大\thpn\n股\tpzhhpzzn\n");
  const Vocabulary vocabulary =
      *Vocabulary::Create({"大", "GDP", "A股", "0"}, {7, 5, 3, 2});
  StrokeOptions options = Lengths(3, 4);
  EXPECT_EQ(BuildStrokeFeatures(vocabulary, table, options)
                ->coverage.words_with_ngrams,
            2u);
  options.latin_min_n = 2;
  options.latin_max_n = 3;
  for (int threads = 1; threads <= 2; ++threads) {
    options.threads = threads;
    const auto features = BuildStrokeFeatures(vocabulary, table, options);
    ASSERT_TRUE(features.ok()) << features.status();
    EXPECT_EQ(features->coverage.words_with_ngrams, 4u);
    // <G <GD GD GDP DP DP> P> <A <0 <0> 0>
    EXPECT_EQ(features->coverage.latin_ngrams, 11u);
    const FeatureMap& map = features->map;
    EXPECT_EQ(map.Rows(1).size(), 7u);
    std::vector<std::string> latin;
    for (const uint32_t row : StrokeNgramRows("GDA股", table, map, options)) {
      const uint64_t key = map.row_keys()[row];
      if (IsLatinNgram(key)) latin.push_back(LatinNgramText(key));
    }
    EXPECT_THAT(latin, ElementsAre("<G", "<GD", "GD"));
  }
  options.latin_max_n = 7;
  EXPECT_FALSE(BuildStrokeFeatures(vocabulary, table, options).ok());
  options.latin_max_n = 1;
  EXPECT_FALSE(BuildStrokeFeatures(vocabulary, table, options).ok());
}

TEST(StrokeNgramsTest, RefusesBadOptionsAndTextWithoutStrokes) {
  const StrokeTable table = Table("大\thpn\n");
  const Vocabulary latin = *Vocabulary::Create({"abc", "de"}, {2, 1});
  const absl::Status none = BuildStrokeFeatures(latin, table, {}).status();
  EXPECT_EQ(none.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(none.message(), HasSubstr("no stroke n-gram"));
  for (const auto& [low, high] :
       std::vector<std::pair<int, int>>{{0, 3}, {4, 3}, {3, 17}, {-1, 2}}) {
    EXPECT_FALSE(BuildStrokeFeatures(latin, table, Lengths(low, high)).ok());
  }
}

}  // namespace stroke_ngrams_test
}  // namespace embed
