// Indexes with and without a graph, as users make and ask them.
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace index_kinds_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Points on a spiral: neighbors in number are neighbors in direction.
std::string SpiralVectors(int rows) {
  std::string text = absl::StrCat(rows, " 3\n");
  for (int i = 0; i < rows; ++i) {
    const double x = (i + 0.5) / rows;
    absl::StrAppend(&text, i % 2 == 0 ? "even" : "odd", i, " ", x, " ", x * x,
                    " ", 1 - x, "\n");
  }
  return text;
}

// The keys of the answers in TSV.
std::vector<std::string> Keys(const std::string& text) {
  std::vector<std::string> keys;
  for (const std::string& line : Lines(text)) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    keys.push_back(fields.at(2));
  }
  return keys;
}

class IndexKindsTest : public testing::Test {
 protected:
  void SetUp() override { runner_.Write("v.vec", SpiralVectors(1500)); }

  ToolResult Convert(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "embedconvert");
    arguments.insert(arguments.end(), {"v.vec", "v.faiss"});
    return runner_.Run(arguments);
  }
  ToolResult Query(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"embedquery", "--index=v.faiss"});
    return runner_.Run(arguments);
  }

  ToolRunner runner_;
};

TEST_F(IndexKindsTest, OneFileIsWrittenAndNoOther) {
  const ToolResult result = Convert({"--index=hnsw", "--hnsw_m=8"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("with a graph of hnsw_m 8"));
  EXPECT_THAT(runner_.List(), ElementsAre("v.faiss", "v.vec"));
  // Few rows need no graph.
  EXPECT_THAT(Convert({}).err, Not(HasSubstr("graph")));
}

// Points on a line: each its number times (1, 2).
TEST_F(IndexKindsTest, MetricIsThatOfTheAnswers) {
  runner_.Write("v.vec", "5 2\na 0 0\nb 1 2\nc 2 4\nd 3 6\ne 4 8\n");
  for (const char* const index : {"--index=flat", "--index=hnsw"}) {
    ASSERT_EQ(Convert({"--metric=l2", index}).exit_code, 0);
    ToolResult result = Query({"--k=3", "b"});
    // a and c are equally near.
    EXPECT_THAT(Keys(result.out), testing::UnorderedElementsAre("a", "c", "d"));
    EXPECT_THAT(result.out, HasSubstr("b\t3\td\t20"));
    EXPECT_THAT(Keys(Query({"--min_score=6", "b"}).out), ElementsAre("a", "c"));
    EXPECT_EQ(Query({"--min_score=-1", "b"}).exit_code, 2);
    ASSERT_EQ(Convert({"--metric=dot", index}).exit_code, 0);
    result = Query({"--k=3", "b"});
    EXPECT_THAT(Keys(result.out), ElementsAre("e", "d", "c"));
    EXPECT_THAT(Keys(Query({"--min_score=14", "b"}).out),
                ElementsAre("e", "d"));
    // A row of zeros is found by dot, with a score of 0.
    EXPECT_THAT(Keys(Query({"--k=9", "b"}).out),
                ElementsAre("e", "d", "c", "a"));
  }
}

TEST_F(IndexKindsTest, UnknownKeysOfAHistoryDoNotCount) {
  runner_.Write("v.vec", "5 2\na 10 0\nhalf 5 0\nnear 9 1\nb 0 10\nfar 5 1\n");
  for (const char* const metric : {"--metric=l2", "--metric=dot"}) {
    ASSERT_EQ(Convert({metric}).exit_code, 0);
    const std::string alone = Query({"--k=3", "a"}).out;
    EXPECT_THAT(Keys(alone), testing::Contains("near"));
    const ToolResult history = Query({"--k=3", "a\tzzz"});
    EXPECT_EQ(history.exit_code, 1);
    EXPECT_EQ(absl::StrReplaceAll(history.out, {{"a + zzz\t", "a\t"}}), alone);
  }
}

TEST_F(IndexKindsTest, BadNumbersAreRefusedByKeyWhateverTheMetric) {
  runner_.Write("v.vec", "2 2\na 0 1\nbad nan 2\n");
  for (const char* const metric : {"cosine", "dot", "l2"}) {
    const ToolResult result = Convert({absl::StrCat("--metric=", metric)});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("bad"));
  }
}

