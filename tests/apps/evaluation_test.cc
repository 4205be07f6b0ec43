// embedtrain --eval and --optimizer through the command.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace evaluation_test {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> Train(std::vector<std::string> more) {
  std::vector<std::string> command = {
      "embedtrain", "--mode=word2vec", "--threads=1",     "--dim=16",
      "--epochs=4", "--min_count=1",   "--progress=none", "corpus.txt"};
  command.insert(command.end() - 1, more.begin(), more.end());
  return command;
}

TEST(EvaluationTest, ScoresEachEpochAndChangesNothing) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  runner.Write("pairs.tsv", "sun\tmoon\t9\nsun\tstar\t5\nmoon\tstar\t1\n");
  const ToolResult plain = runner.Run(Train({"--output=plain"}));
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  const ToolResult scored =
      runner.Run(Train({"--output=scored", "--eval=wordsim:pairs.tsv"}));
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  EXPECT_THAT(scored.err, HasSubstr("epoch 4: wordsim pairs.tsv: spearman"));
  EXPECT_THAT(scored.err, HasSubstr("3 of 3 pairs"));
  EXPECT_EQ(runner.Read("plain.embed"), runner.Read("scored.embed"));
}

// A model whose best epoch was chosen says by what.
TEST(EvaluationTest, WhatStoppedTheTrainingIsRecorded) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  runner.Write("pairs.tsv", "sun\tmoon\t9\nsun\tstar\t5\nmoon\tstar\t1\n");
  const ToolResult result = runner.Run(
      Train({"--output=run", "--eval=wordsim:pairs.tsv", "--patience=3"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr(" eval=wordsim:pairs.tsv "));
  for (const char* file : {"run.embed", "run.faiss"}) {
    EXPECT_THAT(runner.Read(file), HasSubstr(R"("eval":"wordsim:pairs.tsv")"));
    EXPECT_THAT(runner.Read(file), HasSubstr(R"("patience":"3")"));
  }
}

// The plan counts all that the training will take.
TEST(EvaluationTest, ThePlanCountsAccumulatorsAndCopies) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  runner.Write("pairs.tsv", "sun\tmoon\t9\nsun\tstar\t5\nmoon\tstar\t1\n");
  ToolResult result = runner.Run(Train({"--dim=16"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  // 2 tables of 5 rows of 16 floats.
  EXPECT_THAT(result.err, HasSubstr("of 16 numbers, 640 B; epochs"));
  result = runner.Run(
      Train({"--optimizer=adagrad", "--checkpoint_every=60",
             "--eval=wordsim:pairs.tsv", "--patience=1", "--epochs=1"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  // 10 accumulators; all of these for checkpoints and the tables again.
  EXPECT_THAT(result.err, HasSubstr("640 B, 40 B of AdaGrad and 1.29 KiB of "
                                    "copies; epochs"));
}

TEST(EvaluationTest, PairsThatCannotBeUsedAreOneLine) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  runner.Write("pairs.tsv", "sun\tnot-there\t9\nmoon\tnor-this\t1\n");
  runner.Write("bad.tsv", "sun\tmoon\t9\nsun\tmoon\n");
  for (const char* file : {"pairs.tsv", "bad.tsv", "missing.tsv"}) {
    const ToolResult result =
        runner.Run(Train({std::string("--eval=wordsim:") + file}));
    EXPECT_EQ(result.exit_code, 1) << file;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(file));
  }
}

TEST(OptimizerTest, AdaGradStartsHigherUnlessTold) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  ToolResult result = runner.Run(Train({"--optimizer=adagrad"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("learning_rate=0.2 "));
  result = runner.Run(Train({"--optimizer=adagrad", "--learning_rate=0.05"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("learning_rate=0.05 "));
  result = runner.Run(Train({}));
  EXPECT_THAT(result.err, Not(HasSubstr("learning_rate=0.2 ")));
}

}  // namespace evaluation_test
}  // namespace embed
