// embedtrain --mode fasttext, as users run it.
#include <string>
#include <vector>

#include "embed/io/model_file.h"
#include "embed/io/vector_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"
#include "text/char_ngrams.h"

namespace embed {
namespace subword_mode_test {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

// The vector of a word is the mean of its rows of the table in the model.
TEST(SubwordModeTest, ExportsTheMeansOfRows) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  const ToolResult trained =
      runner.Run({"embedtrain", "--mode=fasttext", "--buckets=300",
                  "--ngram_min=2", "--ngram_max=4", "--dim=20", "--export=vec",
                  "--threads=1", "corpus.txt"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("in 300 buckets"));
  const auto model = ReadModel(runner.Path("corpus.embed"));
  ASSERT_TRUE(model.ok()) << model.status();
  const auto exported = ReadVectors(runner.Path("corpus.vec"));
  ASSERT_TRUE(exported.ok()) << exported.status();
  const uint32_t size = model->vocabulary.size();
  ASSERT_EQ(model->input.rows(), size + 300u);
  CharNgramOptions options;
  options.min_n = 2;
  options.max_n = 4;
  options.buckets = 300;
  for (uint32_t id = 0; id < size; ++id) {
    const std::vector<uint32_t> rows =
        CharNgramRows(model->vocabulary.key(id), model->vocabulary, options);
    EXPECT_THAT(model->features.Rows(id), ElementsAreArray(rows));
    for (int c = 0; c < 20; ++c) {
      double sum = 0;
      for (const uint32_t row : rows) sum += model->input.row(row)[c];
      EXPECT_NEAR(exported->table.row(id)[c],
                  sum / static_cast<double>(rows.size()), 1e-6);
    }
  }
}

TEST(SubwordModeTest, RefusesWhatMakesNoSense) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  const std::vector<std::pair<const char*, const char*>> bad = {
      {"--ngram_min=0", "--ngram_min"},
      {"--ngram_min=7", "--ngram_min"},
      {"--ngram_max=-1", "n-grams"},
      {"--buckets=0", "buckets is 0"},
      {"--subword_gradient=half", "--subword_gradient"},
      {"--arch=cbow", "--arch has no meaning in mode fasttext"}};
  for (const auto& [flag, message] : bad) {
    const ToolResult result =
        runner.Run({"embedtrain", "--mode=fasttext", flag, "corpus.txt"});
    EXPECT_EQ(result.exit_code, 2) << flag;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(message));
    EXPECT_THAT(Lines(result.err).back(), HasSubstr("error: "));
  }
}

// Both gradients are trained, and differ.
TEST(SubwordModeTest, GradientsDiffer) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  for (const char* gradient : {"exact", "fasttext"}) {
    const ToolResult result = runner.Run(
        {"embedtrain", "--mode=fasttext", "--buckets=100", "--export=vec",
         "--threads=1", std::string("--subword_gradient=") + gradient,
         std::string("--output=") + gradient, "corpus.txt"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_NE(runner.Read("exact.vec"), runner.Read("fasttext.vec"));
}

// Without n-grams and with buckets left out, rows are the words alone.
TEST(SubwordModeTest, NoNgramsLeaveTheWords) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  const ToolResult result = runner.Run(
      {"embedtrain", "--mode=fasttext", "--ngram_max=0", "corpus.txt"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto model = ReadModel(runner.Path("corpus.embed"));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->input.rows(), model->vocabulary.size());
}

}  // namespace subword_mode_test
}  // namespace embed
