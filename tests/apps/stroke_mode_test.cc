// embedtrain --mode cw2vec and what embedquery makes of its models, as users
// run them.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "embed/io/model_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"
#include "text/stroke_ngrams.h"

namespace embed {
namespace stroke_mode_test {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Some strokes of their own for a few characters; "word" has none.
constexpr char kStrokes[] =
    "北\tshhpz\n京\tnhszhspn\n大\thpn\n学\tnnpnzzsh\n生\tphhsh\n";
constexpr char kLines[] =
    "北京 大学 word 学生\n学生 大学 北京\nword 北京 学生 大学\n";

class StrokeModeTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string corpus;
    for (int i = 0; i < 30; ++i) corpus += kLines;
    runner_.Write("corpus.txt", corpus);
    runner_.Write("strokes.tsv", kStrokes);
  }

  ToolResult Train(std::vector<std::string> flags) const {
    flags.insert(flags.begin(),
                 {"embedtrain", "--mode=cw2vec", "--strokes=strokes.tsv",
                  "--dim=8", "--threads=1", "--min_count=1", "--subsample=0"});
    flags.push_back("corpus.txt");
    return runner_.Run(flags);
  }

  Model TrainedModel(const std::vector<std::string>& flags) const {
    const ToolResult result = Train(flags);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    auto model = ReadModel(runner_.Path("corpus.embed"));
    EXPECT_TRUE(model.ok()) << model.status();
    return model.ok() ? *std::move(model) : Model();
  }

  ToolRunner runner_;
};

// Sum of the rows of an id, in double.
std::vector<double> NaiveInput(const Model& model, uint32_t id) {
  std::vector<double> sum(8);
  for (const uint32_t row : model.features.Rows(id)) {
    for (size_t i = 0; i < 8; ++i) sum[i] += model.input.row(row)[i];
  }
  return sum;
}

double Length(const std::vector<double>& x) {
  double square = 0;
  for (const double value : x) square += value * value;
  return std::sqrt(square);
}

TEST_F(StrokeModeTest, WordsWithoutStrokesAreTrainedAsContexts) {
  const Model model = TrainedModel({});
  const uint32_t id = model.vocabulary.Find("word");
  ASSERT_NE(id, Vocabulary::kNotFound);
  EXPECT_TRUE(model.features.Rows(id).empty());
  double largest = 0;
  for (int i = 0; i < 8; ++i) {
    largest = std::max(largest, std::abs(double{model.output.row(id)[i]}));
  }
  EXPECT_GT(largest, 1e-3);  // it began with zeros
  EXPECT_EQ(model.vectors().row(id)[0], model.output.row(id)[0]);
}

TEST_F(StrokeModeTest, OutputTableInputIsTheSumOfNgrams) {
  const Model model = TrainedModel({"--output_table=input"});
  for (uint32_t id = 0; id < model.vocabulary.size(); ++id) {
    const std::vector<double> sum = NaiveInput(model, id);
    for (size_t i = 0; i < 8; ++i) {
      EXPECT_NEAR(model.vectors().row(id)[i], sum[i], 1e-4);
    }
  }
}

TEST_F(StrokeModeTest, OutputTableBothAddsHalfTheInputAtUnitLength) {
  const Model model = TrainedModel({"--output_table=both"});
  for (uint32_t id = 0; id < model.vocabulary.size(); ++id) {
    std::vector<double> input = NaiveInput(model, id);
    const float* const row = model.output.row(id);
    const std::vector<double> output(row, row + 8);
    const double length = Length(input);
    for (size_t i = 0; i < 8; ++i) {
      EXPECT_NEAR(
          model.vectors().row(id)[i],
          (length > 0 ? input[i] / length / 2 : 0) + output[i] / Length(output),
          1e-5);
    }
  }
}

