// embedquery as its contract says, on an index trained by embedtrain.
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/index/item_index.h"
#include "embed/math/metric.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"
#include "tests/embed/math/concat_ranking.h"

namespace embed {
namespace query_contract_test {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Row {
  std::string query;
  int rank;
  std::string key;
  double score;
};

std::vector<Row> ParseTsv(const std::string& text) {
  std::vector<Row> rows;
  for (const std::string& line : Lines(text)) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    EXPECT_EQ(fields.size(), 4u) << line;
    Row row{fields[0], 0, fields[2], 0};
    EXPECT_TRUE(absl::SimpleAtoi(fields[1], &row.rank)) << line;
    EXPECT_TRUE(absl::SimpleAtod(fields[3], &row.score)) << line;
    rows.push_back(row);
  }
  return rows;
}

class QueryContractTest : public testing::Test {
 protected:
  void SetUp() override {
    runner_.Write("karate.edgelist", KarateEdges());
    const ToolResult result =
        runner_.Run({"embedtrain", "--mode=deepwalk", "--dim=16", "--threads=1",
                     "--walks_per_node=20", "karate.edgelist"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  ToolResult Query(std::vector<std::string> arguments,
                   const std::string& input = "") const {
    arguments.insert(arguments.begin(), {"embedquery", "--index=karate.faiss"});
    ToolRunner::Options options;
    options.input = input;
    return runner_.Run(arguments, options);
  }

  ToolRunner runner_;
};

TEST_F(QueryContractTest, PrintsRanksAndFallingScoresWithoutTheQuery) {
  const ToolResult result = Query({"--k=5", "1", "34"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const std::vector<Row> rows = ParseTsv(result.out);
  ASSERT_EQ(rows.size(), 10u);
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].query, i < 5 ? "1" : "34");
    EXPECT_EQ(rows[i].rank, static_cast<int>(i % 5) + 1);
    EXPECT_NE(rows[i].key, rows[i].query);
    EXPECT_LE(rows[i].score, 1.0);
    if (i % 5 > 0) {
      EXPECT_LE(rows[i].score, rows[i - 1].score);
    }
  }
}

TEST_F(QueryContractTest, LinesOfStandardInputAreQueries) {
  const ToolResult lines = Query({"--k=3"}, "1\r\n\n34");
  EXPECT_EQ(lines.exit_code, 0) << lines.err;
  EXPECT_EQ(lines.out, Query({"--k=3", "1", "34"}).out);
}

TEST_F(QueryContractTest, ManyLinesGiveTheSameAsOneByOne) {
  std::string input;
  std::string expected;
  for (int i = 0; i < 1000; ++i) input += std::to_string(i % 34 + 1) + "\n";
  const ToolResult batch = Query({"--k=2", "--threads=2"}, input);
  for (int i = 0; i < 34; ++i) {
    expected += Query({"--k=2", std::to_string(i + 1)}).out;
  }
  EXPECT_EQ(batch.out.substr(0, expected.size()), expected);
  EXPECT_EQ(Lines(batch.out).size(), 2000u);
}

TEST_F(QueryContractTest, PooledMembersAreNotRecommendedBack) {
  const ToolResult result = Query({"--k=33"}, "1\t2\t3\n");
  const std::vector<Row> rows = ParseTsv(result.out);
  ASSERT_EQ(rows.size(), 31u);
  std::set<std::string> keys;
  for (const Row& row : rows) {
    EXPECT_EQ(row.query, "1 + 2 + 3");
    keys.insert(row.key);
  }
  EXPECT_EQ(keys.count("1") + keys.count("2") + keys.count("3"), 0u);
  // A pooled query of one key twice points where the key does.
  EXPECT_EQ(ParseTsv(Query({"--k=1", "1\t1"}).out)[0].key,
            ParseTsv(Query({"--k=1", "1"}).out)[0].key);
}

// Sums that are added up in another order: scores differ by their rounding.
void ExpectSameAnswers(const std::string& a, const std::string& b) {
  const std::vector<Row> rows_a = ParseTsv(a);
  const std::vector<Row> rows_b = ParseTsv(b);
  ASSERT_EQ(rows_a.size(), rows_b.size());
  for (size_t i = 0; i < rows_a.size(); ++i) {
    EXPECT_EQ(rows_a[i].query, rows_b[i].query);
    EXPECT_NEAR(rows_a[i].score, rows_b[i].score, 2e-6);
  }
  EXPECT_EQ(rows_a[0].key, rows_b[0].key);
}

TEST_F(QueryContractTest, PoolingIsChosen) {
  const std::string line = "1\t2\t34\n";
  const auto pooled = [&](std::vector<std::string> flags) {
    flags.push_back("--k=40");
    const ToolResult result = Query(flags, line);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  const std::string mean = pooled({});
  EXPECT_EQ(pooled({"--pool=mean"}), mean);
  // A window of all keys is their mean, of one their max.
  const std::string max = pooled({"--pool=max"});
  EXPECT_NE(max, mean);
  ExpectSameAnswers(pooled({"--pool=hier", "--pool_window=1"}), max);
  ExpectSameAnswers(pooled({"--pool=hier", "--pool_window=9"}), mean);
  // One key alone is itself, whatever the kind.
  for (const char* kind : {"--pool=max", "--pool=hier", "--pool=concat"}) {
    ExpectSameAnswers(Query({"--k=5", kind, "7"}).out,
                      Query({"--k=5", "7"}).out);
  }
}

// Rows of all lengths, so that each metric ranks in its own way.
std::string RandomVectors(int rows, int dim) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::string text = absl::StrCat(rows, " ", dim, "\n");
  for (int i = 0; i < rows; ++i) {
    absl::StrAppend(&text, "k", i);
    for (int j = 0; j < dim; ++j) absl::StrAppend(&text, " ", normal(random));
    text += "\n";
  }
  return text;
}

TEST_F(QueryContractTest, ConcatRanksAsTheConcatenations) {
  runner_.Write("v.vec", RandomVectors(90, 8));
  for (const char* name : {"cosine", "dot", "l2"}) {
    const Metric metric = *MetricFromName(name);
    ASSERT_EQ(runner_
                  .Run({"embedconvert", absl::StrCat("--metric=", name),
                        "v.vec", "v.faiss"})
                  .exit_code,
              0);
    const auto ask = [&](const std::string& pool) {
      ToolRunner::Options options;
      options.input = "k3\tk14\tk15\tk9\n";
      const ToolResult result = runner_.Run(
          {"embedquery", "--index=v.faiss", "--k=90", pool}, options);
      EXPECT_EQ(result.exit_code, 0) << result.err;
      return ParseTsv(result.out);
    };
    const auto index = ItemIndex::Open(runner_.Path("v.faiss"));
    ASSERT_TRUE(index.ok()) << index.status();
    const auto vector = [&](const std::string& key) {
      return index->Vector(*index->Find(key));
    };
    const TestRows query = {vector("k3"), vector("k14"), vector("k15"),
                            vector("k9")};
    const std::vector<double> both = Concatenation(query);
    std::vector<float> m;
    for (int i = 0; i < 8; ++i) {
      m.push_back(static_cast<float>((both[i] + both[8 + i]) / 2));
    }
    TestRows items;
    std::set<std::string> keys;
    const std::vector<Row> answers = ask("--pool=concat");
    for (const Row& row : answers) {
      items.push_back(vector(row.key));
      keys.insert(row.key);
      const double nearness = Nearness(metric, m, items.back());
      EXPECT_NEAR(row.score, metric == Metric::kL2 ? -nearness : nearness,
                  1e-5 * (1 + std::abs(nearness)));
    }
    EXPECT_EQ(keys.size(), 86u);
    ExpectConcatOrder(metric, query, items);
    for (const char* other : {"--pool=mean", "--pool=max"}) {
      const std::vector<Row> others = ask(other);
      size_t same = 0;
      for (size_t i = 0; i < others.size(); ++i) {
        same += others[i].key == answers[i].key ? 1 : 0;
      }
      EXPECT_LT(same, answers.size()) << other;
    }
  }
}

TEST_F(QueryContractTest, SifWeighsByCounts) {
  const std::string line = "1\t2\t34\n";
  const auto sif = [&](const std::string& counts) {
    const ToolResult result =
        Query({"--k=40", "--pool=sif", "--counts=" + counts}, line);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  // All counts alike: all weights alike, so the direction of the mean.
  std::string counts;
  for (int i = 1; i <= 34; ++i) counts += std::to_string(i) + " 5\n";
  runner_.Write("counts.txt", counts);
  ExpectSameAnswers(sif("counts.txt"), Query({"--k=40"}, line).out);
  // Keys that are nearly all there is hardly count.
  runner_.Write("skewed.txt", "1 1000000\n2 1\n34 1000000\n");
  std::string nearest = ParseTsv(Query({"--k=1", "2"}).out)[0].key;
  if (nearest == "1") {  // a member of the query, so not an answer
    nearest = ParseTsv(Query({"--k=2", "2"}).out)[1].key;
  }
  EXPECT_EQ(ParseTsv(sif("skewed.txt"))[0].key, nearest);
  EXPECT_EQ(Lines(sif("karate.embed")).size(), 31u);
}

TEST_F(QueryContractTest, PoolingThatCannotBeIsAnError) {
  const auto error = [&](std::vector<std::string> flags) {
    flags.push_back("1");
    const ToolResult result = Query(flags);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(Lines(result.err).size(), 1u);
    return result.err;
  };
  EXPECT_THAT(error({"--pool=sum"}), HasSubstr("none of mean, max"));
  EXPECT_THAT(error({"--pool=max,mean"}), HasSubstr("a query has one"));
  EXPECT_THAT(error({"--pool=sif"}), HasSubstr("needs --counts"));
  EXPECT_THAT(error({"--counts=x"}), HasSubstr("is for --pool sif"));
  EXPECT_THAT(error({"--pool=sif", "--sif_a=0", "--counts=x"}),
              HasSubstr("--sif_a"));
  EXPECT_THAT(error({"--pool_window=0"}), HasSubstr("--pool_window"));
}

TEST_F(QueryContractTest, JsonHoldsTheSameAnswers) {
  const std::vector<Row> rows = ParseTsv(Query({"--k=4", "7"}).out);
  const ToolResult result = Query({"--k=4", "--output_format=json", "7"});
  const auto answer = nlohmann::json::parse(result.out);
  EXPECT_EQ(answer["query"], "7");
  ASSERT_EQ(answer["neighbors"].size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(answer["neighbors"][i]["key"], rows[i].key);
    EXPECT_NEAR(answer["neighbors"][i]["score"], rows[i].score, 1e-6);
  }
}

TEST_F(QueryContractTest, AnalogyLeavesOutItsThreeKeys) {
  const ToolResult result = Query({"--k=40", "--analogy=1 2 34"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::vector<Row> rows = ParseTsv(result.out);
  ASSERT_EQ(rows.size(), 31u);
  for (const Row& row : rows) {
    EXPECT_EQ(row.query, "1 2 34");
    EXPECT_THAT(row.key, Not(testing::AnyOf("1", "2", "34")));
  }
  EXPECT_EQ(Query({"--k=40", "--analogy=1\t2\t34"}).exit_code, 0);
  EXPECT_EQ(Query({"--analogy=1 2"}).exit_code, 2);
  EXPECT_EQ(Query({"--analogy=1 2 34", "5"}).exit_code, 2);
}

// b - a + b - b is b - a: taking away and adding agree with an analogy.
TEST_F(QueryContractTest, MinusTakesAway) {
  const ToolResult result = Query({"--k=40", "--minus=34", "1"});
  const std::vector<Row> rows = ParseTsv(result.out);
  ASSERT_EQ(rows.size(), 32u);
  for (const Row& row : rows) {
    EXPECT_THAT(row.key, Not(testing::AnyOf("1", "34")));
  }
  // What is like 34 moved down.
  const std::vector<Row> plain = ParseTsv(Query({"--k=1", "34"}).out);
  EXPECT_EQ(plain.size(), 1u);
  EXPECT_NE(rows[0].key, plain[0].key);
}

TEST_F(QueryContractTest, FilterKeepsThePrefix) {
  const std::vector<Row> rows =
      ParseTsv(Query({"--k=40", "--filter=prefix=3", "1"}).out);
  std::vector<std::string> keys;
  for (const Row& row : rows) keys.push_back(row.key);
  EXPECT_EQ(keys.size(), 6u);  // 3, 30 .. 34
  EXPECT_THAT(keys, Each(StartsWith("3")));
  EXPECT_EQ(Query({"--filter=3", "1"}).exit_code, 2);
  EXPECT_EQ(Query({"--filter=prefix=none", "1"}).out, "");
}

TEST_F(QueryContractTest, UnknownKeyIsReportedAndOthersAnswered) {
  const ToolResult result = Query({"--k=2"}, "1\n334\n2\n");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, Query({"--k=2", "1", "2"}).out);
  EXPECT_EQ(Lines(result.err).size(), 1u);
  EXPECT_THAT(result.err,
              HasSubstr("unknown key \"334\" in karate.faiss; nearest: 34"));
}

TEST_F(QueryContractTest, WhatLacksAKeyItNeedsHasNoAnswer) {
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--analogy=1 2 zzz"},
        {"--analogy=zzz 1 2"},
        {"--minus=2", "zzz"},
        {"--minus=2", "zzz\tyyy"},
        {"--minus=zzz", "2"}}) {
    const ToolResult result = Query(flags);
    EXPECT_EQ(result.exit_code, 1) << flags[0];
    EXPECT_EQ(result.out, "") << flags[0];
    EXPECT_THAT(result.err, HasSubstr("unknown key \"zzz\" in karate.faiss"));
  }
  const ToolResult others = Query({"--k=3", "--minus=2"}, "zzz\n1\n");
  EXPECT_EQ(others.exit_code, 1);
  EXPECT_EQ(others.out, Query({"--k=3", "--minus=2", "1"}).out);
}

TEST_F(QueryContractTest, WrongUsageIsExitCode2) {
  for (const char* flag :
       {"--k=0", "--k=-1", "--k=x", "--output_format=xml", "--dim=3",
        "--threads=-1", "--filter=x", "--index="}) {
    const ToolResult result = Query({flag, "1"});
    EXPECT_EQ(result.exit_code, 2) << flag;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
    EXPECT_THAT(result.err, StartsWith("embedquery: error: "));
  }
}

TEST_F(QueryContractTest, MoreAnswersThanItemsAreAllItems) {
  EXPECT_EQ(Lines(Query({"--k=18446744073709551615", "1"}).out).size(), 33u);
}

TEST_F(QueryContractTest, EveryCpuTargetGivesTheSameAnswers) {
  const ToolResult best = Query({"1", "2", "3"});
  const ToolResult portable = Query({"--cpu_target=portable", "1", "2", "3"});
  EXPECT_EQ(portable.exit_code, 0) << portable.err;
  EXPECT_EQ(best.out, portable.out);
}

}  // namespace query_contract_test
}  // namespace embed
