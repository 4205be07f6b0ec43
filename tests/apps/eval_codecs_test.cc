// --codec and --plot of the tasks of embedeval that score vectors, as users run
// them.
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/common/svg_texts.h"
#include "tests/apps/table_cells.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace eval_codecs_test {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kWords = 40;
constexpr int kHalf = kWords / 2;

// In two groups that overlap; the second half is the first moved, and blurred.
std::string VectorsText() {
  std::string text = absl::StrCat(kWords, " 8\n");
  uint32_t state = 12345;
  const auto noise = [&state] {
    state = state * 1664525 + 1013904223;
    return (state >> 8) / 16777216.0 - 0.5;
  };
  std::vector<double> values;
  for (int i = 0; i < kWords; ++i) {
    absl::StrAppend(&text, "w", i);
    for (int j = 0; j < 8; ++j) {
      const bool moved = i >= kHalf;
      values.push_back(moved ? values[values.size() - 8 * kHalf] + 0.1 * j +
                                   0.4 * noise()
                             : noise() + (j % 2 == i % 2 ? 0.25 : 0));
      absl::StrAppend(&text, " ", values.back());
    }
    text += "\n";
  }
  return text;
}

class EvalScoresTest : public testing::Test {
 protected:
  void SetUp() override {
    runner_.Write("v.vec", VectorsText());
    std::string pairs, labels, links, questions = ": gram1-adjective\n";
    std::string sentences, baskets;
    for (int i = 0; i < kWords; ++i) {
      const int j = (i * 7 + 3) % kWords;
      const int k = (i * 11 + 5) % kWords;
      const int m = (i * 3 + 8) % kWords;
      absl::StrAppend(&pairs, "w", i, "\tw", j, "\t", i % 10, "\n");
      absl::StrAppend(&labels, "w", i, "\t", i % 2 == 0 ? "even" : "odd", "\n");
      absl::StrAppend(&links, "w", i, "\tw", k, "\t", k % 2 == i % 2, "\n");
      absl::StrAppend(&links, "w", i, "\tw", m, "\t", m % 2 == i % 2, "\n");
      if (i == kHalf) questions += ": gram2-adjective-to-adverb\n";
      for (const int other : {j, k, m}) {
        absl::StrAppend(&questions, "w", i, " w", (i + kHalf) % kWords, " w",
                        other, " w", (other + kHalf) % kWords, "\n");
      }
      absl::StrAppend(&sentences, "w", i, " w", j, "\tw", k, " w", m, "\t",
                      i % 6, "\n");
      absl::StrAppend(&baskets, "w", i, " w", (i + 2) % kWords, " w",
                      (i + 4) % kWords, "\n");
    }
    runner_.Write("pairs.tsv", pairs);
    runner_.Write("more.tsv", pairs.substr(0, pairs.find("\nw20\t") + 1));
    runner_.Write("v.labels", labels);
    runner_.Write("links.tsv", links);
    runner_.Write("questions.txt", questions);
    runner_.Write("sentences.tsv", sentences);
    runner_.Write("baskets.txt", baskets);
  }

  ToolResult Try(std::vector<std::string> command,
                 const std::vector<std::string>& more = {}) const {
    command.insert(command.begin(), "embedeval");
    command.insert(command.end(), more.begin(), more.end());
    return runner_.Run(command);
  }

  TableCells Run(const std::vector<std::string>& command,
                 const std::vector<std::string>& more = {}) const {
    const ToolResult result = Try(command, more);
    EXPECT_EQ(result.exit_code, 0) << absl::StrJoin(command, " ") << "\n"
                                   << result.err;
    return CellsOf(result.out);
  }

  ToolRunner runner_;
};

struct Task {
  std::vector<std::string> command;
  // Scores so fine that the rounding to 8 bits shows in six decimals.
  bool shows_int8;
};

void PrintTo(const Task& task, std::ostream* out) { *out << task.command[0]; }

class EvalCodecsTest : public EvalScoresTest,
                       public testing::WithParamInterface<Task> {};

const Task kTasks[] = {
    {{"wordsim", "--model=v.vec", "pairs.tsv"}, true},
    {{"analogy", "--model=v.vec", "questions.txt"}, false},
    {{"sentsim", "--model=v.vec", "--pool=mean,max", "sentences.tsv"}, true},
    {{"classify", "--model=v.vec", "--ratios=0.5", "v.labels"}, false},
    {{"linkpred", "--model=v.vec", "--operators=cosine,l2", "links.tsv"},
     false},
    {{"recommend", "--model=v.vec", "--sequences=baskets.txt", "--cutoffs=5"},
     false},
    {{"cluster", "--model=v.vec", "--runs=2", "v.labels"}, true},
};

