// embedeval map and sentsim as users run them.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace eval_map_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<std::string> Cells(const std::string& line) {
  return absl::StrSplit(line, '\t');
}

class EvalMapTest : public testing::Test {
 protected:
  ToolResult Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "embedeval");
    return runner_.Run(arguments);
  }

  // Three far groups of ten keys in 5 dimensions, with their labels.
  void WriteGroups() const {
    std::string vectors = "30 5\n";
    std::string labels;
    for (int i = 0; i < 30; ++i) {
      absl::StrAppend(&vectors, "k", i);
      for (int j = 0; j < 5; ++j) {
        absl::StrAppend(&vectors, " ",
                        (j == i % 3 ? 5 : 0) + 0.1 * ((i * 7 + j * 3) % 10));
      }
      absl::StrAppend(&vectors, "\n");
      if (i != 29) absl::StrAppend(&labels, "k", i, "\tgroup", i % 3, "\n");
    }
    runner_.Write("v.vec", vectors);
    runner_.Write("v.labels", labels);
  }

  ToolRunner runner_;
};

TEST_F(EvalMapTest, TableHasAPlaceForEachKey) {
  WriteGroups();
  for (const char* method : {"tsne", "pca"}) {
    const ToolResult result = Run({"map", "--model=v.vec", "--labels=v.labels",
                                   absl::StrCat("--method=", method)});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::vector<std::string> lines = Lines(result.out);
    ASSERT_THAT(lines, SizeIs(31));
    EXPECT_EQ(lines[0], "key\tx\ty\tlabel");
    std::vector<double> x(30), y(30);
    for (size_t i = 0; i < 30; ++i) {
      const std::vector<std::string> cells = Cells(lines[i + 1]);
      EXPECT_EQ(cells[0], absl::StrCat("k", i));
      EXPECT_TRUE(absl::SimpleAtod(cells[1], &x[i]));
      EXPECT_TRUE(absl::SimpleAtod(cells[2], &y[i]));
      EXPECT_EQ(cells[3], i == 29 ? "" : absl::StrCat("group", i % 3));
    }
    // The nearest point is of the same group.
    for (size_t i = 0; i < 30; ++i) {
      size_t nearest = i == 0 ? 1 : 0;
      const auto distance = [&](size_t j) {
        return (x[i] - x[j]) * (x[i] - x[j]) + (y[i] - y[j]) * (y[i] - y[j]);
      };
      for (size_t j = 0; j < 30; ++j) {
        if (j != i && distance(j) < distance(nearest)) nearest = j;
      }
      EXPECT_EQ(nearest % 3, i % 3) << method;
    }
    EXPECT_EQ(result.out,
              Run({"map", "--model=v.vec", "--labels=v.labels", "--threads=1",
                   absl::StrCat("--method=", method)})
                  .out);
  }
}

