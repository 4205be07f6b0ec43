#include "embed/eval/sentence_similarity.h"

#include <cmath>
#include <string>
#include <vector>

#include "embed/math/cosine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace sentence_similarity_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Vocabulary Words(const std::vector<std::string>& words) {
  return *Vocabulary::Create(words, std::vector<uint64_t>(words.size(), 1));
}

TEST(SentencePairsTest, ReadsLines) {
  const auto pairs = ParseSentencePairs(
      "# a comment\nA man, plays.\tA girl plays\t3.25\textra\r\n\nx\ty\t0\n",
      "s.tsv");
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_EQ(pairs->size(), 2u);
  EXPECT_EQ((*pairs)[0].first, "A man, plays.");
  EXPECT_EQ((*pairs)[0].second, "A girl plays");
  EXPECT_EQ((*pairs)[0].score, 3.25);
}

TEST(SentencePairsTest, ErrorsNameTheLine) {
  const auto message = [](const std::string& text) {
    return std::string(ParseSentencePairs(text, "s.tsv").status().message());
  };
  EXPECT_THAT(message("a\tb\t1\na\tb\n"),
              HasSubstr("s.tsv: line 2: expected two sentences and a score"));
  EXPECT_THAT(message("a\tb\thigh\n"), HasSubstr("\"high\", is not a number"));
  EXPECT_THAT(message("a\tb\tinf\n"), HasSubstr("is not a number"));
  EXPECT_THAT(message("\xFF\tb\t1\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(message("\n"), HasSubstr("no pairs"));
}

TEST(SentenceWordsTest, FallsBackToLowerCaseAndNoPunctuation) {
  const Vocabulary vocabulary = Words({"man", "Polish", "polish", "don't"});
  uint64_t total = 0;
  EXPECT_THAT(
      SentenceWords("\"A Man\", Polish. POLISH! don't...", vocabulary, &total),
      ElementsAre(0u, 1u, 2u, 3u));
  EXPECT_EQ(total, 5u);
  EXPECT_TRUE(SentenceWords(" -- ", vocabulary, &total).empty());
}

TEST(SentenceWordsTest, CutsAtUnicodeWhiteSpace) {
  const Vocabulary vocabulary = Words({"a", "b", "c"});
  uint64_t total = 0;
  EXPECT_THAT(SentenceWords("a\u3000b\u00a0c\u2028", vocabulary, &total),
              ElementsAre(0u, 1u, 2u));
  EXPECT_EQ(total, 3u);
}

TEST(RemoveCommonComponentTest, SameAsNumPy) {
  const TempFolder folder;
  const EmbeddingTable table = RandomTable(30, 6, 1);
  const PythonAnswer answer = AskPython(
      folder, "numpy",
      "import numpy as np\nx = " + NumpyArray(table.view()) +
          "\nv = np.linalg.svd(x)[2][:1]\nanswer(*(x - x @ v.T @ v).ravel())");
  if (!answer.has_module) GTEST_SKIP() << "python3-numpy is not installed";
  std::vector<float> rows;
  for (uint64_t i = 0; i < 30; ++i) {
    rows.insert(rows.end(), table.row(i), table.row(i) + 6);
  }
  RemoveCommonComponent(6, &rows);
  ASSERT_EQ(answer.numbers.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_NEAR(rows[i], answer.numbers[i], 1e-6);
  }
}

TEST(RemoveCommonComponentTest, LeavesZerosAlone) {
  std::vector<float> rows(8);
  RemoveCommonComponent(4, &rows);
  EXPECT_EQ(rows, std::vector<float>(8));
  rows.clear();
  RemoveCommonComponent(4, &rows);
  EXPECT_TRUE(rows.empty());
}

// Scores that are the cosines themselves: both correlations are 1.
TEST(SentenceSimilarityTest, FindsItsOwnCosines) {
  const Vocabulary vocabulary = Words({"a", "b", "c", "d"});
  const EmbeddingTable table = RandomTable(4, 5, 1);
  const std::vector<double> weights = {1, 0.5, 0.25, 0.125};
  const std::vector<std::vector<std::vector<uint32_t>>> sentences = {
      {{0, 1}, {2, 3}}, {{0}, {0, 2, 1}}, {{3, 1}, {1, 0}}};
  const std::string names = "abcd";
  for (const Pooling pooling : {Pooling::kMean, Pooling::kMax, Pooling::kConcat,
                                Pooling::kSif, Pooling::kHierarchical}) {
    const SentenceOptions options = {{pooling, 2}, /*remove_common=*/false};
    std::vector<SentencePair> pairs;
    for (const auto& both : sentences) {
      std::vector<std::vector<float>> pooled;
      std::vector<std::string> texts;
      for (const std::vector<uint32_t>& ids : both) {
        std::vector<float> rows;
        std::vector<double> of_rows;
        std::string& text = texts.emplace_back();
        for (const uint32_t id : ids) {
          rows.insert(rows.end(), table.row(id), table.row(id) + 5);
          of_rows.push_back(weights[id]);
          text += std::string(1, names[id]) + " ";
        }
        pooled.push_back(Pool(rows, 5, of_rows, options.pool));
      }
      pairs.push_back({texts[0], texts[1], Cosine(pooled[0], pooled[1])});
    }
    pairs.push_back({"a", "unknown words", 5});
    const auto result =
        EvaluateSentences(pairs, vocabulary, table.view(), weights, options);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_NEAR(result->pearson, 1, 1e-9);
    EXPECT_NEAR(result->spearman, 1, 1e-9);
    EXPECT_EQ(result->used, 3u);
    EXPECT_EQ(result->total, 4u);
    EXPECT_EQ(result->words, 15u);
    EXPECT_EQ(result->words_known, 13u);
  }
}

TEST(SentenceSimilarityTest, RefusesTooFewWeights) {
  const Vocabulary vocabulary = Words({"a", "b"});
  const EmbeddingTable table = RandomTable(2, 3, 1);
  EXPECT_FALSE(EvaluateSentences({{"a", "b", 1}}, vocabulary, table.view(),
                                 {1.0}, {{Pooling::kSif, 5}, true})
                   .ok());
}

}  // namespace sentence_similarity_test
}  // namespace embed
