// embedtrain --mode hin2vec through the command.
#include <signal.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/io/model_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace hin2vec_test {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two venues, 10 papers in each, whose authors write for one venue only.
std::string Network() {
  std::string text;
  for (int paper = 0; paper < 20; ++paper) {
    const int venue = paper % 2;
    absl::StrAppend(&text, "p", paper, "\tpaper\tpublished_in\tv", venue,
                    "\tvenue\n");
    for (int author = 0; author < 3; ++author) {
      absl::StrAppend(&text, "p", paper, "\tpaper\twritten_by\ta",
                      2 * ((paper + 5 * author) % 7) + venue, "\tauthor\n");
    }
  }
  return text;
}

Command Hin2vecCommand(const Command& flags) {
  Command command = With({"embedtrain", "--mode=hin2vec", "--dim=8",
                          "--threads=1", "--output=run"},
                         flags);
  command.push_back("net.tsv");
  return command;
}

class Hin2vecModeTest : public testing::Test {
 protected:
  Hin2vecModeTest() { tool_.Write("net.tsv", Network()); }

  ToolResult Train(const Command& flags) const {
    return tool_.Run(Hin2vecCommand(flags));
  }

  const ToolRunner tool_;
};

TEST_F(Hin2vecModeTest, WritesNodesAndRelations) {
  const ToolResult result = Train({});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("relations of 1 to 3 steps"),
                                HasSubstr("wrote run.relations.vec")));
  EXPECT_THAT(tool_.List(), ElementsAre("net.tsv", "run.embed", "run.faiss",
                                        "run.relations.vec"));
  const auto model = ReadModel(tool_.Path("run.embed"));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->input.rows(), 36u);
  EXPECT_TRUE(model->output.empty());
  EXPECT_EQ(model->relations.rows(), model->relation_keys.size());
  // All paths of the schema but those that only lead back: from a paper over
  // its venue and another paper to a venue.
  std::set<std::string> keys;
  for (uint32_t r = 0; r < model->relation_keys.size(); ++r) {
    keys.emplace(model->relation_keys.key(r));
  }
  const std::string by = "written_by";
  const std::string in = "published_in";
  EXPECT_EQ(keys, (std::set<std::string>{
                      by, in, by + "^-1", in + "^-1", by + ">" + by + "^-1",
                      in + ">" + in + "^-1", by + "^-1>" + by, by + "^-1>" + in,
                      in + "^-1>" + by, by + ">" + by + "^-1>" + by,
                      by + ">" + by + "^-1>" + in, in + ">" + in + "^-1>" + by,
                      by + "^-1>" + by + ">" + by + "^-1",
                      by + "^-1>" + in + ">" + in + "^-1",
                      in + "^-1>" + in + ">" + in + "^-1",
                      in + "^-1>" + by + ">" + by + "^-1"}));
  const std::vector<std::string> lines = Lines(tool_.Read("run.relations.vec"));
  EXPECT_EQ(lines.size(), 1 + keys.size());
  EXPECT_EQ(lines[0], absl::StrCat(keys.size(), " 8"));
}

