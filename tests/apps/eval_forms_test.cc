// Every task of embedeval takes vectors in every form: the scores of one model
// in each of them.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/apps/table_cells.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace eval_forms_test {

// Of nodes as words; the ends of edges are alike, others are not.
void WriteInputs(const ToolRunner& runner) {
  std::string pairs, labels, links, questions, sentences, baskets;
  for (int i = 1; i <= 34; ++i) {
    const int j = i % 34 + 1;
    const int k = (i + 4) % 34 + 1;
    absl::StrAppend(&pairs, i, "\t", j, "\t", i % 7, "\n");
    absl::StrAppend(&labels, i, "\t", i < 18 ? "low" : "high", "\n");
    absl::StrAppend(&links, i, "\t", j, "\t", i % 2, "\n");
    absl::StrAppend(&questions, "all\t", i, "\t", j, "\t", k, "\t", k % 34 + 1,
                    "\n");
    absl::StrAppend(&sentences, i, " ", j, "\t", k, "\t", i % 6, "\n");
    absl::StrAppend(&baskets, i, " ", j, " ", k, "\n");
  }
  runner.Write("pairs.tsv", pairs);
  runner.Write("k.labels", labels);
  runner.Write("links.tsv", links);
  runner.Write("questions.tsv", questions);
  runner.Write("sentences.tsv", sentences);
  runner.Write("baskets.txt", baskets);
}

struct Form {
  std::string file;
  bool exact;  // else as an index keeps them: int8, at length 1
};

std::vector<Form> Forms() {
  return {{"k.embed", true}, {"k.vec", true},    {"k.bin", true},
          {"k.npy", true},   {"k.faiss", false}, {"converted.faiss", false}};
}

struct Task {
  std::string name;
  std::string command;  // the file of vectors and the inputs follow
  std::vector<std::string> inputs;
  std::vector<std::string> columns;
  // How near an index comes to these; some scores jump from key to key.
  double near;
};

void PrintTo(const Task& task, std::ostream* out) { *out << task.name; }

class EvalFormsTest : public testing::TestWithParam<Task> {
 protected:
  static void SetUpTestSuite() {
    runner_ = std::make_unique<ToolRunner>();
    runner_->Write("karate.edgelist", KarateEdges());
    const std::vector<std::vector<std::string>> commands = {
        {"embedtrain", "--mode=deepwalk", "--dim=16", "--threads=1",
         "--walks_per_node=20", "--export=vec,bin,npy", "--output=k",
         "karate.edgelist"},
        {"embedconvert", "k.vec", "converted.faiss"}};
    for (const auto& command : commands) {
      const ToolResult result = runner_->Run(command);
      ASSERT_EQ(result.exit_code, 0) << result.err;
    }
    WriteInputs(*runner_);
  }
  static void TearDownTestSuite() { runner_.reset(); }

  static ToolResult Run(const std::string& file) {
    std::vector<std::string> command =
        absl::StrSplit("embedeval " + GetParam().command + file, ' ');
    command.insert(command.end(), GetParam().inputs.begin(),
                   GetParam().inputs.end());
    return runner_->Run(command);
  }

  static void ExpectScores(const TableCells& table, const TableCells& expected,
                           double near) {
    ASSERT_EQ(table.size(), expected.size());
    for (size_t row = 1; row < table.size(); ++row) {
      for (const std::string& column : GetParam().columns) {
        EXPECT_NEAR(NumberOf(table, row, column),
                    NumberOf(expected, row, column), near)
            << column;
      }
    }
  }

  static std::unique_ptr<ToolRunner> runner_;
};

std::unique_ptr<ToolRunner> EvalFormsTest::runner_;

// Text has as many digits as tell floats apart: what differs is the sixth
// decimal of a score.
TEST_P(EvalFormsTest, GivesTheScoresOfTheModel) {
  TableCells expected;
  for (const Form& form : Forms()) {
    SCOPED_TRACE(form.file);
    const ToolResult result = Run(form.file);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const TableCells table = CellsOf(result.out);
    if (expected.empty()) expected = table;
    ASSERT_GT(table.size(), 1u);
    ExpectScores(table, expected, form.exact ? 3e-6 : GetParam().near);
    EXPECT_EQ(absl::StrContains(result.err, "vectors are as it keeps them"),
              !form.exact);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Tasks, EvalFormsTest,
    testing::Values(Task{"wordsim",
                         "wordsim --model=",
                         {"pairs.tsv"},
                         {"spearman", "pearson", "used"},
                         0.02},
                    Task{"analogy",
                         "analogy --model=",
                         {"questions.tsv"},
                         {"cos_add", "cos_mul", "used"},
                         0.1},
                    Task{"sentsim",
                         "sentsim --normalize=l2 --model=",
                         {"sentences.tsv"},
                         {"spearman", "pearson", "known"},
                         0.02},
                    Task{"classify",
                         "classify --normalize=l2 --ratios=0.5 --model=",
                         {"k.labels"},
                         {"micro_f1", "macro_f1", "used"},
                         0.03},
                    Task{"cluster",
                         "cluster --normalize=l2 --runs=3 --model=",
                         {"k.labels"},
                         {"nmi", "ari", "objective", "used"},
                         0.03},
                    Task{"linkpred",
                         "linkpred --normalize=l2 --model=",
                         {"links.tsv"},
                         {"auc", "average_precision", "used"},
                         0.05},
                    Task{"recommend",
                         "recommend --sequences=baskets.txt --model=",
                         {},
                         {"hit_rate", "ndcg", "mrr", "users"},
                         0.05},
                    Task{"neighbors",
                         "neighbors --k=5 --model=",
                         {"1", "34"},
                         {"rank", "score"},
                         0.02},
                    Task{"compare",
                         "compare --normalize=l2 --cutoffs=5 k.vec ",
                         {},
                         {"overlap", "procrustes", "common"},
                         0.05},
                    Task{"recall",
                         "recall --cutoffs=5 --model=",
                         {"k.faiss"},
                         {"recall", "max_error", "keys"},
                         0.05},
                    Task{"recall_codecs",
                         "recall --codec=int8,f32 --cutoffs=5 --model=",
                         {},
                         {"recall", "max_error", "keys"},
                         0.05}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace eval_forms_test
}  // namespace embed
