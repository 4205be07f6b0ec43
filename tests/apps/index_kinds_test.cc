// Indexes with and without a graph, as users make and ask them.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace {

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

TEST_F(IndexKindsTest, OneThreadGivesTheSameBytes) {
  for (const char* threads : {"--threads=1", "--threads=3"}) {
    ASSERT_EQ(Convert({"--index=hnsw", "--deterministic", threads}).exit_code,
              0);
    const std::string bytes = runner_.Read("v.faiss");
    ASSERT_EQ(Convert({"--index=hnsw", "--threads=1"}).exit_code, 0);
    EXPECT_EQ(runner_.Read("v.faiss"), bytes) << threads;
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
           {"--index=ivf"},
           {"--index=flat", "--hnsw_m=8"},
           {"--hnsw_m=1"},
           {"--ef_construction=0"},
           {"--target_recall=1"},
           {"--codec=x"},
           {"--codec=faiss8", "--target_recall=0.9"},
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

}  // namespace
}  // namespace embed
