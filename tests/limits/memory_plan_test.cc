// What embedtrain says of its memory before the training, beside what it held,
// and what it refuses.
#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/common/memory_flags.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace memory_plan_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kKeys = 30000;

// Every key a few times.
std::string ManyWords() {
  std::string text;
  for (int i = 0; i < 2 * kKeys; ++i) {
    absl::StrAppend(&text, "word", i * 7 % kKeys, i % 20 == 19 ? "\n" : " ");
  }
  return text;
}

std::string Ring() {
  std::string text;
  for (int i = 0; i < kKeys; ++i) {
    absl::StrAppend(&text, i, " ", (i + 1) % kKeys, "\n");
  }
  return text;
}

// The bytes of the line "memory: 1.23 MiB LAST".
double MemoryOfLine(const std::string& err, const std::string& last) {
  for (const std::string& line : Lines(err)) {
    if (!absl::StartsWith(line, "memory: ") || !absl::EndsWith(line, last)) {
      continue;
    }
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    const auto bytes = ParseBytes(words[1] + words[2]);
    if (bytes.ok()) return static_cast<double>(*bytes);
  }
  ADD_FAILURE() << "no line of memory that ends with '" << last << "': " << err;
  return 1;
}

struct PlannedMode {
  std::string name;
  bool text;
  std::vector<std::string> flags;
};

void PrintTo(const PlannedMode& mode, std::ostream* out) { *out << mode.name; }

class MemoryPlanTest : public testing::TestWithParam<PlannedMode> {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers hold memory of their own";
#endif
    runner_.Write("input", GetParam().text ? ManyWords() : Ring());
  }
  std::vector<std::string> Command() const {
    std::vector<std::string> command = {"embedtrain", "--dim=600",
                                        "--threads=2", "--output=run"};
    command.insert(command.end(), GetParam().flags.begin(),
                   GetParam().flags.end());
    if (GetParam().text) {
      command.insert(command.end(),
                     {"--min_count=1", "--window=1", "--subsample=0"});
    } else {
      command.insert(command.end(), {"--format=edgelist"});
    }
    command.push_back("input");
    return command;
  }

  ToolRunner runner_;
};

TEST_P(MemoryPlanTest, IsWithinTenPercentOfThePeak) {
  const ToolResult result = runner_.Run(Command());
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const double planned = MemoryOfLine(result.err, "the index included");
  const double held = MemoryOfLine(result.err, " at most");
  RecordProperty("planned_over_held", std::to_string(planned / held));
  EXPECT_GT(held, 100 << 20);  // not only the program itself
  EXPECT_NEAR(planned / held, 1, 0.1) << result.err;
}

TEST_P(MemoryPlanTest, AboveTheLimitIsRefusedBeforeTheTraining) {
  std::vector<std::string> command = Command();
  command.insert(command.begin() + 1, "--memory_limit=100MiB");
  const ToolResult result = runner_.Run(command);
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const std::string error = Lines(result.err).back();
  EXPECT_THAT(error, HasSubstr("the training would take "));
  EXPECT_THAT(error, HasSubstr(" left of the 100 MiB of --memory_limit"));
  EXPECT_THAT(error, HasSubstr("a smaller --dim helps"));
  EXPECT_THAT(runner_.List(), ElementsAre("input"));
}

INSTANTIATE_TEST_SUITE_P(
    Modes, MemoryPlanTest,
    testing::Values(
        PlannedMode{"word2vec", true, {"--mode=word2vec", "--epochs=1"}},
        PlannedMode{"adagrad",
                    true,
                    {"--mode=word2vec", "--epochs=1", "--optimizer=adagrad",
                     "--checkpoint_every=1000"}},
        PlannedMode{"fasttext",
                    true,
                    {"--mode=fasttext", "--epochs=1", "--buckets=1000"}},
        PlannedMode{"deepwalk",
                    false,
                    {"--mode=deepwalk", "--walks_per_node=1", "--walk_length=3",
                     "--window=1"}},
        PlannedMode{"graph_index",
                    false,
                    {"--mode=deepwalk", "--walks_per_node=1", "--walk_length=3",
                     "--window=1", "--index=hnsw", "--hnsw_m=4",
                     "--ef_construction=4"}},
        PlannedMode{"line", false, {"--mode=line", "--epochs=1"}}),
    [](const auto& test) { return test.param.name; });

TEST(MemoryLimitTest, WhatFitsIsTrained) {
  const ToolRunner runner;
  runner.Write("g.edgelist", KarateEdges());
  const ToolResult result =
      runner.Run({"embedtrain", "--mode=deepwalk", "--dim=8",
                  "--memory_limit=4GiB", "g.edgelist"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

TEST(MemoryLimitTest, AGraphThatCannotBeLoadedIsRefused) {
  const ToolRunner runner;
  runner.Write("input", Ring());
  const ToolResult result =
      runner.Run({"embedtrain", "--mode=deepwalk", "--format=edgelist",
                  "--memory_limit=1MiB", "--output=run", "input"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("loading its edges"));
}

TEST(MemoryLimitTest, WordsThatCannotBeCountedAreRefused) {
  const ToolRunner runner;
  std::string text;
  for (int i = 0; i < 400000; ++i) absl::StrAppend(&text, "word", i, "\n");
  runner.Write("input", text);
  std::vector<std::string> command = {
      "embedtrain", "--mode=word2vec",      "--min_count=1", "--dim=4",
      "--epochs=1", "--memory_limit=60MiB", "--output=run",  "input"};
  const ToolResult refused = runner.Run(command);
  EXPECT_EQ(refused.exit_code, 1) << refused.err;
  EXPECT_THAT(Lines(refused.err).back(),
              HasSubstr("counting its different words takes more than the "));
  EXPECT_THAT(Lines(refused.err).back(), HasSubstr("--max_distinct"));
  EXPECT_THAT(runner.List(), ElementsAre("input"));
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers hold memory of their own";
#endif
  // Counting them all is one thing, a list of them another.
  command[5] = "--memory_limit=90MiB";
  command.push_back("--threads=1");
  const ToolResult listed = runner.Run(command);
  EXPECT_TRUE(listed.exit_code == 1 ||
              MemoryOfLine(listed.err, " at most") <= 90 << 20)
      << listed.err;
  command[2] = "--min_count=2";
  command.insert(command.begin() + 1, "--max_distinct=1000");
  // Some words that are met again before any is forgotten.
  runner.Write("input", text.substr(0, 3000) + text);
  const ToolResult trained = runner.Run(command);
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
}

TEST(MemoryLimitTest, WhatIsNoSizeIsWrongUsage) {
  const ToolRunner runner;
  runner.Write("g.edgelist", KarateEdges());
  for (const char* const size : {"0", "-1GiB", "much"}) {
    const ToolResult result =
        runner.Run({"embedtrain", "--mode=deepwalk",
                    absl::StrCat("--memory_limit=", size), "g.edgelist"});
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr("--memory_limit: '"));
  }
}

}  // namespace memory_plan_test
}  // namespace embed