// The rows that begin with this cell, without it.
TableCells RowsOf(const TableCells& table, const std::string& first) {
  TableCells rows;
  for (const auto& row : table) {
    if (row[0] == first) rows.emplace_back(row.begin() + 1, row.end());
  }
  return rows;
}

// Without popularity, which has no vectors.
TableCells OfVectors(TableCells table) {
  table.erase(table.begin());
  while (table.back()[0] == "popularity") table.pop_back();
  return table;
}

void ExpectNear(const TableCells& a, const TableCells& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < a[i].size(); ++j) {
      double x = 0;
      double y = 0;
      if (absl::SimpleAtod(a[i][j], &x) && absl::SimpleAtod(b[i][j], &y)) {
        EXPECT_NEAR(x, y, 0.06) << i << " " << j;
      } else {
        EXPECT_EQ(a[i][j], b[i][j]);
      }
    }
  }
}

TEST_P(EvalCodecsTest, RowsForEachCodec) {
  const TableCells plain = Run(GetParam().command);
  const TableCells table = Run(GetParam().command, {"--codec=int8,f32"});
  EXPECT_EQ(RowsOf(table, "codec"), TableCells{plain[0]});
  const TableCells rows = OfVectors(plain);
  EXPECT_EQ(RowsOf(table, "f32"), rows);
  const TableCells rounded = RowsOf(table, "int8");
  ExpectNear(rounded, rows);
  if (GetParam().shows_int8) {
    EXPECT_NE(rounded, rows);
  }
  EXPECT_EQ(table,
            Run(GetParam().command, {"--codec=int8,f32", "--threads=3"}));
}

TEST_P(EvalCodecsTest, AllCodecsAndTheirPlot) {
  std::vector<std::string> command = GetParam().command;
  const bool unit = command[0] == "wordsim" || command[0] == "analogy" ||
                    command[0] == "recommend";
  if (!unit) command.push_back("--normalize=l2");
  const TableCells table = Run(command, {"--codec=all", "--plot=p.svg"});
  const std::string svg = runner_.Read("p.svg");
  for (const char* codec : {"int8", "int8_plain", "int8_pow2", "uint8",
                            "int8_sat", "int4", "faiss8", "f16", "f32"}) {
    EXPECT_THAT(RowsOf(table, codec), Not(IsEmpty())) << codec;
    EXPECT_THAT(svg, HasSubstr(absl::StrCat(", ", codec)));
  }
  EXPECT_NE(RowsOf(table, "int4"), RowsOf(table, "f32"));
  ExpectTextsApart(svg);
}