TEST_F(Hin2vecModeTest, ANodeWithoutEdgesIsNotTrained) {
  tool_.Write("nodes.tsv", "lonely\tauthor\n");
  const ToolResult result = Train({"--nodes=nodes.tsv"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto model = ReadModel(tool_.Path("run.embed"));
  ASSERT_TRUE(model.ok()) << model.status();
  const uint32_t lonely = model->vocabulary.Find("lonely");
  ASSERT_NE(lonely, Vocabulary::kNotFound);
  EXPECT_EQ(model->vocabulary.count(lonely), 0u);
  EXPECT_GT(model->vocabulary.count(model->vocabulary.Find("a0")), 0u);
}

TEST_F(Hin2vecModeTest, LearnsWhatBelongsTogether) {
  ASSERT_EQ(Train({"--epochs=3", "--walks_per_node=40"}).exit_code, 0);
  const ToolResult result =
      tool_.Run({"embedquery", "--index=run.faiss", "--k=6", "a0"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const std::string& line : Lines(result.out)) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    ASSERT_GE(fields.size(), 3u);
    EXPECT_EQ((fields[2].back() - '0') % 2, 0) << result.out;
  }
}

TEST_F(Hin2vecModeTest, OneThreadGivesTheSameBytes) {
  ASSERT_EQ(Train({}).exit_code, 0);
  const std::string model = tool_.Read("run.embed");
  const std::string index = tool_.Read("run.faiss");
  const std::string relations = tool_.Read("run.relations.vec");
  ASSERT_EQ(Train({}).exit_code, 0);
  EXPECT_EQ(tool_.Read("run.embed"), model);
  EXPECT_EQ(tool_.Read("run.faiss"), index);
  EXPECT_EQ(tool_.Read("run.relations.vec"), relations);
  // Counting and loading with more threads change nothing.
  ASSERT_EQ(Train({"--threads=3", "--deterministic"}).exit_code, 0);
  EXPECT_EQ(tool_.Read("run.relations.vec"), relations);
  for (const char* flag : {"--seed=2", "--allow_cycles", "--negatives_any_type",
                           "--relation_gate=sigmoid", "--window=2"}) {
    ASSERT_EQ(Train({flag}).exit_code, 0) << flag;
    EXPECT_NE(tool_.Read("run.relations.vec"), relations) << flag;
  }
}

TEST_F(Hin2vecModeTest, ResumesAfterASignal) {
  const Command flags = {"--epochs=60", "--checkpoint_every=0.02"};
  ASSERT_EQ(Train(flags).exit_code, 0);
  const std::string model = tool_.Read("run.embed");
  const std::string relations = tool_.Read("run.relations.vec");
  for (const char* name : {"run.embed", "run.faiss", "run.relations.vec"}) {
    ASSERT_EQ(remove(tool_.Path(name).c_str()), 0);
  }
  const ToolResult stopped =
      StopAtCheckpoint(tool_, Hin2vecCommand(flags), SIGTERM);
  ASSERT_EQ(stopped.exit_code, 128 + SIGTERM) << stopped.err;
  EXPECT_THAT(tool_.List(), ElementsAre("net.tsv", "run.checkpoint"));
  // Other relations would not fit the checkpoint.
  EXPECT_EQ(Train(With(flags, {"--resume", "--window=2"})).exit_code, 1);
  const ToolResult resumed = Train(With(flags, {"--resume"}));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(tool_.Read("run.embed"), model);
  EXPECT_EQ(tool_.Read("run.relations.vec"), relations);
}

TEST_F(Hin2vecModeTest, WritesWalksWithTheirEdgeTypes) {
  const ToolResult result =
      Train({"--walks_only=-", "--walks_per_node=2", "--walk_length=5"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<std::string> lines = Lines(result.out);
  EXPECT_EQ(lines.size(), 2u * 36);
  for (const std::string& line : lines) {
    const std::vector<std::string> walk = absl::StrSplit(line, ' ');
    ASSERT_EQ(walk.size(), 9u);
    for (size_t i = 1; i < walk.size(); i += 2) {
      const bool forth = walk[i - 1][0] == 'p';
      const std::string type = (forth ? walk[i + 1] : walk[i - 1])[0] == 'v'
                                   ? "published_in"
                                   : "written_by";
      EXPECT_EQ(walk[i], forth ? type : type + "^-1") << line;
    }
  }
}

TEST_F(Hin2vecModeTest, NamesWhatIsWrong) {
  struct Bad {
    Command flags;
    int exit_code;
    std::string message;
  };
  const std::vector<Bad> cases = {
      {{"--relation_gate=hard"}, 2, "--relation_gate: \"hard\""},
      {{"--window=0"}, 2, "window is 0"},
      {{"--window=65"}, 2, "window is 65"},
      {{"--negatives=-1"}, 2, "negatives is -1"},
      {{"--format=edgelist"}, 2, "--format hin"},
      {{"--optimizer=adagrad"}, 2, "plain SGD"},
      {{"--share_negatives=2"}, 2, "no meaning in mode hin2vec"},
      {{"--restart=0.1"}, 2, "no meaning in mode hin2vec"},
      {{"--arch=cbow"}, 2, "no meaning in mode hin2vec"},
      {{"--weighted"}, 1, "net.tsv:1"},
      {{"--walk_length=1"}, 2, "walk_length is 1"},
  };
  for (const Bad& bad : cases) {
    const ToolResult result = Train(bad.flags);
    EXPECT_EQ(result.exit_code, bad.exit_code) << bad.flags[0] << result.err;
    EXPECT_THAT(result.err, HasSubstr(bad.message));
    EXPECT_THAT(tool_.List(), ElementsAre("net.tsv"));
  }
  tool_.Write("net.tsv", Network() + "p1\tpaper\twritten_by\ta1\n");
  const ToolResult four = Train({});
  EXPECT_EQ(four.exit_code, 1);
  EXPECT_THAT(four.err, HasSubstr("net.tsv:81"));
  tool_.Write("net.tsv", "a\tx\tloop\ta\tx\n");
  const ToolResult loop = Train({});
  EXPECT_EQ(loop.exit_code, 1);
  EXPECT_THAT(loop.err, HasSubstr("no relation to learn"));
}

TEST_F(Hin2vecModeTest, OtherModesHaveNoRelations) {
  tool_.Write("karate.edgelist", KarateEdges());
  ASSERT_EQ(tool_
                .Run({"embedtrain", "--mode=deepwalk", "--output=k", "--dim=8",
                      "--walks_per_node=1", "karate.edgelist"})
                .exit_code,
            0);
  EXPECT_THAT(tool_.List(),
              ElementsAre("k.embed", "k.faiss", "karate.edgelist", "net.tsv"));
}

}  // namespace hin2vec_test
}  // namespace embed
