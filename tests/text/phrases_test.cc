#include "text/phrases.h"

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/text/text_test_files.h"
#include "text/phrase_filter.h"

namespace embed {
namespace phrases_test {

using ::testing::HasSubstr;
using WordPair = std::pair<std::string, std::string>;

absl::StatusOr<FoundPhrases> Find(const std::string& path,
                                  const PhraseOptions& options) {
  CorpusOptions corpus_options;
  corpus_options.paths = {path};
  absl::StatusOr<std::unique_ptr<Corpus>> corpus = Corpus::Open(corpus_options);
  if (!corpus.ok()) return corpus.status();
  return FindPhrases(corpus->get(), options);
}

struct NaivePhrase {
  uint64_t count;
  double score;
};

std::map<WordPair, NaivePhrase> NaivePhrases(const std::string& text,
                                             uint64_t min_count,
                                             double threshold) {
  std::map<std::string, uint64_t> words;
  std::map<WordPair, uint64_t> pairs;
  double tokens = 0;
  for (const std::vector<std::string>& line : NaiveLines(text)) {
    for (size_t i = 0; i < line.size(); ++i) {
      ++words[line[i]];
      ++tokens;
      if (i > 0) ++pairs[{line[i - 1], line[i]}];
    }
  }
  std::map<WordPair, NaivePhrase> phrases;
  for (const auto& [pair, count] : pairs) {
    if (count < min_count) continue;
    const double score = static_cast<double>(count - min_count) * tokens /
                         static_cast<double>(words[pair.first]) /
                         static_cast<double>(words[pair.second]);
    if (score > threshold) phrases[pair] = {count, score};
  }
  return phrases;
}

// Lines of the words 0 .. 39, some pairs of which like each other.
std::string NumberText() {
  std::mt19937 random(5);
  std::string text;
  for (int line = 0; line < 3000; ++line) {
    uint64_t word = random() % 40;
    for (uint64_t n = random() % 20; n > 0; --n) {
      absl::StrAppend(&text, word, n == 1 ? "" : " ");
      const bool goes_on = word % 3 == 0 && random() % 2 == 0;
      word = goes_on ? word + 1 : random() % 40 * (random() % 40) / 40;
    }
    text += '\n';
  }
  return text;
}

TEST(PhrasesTest, AgreesWithBruteForceForAnyThreads) {
  const TestFolder folder;
  for (const std::string& text : {NumberText(), RandomText(15000, 4)}) {
    const std::string path = folder.Write("t", text);
    for (const uint64_t min_count : {1u, 3u, 20u}) {
      for (const double threshold : {0.0, 2.5, 100.0}) {
        const auto naive = NaivePhrases(text, min_count, threshold);
        for (int threads = 1; threads <= 3; ++threads) {
          PhraseOptions options;
          options.min_count = min_count;
          options.threshold = threshold;
          options.threads = threads;
          const auto found = Find(path, options);
          ASSERT_TRUE(found.ok()) << found.status();
          ASSERT_EQ(found->phrases.size(), naive.size());
          EXPECT_EQ(found->stats.tokens, NaiveTokens(text).size());
          double last = HUGE_VAL;
          for (const Phrase& phrase : found->phrases) {
            const auto expected = naive.find({phrase.first, phrase.second});
            ASSERT_NE(expected, naive.end());
            EXPECT_EQ(phrase.count, expected->second.count);
            EXPECT_NEAR(phrase.score, expected->second.score,
                        1e-12 * expected->second.score);
            EXPECT_LE(phrase.score, last);
            last = phrase.score;
          }
        }
      }
    }
  }
}

TEST(PhrasesTest, HandWorked) {
  const TestFolder folder;
  // new 4, york 3, new york 3; 10 tokens. No pair over the ends of lines.
  const std::string path =
      folder.Write("t", "new york is\nnew york city\nin new york\nnew");
  PhraseOptions options;
  options.min_count = 2;
  options.threshold = 0.8;
  const auto found = Find(path, options);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->phrases.size(), 1u);
  const Phrase& phrase = found->phrases[0];
  EXPECT_EQ(phrase.first, "new");
  EXPECT_EQ(phrase.second, "york");
  EXPECT_EQ(phrase.first_count, 4u);
  EXPECT_EQ(phrase.second_count, 3u);
  EXPECT_DOUBLE_EQ(phrase.score, (3 - 2) * 10.0 / (4 * 3));
  options.threshold = 10.0 / 12;  // a phrase has more
  EXPECT_TRUE(Find(path, options)->phrases.empty());
}

// With room for few words and pairs, what is frequent is found all the same,
// and no count is further off than is said.
TEST(PhrasesTest, BoundedMemoryKeepsTheFrequentPairs) {
  std::mt19937 random(6);
  std::string text;
  for (int line = 0; line < 60000; ++line) {
    absl::StrAppend(&text, "new york ", random(), " ", random(), "\n");
  }
  const TestFolder folder;
  PhraseOptions options;
  options.threshold = 2;
  options.max_distinct = 1000;
  const auto found = Find(folder.Write("t", text), options);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_GT(found->stats.max_count_error, 0u);
  ASSERT_EQ(found->phrases.size(), 1u);
  EXPECT_LE(found->phrases[0].count, 60000u);
  EXPECT_GE(found->phrases[0].count, 60000u - found->stats.max_count_error);
}

TEST(PhrasesTest, RefusesBadOptionsAndEmptyText) {
  const TestFolder folder;
  const std::string path = folder.Write("t", "a b\n");
  PhraseOptions options;
  options.min_count = 0;
  EXPECT_THAT(Find(path, options).status().message(), HasSubstr("min_count"));
  options = PhraseOptions();
  options.threshold = -1;
  EXPECT_THAT(Find(path, options).status().message(), HasSubstr("-1"));
  options = PhraseOptions();
  EXPECT_THAT(Find(folder.Write("e", "\n \n"), options).status().message(),
              HasSubstr("no words"));
}

// The same pairs with the same scores, once N is what gensim has there, and the
// same text.
TEST(PhrasesPeerTest, AgreesWithGensim) {
  const TempFolder folder;
  const std::string text = NumberText();
  WriteBytes(folder.File("t"), text);
  const PythonAnswer answer = AskPython(folder, "gensim", R"py(
from gensim.models.phrases import Phrases
lines = [line.split() for line in open("t")]
scored = Phrases(lines, min_count=5, threshold=1e-9)
ratio = scored.corpus_word_count / len(scored.vocab)
for pair, score in scored.export_phrases().items():
    first, second = pair.split("_")
    answer(int(first), int(second), score * ratio)
joins = Phrases(lines, min_count=5, threshold=2 / ratio)
with open("joined", "w") as f:
    for line in lines:
        f.write(" ".join(joins[line]) + "\n")
)py");
  if (!answer.has_module) {
    GTEST_SKIP() << "/usr/bin/python3 has no gensim (python3-gensim)";
  }
  std::map<WordPair, double> scores;
  for (size_t i = 0; i + 2 < answer.numbers.size(); i += 3) {
    scores[{absl::StrCat(answer.numbers[i]),
            absl::StrCat(answer.numbers[i + 1])}] = answer.numbers[i + 2];
  }
  PhraseOptions options;
  options.threshold = 0;
  const auto found = Find(folder.File("t"), options);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->phrases.size(), scores.size());
  EXPECT_GT(scores.size(), 100u);
  std::vector<WordPair> joins;
  for (const Phrase& phrase : found->phrases) {
    const double score = scores[{phrase.first, phrase.second}];
    EXPECT_NEAR(phrase.score, score, 1e-9 * score);
    if (phrase.score > 2) joins.emplace_back(phrase.first, phrase.second);
  }
  std::string joined;
  NewPhraseFilter(joins)->Apply(text, &joined);
  EXPECT_THAT(joined, HasSubstr("_"));
  EXPECT_TRUE(joined == ReadBytes(folder.File("joined")));
}

}  // namespace phrases_test
}  // namespace embed
