// embedtrain --mode metapath2vec through the command.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/io/model_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace metapath_test {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two venues, 10 papers in each, whose authors write for one venue only.
std::string Network() {
  std::string text;
  for (int paper = 0; paper < 20; ++paper) {
    const int venue = paper % 2;
    absl::StrAppend(&text, "p", paper, "\tpaper\tin\tv", venue, "\tvenue\n");
    for (int author = 0; author < 3; ++author) {
      absl::StrAppend(&text, "p", paper, "\tpaper\tby\ta",
                      2 * ((paper + 5 * author) % 7) + venue, "\tauthor\n");
    }
    absl::StrAppend(&text, "p", paper, "\tpaper\thas\tt", paper % 3,
                    "\tterm\n");
  }
  return text;
}

class MetapathModeTest : public testing::Test {
 protected:
  MetapathModeTest() { tool_.Write("net.tsv", Network()); }

  ToolResult Train(const std::vector<std::string>& flags,
                   const std::string& input = "net.tsv") const {
    std::vector<std::string> command = {"embedtrain", "--mode=metapath2vec",
                                        "--dim=8", "--walks_per_node=20",
                                        "--walk_length=9"};
    command.insert(command.end(), flags.begin(), flags.end());
    command.push_back(input);
    return tool_.Run(command);
  }

  const ToolRunner tool_;
};

TEST_F(MetapathModeTest, WalksAlongTheTypes) {
  const ToolResult result =
      Train({"--metapath=A-P-V-P-A", "--walks_only=-", "--format=hin"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<std::string> lines = Lines(result.out);
  EXPECT_EQ(lines.size(), 20u * 14);
  for (const std::string& line : lines) {
    std::string types;
    for (absl::string_view node : absl::StrSplit(line, ' ')) types += node[0];
    ASSERT_EQ(types, "apvpapvpa");
  }
  const ToolResult kept =
      Train({"--metapath=author-P-V-paper-A", "--walks_only=-", "--keep_type"});
  ASSERT_EQ(kept.exit_code, 0) << kept.err;
  for (const std::string& line : Lines(kept.out)) {
    const std::vector<std::string> walk = absl::StrSplit(line, ' ');
    ASSERT_EQ(walk.size(), 3u);
    // All of one venue: their numbers are even, or all odd.
    ASSERT_EQ((walk[0].back() - walk[2].back()) % 2, 0) << line;
  }
}

TEST_F(MetapathModeTest, OneThreadGivesTheSameBytes) {
  for (const std::string flag :
       {"--keep_type", "--negatives_by_type", "--arch=cbow"}) {
    std::vector<std::string> outputs;
    for (const std::string name : {"one", "two"}) {
      const ToolResult result = Train(
          {"--metapath=A-P-V-P-A", "--threads=1", "--output=" + name, flag});
      ASSERT_EQ(result.exit_code, 0) << result.err;
      outputs.push_back(tool_.Read(name + ".embed"));
    }
    EXPECT_TRUE(outputs[0] == outputs[1]) << flag;
  }
}

TEST_F(MetapathModeTest, TheModelKnowsTypesAndVisits) {
  const ToolResult result = Train({"--metapath=A-P-A", "--negatives_by_type"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("2 of 2 venue nodes are on no walk"));
  const auto model = ReadModel(tool_.Path("net.embed"));
  ASSERT_TRUE(model.ok()) << model.status();
  const Vocabulary& keys = model->vocabulary;
  EXPECT_THAT(keys.type_names(),
              ElementsAre("paper", "venue", "author", "term"));
  ASSERT_EQ(keys.types().size(), keys.size());
  for (uint32_t id = 0; id < keys.size(); ++id) {
    EXPECT_EQ(keys.type_names()[keys.types()[id]][0], keys.key(id)[0]);
    EXPECT_EQ(keys.count(id) > 0,
              keys.key(id)[0] == 'p' || keys.key(id)[0] == 'a');
  }
}

TEST_F(MetapathModeTest, RefusesWalksOfOneNode) {
  tool_.Write("dead_ends.tsv",
              "x\tauthor\twrote\ty\tpaper\n"
              "v\tvenue\tprints\tz\tpaper\n");
  for (const char* more : {"--arch=skipgram", "--negatives_by_type"}) {
    const ToolResult result =
        Train({"--metapath=A-P-V-P-A", "--keep_type", more}, "dead_ends.tsv");
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr("no walk has two nodes"));
    EXPECT_THAT(result.err, HasSubstr("or no --keep_type"));
  }
}

TEST_F(MetapathModeTest, EqualNamesOfTwoTypesGetTheirTypes) {
  tool_.Write("same.tsv", "x\tauthor\twrote\tx\tpaper\n");
  const ToolResult result =
      Train({"--metapath=A-P-A", "--walks_only=-"}, "same.tsv");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("keys are type:name"));
  EXPECT_THAT(result.out, HasSubstr("author:x paper:x author:x"));
}

TEST_F(MetapathModeTest, DeterministicNegativesByTypeTrainOnOneThread) {
  const ToolResult result =
      Train({"--metapath=A-P-V-P-A", "--negatives_by_type", "--deterministic",
             "--threads=2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("deterministic: one training thread, since negatives"));
}

struct BadRun {
  std::vector<std::string> flags;
  int exit_code;
  std::string message;
};

TEST_F(MetapathModeTest, NamesWhatIsWrong) {
  const std::string apa = "--metapath=A-P-A";
  const std::vector<BadRun> cases = {
      {{}, 2, "--metapath: \"\" is not two types"},
      {{"--metapath=author"}, 2, "--metapath: \"author\" is not two types"},
      {{"--metapath=A-P-X-P-A"},
       2,
       "\"X\" is no type of node; there are paper, venue, author, term"},
      {{"--metapath=A-P"}, 2, "begins with author and ends with paper"},
      {{"--metapath=A-V-A"}, 1, "step 1: no edge leads from author to venue"},
      {{apa, "--directed"}, 1, "no edge leads from author to paper"},
      {{apa, "--format=edgelist"}, 2, "--format hin"},
      {{apa, "--negatives_by_type", "--loss=hs"}, 2, "no negatives"},
      {{apa, "--negatives_by_type", "--share_negatives=4"}, 2, "own negatives"},
      {{apa, "--p=2"}, 2, "no meaning in mode metapath2vec"},
  };
  for (const BadRun& bad : cases) {
    const ToolResult result = Train(bad.flags);
    EXPECT_EQ(result.exit_code, bad.exit_code) << bad.message;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(bad.message));
  }
  EXPECT_THAT(tool_.List(), ElementsAre("net.tsv"));
  const ToolResult other = tool_.Run(
      {"embedtrain", "--mode=deepwalk", "--metapath=A-P-A", "net.tsv"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("only in metapath2vec"));
}

TEST_F(MetapathModeTest, NamesTheBadLine) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"p\tpaper\tin\tv\n", "bad.tsv:2"},
      {"p\tpaper\tin\tv\t\n", "bad.tsv:2"},
      {"p\tpaper\tin\tv\tvenue\tx\n", "bad.tsv:2"},
  };
  for (const auto& [line, message] : cases) {
    tool_.Write("bad.tsv", "a\tauthor\tby\tp\tpaper\t1\n" + line);
    const ToolResult result =
        Train({"--metapath=A-P-A", "--weighted"}, "bad.tsv");
    EXPECT_EQ(result.exit_code, 1) << line;
    EXPECT_THAT(result.err, HasSubstr(message));
  }
}

}  // namespace metapath_test
}  // namespace embed