TEST_F(EvalMapTest, PicturesHoldTheKeysAndNothingFromElsewhere) {
  runner_.Write("v.vec",
                "5 2\n</script> 1 0\na&b 1 .1\nx 0 1\n\xE5\x8C\x97 -1 0\n"
                "far -1 -1\n");
  const ToolResult result =
      Run({"map", "--model=v.vec", "--plot=p.svg", "--html=p.html", "a&b"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  const std::string svg = runner_.Read("p.svg");
  EXPECT_THAT(svg, StartsWith("<svg xmlns="));
  EXPECT_THAT(svg, HasSubstr("font-weight=\"bold\">a&amp;b</text>"));
  EXPECT_THAT(svg, HasSubstr(">&lt;/script&gt;</text>"));
  EXPECT_THAT(svg, HasSubstr(">\xE5\x8C\x97</text>"));
  const std::string page = runner_.Read("p.html");
  EXPECT_THAT(page, HasSubstr("\"\\u003c/script>\""));
  EXPECT_THAT(page, HasSubstr("\"chosen\":[1]"));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  EXPECT_THAT(page, Not(HasSubstr("import(")));
  EXPECT_THAT(page, Not(HasSubstr("url(")));
}

TEST_F(EvalMapTest, LegendCountsTheLabels) {
  WriteGroups();
  const ToolResult result =
      Run({"map", "--model=v.vec", "--labels=v.labels", "--plot=p.svg",
           "--out=t.json", "--output_format=json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string svg = runner_.Read("p.svg");
  EXPECT_THAT(svg, HasSubstr(">group0 (10)</text>"));
  EXPECT_THAT(svg, HasSubstr(">group2 (9)</text>"));
  EXPECT_THAT(svg, HasSubstr(">no label (1)</text>"));
  const std::vector<std::string> lines = Lines(runner_.Read("t.json"));
  ASSERT_THAT(lines, SizeIs(30));
  EXPECT_EQ(nlohmann::json::parse(lines[4])["label"], "group1");
  const ToolResult some =
      Run({"map", "--model=v.vec", "--labels=v.labels", "--only_labelled"});
  EXPECT_THAT(Lines(some.out), SizeIs(30));
  EXPECT_THAT(Lines(Run({"map", "--model=v.vec", "--restrict_vocab=12"}).out),
              SizeIs(13));
}

TEST_F(EvalMapTest, ErrorsSayWhat) {
  WriteGroups();
  const auto expect = [&](int code, const std::string& message,
                          std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"map", "--model=v.vec"});
    const ToolResult result = Run(std::move(arguments));
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(message));
  };
  expect(2, "neither tsne nor pca", {"--method=umap"});
  expect(2, "perplexity is 0", {"--perplexity=0"});
  expect(2, "needs --labels", {"--only_labelled"});
  runner_.Write("other.labels", "x\ty\n");
  expect(1, "none of its 1 keys", {"--labels=other.labels"});
  expect(1, "\"nobody\" is not among the 30 keys", {"nobody"});
  runner_.Write("v.vec", "3 2\na 1 0\nb 0 1\nc 1 1\n");
  expect(1, "t-SNE of 3 keys", {});
  EXPECT_EQ(Run({"map", "--model=v.vec", "--method=pca", "--out=t.tsv",
                 "--html=p.html"})
                .exit_code,
            0);
}

TEST_F(EvalMapTest, Sentences) {
  runner_.Write("v.vec", "4 2\ncat 1 0\ndog .9 .2\ncar 0 1\nthe .5 .5\n");
  runner_.Write("s.tsv",
                "The cat.\tthe dog\t4\nthe cat\tThe car!\t1\ndog\tcat the\t5\n"
                "\"zebra\"\tcat\t3\n");
  const ToolResult plain =
      Run({"sentsim", "--model=v.vec", "--pool=mean,max,concat,hier", "s.tsv"});
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  const std::vector<std::string> lines = Lines(plain.out);
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_EQ(lines[0], "file\tpool\tspearman\tpearson\tused\ttotal\tknown");
  EXPECT_EQ(Cells(lines[1])[1], "mean");
  EXPECT_EQ(Cells(lines[1])[2], "1.000000");
  EXPECT_EQ(Cells(lines[4])[1], "hier");
  for (size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(Cells(lines[i])[4], "3");
    EXPECT_EQ(Cells(lines[i])[5], "4");
  }
  const ToolResult none =
      Run({"sentsim", "--model=v.vec", "--pool=sif", "s.tsv"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("v.vec holds no counts; give --counts FILE"));
  runner_.Write("counts.txt", "the 900\ncat 10\ndog 10\ncar 5\n");
  const ToolResult sif =
      Run({"sentsim", "--model=v.vec", "--pool=sif", "--counts=counts.txt",
           "--keep_common", "--output_format=json", "s.tsv"});
  ASSERT_EQ(sif.exit_code, 0) << sif.err;
  EXPECT_EQ(nlohmann::json::parse(sif.out)["pool"], "sif");
  EXPECT_EQ(nlohmann::json::parse(sif.out)["used"], 3);
  EXPECT_EQ(Run({"sentsim", "--model=v.vec", "--pool=sum", "s.tsv"}).exit_code,
            2);
  EXPECT_EQ(
      Run({"sentsim", "--model=v.vec", "--pool_window=0", "s.tsv"}).exit_code,
      2);
}

// apps/data/sentence_pairs.tsv, the example of README.
TEST(SentencePairsFileTest, IsWellFormed) {
  std::ifstream file(EMBED_SENTENCE_PAIRS);
  ASSERT_TRUE(file) << EMBED_SENTENCE_PAIRS;
  std::set<std::string> firsts;
  std::set<std::string> seconds;
  std::vector<double> scores;
  for (std::string line; std::getline(file, line);) {
    if (line[0] == '#') continue;
    const std::vector<std::string> fields = Cells(line);
    ASSERT_THAT(fields, SizeIs(3)) << line;
    // One sentence of each of 12 topics, with six partners.
    firsts.insert(fields[0]);
    EXPECT_TRUE(seconds.insert(fields[1]).second) << "twice: " << line;
    for (size_t i = 0; i < 2; ++i) {
      for (const absl::string_view word : absl::StrSplit(fields[i], ' ')) {
        EXPECT_FALSE(word.empty()) << line;
        EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz"),
                  absl::string_view::npos)
            << line;
      }
    }
    double score = -1;
    EXPECT_TRUE(absl::SimpleAtod(fields[2], &score)) << line;
    EXPECT_GE(score, 0) << line;
    EXPECT_LE(score, 5) << line;
    scores.push_back(score);
  }
  EXPECT_THAT(scores, SizeIs(72));
  EXPECT_THAT(firsts, SizeIs(12));
  for (const std::string& first : firsts) {
    EXPECT_EQ(seconds.count(first), 0) << first;
  }
  for (int score = 0; score <= 5; ++score) {
    EXPECT_EQ(std::count(scores.begin(), scores.end(), score), 12) << score;
  }
}

TEST_F(EvalMapTest, TakesTheSentencesOfTheExample) {
  runner_.Write("v.vec", "5 2\nthe 1 0\na .9 .2\nis 0 1\nhe .5 .5\nin 1 1\n");
  const ToolResult result =
      Run({"sentsim", "--model=v.vec", "--pool=concat", EMBED_SENTENCE_PAIRS});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Cells(Lines(result.out).at(1)).at(5), "72");
}

}  // namespace eval_map_test
}  // namespace embed
