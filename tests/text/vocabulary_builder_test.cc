#include "text/vocabulary_builder.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"
#include "tests/text/text_test_files.h"

namespace embed {
namespace vocabulary_builder_test {

using ::testing::HasSubstr;

absl::StatusOr<CorpusVocabulary> Build(const CorpusOptions& corpus_options,
                                       const VocabularyOptions& options) {
  absl::StatusOr<std::unique_ptr<Corpus>> corpus = Corpus::Open(corpus_options);
  if (!corpus.ok()) return corpus.status();
  return BuildVocabulary(corpus->get(), options);
}

std::vector<std::pair<std::string, uint64_t>> NaiveVocabulary(
    const std::string& text, uint64_t min_count) {
  std::map<std::string, uint64_t> counts;
  for (const std::string& token : NaiveTokens(text)) ++counts[token];
  std::vector<std::pair<std::string, uint64_t>> words;
  for (const auto& entry : counts) {
    if (entry.second >= min_count) words.push_back(entry);
  }
  std::stable_sort(
      words.begin(), words.end(),
      [](const auto& a, const auto& b) { return a.second > b.second; });
  return words;
}

void ExpectWords(const Vocabulary& vocabulary,
                 const std::vector<std::pair<std::string, uint64_t>>& words) {
  ASSERT_EQ(vocabulary.size(), words.size());
  for (uint32_t id = 0; id < words.size(); ++id) {
    ASSERT_EQ(vocabulary.key(id), words[id].first);
    ASSERT_EQ(vocabulary.count(id), words[id].second);
  }
}

TEST(VocabularyBuilderTest, CountsAsTheNaiveCounterForAnyThreadsAndFormat) {
  const TestFolder folder;
  const std::string text = RandomText(15000, 11);
  const size_t lines = NaiveLines(text).size();
  const size_t tokens = NaiveTokens(text).size();
  const size_t distinct = NaiveVocabulary(text, 1).size();
  const auto words = NaiveVocabulary(text, 5);
  uint64_t kept = 0;
  for (const auto& word : words) kept += word.second;
  for (const std::string& path :
       {folder.Write("t", text), folder.WriteGzip("t.gz", text),
        folder.WriteZstd("t.zst", text)}) {
    for (int threads = 1; threads <= 4; ++threads) {
      const auto built =
          Build({{path}, OnBadUtf8::kReplace, 2000}, {5, 0, threads});
      ASSERT_TRUE(built.ok()) << built.status();
      ExpectWords(built->vocabulary, words);
      const CorpusStats& stats = built->stats;
      EXPECT_EQ(stats.bytes, text.size());
      EXPECT_EQ(stats.lines, lines);
      EXPECT_EQ(stats.tokens, tokens);
      EXPECT_EQ(stats.kept_tokens, kept);
      EXPECT_EQ(stats.distinct_tokens, distinct);
      EXPECT_EQ(stats.nul_bytes, static_cast<uint64_t>(std::count(
                                     text.begin(), text.end(), '\0')));
      EXPECT_EQ(stats.bad_sequences, 0u);
      EXPECT_EQ(stats.dropped_tokens, 0u);
    }
  }
}

TEST(VocabularyBuilderTest, KeepsTheMostFrequentWords) {
  const TestFolder folder;
  const std::string path = folder.Write("t", "b a c a b a d\n");
  auto words = NaiveVocabulary("b a c a b a d", 1);
  words.resize(3);
  const auto built = Build({{path}}, {1, 3, 1});
  ASSERT_TRUE(built.ok());
  ExpectWords(built->vocabulary, words);  // a 3, b 2, c 1 (d is equal to c)
  EXPECT_EQ(built->vocabulary.key(2), "c");
  EXPECT_EQ(built->stats.kept_tokens, 6u);
  EXPECT_EQ(built->stats.distinct_tokens, 4u);
}

TEST(VocabularyBuilderTest, TellsHowLongTheLinesAre) {
  const TestFolder folder;
  std::string text = "a b\n\nb a\n";
  for (int i = 0; i < 2500; ++i) text += "c ";
  text += "\na b c";
  const auto built = Build({{folder.Write("t", text)}}, {1, 0, 1});
  ASSERT_TRUE(built.ok());
  const std::vector<uint64_t>& lines = built->stats.lines_of;
  ASSERT_EQ(lines.size(), 1001u);
  EXPECT_EQ(lines[0], 1u);
  EXPECT_EQ(lines[2], 2u);
  EXPECT_EQ(lines[3], 1u);
  // 2500 tokens.
  EXPECT_EQ(lines[1000], 2u);
  EXPECT_EQ(lines[500], 1u);
}

TEST(VocabularyBuilderTest, KeepsListedWordsBeforeFrequentOnes) {
  const TestFolder folder;
  const std::string path = folder.Write("t", "b a c a b a d d e\n");
  VocabularyOptions options;
  options.min_count = 2;
  options.keep = {"e", "absent", "a"};
  const auto all = Build({{path}}, options);
  ASSERT_TRUE(all.ok());
  ExpectWords(all->vocabulary, {{"a", 3}, {"b", 2}, {"d", 2}, {"e", 1}});
  options.max_size = 3;
  const auto three = Build({{path}}, options);
  ASSERT_TRUE(three.ok());
  ExpectWords(three->vocabulary, {{"a", 3}, {"b", 2}, {"e", 1}});
}

// 200,000 words met once: the counts of the others are
// within the bound that is told, the same for any number of threads.
TEST(VocabularyBuilderTest, CountsEndlessRareWordsInLittleMemory) {
  const TestFolder folder;
  std::string text;
  std::map<std::string, uint64_t> common;
  for (int i = 0; i < 200000; ++i) {
    const std::string word = "w" + std::to_string(i % 97 * (i % 7));
    ++common[word];
    text += word + " rare-word" + std::to_string(i) + "\n";
  }
  const std::string path = folder.Write("t", text);
  std::vector<Vocabulary> results;
  for (int threads = 1; threads <= 3; ++threads) {
    VocabularyOptions options;
    options.min_count = 200;
    options.threads = threads;
    options.max_distinct = 4000;
    const auto built = Build({{path}, OnBadUtf8::kReplace, 4000}, options);
    ASSERT_TRUE(built.ok()) << built.status();
    const uint64_t error = built->stats.max_count_error;
    EXPECT_GT(error, 0u);
    EXPECT_LT(error, 150u);
    for (uint32_t id = 0; id < built->vocabulary.size(); ++id) {
      const uint64_t exact = common.at(std::string(built->vocabulary.key(id)));
      EXPECT_LE(built->vocabulary.count(id), exact);
      EXPECT_GE(built->vocabulary.count(id) + error, exact);
    }
    for (const auto& [word, count] : common) {
      if (count >= 200 + error) {
        EXPECT_NE(built->vocabulary.Find(word), Vocabulary::kNotFound);
      }
    }
    results.push_back(built->vocabulary);
  }
  for (const Vocabulary& other : results) {
    EXPECT_EQ(other.text(), results[0].text());
    EXPECT_EQ(other.counts(), results[0].counts());
  }
}

TEST(VocabularyBuilderTest, CountsDroppedTokensInAndOutOfChunks) {
  const TestFolder folder;
  const std::string text = "word " + std::string(70000, 'x') + " word " +
                           std::string(400000, 'y') + " word\nword";
  const auto built = Build({{folder.Write("t", text)}}, {1, 0, 1});
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_EQ(built->stats.dropped_tokens, 2u);
  EXPECT_EQ(built->stats.tokens, 4u);
  EXPECT_EQ(built->stats.lines, 2u);
}

TEST(VocabularyBuilderTest, SaysWhyNoWordIsLeft) {
  const TestFolder folder;
  const std::string path = folder.Write("few.txt", "a b c\n");
  const absl::Status rare = Build({{path}}, {5, 0, 1}).status();
  EXPECT_EQ(rare.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(rare.message(), HasSubstr("min_count=5"));
  EXPECT_THAT(rare.message(), HasSubstr("few.txt"));
  EXPECT_THAT(rare.message(), HasSubstr("--min_count"));
  for (const char* text : {"", " \n \n"}) {
    const absl::Status empty =
        Build({{folder.Write("empty.txt", text)}}, {}).status();
    EXPECT_EQ(empty.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(empty.message(), HasSubstr("empty.txt: holds no words"));
  }
  EXPECT_FALSE(Build({{path}}, {0, 0, 1}).ok());
  EXPECT_FALSE(Build({{path}}, {1, 0, 0}).ok());
}

TEST(VocabularyBuilderTest, ReportsTheFirstBadChunkForAnyThreads) {
  const TestFolder folder;
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += i >= 700 && i % 100 == 0 ? "bad \xFF line\n" : "a good line\n";
  }
  const std::string path = folder.Write("t", text);
  for (int threads = 1; threads <= 4; ++threads) {
    const absl::Status status =
        Build({{path}, OnBadUtf8::kFail, 100}, {5, 0, threads}).status();
    EXPECT_THAT(status.message(), HasSubstr("line 701,")) << threads;
  }
}

}  // namespace vocabulary_builder_test
}  // namespace embed
