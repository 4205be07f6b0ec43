#include "embed/eval/sentence_similarity.h"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

// Sentences of 1 to 12 of the words w0, w1, ..., of which the last fifth has no
// vector, and whole scores from 0 to 5, so many ties.
std::vector<SentencePair> RandomPairs(size_t count, uint32_t known) {
  std::mt19937 random(8);
  const auto sentence = [&] {
    std::vector<std::string> words(1 + random() % 12);
    for (std::string& word : words) {
      word = absl::StrCat("w", random() % (known + known / 4));
    }
    return absl::StrJoin(words, " ");
  };
  std::vector<SentencePair> pairs(count);
  for (SentencePair& pair : pairs) {
    pair = {sentence(), sentence(), static_cast<double>(random() % 6)};
  }
  return pairs;
}

// Of x, counts, a, window and pairs, by the definitions of embed/math/pool.h.
constexpr char kPeer[] = R"py(
import numpy as np
weight = a / (a + counts / counts.sum())
def runs(r):
    return [r[i:i + window] for i in range(max(1, len(r) - window + 1))]
pooled = {
    "mean": lambda r, w: r.mean(axis=0),
    "max": lambda r, w: r.max(axis=0),
    "concat": lambda r, w: np.append(r.mean(axis=0), r.max(axis=0)),
    "sif": lambda r, w: w @ r / len(r),
    "hier": lambda r, w: np.max([run.mean(axis=0) for run in runs(r)], axis=0)}
ids = [[[int(word[1:]) for word in text.split()] for text in pair[:2]]
       for pair in pairs]
ids = [[[i for i in one if i < len(x)] for one in both] for both in ids]
used = [all(both) for both in ids]
given = [pair[2] for pair, use in zip(pairs, used) if use]
def correlations(y):
    y /= np.linalg.norm(y, axis=1, keepdims=True)
    cosines = (y[::2] * y[1::2]).sum(axis=1)
    answer(scipy.stats.spearmanr(given, cosines)[0],
           scipy.stats.pearsonr(given, cosines)[0])
answer(sum(used), sum(len(i) for both in ids for i in both))
for name in ("mean", "max", "concat", "sif", "hier"):
    y = np.array([pooled[name](x[i], weight[i])
                  for both, use in zip(ids, used) if use for i in both])
    if name == "sif":
        v = np.linalg.svd(y)[2][0]
        correlations(y - np.outer(y @ v, v))
    correlations(y)
)py";

TEST(SentenceSimilarityTest, SameAsSciPy) {
  constexpr uint32_t kKnown = 40;
  const EmbeddingTable table = RandomTable(kKnown, 7, 9);
  std::vector<std::string> words;
  std::vector<uint64_t> counts;
  std::vector<double> weights;
  for (uint32_t i = 0; i < kKnown; ++i) {
    words.push_back(absl::StrCat("w", i));
    counts.push_back(1000 / (i + 1));
  }
  const uint64_t total =
      std::accumulate(counts.begin(), counts.end(), uint64_t{0});
  for (const uint64_t count : counts) {
    weights.push_back(SifWeight(0.01, static_cast<double>(count),
                                static_cast<double>(total)));
  }
  const std::vector<SentencePair> pairs = RandomPairs(150, kKnown);
  std::string python_pairs;
  for (const SentencePair& pair : pairs) {
    absl::StrAppend(&python_pairs, "('", pair.first, "','", pair.second, "',",
                    pair.score, "),");
  }
  const TempFolder folder;
  const PythonAnswer answer = AskPython(
      folder, "scipy.stats",
      absl::StrCat("import numpy as np\nx = ", NumpyArray(table.view()),
                   "\ncounts = np.array([", absl::StrJoin(counts, ","),
                   "])\na, window = 0.01, 3\npairs = [", python_pairs, "]\n",
                   kPeer));
  if (!answer.has_module) GTEST_SKIP() << "python3-scipy is not installed";
  ASSERT_EQ(answer.numbers.size(), 14u);
  const double* theirs = &answer.numbers[2];
  for (const SentenceOptions& options : std::vector<SentenceOptions>{
           {{Pooling::kMean, 3}, true},
           {{Pooling::kMax, 3}, true},
           {{Pooling::kConcat, 3}, true},
           {{Pooling::kSif, 3}, /*remove_common=*/true},
           {{Pooling::kSif, 3}, /*remove_common=*/false},
           {{Pooling::kHierarchical, 3}, true}}) {
    SCOPED_TRACE(PoolingName(options.pool.pooling));
    const auto result =
        EvaluateSentences(pairs, Words(words), table.view(), weights, options);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(static_cast<double>(result->used), answer.numbers[0]);
    EXPECT_LT(result->used, result->total);
    EXPECT_EQ(static_cast<double>(result->words_known), answer.numbers[1]);
    EXPECT_NEAR(result->spearman, theirs[0], 1e-6);
    EXPECT_NEAR(result->pearson, theirs[1], 1e-6);
    theirs += 2;
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