TEST_P(EvalCodecsTest, UnknownCodecIsWrongUsage) {
  const ToolResult result = Try(GetParam().command, {"--codec=int8,int9"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(Lines(result.err), SizeIs(1));
  EXPECT_THAT(result.err, AllOf(HasSubstr("--codec: "), HasSubstr("int9"),
                                HasSubstr("int8_pow2"), HasSubstr("or all")));
}

TEST_P(EvalCodecsTest, HelpTells) {
  const std::string task = GetParam().command[0];
  EXPECT_THAT(Try({task, "--help"}).out,
              AllOf(HasSubstr("--codec=string\n"), HasSubstr("--plot=")));
}

INSTANTIATE_TEST_SUITE_P(Tasks, EvalCodecsTest, testing::ValuesIn(kTasks),
                         [](const auto& instance) {
                           return instance.param.command[0];
                         });

// Each of them is a bar's number; the name of the bars is given.
void ExpectBars(const std::string& svg, const std::string& name,
                const std::vector<std::string>& numbers) {
  const Box group = TextAt(svg, name).box;
  const double middle = (group.top + group.bottom) / 2;
  size_t found = 0;
  for (const SvgTextMark& mark : TextsOf(svg)) {
    if (found == numbers.size() || mark.text != numbers[found]) continue;
    // Bars of 18 pixels around the name.
    const double first = middle - 9.0 * static_cast<double>(numbers.size() - 1);
    const double expected = first + 18 * static_cast<double>(found);
    const double at = (mark.box.top + mark.box.bottom) / 2;
    if (at < expected - 2 || at > expected + 2) continue;
    EXPECT_GT(mark.box.left, group.right);
    ++found;
  }
  EXPECT_EQ(found, numbers.size()) << name;
}

std::string Rounded(const TableCells& table, size_t row,
                    const std::string& column) {
  return absl::StrFormat("%.3f", NumberOf(table, row, column));
}

TEST_F(EvalScoresTest, WordsimHasBarsOfFiles) {
  const TableCells table = Run(
      {"wordsim", "--model=v.vec", "--plot=p.svg", "pairs.tsv", "more.tsv"});
  const std::string svg = runner_.Read("p.svg");
  for (const size_t row : {1, 2}) {
    ExpectBars(
        svg, table[row][0],
        {Rounded(table, row, "spearman"), Rounded(table, row, "pearson")});
  }
  ExpectTextsApart(svg);
}

TEST_F(EvalScoresTest, CodecsOfAFileAreNeighbours) {
  Run({"wordsim", "--model=v.vec", "--codec=f32,int8", "--plot=p.svg",
       "pairs.tsv", "more.tsv"});
  std::vector<std::string> names;
  for (const SvgTextMark& mark : TextsOf(runner_.Read("p.svg"))) {
    if (mark.text.find(".tsv") != std::string::npos) names.push_back(mark.text);
  }
  EXPECT_THAT(names, ElementsAre("pairs.tsv, f32", "pairs.tsv, int8",
                                 "more.tsv, f32", "more.tsv, int8"));
}

TEST_F(EvalScoresTest, AnalogyHasBarsOfCategories) {
  const TableCells table =
      Run({"analogy", "--model=v.vec", "--plot=p.svg", "questions.txt"});
  ASSERT_THAT(table, SizeIs(4));
  const std::string svg = runner_.Read("p.svg");
  for (const size_t row : {1, 2, 3}) {
    ExpectBars(
        svg, table[row][1],
        {Rounded(table, row, "cos_add"), Rounded(table, row, "cos_mul")});
  }
  ExpectTextsApart(svg);
}

TEST_F(EvalScoresTest, SentsimHasBarsOfPools) {
  const TableCells table = Run({"sentsim", "--model=v.vec", "--pool=mean,hier",
                                "--plot=p.svg", "sentences.tsv"});
  const std::string svg = runner_.Read("p.svg");
  for (const size_t row : {1, 2}) {
    ExpectBars(
        svg, absl::StrCat("sentences.tsv, ", table[row][1]),
        {Rounded(table, row, "spearman"), Rounded(table, row, "pearson")});
  }
  ExpectTextsApart(svg);
}

TEST_F(EvalScoresTest, ClusterHasBarsWithDeviations) {
  const TableCells table =
      Run({"cluster", "--model=v.vec", "--clusters=5", "--restarts=1",
           "--iterations=2", "--plot=p.svg", "v.labels"});
  const std::string svg = runner_.Read("p.svg");
  std::vector<std::string> numbers;
  for (const char* score : {"nmi", "ari"}) {
    const std::string deviation = absl::StrCat(score, "_sd");
    EXPECT_GT(NumberOf(table, 1, deviation), 0);
    numbers.push_back(absl::StrCat(Rounded(table, 1, score), " \u00b1 ",
                                   Rounded(table, 1, deviation)));
  }
  ExpectBars(svg, "5 clusters", numbers);
  ExpectTextsApart(svg);
}

// What holds unit vectors only cannot be compared on raw ones.
TEST_F(EvalScoresTest, Faiss8NeedsUnitRows) {
  const std::vector<std::string> raw = {"classify", "--model=v.vec",
                                        "--ratios=0.5", "v.labels"};
  const ToolResult refused = Try(raw, {"--codec=faiss8"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("unit vectors"));
  EXPECT_THAT(RowsOf(Run(raw, {"--codec=all"}), "faiss8"), IsEmpty());
  EXPECT_THAT(Run(raw, {"--codec=faiss8", "--normalize=l2"}), SizeIs(2));
}

TEST_F(EvalScoresTest, PopularityHasNoCodec) {
  const TableCells table = Run({"recommend", "--model=v.vec", "--codec=f32",
                                "--sequences=baskets.txt", "--cutoffs=5"});
  ASSERT_THAT(table, SizeIs(3));
  EXPECT_EQ(table[2][0], "-");
  EXPECT_EQ(table[2][1], "popularity");
}

}  // namespace eval_codecs_test
}  // namespace embed
