// The tasks of embedeval that look at models and indexes as a whole, as users
// run them: recall, compare, cluster, recommend, neighbors.
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/table_cells.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace eval_models_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class EvalModelsTest : public testing::Test {
 protected:
  TableCells Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "embedeval");
    const ToolResult result = runner_.Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return CellsOf(result.out);
  }

  // Exit code 1, and a last line that says so.
  void ExpectError(std::vector<std::string> arguments,
                   const std::string& message) const {
    arguments.insert(arguments.begin(), "embedeval");
    const ToolResult result = runner_.Run(arguments);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "");
    ASSERT_FALSE(result.err.empty());
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(message));
  }

  void TrainKarate(const std::string& output, const std::string& seed) const {
    runner_.Write("karate.edgelist", KarateEdges());
    ASSERT_EQ(runner_
                  .Run({"embedtrain", "--mode=deepwalk", "--dim=16",
                        "--threads=1", "--walks_per_node=20", "--seed=" + seed,
                        "--output=" + output, "karate.edgelist"})
                  .exit_code,
              0);
  }

  ToolRunner runner_;
};

TEST_F(EvalModelsTest, Recall) {
  TrainKarate("k", "1");
  const TableCells all = Run({"recall", "--model=k.embed", "--cutoffs=1,10,40",
                              "--plot=p.svg", "k.faiss"});
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_THAT(all[0], ElementsAre("index", "k", "recall", "rms_error",
                                  "max_error", "queries_per_second",
                                  "exact_per_second", "queries", "keys"));
  EXPECT_EQ(all[1][0], "k.faiss");
  EXPECT_GT(NumberOf(all, 2, "recall"), 0.9);
  EXPECT_EQ(NumberOf(all, 3, "recall"), 1);  // all 33 others
  EXPECT_LT(NumberOf(all, 3, "max_error"), 0.05);
  EXPECT_GT(NumberOf(all, 3, "rms_error"), 0);
  EXPECT_GT(NumberOf(all, 1, "queries_per_second"), 0);
  EXPECT_EQ(all[1][7], "34");
  EXPECT_THAT(runner_.Read("p.svg"), HasSubstr("k.faiss"));
  const TableCells some = Run({"recall", "--model=k.embed", "--queries=5",
                               "--threads=2", "--cutoffs=10", "k.faiss"});
  EXPECT_EQ(some[1][7], "5");
  EXPECT_EQ(some[1][8], "34");
  EXPECT_EQ(some[1][2], Run({"recall", "--model=k.embed", "--queries=5",
                             "--threads=1", "--cutoffs=10", "k.faiss"})[1][2]);
}

TEST_F(EvalModelsTest, RecallOfCodecs) {
  TrainKarate("k", "1");
  const TableCells all = Run({"recall", "--model=k.embed", "--codec=all",
                              "--cutoffs=1,10", "--plot=p.svg"});
  ASSERT_THAT(all, SizeIs(1 + 9 * 2));
  EXPECT_THAT(all[0],
              ElementsAre("codec", "k", "recall", "rms_error", "max_error",
                          "bytes_per_row", "queries_per_second",
                          "exact_per_second", "queries", "keys"));
  EXPECT_EQ(all[1][0], "int8");
  EXPECT_EQ(all[1][5], "20");
  EXPECT_EQ(all[18][0], "f32");
  EXPECT_EQ(all[18][5], "64");
  EXPECT_EQ(NumberOf(all, 18, "recall"), 1);
  EXPECT_LT(NumberOf(all, 18, "max_error"), 1e-6);
  EXPECT_THAT(runner_.Read("p.svg"), HasSubstr("int8_pow2"));
  const TableCells l2 =
      Run({"recall", "--model=k.embed", "--codec=int8,f16,f32", "--metric=l2",
           "--cutoffs=10"});
  ASSERT_THAT(l2, SizeIs(4));
  for (size_t row = 1; row <= 3; ++row) {
    EXPECT_GT(NumberOf(l2, row, "recall"), 0.95);
  }
  EXPECT_THAT(Run({"recall", "--model=k.embed", "--codec=all", "--metric=dot",
                   "--cutoffs=1"}),
              SizeIs(9));  // no faiss8
}

TEST_F(EvalModelsTest, RecallNeedsTheModelOfTheIndex) {
  TrainKarate("k", "1");
  runner_.Write("w.vec", absl::StrCat("1 16\n1", std::string(32, ' '),
                                      "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"));
  runner_.Write("d.vec", "1 1\n1 1\n");
  ExpectError({"recall", "--model=w.vec", "k.faiss"}, "has no vector in w.vec");
  ExpectError({"recall", "--model=d.vec", "k.faiss"}, "vectors of 16 numbers");
  ExpectError({"recall", "--model=k.embed", "none.faiss"}, "none.faiss");
  ExpectError({"recall", "--model=k.embed", "k.embed"}, "k.embed");
}

