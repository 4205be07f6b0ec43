#include "embed/eval/word_similarity.h"

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/io/vector_file.h"
#include "embed/model/embedding_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace word_similarity_test {

using testing::HasSubstr;

Vocabulary MakeVocabulary(const std::vector<std::string>& keys) {
  auto vocabulary =
      Vocabulary::Create(keys, std::vector<uint64_t>(keys.size(), 1));
  EXPECT_TRUE(vocabulary.ok()) << vocabulary.status();
  return *std::move(vocabulary);
}

EmbeddingTable MakeTable(const std::vector<std::vector<float>>& rows) {
  auto table =
      EmbeddingTable::Create(rows.size(), static_cast<int>(rows[0].size()));
  EXPECT_TRUE(table.ok()) << table.status();
  for (size_t i = 0; i < rows.size(); ++i) {
    std::copy(rows[i].begin(), rows[i].end(), table->row(i));
  }
  return *std::move(table);
}

// Four words in a plane; east and north are at a right angle.
class WordSimilarityTest : public testing::Test {
 protected:
  Vocabulary vocabulary_ = MakeVocabulary({"east", "near", "north", "west"});
  EmbeddingTable table_ = MakeTable({{1, 0}, {3, 3}, {0, 2}, {-4, 0}});
};

TEST_F(WordSimilarityTest, HandWorkedPairs) {
  // Cosines: 1/sqrt(2), 0, -1, and an unknown word.
  const WordSimilarity similarity({{"east", "near", 9},
                                   {"north", "east", 5},
                                   {"east", "up", 7},
                                   {"west", "EAST", 4}},
                                  vocabulary_);
  EXPECT_EQ(similarity.used(), 3u);
  const auto result = similarity.Evaluate(table_.view());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_DOUBLE_EQ(result->spearman, 1);
  // Scores 9, 5, 4 have the mean 6, the cosines the mean m.
  const double m = (std::sqrt(0.5) - 1) / 3;
  const double xy = 3 * (std::sqrt(0.5) - m) - 1 * (0 - m) - 2 * (-1 - m);
  const double xx = std::pow(std::sqrt(0.5) - m, 2) + m * m + (1 + m) * (1 + m);
  EXPECT_DOUBLE_EQ(result->pearson, xy / std::sqrt(xx * 14));
  EXPECT_EQ(result->used, 3u);
  EXPECT_EQ(result->total, 4u);
}

TEST_F(WordSimilarityTest, VectorsFromAFunction) {
  const WordSimilarity similarity(
      {{"east", "near", 1}, {"east", "north", 2}, {"east", "west", 3}},
      vocabulary_);
  const std::vector<float> turned[] = {{1, 0}, {-1, 0}, {0, 1}, {1, 1}};
  const auto result = similarity.Evaluate(
      [&](uint32_t id) { return absl::Span<const float>(turned[id]); });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_DOUBLE_EQ(result->spearman, 1);  // -1, 0, 0.71
  EXPECT_DOUBLE_EQ(similarity.Evaluate(table_.view())->spearman, -1);
}

TEST_F(WordSimilarityTest, NothingKnownIsUndefined) {
  const WordSimilarity similarity({{"a", "b", 1}, {"east", "c", 2}},
                                  vocabulary_);
  const auto result = similarity.Evaluate(table_.view());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(std::isnan(result->spearman));
  EXPECT_TRUE(std::isnan(result->pearson));
  EXPECT_EQ(result->used, 0u);
  EXPECT_EQ(result->total, 2u);
}

TEST_F(WordSimilarityTest, UntrainedRowsAreUndefinedNotAnError) {
  const EmbeddingTable zeros = MakeTable({{0, 0}, {0, 0}, {0, 0}, {0, 0}});
  const WordSimilarity similarity({{"east", "near", 1}, {"east", "west", 2}},
                                  vocabulary_);
  const auto result = similarity.Evaluate(zeros.view());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(std::isnan(result->spearman));
}

TEST_F(WordSimilarityTest, DivergedVectorsAreNamed) {
  table_.row(2)[1] = std::numeric_limits<float>::quiet_NaN();
  const WordSimilarity similarity({{"east", "near", 1}, {"near", "north", 2}},
                                  vocabulary_);
  const auto result = similarity.Evaluate(table_.view());
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("\"north\""));
}

TEST_F(WordSimilarityTest, TooFewRows) {
  const WordSimilarity similarity({{"east", "near", 1}}, vocabulary_);
  MatrixView view = table_.view();
  view.rows = 3;
  EXPECT_TRUE(absl::IsInvalidArgument(similarity.Evaluate(view).status()));
}

TEST(WordSimilarityPeerTest, AgreesWithGensim) {
  constexpr int kWords = 200;
  constexpr int kDim = 37;
  std::vector<std::string> keys;
  for (int i = 0; i < kWords; ++i) keys.push_back(absl::StrCat("w", i));
  const Vocabulary vocabulary = MakeVocabulary(keys);
  auto table = EmbeddingTable::Create(kWords, kDim);
  ASSERT_TRUE(table.ok());
  table->FillUniform(1, 4, 1);
  std::mt19937 random(6);
  std::string text;
  for (int i = 0; i < 600; ++i) {
    // Some words beyond the vocabulary; whole scores, so many ties. No word
    // with itself: gensim's float32 gives such pairs 1 or a bit less.
    const auto first = static_cast<uint32_t>(random() % 230);
    const uint32_t second =
        (first + 1 + static_cast<uint32_t>(random() % 229)) % 230;
    absl::StrAppend(&text, "w", first, "\tw", second, "\t", random() % 11,
                    "\n");
  }
  const TempFolder folder;
  WriteBytes(folder.File("pairs.tsv"), text);
  ASSERT_TRUE(WriteVectors(vocabulary, table->view(), VectorFormat::kText,
                           folder.File("v.vec"))
                  .ok());
  const PythonAnswer answer = AskPython(folder, "gensim", R"py(
from gensim.models import KeyedVectors
v = KeyedVectors.load_word2vec_format("v.vec")
for case in (True, False):
    pearson, spearman, oov = v.evaluate_word_pairs("pairs.tsv",
                                                   case_insensitive=case)
    answer(spearman[0], pearson[0], oov)
)py");
  if (!answer.has_module) {
    GTEST_SKIP() << "/usr/bin/python3 has no gensim (python3-gensim)";
  }
  ASSERT_EQ(answer.numbers.size(), 6u);
  const auto pairs = ReadWordPairs(folder.File("pairs.tsv"));
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  const auto result =
      WordSimilarity(*pairs, vocabulary).Evaluate(table->view());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_LT(result->used, result->total);
  for (const size_t at : {0, 3}) {
    EXPECT_NEAR(result->spearman, answer.numbers[at], 1e-6);
    EXPECT_NEAR(result->pearson, answer.numbers[at + 1], 1e-6);
    EXPECT_NEAR(100.0 - 100.0 * static_cast<double>(result->used) /
                            static_cast<double>(result->total),
                answer.numbers[at + 2], 1e-9);
  }
}

}  // namespace word_similarity_test
}  // namespace embed