TEST_F(StrokeModeTest, RareNgramsHaveNoRow) {
  const Model all = TrainedModel({});
  const ToolResult none = Train({"--min_ngram_count=100000"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("min_ngram_count=100000"));
  const Model some = TrainedModel({"--min_ngram_count=100"});
  EXPECT_LT(some.input.rows(), all.input.rows());
  EXPECT_GT(some.input.rows(), 0u);
}

TEST_F(StrokeModeTest, ReportsCoverageAndCharactersWithoutStrokes) {
  const ToolResult result = Train({"--strokes_report=missing.tsv"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  // 3 of 4 words; 90 + 90 + 90 of 330 tokens; 5 of 9 characters.
  EXPECT_THAT(result.err, HasSubstr("3 of 4 words have some (81.8 % of"));
  EXPECT_THAT(result.err, HasSubstr("5 of 9 characters have strokes (55.6 %)"));
  EXPECT_EQ(runner_.Read("missing.tsv"), "d\t60\no\t60\nr\t60\nw\t60\n");
}

TEST_F(StrokeModeTest, BadFlagsAreUsageErrors) {
  const ToolResult table = Train({"--output_table=middle"});
  EXPECT_EQ(table.exit_code, 2);
  EXPECT_THAT(table.err, HasSubstr("none of context, input, both"));
  const ToolResult other =
      runner_.Run({"embedtrain", "--mode=word2vec", "--strokes_report=x.tsv",
                   "corpus.txt"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("--strokes_report"));
}

TEST_F(StrokeModeTest, ComposesUnseenWordsInTheInputSpace) {
  for (const char* const table : {"context", "input", "both"}) {
    const Model model = TrainedModel({std::string("--output_table=") + table});
    // Not of the vocabulary; the strokes of 大学 and of more.
    const ToolResult result = runner_.Run(
        {"embedquery", "--index=corpus.faiss", "--model=corpus.embed",
         "--output_format=json", "--k=3", "生大学", "北京"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::vector<std::string> lines = Lines(result.out);
    ASSERT_EQ(lines.size(), 2u);
    const auto answer = nlohmann::json::parse(lines[0]);
    EXPECT_EQ(answer["composed"], nlohmann::json({"生大学"}));
    EXPECT_FALSE(nlohmann::json::parse(lines[1]).contains("composed"));
    // The neighbors' cosines with the sum of n-grams found by their codes.
    std::vector<double> sum(8);
    const auto strokes = StrokeTable::Parse(kStrokes, "t");
    ASSERT_TRUE(strokes.ok());
    for (const uint32_t row :
         StrokeNgramRows("生大学", *strokes, model.features, {})) {
      for (size_t i = 0; i < 8; ++i) sum[i] += model.input.row(row)[i];
    }
    for (const auto& neighbor : answer["neighbors"]) {
      const uint32_t id =
          model.vocabulary.Find(neighbor["key"].get<std::string>());
      std::vector<double> other = NaiveInput(model, id);
      double dot = 0;
      for (size_t i = 0; i < 8; ++i) dot += sum[i] * other[i];
      const double lengths = Length(sum) * Length(other);
      EXPECT_NEAR(neighbor["score"], lengths > 0 ? dot / lengths : 0, 0.02)
          << table << " " << neighbor["key"];
    }
  }
}

// In the model as in the training, so that unseen words have them too.
TEST_F(StrokeModeTest, AllStrokeOrders) {
  runner_.Write("strokes.tsv",
                std::string(kStrokes) + "北\tshhhz\n北\tshhpz\n");
  const Model one = TrainedModel({});
  EXPECT_EQ(one.feature_source.find("shhhz"), std::string::npos);
  const ToolResult result = Train({"--strokes_all_orders"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr(", 1 of them in several orders"));
  const auto all = ReadModel(runner_.Path("corpus.embed"));
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_GT(all->features.num_rows(), one.features.num_rows());
  const uint32_t id = all->vocabulary.Find("北京");
  EXPECT_GT(all->features.Rows(id).size(), one.features.Rows(id).size());
  const auto strokes =
      StrokeTable::Parse(all->feature_source, "t", StrokeOrders::kAll);
  ASSERT_TRUE(strokes.ok());
  EXPECT_THAT(StrokeNgramRows("北京", *strokes, all->features, {}),
              ElementsAreArray(all->features.Rows(id)));
  EXPECT_EQ(runner_
                .Run({"embedquery", "--index=corpus.faiss",
                      "--model=corpus.embed", "京北"})
                .exit_code,
            0);
}

TEST_F(StrokeModeTest, LatinNgrams) {
  const Model model = TrainedModel({"--latin_ngrams", "--ngram_max=4"});
  StrokeOptions options;
  options.latin_min_n = 3;
  options.latin_max_n = 4;
  const uint32_t id = model.vocabulary.Find("word");
  // <wo <wor wor word ord ord> rd>
  EXPECT_EQ(model.features.Rows(id).size(), 7u);
  const auto strokes = StrokeTable::Parse(model.feature_source, "t");
  ASSERT_TRUE(strokes.ok());
  EXPECT_THAT(StrokeNgramRows("word", *strokes, model.features, options),
              ElementsAreArray(model.features.Rows(id)));
  const ToolResult unseen =
      runner_.Run({"embedquery", "--index=corpus.faiss", "--k=1",
                   "--model=corpus.embed", "words"});
  EXPECT_EQ(unseen.exit_code, 0) << unseen.err;
  EXPECT_THAT(unseen.out, HasSubstr("words (composed)\t1\tword\t"));
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{
           {"--ngram_max=4"},
           {"--latin_ngrams", "--ngram_max=7"},
           {"--latin_ngrams", "--ngram_max=0"},
           {"--latin_ngrams", "--ngram_min=0"},
           {"--latin_ngrams", "--ngram_min=5", "--ngram_max=4"}}) {
    EXPECT_EQ(Train(flags).exit_code, 2) << flags.back();
  }
}

TEST_F(StrokeModeTest, MarksComposedAnswersAndReportsHopelessKeys) {
  ASSERT_EQ(Train({}).exit_code, 0);
  const ToolResult result =
      runner_.Run({"embedquery", "--index=corpus.faiss", "--model=corpus.embed",
                   "--k=1", "京大", "xyz", "北京\t京大"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("unknown key \"xyz\""));
  const std::vector<std::string> lines = Lines(result.out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], StartsWith("京大 (composed)\t1\t"));
  EXPECT_THAT(lines[1], StartsWith("北京 + 京大 (composed)\t1\t"));
  EXPECT_THAT(lines[1], Not(HasSubstr("\t北京\t")));
}

TEST_F(StrokeModeTest, RefusesModelsThatComposeNothingOrOthers) {
  ASSERT_EQ(Train({}).exit_code, 0);
  ASSERT_EQ(runner_
                .Run({"embedtrain", "--mode=word2vec", "--dim=8",
                      "--min_count=1", "--output=plain", "corpus.txt"})
                .exit_code,
            0);
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"plain.embed", "has no n-grams to compose unseen words of"},
      {"missing.embed", "missing.embed"},
      {"corpus.txt", "corpus.txt"}};
  for (const auto& [model, message] : bad) {
    const ToolResult result = runner_.Run(
        {"embedquery", "--index=corpus.faiss", "--model=" + model, "京大"});
    EXPECT_EQ(result.exit_code, 1) << model;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_EQ(result.out, "");
  }
  ASSERT_EQ(Train({"--dim=16", "--output=wide"}).exit_code, 0);
  const ToolResult other = runner_.Run(
      {"embedquery", "--index=corpus.faiss", "--model=wide.embed", "京大"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("is not of this model"));
}

// The same for the other mode that composes words.
TEST_F(StrokeModeTest, ComposesUnseenWordsOfSubwords) {
  ASSERT_EQ(runner_
                .Run({"embedtrain", "--mode=fasttext", "--dim=8",
                      "--buckets=500", "--ngram_min=1", "--ngram_max=2",
                      "--min_count=1", "--threads=1", "corpus.txt"})
                .exit_code,
            0);
  const ToolResult result =
      runner_.Run({"embedquery", "--index=corpus.faiss", "--model=corpus.embed",
                   "--k=2", "words"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("words (composed)\t1\tword\t"));
}

}  // namespace stroke_mode_test
}  // namespace embed