TEST_F(EvalModelsTest, Compare) {
  TrainKarate("a", "1");
  TrainKarate("b", "2");
  const TableCells same = Run({"compare", "--cutoffs=5", "a.embed", "a.embed"});
  ASSERT_THAT(same, SizeIs(2));
  EXPECT_EQ(NumberOf(same, 1, "overlap"), 1);
  EXPECT_EQ(NumberOf(same, 1, "rank_correlation"), 1);
  EXPECT_NEAR(NumberOf(same, 1, "procrustes"), 0, 1e-6);
  EXPECT_EQ(NumberOf(same, 1, "common"), 34);
  const TableCells other = Run({"compare", "--cutoffs=1,5", "--plot=p.svg",
                                "--threads=1", "a.embed", "b.embed"});
  ASSERT_THAT(other, SizeIs(3));
  EXPECT_GT(NumberOf(other, 2, "overlap"), 5.0 / 33);
  EXPECT_LT(NumberOf(other, 2, "overlap"), 1);
  EXPECT_GT(NumberOf(other, 2, "procrustes"), 0);
  EXPECT_LT(NumberOf(other, 2, "procrustes"), 2);
  EXPECT_EQ(
      Run({"compare", "--cutoffs=1,5", "--threads=3", "a.embed", "b.embed"}),
      other);
}

TEST_F(EvalModelsTest, CompareIsOfCommonKeys) {
  runner_.Write("a.vec", "4 2\nx 1 0\ny 1 1\nz 0 1\nonly 5 5\n");
  // Turned by a right angle and of another length, in another order.
  runner_.Write("b.vec", "4 2\nz -3 0\nx 0 3\nhere 1 1\ny -3 3\n");
  const TableCells table = Run({"compare", "--cutoffs=1", "a.vec", "b.vec"});
  EXPECT_EQ(NumberOf(table, 1, "overlap"), 1);
  EXPECT_EQ(NumberOf(table, 1, "procrustes"), 0);
  EXPECT_EQ(NumberOf(table, 1, "common"), 3);
  EXPECT_EQ(NumberOf(table, 1, "keys_a"), 4);
  runner_.Write("c.vec", "1 2\nsomething 1 0\n");
  ExpectError({"compare", "a.vec", "c.vec"}, "have 0 keys in common");
}

