#include "text/char_ngrams.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace char_ngrams_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// FNV-1a as its page defines it, on bytes widened with their sign, in 64 bits.
uint32_t SlowHash(const std::string& text) {
  uint64_t hash = 2166136261u;
  for (const char c : text) {
    const uint64_t byte = static_cast<uint8_t>(c);
    hash ^= byte < 128 ? byte : byte + 0xFFFFFF00u;
    hash = hash * 16777619u % (uint64_t{1} << 32);
  }
  return static_cast<uint32_t>(hash);
}

// The n-grams of a word given as a list of its characters.
std::vector<std::string> SlowNgrams(std::vector<std::string> characters,
                                    size_t min_n, size_t max_n) {
  characters.insert(characters.begin(), "<");
  characters.push_back(">");
  std::vector<std::string> ngrams;
  for (size_t begin = 0; begin < characters.size(); ++begin) {
    for (size_t n = min_n; n <= max_n && begin + n <= characters.size(); ++n) {
      std::string ngram;
      for (size_t i = begin; i < begin + n; ++i) ngram += characters[i];
      if (ngram != "<" && ngram != ">") ngrams.push_back(ngram);
    }
  }
  return ngrams;
}

CharNgramOptions Options(int min_n, int max_n, uint32_t buckets) {
  CharNgramOptions options;
  options.min_n = min_n;
  options.max_n = max_n;
  options.buckets = buckets;
  return options;
}

TEST(CharNgramsTest, HashOfKnownTexts) {
  // From the test vectors of the FNV page.
  EXPECT_EQ(FasttextHash(""), 0x811c9dc5u);
  EXPECT_EQ(FasttextHash("a"), 0xe40c292cu);
  EXPECT_EQ(FasttextHash("foobar"), 0xbf9cf968u);
  for (const char* text : {"北京", "é", "😀", "<中"}) {
    EXPECT_EQ(FasttextHash(text), SlowHash(text));
  }
}

TEST(CharNgramsTest, NgramsOfCharactersInTheOrderOfTheirPlaces) {
  const std::vector<std::vector<std::string>> words = {
      {"w", "h", "e", "r", "e"},
      {"a"},
      {"北", "京", "大", "学"},
      {"👍", "a", "é"},
      {"<", ">"}};
  for (const auto& [min_n, max_n] :
       {std::pair(3, 6), std::pair(1, 2), std::pair(1, 20), std::pair(4, 4)}) {
    const CharNgramOptions options = Options(min_n, max_n, 1000003);
    for (const std::vector<std::string>& characters : words) {
      std::string word;
      for (const std::string& character : characters) word += character;
      std::vector<uint32_t> expected;
      for (const std::string& ngram :
           SlowNgrams(characters, static_cast<size_t>(min_n),
                      static_cast<size_t>(max_n))) {
        // A "<" within the word is no mark.
        expected.push_back(SlowHash(ngram) % 1000003);
      }
      if (word == "<>" && min_n == 1) continue;
      EXPECT_EQ(CharNgramBuckets(word, options), expected) << word;
    }
  }
}

TEST(CharNgramsTest, OnlyTheMarksAtTheEndsAreLeftOut) {
  const uint32_t buckets = 1000003;
  EXPECT_THAT(CharNgramBuckets("<", Options(1, 1, buckets)),
              ElementsAre(SlowHash("<") % buckets));
  EXPECT_THAT(CharNgramBuckets("", Options(1, 2, buckets)),
              ElementsAre(SlowHash("<>") % buckets));
}

TEST(CharNgramsTest, NoNgramsOfLineEndsOrIfNoneAreAskedFor) {
  EXPECT_THAT(CharNgramBuckets("</s>", Options(3, 6, 100)), IsEmpty());
  EXPECT_THAT(CharNgramBuckets("where", Options(3, 0, 0)), IsEmpty());
  EXPECT_THAT(CharNgramBuckets("where", Options(0, 0, 100)), IsEmpty());
}

TEST(CharNgramsTest, RowsOfKnownAndUnseenWords) {
  const Vocabulary words =
      *Vocabulary::Create({"ab", "</s>", "北京"}, {5, 4, 3});
  const CharNgramOptions options = Options(2, 3, 50);
  const FeatureMap map = *BuildCharNgramFeatures(words, options);
  EXPECT_EQ(map.num_rows(), 53u);
  EXPECT_EQ(map.compose(), Compose::kMean);
  EXPECT_THAT(map.row_keys(), IsEmpty());
  const auto row = [](const char* ngram) { return 3 + SlowHash(ngram) % 50; };
  EXPECT_THAT(map.Rows(0), ElementsAre(0, row("<a"), row("<ab"), row("ab"),
                                       row("ab>"), row("b>")));
  EXPECT_THAT(map.Rows(1), ElementsAre(1));
  for (uint32_t id = 0; id < words.size(); ++id) {
    EXPECT_THAT(CharNgramRows(words.key(id), words, options),
                testing::ElementsAreArray(map.Rows(id)));
  }
  EXPECT_THAT(CharNgramRows("c", words, options),
              ElementsAre(row("<c"), row("<c>"), row("c>")));
}

TEST(CharNgramsTest, ThreadsDoNotMatter) {
  std::vector<std::string> keys;
  for (int i = 0; i < 500; ++i) keys.push_back("word" + std::to_string(i * i));
  const Vocabulary words =
      *Vocabulary::Create(keys, std::vector<uint64_t>(500, 1));
  CharNgramOptions options;
  const FeatureMap one = *BuildCharNgramFeatures(words, options);
  options.threads = 3;
  const FeatureMap three = *BuildCharNgramFeatures(words, options);
  EXPECT_EQ(one.rows(), three.rows());
  EXPECT_EQ(one.offsets(), three.offsets());
}

TEST(CharNgramsTest, RefusesOptionsNamingThem) {
  const Vocabulary words = *Vocabulary::Create({"a"}, {1});
  for (const auto& [options, message] :
       {std::pair(Options(-1, 3, 10), "-1 to 3"),
        std::pair(Options(3, 6, 0), "buckets is 0"),
        std::pair(Options(3, 6, 0xFFFFFFFF), "buckets is 4294967295")}) {
    EXPECT_THAT(
        std::string(BuildCharNgramFeatures(words, options).status().message()),
        HasSubstr(message));
  }
}

}  // namespace char_ngrams_test
}  // namespace embed
