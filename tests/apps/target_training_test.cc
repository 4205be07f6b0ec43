// Whole trainings through the command, once per instruction set of this
// processor: the same draws, and tables that differ by rounding only.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "embed/io/model_file.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace target_training_test {

// Papers 0 to 11 by one of three authors, in one of two venues.
std::string TypedEdges() {
  std::string text;
  for (int paper = 0; paper < 12; ++paper) {
    const std::string name = "p" + std::to_string(paper) + "\tpaper\t";
    text += name + "by\ta" + std::to_string(paper % 3) + "\tauthor\n";
    text += name + "in\tv" + std::to_string(paper % 2) + "\tvenue\n";
  }
  return text;
}

struct Training {
  const char* name;
  std::string input;
  Command flags;
};

void PrintTo(const Training& value, std::ostream* out) { *out << value.name; }

Training Words(const char* name, const Command& more) {
  return {name, SmallCorpus(),
          With({"--subsample=0", "--min_count=1", "--epochs=5"}, more)};
}

Training Nodes(const char* name, const Command& more) {
  return {name, KarateEdges(), With({"--walks_per_node=5"}, more)};
}

// The largest difference of two rows in parts of the second's length.
double LargestDifference(const EmbeddingTable& table,
                         const EmbeddingTable& expected) {
  EXPECT_EQ(table.rows(), expected.rows());
  EXPECT_EQ(table.dim(), expected.dim());
  double largest = 0;
  for (uint64_t r = 0; r < expected.rows(); ++r) {
    double difference = 0;
    double length = 0;
    for (int d = 0; d < expected.dim(); ++d) {
      const double is = table.row(r)[d];
      const double should_be = expected.row(r)[d];
      difference += (is - should_be) * (is - should_be);
      length += should_be * should_be;
    }
    // A row of zeros is to be one everywhere.
    if (difference > 0) largest = std::max(largest, difference / length);
  }
  return std::sqrt(largest);
}

class TargetTrainingTest : public testing::TestWithParam<Training> {
 protected:
  Model Train(const std::string& target) const {
    // 41: neither whole vectors of an instruction set nor pairs of them.
    const Command command = {"embedtrain",
                             "input.txt",
                             "--dim=41",
                             "--threads=1",
                             "--output=" + target,
                             "--index=flat",
                             "--cpu_target=" + target};
    const ToolResult result = runner_.Run(With(command, GetParam().flags));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    auto model = ReadModel(runner_.Path(target + ".embed"));
    EXPECT_TRUE(model.ok()) << model.status();
    return *std::move(model);
  }

  void SetUp() override { runner_.Write("input.txt", GetParam().input); }
  const ToolRunner runner_;
};

INSTANTIATE_TEST_SUITE_P(
    Modes, TargetTrainingTest,
    testing::Values(
        Words("Word2vec", {"--mode=word2vec"}),
        Words("Deterministic", {"--mode=word2vec", "--deterministic"}),
        Words("Cbow", {"--mode=word2vec", "--arch=cbow"}),
        Words("HierarchicalSoftmax", {"--mode=word2vec", "--loss=hs"}),
        Words("AdaGrad", {"--mode=word2vec", "--optimizer=adagrad"}),
        Words("Item2vec", {"--mode=item2vec"}),
        Words("FastText", {"--mode=fasttext", "--buckets=1000"}),
        Training{"Cw2vec",
                 SmallChineseCorpus(),
                 {"--mode=cw2vec", "--min_count=1", "--epochs=5"}},
        Nodes("DeepWalk", {"--mode=deepwalk"}),
        Nodes("DeterministicDeepWalk", {"--mode=deepwalk", "--deterministic"}),
        Nodes("Node2vec", {"--mode=node2vec", "--p=0.25", "--q=4"}),
        Training{"Line", KarateEdges(), {"--mode=line", "--dim=42"}},
        Training{"Metapath2vec",
                 TypedEdges(),
                 {"--mode=metapath2vec", "--metapath=A-P-V-P-A",
                  "--walks_per_node=20"}},
        Training{"Hin2vec",
                 TypedEdges(),
                 {"--mode=hin2vec", "--relation_gate=sigmoid"}},
        // Briefly: a gate with a step turns rounding at 0 into a difference.
        Training{"SteppedHin2vec",
                 TypedEdges(),
                 {"--mode=hin2vec", "--walks_per_node=1"}}),
    [](const auto& test) { return test.param.name; });

TEST_P(TargetTrainingTest, EachGivesTheSameTables) {
  const Model expected = Train(AvailableCpuTargets().back());
  for (const std::string& target : AvailableCpuTargets()) {
    const Model model = Train(target);
    EXPECT_EQ(model.vocabulary.counts(), expected.vocabulary.counts());
    // Up to 6e-5 has been seen.
    EXPECT_LT(LargestDifference(model.input, expected.input), 2e-4) << target;
    EXPECT_LT(LargestDifference(model.output, expected.output), 2e-4) << target;
  }
}

}  // namespace target_training_test
}  // namespace embed