TEST_F(EvalModelsTest, Cluster) {
  std::string vectors = "30 2\n";
  std::string labels = "gone\tx\n";
  for (int i = 0; i < 30; ++i) {
    absl::StrAppend(&vectors, "n", i, " ", (i % 3) * 10 + 0.01 * i, " 1\n");
    absl::StrAppend(&labels, "n", i, "\t", std::string(1, "abc"[i % 3]),
                    i == 29 ? ",more\n" : "\n");
  }
  runner_.Write("v.vec", vectors);
  runner_.Write("v.labels", labels);
  const ToolResult result = runner_.Run(
      {"embedeval", "cluster", "--model=v.vec", "--runs=4", "v.labels"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err,
            "30 of 31 labelled keys have a vector\n"
            "1 keys with several labels are left out\n");
  const TableCells table = CellsOf(result.out);
  ASSERT_THAT(table, SizeIs(2));
  EXPECT_EQ(table[1][0], "3");
  EXPECT_EQ(NumberOf(table, 1, "nmi"), 1);
  EXPECT_EQ(NumberOf(table, 1, "ari"), 1);
  EXPECT_EQ(NumberOf(table, 1, "ari_sd"), 0);
  EXPECT_EQ(NumberOf(table, 1, "used"), 29);
  EXPECT_EQ(NumberOf(table, 1, "total"), 31);
  const TableCells two = Run({"cluster", "--model=v.vec", "--clusters=2",
                              "--runs=1", "--labels=v.labels"});
  EXPECT_LT(NumberOf(two, 1, "nmi"), 1);
  EXPECT_EQ(two[1][4], "nan");
  ExpectError({"cluster", "--model=v.vec", "--clusters=30", "v.labels"},
              "30 clusters of 29 vectors");
}

// Items of two kinds in two directions; who has two of a kind gets the third.
class EvalRecommendTest : public EvalModelsTest {
 protected:
  void SetUp() override {
    runner_.Write(
        "v.vec", "6 2\na1 1 .1\na2 1 .2\na3 1 .3\nb1 .1 1\nb2 .2 1\nb3 .3 1\n");
    runner_.Write("s.txt", "u\ta1 a2 a3\nv\tb1 b2 b3\nw\ta1 b1 gone\nx\ta1\n");
  }
};

TEST_F(EvalRecommendTest, LastItemsAreRecommended) {
  const TableCells table =
      Run({"recommend", "--model=v.vec", "--sequences=s.txt", "--cutoffs=1,3",
           "--plot=p.svg"});
  ASSERT_THAT(table, SizeIs(5));
  EXPECT_THAT(table[0], ElementsAre("method", "k", "hit_rate", "ndcg", "recall",
                                    "mrr", "coverage", "users", "users_total",
                                    "items", "items_total"));
  EXPECT_EQ(table[1][0], "vectors");
  EXPECT_EQ(NumberOf(table, 1, "hit_rate"), 1);
  EXPECT_EQ(NumberOf(table, 1, "mrr"), 1);
  EXPECT_EQ(NumberOf(table, 1, "users"), 2);
  EXPECT_EQ(NumberOf(table, 1, "users_total"), 3);
  EXPECT_EQ(NumberOf(table, 1, "items"), 6);
  EXPECT_EQ(NumberOf(table, 1, "items_total"), 7);
  EXPECT_NEAR(NumberOf(table, 1, "coverage"), 2.0 / 6, 1e-6);
  EXPECT_EQ(table[3][0], "popularity");
  EXPECT_LT(NumberOf(table, 3, "hit_rate"), 1);
  EXPECT_THAT(runner_.Read("p.svg"), HasSubstr("NDCG, popularity"));
}

TEST_F(EvalRecommendTest, EventsAndPartsAreTheSame) {
  const TableCells table =
      Run({"recommend", "--model=v.vec", "--sequences=s.txt"});
  runner_.Write("e.tsv",
                "u\ta1\t1\nu\ta3\t9\nu\ta2\t2\nv\tb1\t3\nv\tb2\t4\nv\tb3\t5\n"
                "w\ta1\t1\nw\tb1\t1\nw\tgone\t1\nx\ta1\t0\n");
  EXPECT_EQ(Run({"recommend", "--model=v.vec", "--events=e.tsv"}), table);
  runner_.Write("train.tsv",
                "u\ta1\nu\ta2\nv\tb1\nv\tb2\nw\ta1\nw\tb1\nx\ta1\n");
  runner_.Write("test.tsv", "v\tb3\nw\tgone\nu\ta3\n");
  EXPECT_EQ(Run({"recommend", "--model=v.vec", "--train=train.tsv",
                 "--test=test.tsv", "--threads=3"}),
            table);
}

TEST_F(EvalRecommendTest, HistoriesAreWhatToTrainOn) {
  EXPECT_THAT(Run({"recommend", "--sequences=s.txt", "--histories=h.txt"}),
              SizeIs(0));
  EXPECT_EQ(runner_.Read("h.txt"), "a1 a2\nb1 b2\na1 b1\na1\n");
  const std::string sequences = runner_.Read("s.txt");
  EXPECT_EQ(runner_
                .Run({"embedeval", "recommend", "--sequences=s.txt",
                      "--histories=s.txt"})
                .exit_code,
            2);
  EXPECT_EQ(runner_.Read("s.txt"), sequences);
  runner_.Write("blank.tsv", "u\tsea view\nu\tx\n");
  ExpectError({"recommend", "--events=blank.tsv", "--histories=h.txt"},
              "holds a blank");
  runner_.Write("wide.tsv", "u\tsea\u3000view\nu\tx\n");
  ExpectError({"recommend", "--events=wide.tsv", "--histories=h.txt"},
              "holds a blank");
}

TEST_F(EvalRecommendTest, BadFilesAreNamed) {
  runner_.Write("bad.tsv", "u\ta1\t1\nv\n");
  ExpectError({"recommend", "--model=v.vec", "--events=bad.tsv"},
              "bad.tsv: line 2");
  runner_.Write("other.txt", "p q\n");
  ExpectError({"recommend", "--model=v.vec", "--sequences=other.txt"},
              "none of the 2 items (the first is \"p\") has a vector");
  runner_.Write("short.txt", "a1\na2\n");
  ExpectError({"recommend", "--model=v.vec", "--sequences=short.txt"},
              "of 0 users with held-out items");
}

TEST_F(EvalModelsTest, Neighbors) {
  runner_.Write("v.vec", "4 2\na<b 1 0\nx 1 .1\ny 1 .3\nz -1 0\n");
  const TableCells table =
      Run({"neighbors", "--model=v.vec", "--k=2", "--html=p.html", "a<b", "z"});
  EXPECT_THAT(table, ElementsAre(ElementsAre("query", "rank", "key", "score"),
                                 ElementsAre("a<b", "1", "x", "0.995037"),
                                 ElementsAre("a<b", "2", "y", "0.957826"),
                                 ElementsAre("z", "1", "y", "-0.957826"),
                                 ElementsAre("z", "2", "x", "-0.995037")));
  const std::string page = runner_.Read("p.html");
  EXPECT_THAT(page, HasSubstr("<h2>a&lt;b</h2>"));
  EXPECT_THAT(page, HasSubstr("background-size:96% 100%\">y</td>"));
  EXPECT_THAT(page, HasSubstr("Nearest keys in v.vec (4 keys, 2 dimensions)"));
  // All keys, for want of one.
  EXPECT_THAT(Run({"neighbors", "--model=v.vec"}), SizeIs(1 + 4 * 3));
  const ToolResult unknown =
      runner_.Run({"embedeval", "neighbors", "--model=v.vec", "--k=1",
                   "--output_format=json", "no", "x"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(unknown.err,
            "embedeval neighbors: error: unknown key \"no\" in v.vec\n");
  EXPECT_EQ(nlohmann::json::parse(unknown.out)["key"], "a<b");
}

}  // namespace eval_models_test
}  // namespace embed
