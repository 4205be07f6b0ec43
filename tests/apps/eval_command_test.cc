// embedeval as users run it.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/large_file.h"
#include "tests/apps/table_cells.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace eval_command_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Twenty keys around (1, 0) are labelled x, twenty around (0, 1) y.
std::string TwoGroups() {
  std::string text = "40 2\n";
  for (int i = 0; i < 40; ++i) {
    const double other = 0.01 * i;
    const bool second = i % 2 == 1;
    absl::StrAppend(&text, "n", i, " ", second ? other : 1.0, " ",
                    second ? 1.0 : other, "\n");
  }
  return text;
}

std::string GroupLabels() {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&text, "n", i, "\t", i % 2 == 1 ? "y" : "x", "\n");
  }
  return text;
}

class EvalCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    runner_.Write("v.vec", TwoGroups());
    runner_.Write("v.labels", GroupLabels());
  }

  ToolResult Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "embedeval");
    return runner_.Run(arguments);
  }

  ToolRunner runner_;
};

TEST_F(EvalCommandTest, ClassifyTellsTheGroups) {
  const ToolResult result =
      Run({"classify", "--model=v.vec", "--ratios=0.5,0.25", "--splits=3",
           "--C=100", "v.labels"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const auto rows = CellsOf(result.out);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[0], ElementsAre("protocol", "train_ratio", "splits",
                                   "micro_f1", "micro_f1_sd", "macro_f1",
                                   "macro_f1_sd", "used", "total"));
  EXPECT_THAT(rows[1][0], HasSubstr("C=100"));
  EXPECT_EQ(rows[1][1], "0.500000");
  EXPECT_EQ(rows[1][3], "1.000000");
  EXPECT_EQ(rows[1][4], "0.000000");
  EXPECT_EQ(rows[1][5], "1.000000");
  EXPECT_EQ(rows[1][7], "40");
  // The other names of the inputs, softmax, threads and JSON agree.
  const ToolResult json =
      Run({"classify", "--vectors=v.vec", "--labels=v.labels", "--multinomial",
           "--ratios=0.5", "--threads=3", "--C=100", "--output_format=json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  const auto row = nlohmann::json::parse(json.out);
  EXPECT_EQ(row["micro_f1"], 1.0);
  EXPECT_EQ(row["used"], 40);
}

TEST_F(EvalCommandTest, CoverageIsTold) {
  runner_.Write("more.labels", "gone\tx\n" + GroupLabels());
  const ToolResult result =
      Run({"classify", "--model=v.vec", "--ratios=0.5", "more.labels"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "40 of 41 labelled keys have a vector\n");
  EXPECT_EQ(CellsOf(result.out)[1][8], "41");
  runner_.Write("none.labels", "gone\tx\n");
  const ToolResult none = Run({"classify", "--model=v.vec", "none.labels"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err,
              HasSubstr("none of its 1 keys (the first is \"gone\")"));
}

TEST_F(EvalCommandTest, FilesAppearWhole) {
  const ToolResult result =
      Run({"classify", "--model=v.vec", "--out=t.tsv", "--plot=p.svg",
           "--splits=2", "--threads=1", "v.labels"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(runner_.Read("t.tsv"),
            Run({"classify", "--model=v.vec", "--splits=2", "--threads=4",
                 "v.labels"})
                .out);
  EXPECT_THAT(runner_.Read("p.svg"), HasSubstr("Micro-F1"));
  EXPECT_THAT(runner_.List(),
              ElementsAre("p.svg", "t.tsv", "v.labels", "v.vec"));
}

TEST_F(EvalCommandTest, HeldOutEdgesArePredicted) {
  runner_.Write("karate.edgelist", KarateEdges());
  const std::vector<std::string> holdout = {
      "holdout", "--fraction=0.2", "--train=kept.edgelist", "--test=pairs.tsv",
      "karate.edgelist"};
  const ToolResult divided = Run(holdout);
  ASSERT_EQ(divided.exit_code, 0) << divided.err;
  EXPECT_EQ(divided.out, "");
  EXPECT_THAT(divided.err, HasSubstr("62 edges kept in kept.edgelist; 16 held "
                                     "out and 16 pairs without an edge"));
  EXPECT_THAT(Lines(runner_.Read("kept.edgelist")), SizeIs(62));
  EXPECT_THAT(Lines(runner_.Read("pairs.tsv")), SizeIs(32));
  const std::string pairs = runner_.Read("pairs.tsv");
  Run(holdout);
  EXPECT_EQ(runner_.Read("pairs.tsv"), pairs);

  ASSERT_EQ(
      runner_
          .Run({"embedtrain", "--mode=deepwalk", "--dim=16", "--threads=1",
                "--walks_per_node=20", "--output=karate", "kept.edgelist"})
          .exit_code,
      0);
  const ToolResult result =
      Run({"linkpred", "--model=karate.embed", "--operators=dot,hadamard,l2",
           "--plot=roc.svg", "pairs.tsv"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto rows = CellsOf(result.out);
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[1][1], "dot");
  EXPECT_EQ(rows[2][1], "hadamard");
  double auc = 0;
  EXPECT_TRUE(absl::SimpleAtod(rows[1][3], &auc));
  EXPECT_GT(auc, 0.5);
  EXPECT_EQ(rows[3][7], "32");
  EXPECT_THAT(runner_.Read("roc.svg"), HasSubstr("hadamard, AUC 0."));
  EXPECT_EQ(Run({"linkpred", "--vectors=karate.embed", "--test=pairs.tsv",
                 "--operators=dot,hadamard,l2", "--threads=3"})
                .out,
            result.out);
}

TEST_F(EvalCommandTest, HoldoutKeepsWeightsAndDirections) {
  runner_.Write("g.txt", "a b 0.1\nb c 2\nc a 3e10\na c 4\nc d 1\n");
  const ToolResult result =
      Run({"holdout", "--directed", "--weighted", "--fraction=0.2",
           "--train=kept.txt", "--test=pairs.tsv", "g.txt"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string kept = runner_.Read("kept.txt");
  EXPECT_THAT(Lines(kept), SizeIs(4));
  EXPECT_THAT(kept, HasSubstr("c\td\t1\n"));
  if (absl::StrContains(kept, "a\tb")) {
    EXPECT_THAT(kept, HasSubstr("a\tb\t0.100000001\n"));
  }
}

// Users and tags: a line that begins with a tag is a comment to embedtrain.
TEST_F(EvalCommandTest, HoldoutTurnsEdgesThatWouldBeComments) {
  std::string graph;
  for (int user = 0; user < 6; ++user) {
    for (const char* tag : {"#a", "#b", "#c", "#d", "%e"}) {
      absl::StrAppend(&graph, "user", user, " ", tag, "\n");
    }
  }
  runner_.Write("tags.txt", graph);
  const ToolResult result =
      Run({"holdout", "--train=kept", "--test=pairs.tsv", "tags.txt"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto kept = CellsOf(runner_.Read("kept"));
  EXPECT_THAT(kept, SizeIs(15));
  for (const auto& edge : kept) EXPECT_THAT(edge[0], StartsWith("user"));
  const ToolResult trained =
      runner_.Run({"embedtrain", "--mode=deepwalk", "--dim=4", "--threads=1",
                   "--walks_per_node=1", "--output=tags", "kept"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("11 nodes, 15 undirected edges"));
  // Some pairs without an edge are of two tags.
  EXPECT_THAT(runner_.Read("pairs.tsv"), HasSubstr("\n#"));
  const ToolResult linked =
      Run({"linkpred", "--model=tags.embed", "--operators=dot", "pairs.tsv"});
  EXPECT_EQ(linked.exit_code, 0) << linked.err;
  EXPECT_EQ(CellsOf(linked.out)[1].back(), "30");
}

// A node with an edge to b, and b with two more.
std::string GraphmlOf(const std::string& first, const std::string& b) {
  std::string text = "<graphml><graph edgedefault=\"directed\">";
  for (const std::string& node :
       {first, b, std::string("c"), std::string("d")}) {
    absl::StrAppend(&text, "<node id=\"", node, "\"/>");
  }
  const std::pair<std::string, std::string> edges[] = {
      {first, b}, {b, "c"}, {"c", "d"}, {"d", b}};
  for (const auto& [source, target] : edges) {
    absl::StrAppend(&text, "<edge source=\"", source, "\" target=\"", target,
                    "\"/>");
  }
  return text + "</graph></graphml>";
}

// What cannot be written is the only path to a node, which is always kept.
TEST_F(EvalCommandTest, HoldoutRefusesKeysThatAnEdgeListCannotHold) {
  runner_.Write("tags.graphml", GraphmlOf("#a", "#b"));
  runner_.Write("arcs.graphml", GraphmlOf("%a", "b"));
  runner_.Write("blanks.graphml", GraphmlOf("New York", "b"));
  const std::vector<std::string> before = runner_.List();
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"tags.graphml", "--nodirected", "the edge of '#b' and '#a' would be"},
      {"arcs.graphml", "--directed", "the edge of '%a' and 'b' would be"},
      {"blanks.graphml", "--nodirected", "the key 'New York' holds a blank"},
  };
  for (const auto& [graph, directed, expected] : cases) {
    const ToolResult result = Run({"holdout", directed, "--fraction=0.2",
                                   "--train=kept", "--test=pairs", graph});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(expected));
  }
  EXPECT_EQ(runner_.List(), before);
}

TEST_F(EvalCommandTest, HoldoutWritesNeitherItsInputNorOneFileTwice) {
  const std::string graph = KarateEdges();
  runner_.Write("g.txt", graph);
  std::filesystem::create_hard_link(runner_.Path("g.txt"),
                                    runner_.Path("link"));
  const std::vector<std::string> before = runner_.List();
  const std::pair<std::string, std::string> cases[] = {
      {"x", "x"},     {"x", "./x"},   {runner_.Path("x"), "x"},
      {"g.txt", "x"}, {"x", "g.txt"}, {"x", "./g.txt"},
      {"link", "x"},  {"x", "link"},  {runner_.Path("g.txt"), "x"},
  };
  for (const auto& [train, test] : cases) {
    const ToolResult result =
        Run({"holdout", absl::StrCat("--train=", train),
             absl::StrCat("--test=", test), "--fraction=0.2", "g.txt"});
    EXPECT_EQ(result.exit_code, 2) << train << " " << test;
    EXPECT_THAT(Lines(result.err), SizeIs(1)) << result.err;
  }
  EXPECT_EQ(runner_.Read("g.txt"), graph);
  EXPECT_EQ(runner_.List(), before);
}

TEST_F(EvalCommandTest, HoldoutReadsTheFormatThatIsGiven) {
  runner_.Write("g.txt", "a b c\nb c\nc d e\nd e\n");
  const ToolResult result =
      Run({"holdout", "--format=adjlist", "--fraction=0.2", "--train=kept",
           "--test=pairs", "g.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("5 nodes, 6 undirected edges"));
}

TEST_F(EvalCommandTest, HoldoutRefusesAGraphBeyondTheMemory) {
  const LargeFile file("eval_command_test.edges", "1234 5678\n",
                       uint64_t{4} << 40);
  if (!file.ok()) GTEST_SKIP() << "no file of 4 TiB can be made here";
  const ToolResult result =
      Run({"holdout", "--train=kept.txt", "--test=pairs.tsv", file.path()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("6.40 TiB of memory"));
}

TEST_F(EvalCommandTest, Wordsim) {
  runner_.Write("p.tsv", "n0\tn2\t9\nn0\tn1\t1\nn0\tn39\t2\nn0\tgone\t5\n");
  const ToolResult result = Run({"wordsim", "--model=v.vec", "p.tsv", "p.tsv"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto rows = CellsOf(result.out);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[0],
              ElementsAre("file", "spearman", "pearson", "used", "total"));
  EXPECT_EQ(rows[1][0], "p.tsv");
  EXPECT_EQ(rows[1][1], "1.000000");
  EXPECT_EQ(rows[1][3], "3");
  EXPECT_EQ(rows[2][4], "4");
}

TEST_F(EvalCommandTest, TellsWhatAVectorFileHadThatItShouldNot) {
  runner_.Write("v.txt", "the 0.1 0.2\r\nNew York 0.3 0.4\r\nthe 0.5 0.6\r\n");
  runner_.Write("p.tsv", "the\tNew York\t1\n");
  const ToolResult result = Run({"wordsim", "--model=v.txt", "p.tsv"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(
      Lines(result.err),
      ElementsAre(
          "note: v.txt: no first line of rows and dim: dim 2 as in the first "
          "vector",
          "note: v.txt: 3 line ends of CR LF, taken as LF (first: line 1)",
          "note: v.txt: 1 keys with blanks within (first: line 2, 'New "
          "York')",
          "note: v.txt: 1 vectors with the key of an earlier one, left out "
          "(first: line 3, 'the')"));
  EXPECT_EQ(CellsOf(result.out)[1][3], "1");
  runner_.Write("v.txt", "1 2\nthe 0.1 nan\n");
  const ToolResult bad = Run({"wordsim", "--model=v.txt", "p.tsv"});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.err, HasSubstr("v.txt: line 2: key 'the': number 2 is nan"));
}

TEST_F(EvalCommandTest, Analogy) {
  runner_.Write("w.vec",
                "5 2\nman 1 0\nking 1 1\nwoman -1 0\nqueen -1 1\nx 0 -1\n");
  runner_.Write("q.txt", ": family\nman king woman queen\nman king x gone\n");
  const ToolResult result = Run({"analogy", "--model=w.vec", "q.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto rows = CellsOf(result.out);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[1],
              ElementsAre("q.txt", "family", "1.000000", "1.000000", "1", "2"));
  EXPECT_EQ(rows[2][1], "all");
  EXPECT_EQ(
      CellsOf(Run({"analogy", "--model=w.vec", "--restrict_vocab=3", "q.txt"})
                  .out)[1][2],
      "nan");
}

TEST_F(EvalCommandTest, WrongUsageIsExitCode2) {
  const std::vector<std::vector<std::string>> commands = {
      {},
      {"clasify", "v.labels"},
      {"--model=v.vec", "classify", "v.labels"},
      {"classify", "v.labels"},
      {"classify", "--model=v.vec"},
      {"classify", "--model=v.vec", "--vectors=v.vec", "v.labels"},
      {"classify", "--model=v.vec", "v.labels", "v.labels"},
      {"classify", "--model=v.vec", "--ratios=0.5,x", "v.labels"},
      {"classify", "--model=v.vec", "--ratios=1.5", "v.labels"},
      {"classify", "--model=v.vec", "--splits=0", "v.labels"},
      {"classify", "--model=v.vec", "--C=-1", "v.labels"},
      {"classify", "--model=v.vec", "--normalize=l1", "v.labels"},
      {"classify", "--model=v.vec", "--output_format=xml", "v.labels"},
      {"classify", "--model=v.vec", "--operators=dot", "v.labels"},
      {"linkpred", "--model=v.vec", "--operators=dott", "p.tsv"},
      {"linkpred", "--model=v.vec", "--train_share=1", "p.tsv"},
      {"holdout", "--train=t", "g.txt"},
      {"holdout", "--train=t", "--test=p", "--fraction=1", "g.txt"},
      {"holdout", "--train=t", "--test=p", "--non_edges=x", "g.txt"},
      {"holdout", "--train=t", "--test=p", "--non_edges=same_source", "g.txt"},
      {"wordsim", "--model=v.vec"},
      {"recall", "--model=v.vec"},
      {"recall", "--model=v.vec", "--cutoffs=1,0", "v.faiss"},
      {"recall", "--model=v.vec", "--codec=int8", "v.faiss"},
      {"recall", "--model=v.vec", "--codec=int8,x"},
      {"recall", "--model=v.vec", "--codec=uint8", "--metric=l2"},
      {"recall", "--model=v.vec", "--codec=all", "--metric=x"},
      {"recall", "--model=v.vec", "--metric=dot", "v.faiss"},
      {"recall", "--model=v.vec", "--cutoffs=", "v.faiss"},
      {"compare", "v.vec"},
      {"compare", "v.vec", "v.vec", "v.vec"},
      {"compare", "v.vec", "v.vec", "--normalize=l1"},
      {"cluster", "--model=v.vec"},
      {"cluster", "--model=v.vec", "--runs=0", "v.labels"},
      {"recommend", "--model=v.vec"},
      {"recommend", "--model=v.vec", "v.labels"},
      {"recommend", "--model=v.vec", "--train=t"},
      {"recommend", "--model=v.vec", "--events=t", "--sequences=t"},
      {"recommend", "--events=t"},
      {"neighbors"},
      {"neighbors", "--model=v.vec", "--k=0"},
  };
  for (const std::vector<std::string>& command : commands) {
    const ToolResult result = Run(command);
    EXPECT_EQ(result.exit_code, 2) << absl::StrJoin(command, " ");
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(Lines(result.err), SizeIs(1)) << result.err;
    EXPECT_THAT(result.err, StartsWith("embedeval"));
  }
}

TEST_F(EvalCommandTest, BadFilesAreExitCode1AndNamed) {
  runner_.Write("bad.labels", "n1\tx\nn2\n");
  runner_.Write("bad.tsv", "a\tb\t2\n");
  runner_.Write("two.labels", "gone\tx\nn3\ty\nn1\tx,y\nn2\tx\n");
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"classify", "--model=v.vec", "bad.labels"}, "bad.labels: line 2"},
      {{"classify", "--model=v.vec", "none"}, "none"},
      {{"classify", "--model=none.embed", "v.labels"}, "none.embed"},
      {{"classify", "--model=v.vec", "--out=no/t", "v.labels"}, "no/t"},
      {{"classify", "--model=v.vec", "--multinomial", "--ratios=0.5",
        "two.labels"},
       "two.labels: the key \"n1\" has 2 labels; --multinomial is for one "
       "label a key"},
      {{"linkpred", "--model=v.vec", "bad.tsv"}, "bad.tsv: line 1"},
      {{"holdout", "--train=t", "--test=p", "none.txt"}, "none.txt"},
      {{"analogy", "--model=v.vec", "bad.tsv"}, "bad.tsv: line 1"},
  };
  for (const auto& [command, expected] : cases) {
    const ToolResult result = Run(command);
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(expected));
  }
  EXPECT_THAT(runner_.List(), ElementsAre("bad.labels", "bad.tsv", "two.labels",
                                          "v.labels", "v.vec"));
}

TEST_F(EvalCommandTest, ExamplesOfTheHelpRun) {
  runner_.Write("karate.edgelist", KarateEdges());
  runner_.Write("corpus.txt", SmallCorpus());
  std::string labels;
  for (int i = 1; i <= 34; ++i) absl::StrAppend(&labels, i, "\t", i % 2, "\n");
  runner_.Write("karate.labels", labels);
  runner_.Write("karate.pairs.tsv",
                "1\t2\t1\n1\t3\t1\n1\t34\t0\n5\t9\t0\n7\t1\t1\n8\t27\t0\n33\t34"
                "\t1\n30\t2\t0\n4\t1\t1\n6\t20\t0\n6\t1\t1\n9\t26\t0\n");
  ASSERT_EQ(runner_
                .Run({"embedtrain", "--mode=deepwalk", "--dim=8", "--threads=1",
                      "--walks_per_node=2", "karate.edgelist"})
                .exit_code,
            0);
  ASSERT_EQ(runner_
                .Run({"embedtrain", "--mode=word2vec", "--dim=8", "--threads=1",
                      "--min_count=1", "corpus.txt"})
                .exit_code,
            0);
  runner_.Write("baskets.txt", "1 2 3\n4 5\n6 7 8 9\n");
  runner_.Write("sentences.tsv", "cat dog\tdog\t4\nred\tblue cat\t1\n");
  for (const char* copy : {"other.embed", "items.embed"}) {
    runner_.Write(copy, runner_.Read("karate.embed"));
  }
  for (const char* task :
       {"", "classify", "holdout", "linkpred", "wordsim", "analogy", "recall",
        "compare", "cluster", "recommend", "neighbors", "map", "sentsim"}) {
    runner_.Write("pairs.tsv", "sun\tmoon\t9\nsun\tstar\t5\nmoon\tstar\t1\n");
    runner_.Write("questions.txt", "sun moon star sun\n");
    std::vector<std::string> ask = {"--help"};
    if (*task != '\0') ask.insert(ask.begin(), task);
    const ToolResult help = Run(ask);
    EXPECT_EQ(help.exit_code, 0);
    bool in_examples = false;
    int examples = 0;
    for (const std::string& line : Lines(help.out)) {
      if (line == "Examples:") {
        in_examples = true;
      } else if (in_examples && !absl::StartsWith(line, "  ")) {
        break;
      } else if (in_examples) {
        ++examples;
        const ToolResult result =
            runner_.RunLine(absl::StripPrefix(line, "  "));
        EXPECT_EQ(result.exit_code, 0) << line << "\n" << result.err;
      }
    }
    EXPECT_GE(examples, 2) << help.out;
  }
}

}  // namespace eval_command_test
}  // namespace embed
