// Against Debian's fasttext: rows of n-grams, vectors of known and of unseen
// words, for ASCII, Chinese and emoji.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "embed/io/fasttext_file.h"
#include "embed/io/model_file.h"
#include "embed/io/vector_reader.h"
#include "embed/model/composed_vectors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"
#include "text/char_ngrams.h"

namespace embed {
namespace fasttext_peer_test {

using ::testing::HasSubstr;

constexpr int kDim = 8;
const char* const kKnown[] = {"river", "a", "北京大学", "学", "👍🏽", "né"};
const char* const kUnseen[] = {"rivers", "b", "北京", "京", "👍", "😀ok", "<"};

// It prints five digits.
constexpr float kPrinted = 2e-4f;

std::string Corpus() {
  std::string text;
  for (int line = 0; line < 50; ++line) {
    text += absl::StrCat(absl::StrJoin(kKnown, " "), "\n");
  }
  return text;
}

class FasttextPeerTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (runner_.Run({"sh", "-c", "command -v fasttext"}).exit_code != 0) {
      GTEST_SKIP() << "no fasttext in PATH (Debian's package fasttext)";
    }
    runner_.Write("corpus.txt", Corpus());
    std::vector<std::string> command = {
        "fasttext", "skipgram", "-input",           "corpus.txt", "-output",
        "peer",     "-dim",     absl::StrCat(kDim), "-minCount",  "1",
        "-thread",  "1",        "-epoch",           "3"};
    for (const auto flag : absl::StrSplit(GetParam(), ' ')) {
      command.emplace_back(flag);
    }
    const ToolResult trained = runner_.Run(command);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    auto model = ReadFasttext(runner_.Path("peer.bin"));
    ASSERT_TRUE(model.ok()) << model.status();
    model_ = *std::move(model);
    options_.min_n = model_.min_n;
    options_.max_n = model_.max_n;
    options_.buckets = model_.buckets;
  }

  // The numbers at the end of a line.
  static std::vector<float> Numbers(const std::string& line) {
    const std::vector<std::string> fields =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    std::vector<float> numbers;
    for (size_t i = fields.size() - kDim; i < fields.size(); ++i) {
      float value = NAN;
      EXPECT_TRUE(absl::SimpleAtof(fields[i], &value)) << line;
      numbers.push_back(value);
    }
    return numbers;
  }

  static void ExpectNear(absl::Span<const float> ours,
                         const std::vector<float>& theirs,
                         const std::string& what) {
    ASSERT_EQ(ours.size(), theirs.size()) << what;
    for (size_t i = 0; i < ours.size(); ++i) {
      EXPECT_NEAR(ours[i], theirs[i], kPrinted * (std::abs(theirs[i]) + 1e-3f))
          << what << " " << i;
    }
  }

  std::vector<std::string> PrintedVectors(
      const std::vector<std::string>& words) const {
    ToolRunner::Options options;
    options.input = absl::StrCat(absl::StrJoin(words, "\n"), "\n");
    return Lines(
        runner_.Run({"fasttext", "print-word-vectors", "peer.bin"}, options)
            .out);
  }

  const ToolRunner runner_;
  FasttextModel model_;
  CharNgramOptions options_;
};

// Every line it prints of a word is a row of its table, in the order of rows.
TEST_P(FasttextPeerTest, RowsOfWordsAreItsOwn) {
  std::vector<std::string> words(std::begin(kKnown), std::end(kKnown));
  words.insert(words.end(), std::begin(kUnseen), std::end(kUnseen));
  words.emplace_back("</s>");
  for (const std::string& word : words) {
    const std::vector<std::string> printed =
        Lines(runner_.Run({"fasttext", "print-ngrams", "peer.bin", word}).out);
    const std::vector<uint32_t> rows =
        CharNgramRows(word, model_.vocabulary, options_);
    ASSERT_EQ(rows.size(), printed.size()) << word;
    for (size_t i = 0; i < rows.size(); ++i) {
      ASSERT_LT(rows[i], model_.input.rows());
      ExpectNear(model_.input.view().row(rows[i]), Numbers(printed[i]),
                 printed[i]);
    }
  }
}

TEST_P(FasttextPeerTest, VectorsOfKnownAndUnseenWordsAreItsOwn) {
  std::vector<std::string> words(std::begin(kKnown), std::end(kKnown));
  words.insert(words.end(), std::begin(kUnseen), std::end(kUnseen));
  const std::vector<std::string> printed = PrintedVectors(words);
  ASSERT_EQ(printed.size(), words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    std::vector<float> ours(kDim);
    ComposeRows(CharNgramRows(words[i], model_.vocabulary, options_),
                Compose::kMean, model_.input, absl::MakeSpan(ours));
    ExpectNear(ours, Numbers(printed[i]), words[i]);
  }
}

// The command: what it writes has the vectors that fasttext exports itself.
TEST_P(FasttextPeerTest, ConvertedModelHasItsVectors) {
  const ToolResult converted = runner_.Run(
      {"embedconvert", "--output=ours", "--export=vec", "peer.bin"});
  ASSERT_EQ(converted.exit_code, 0) << converted.err;
  const auto peer = ReadVectors(runner_.Path("peer.vec"));
  ASSERT_TRUE(peer.ok()) << peer.status();
  for (const char* file : {"ours.vec", "ours.embed"}) {
    const auto ours = ReadVectors(runner_.Path(file));
    ASSERT_TRUE(ours.ok()) << ours.status();
    ASSERT_EQ(ours->vocabulary.text(), peer->vocabulary.text());
    for (uint32_t id = 0; id < peer->vocabulary.size(); ++id) {
      const auto row = peer->view().row(id);
      ExpectNear(ours->view().row(id), {row.begin(), row.end()}, file);
    }
  }
  const ToolResult answer =
      runner_.Run({"embedquery", "--index=ours.faiss", "--k=2", "北京大学"});
  // Without n-grams an unseen word has zeros.
  const bool known = options_.max_n > 0;
  EXPECT_EQ(answer.exit_code, known ? 0 : 1) << answer.err;
  EXPECT_EQ(Lines(answer.out).size(), known ? 2u : 0u);
  const auto model = ReadModel(runner_.Path("ours.embed"));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->info.mode, "fasttext");
  EXPECT_EQ(model->info.options.at("ngram_max"), absl::StrCat(options_.max_n));
  EXPECT_EQ(model->input.rows(), model_.input.rows());
}

INSTANTIATE_TEST_SUITE_P(
    Models, FasttextPeerTest,
    testing::Values("-bucket 997", "-minn 1 -maxn 2 -bucket 50",
                    "-minn 2 -maxn 9 -bucket 1000 -loss hs", "-maxn 0"),
    [](const auto& test) { return absl::StrCat("Model", test.index); });

}  // namespace fasttext_peer_test
}  // namespace embed