TEST_F(IndexKindsTest, OtherCodecsAreServed) {
  ASSERT_EQ(Convert({}).exit_code, 0);
  const std::vector<std::string> expected =
      Keys(Query({"--k=1", "even700"}).out);
  for (const char* const codec :
       {"int8_plain", "int8_pow2", "uint8", "int8_sat"}) {
    const ToolResult result =
        Convert({absl::StrCat("--codec=", codec), "--index=hnsw"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("8 bits a number,"));
    EXPECT_THAT(Keys(Query({"--k=100", "even700"}).out),
                testing::Contains(expected.at(0)));
  }
  const std::string bytes = runner_.Read("v.faiss");
  EXPECT_THAT(Convert({"--codec=int4", "--index=hnsw"}).err,
              HasSubstr("8 bits a number for codes of 4,"));
  EXPECT_GE(runner_.Read("v.faiss").size() + 1000, bytes.size());
}

TEST_F(IndexKindsTest, EveryFormIsMadeFromItsName) {
  for (const char* name : {"a.vec", "a.bin", "a.npy", "a.embed"}) {
    const ToolResult result = runner_.Run({"embedconvert", "v.vec", name});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_EQ(runner_.Read("a.vec"), runner_.Read("v.vec"));
  EXPECT_THAT(runner_.List(), ElementsAre("a.bin", "a.embed", "a.keys.txt",
                                          "a.npy", "a.vec", "v.vec"));
  EXPECT_EQ(runner_.Run({"embedconvert", "a.embed", "b.faiss"}).exit_code, 0);
  EXPECT_EQ(runner_.Run({"embedconvert", "a.bin", "c.faiss"}).exit_code, 0);
}

TEST_F(IndexKindsTest, GraphAndExactSearchAgree) {
  ASSERT_EQ(Convert({"--index=flat"}).exit_code, 0);
  const ToolResult flat = Query({"even700", "odd33"});
  EXPECT_THAT(Keys(flat.out)[0], testing::AnyOf("odd699", "odd701"));
  ASSERT_EQ(Convert({"--index=hnsw"}).exit_code, 0);
  EXPECT_EQ(Query({"--exact", "even700", "odd33"}).out, flat.out);
  EXPECT_EQ(Query({"--ef_search=400", "even700", "odd33"}).out, flat.out);
  EXPECT_EQ(Query({"even700", "odd33"}).exit_code, 0);
}

TEST_F(IndexKindsTest, FiltersWorkThroughTheGraph) {
  ASSERT_EQ(Convert({"--index=hnsw"}).exit_code, 0);
  const std::vector<std::string> filter = {"--filter=prefix=odd", "--k=5",
                                           "odd301", "even900"};
  std::vector<std::string> exact = filter;
  exact.push_back("--exact");
  const ToolResult result = Query(filter);
  EXPECT_EQ(result.out, Query(exact).out);
  EXPECT_EQ(Keys(result.out).size(), 10u);
  for (const std::string& key : Keys(result.out)) {
    EXPECT_EQ(key.substr(0, 3), "odd");
  }
}

TEST_F(IndexKindsTest, MinScoreGivesAllThatReachIt) {
  ASSERT_EQ(Convert({"--index=hnsw"}).exit_code, 0);
  const ToolResult all = Query({"--k=2000", "--exact", "even700"});
  std::vector<std::string> expected;
  for (const std::string& line : Lines(all.out)) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    if (std::stod(fields[3]) >= 0.999) expected.push_back(line);
  }
  ASSERT_GT(expected.size(), 10u);
  ASSERT_LT(expected.size(), 1499u);
  EXPECT_EQ(Lines(Query({"--min_score=0.999", "even700"}).out), expected);
  expected.resize(7);
  EXPECT_EQ(Lines(Query({"--min_score=0.999", "--k=7", "even700"}).out),
            expected);
}

TEST_F(IndexKindsTest, TargetRecallIsSaidAndKept) {
  const ToolResult result =
      Convert({"--index=hnsw", "--hnsw_m=4", "--target_recall=0.9"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("\nef_search "));
  EXPECT_THAT(result.err, HasSubstr("of the 10 nearest"));
  EXPECT_EQ(Query({"even700"}).exit_code, 0);
}

TEST_F(IndexKindsTest, ThreadsDoNotChangeTheBytes) {
  ASSERT_EQ(Convert({"--index=hnsw", "--threads=1"}).exit_code, 0);
  const std::string bytes = runner_.Read("v.faiss");
  for (const char* threads : {"--threads=2", "--threads=3"}) {
    ASSERT_EQ(Convert({"--index=hnsw", threads}).exit_code, 0);
    EXPECT_EQ(runner_.Read("v.faiss"), bytes) << threads;
  }
}

TEST_F(IndexKindsTest, ListsAreMadeAndAsked) {
  ASSERT_EQ(Convert({"--index=flat"}).exit_code, 0);
  const std::string flat = Query({"even700", "odd33"}).out;
  const ToolResult made =
      Convert({"--index=ivf", "--nlist=30", "--target_recall=0.9"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr("in 30 lists, made in "));
  EXPECT_THAT(made.err, HasSubstr("\nnprobe "));
  EXPECT_EQ(Query({"--exact", "even700", "odd33"}).out, flat);
  EXPECT_EQ(Query({"--nprobe=10", "even700", "odd33"}).out, flat);
  EXPECT_EQ(Lines(Query({"--nprobe=1", "even700"}).out).size(), 10u);
  EXPECT_EQ(Query({"even700"}).exit_code, 0);
  const std::string bytes = runner_.Read("v.faiss");
  ASSERT_EQ(Convert({"--index=ivf", "--nlist=30", "--target_recall=0.9",
                     "--threads=2"})
                .exit_code,
            0);
  EXPECT_EQ(runner_.Read("v.faiss"), bytes);
  const ToolResult many = Convert({"--index=ivf", "--nlist=1501"});
  EXPECT_EQ(many.exit_code, 1);
  EXPECT_THAT(many.err, HasSubstr("1501 lists of 1500 rows"));
}

TEST_F(IndexKindsTest, Float16RowsGiveFinerScores) {
  ASSERT_EQ(Convert({"--rerank=f16"}).exit_code, 0);
  const ToolResult result = Query({"--k=3", "even700"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto vector = [](int i) {
    const double x = (i + 0.5) / 1500;
    return std::vector<double>{x, x * x, 1 - x};
  };
  for (const std::string& line : Lines(result.out)) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    const size_t digit = fields.at(2).find_first_of("0123456789");
    const std::vector<double> a = vector(700);
    const std::vector<double> b = vector(std::stoi(fields[2].substr(digit)));
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int j = 0; j < 3; ++j) {
      dot += a[j] * b[j];
      aa += a[j] * a[j];
      bb += b[j] * b[j];
    }
    EXPECT_NEAR(std::stod(fields.at(3)), dot / std::sqrt(aa * bb), 1e-5);
  }
}

TEST_F(IndexKindsTest, TypesFilterAndAreShown) {
  runner_.Write("g.hin",
                "ann\tauthor\twrites\tp1\tpaper\n"
                "bob\tauthor\twrites\tp1\tpaper\n"
                "bob\tauthor\twrites\tp2\tpaper\n"
                "eve\tauthor\twrites\tp2\tpaper\n");
  const ToolResult trained =
      runner_.Run({"embedtrain", "--mode=metapath2vec", "--format=hin",
                   "--metapath=author-paper-author", "--dim=8", "--threads=1",
                   "--output=g", "g.hin"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto query = [&](const std::string& flag) {
    return runner_.Run({"embedquery", "--index=g.faiss", flag, "ann"});
  };
  EXPECT_THAT(Keys(query("--filter=type=author").out),
              testing::UnorderedElementsAre("bob", "eve"));
  EXPECT_THAT(Keys(query("--filter=type=paper").out),
              testing::UnorderedElementsAre("p1", "p2"));
  const ToolResult none = query("--filter=type=venue");
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("no type \"venue\"; its types: "));
  const auto answer = nlohmann::json::parse(query("--output_format=json").out);
  for (const auto& neighbor : answer["neighbors"]) {
    const std::string key = neighbor["key"];
    EXPECT_EQ(neighbor["type"], key[0] == 'p' ? "paper" : "author");
  }
}

TEST_F(IndexKindsTest, WrongUsageIsExitCode2) {
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{
           {"--index=lists"},
           {"--index=ivf", "--hnsw_m=8"},
           {"--index=ivf", "--nlist=-1"},
           {"--index=hnsw", "--nlist=5"},
           {"--rerank=f32"},
           {"--codec=faiss8", "--rerank=f16"},
           {"--codec=faiss8", "--index=ivf"},
           {"--index=flat", "--hnsw_m=8"},
           {"--hnsw_m=1"},
           {"--ef_construction=0"},
           {"--target_recall=1"},
           {"--codec=x"},
           {"--codec=faiss8", "--target_recall=0.9"},
           {"--codec=faiss8", "--metric=l2"},
           {"--codec=uint8", "--metric=l2"},
           {"--codec=f16"},
           {"--metric=x"},
           {"--output=v"},
           {"--export=vec"}}) {
    const ToolResult result = Convert(flags);
    EXPECT_EQ(result.exit_code, 2) << flags[0] << result.err;
    EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  }
  EXPECT_EQ(runner_.Run({"embedconvert", "v.vec", "v.xyz"}).exit_code, 2);
  EXPECT_EQ(
      runner_.Run({"embedconvert", "--index=hnsw", "v.vec", "a.bin"}).exit_code,
      2);
  EXPECT_THAT(runner_.List(), ElementsAre("v.vec"));
  ASSERT_EQ(Convert({"--index=flat"}).exit_code, 0);
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{"--ef_search=0"},
                                             {"--ef_search=50"},
                                             {"--ef_search=50", "--exact"},
                                             {"--nprobe=0"},
                                             {"--nprobe=5"},
                                             {"--nprobe=5", "--min_score=0"},
                                             {"--min_score=2"},
                                             {"--filter=kind=x"}}) {
    std::vector<std::string> arguments = flags;
    arguments.push_back("even0");
    const ToolResult result = Query(arguments);
    EXPECT_EQ(result.exit_code, 2) << flags[0] << result.err;
  }
  EXPECT_THAT(Query({"--filter=type=x", "even0"}).err,
              HasSubstr("has no types"));
}

}  // namespace index_kinds_test
}  // namespace embed
