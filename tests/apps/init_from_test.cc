// --init_from: a training that goes on from a finished model.
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "embed/io/model_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace init_from_test {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Model ReadBack(const ToolRunner& runner, const std::string& name) {
  auto model = ReadModel(runner.Path(name));
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *std::move(model) : Model();
}

std::vector<float> RowOf(const EmbeddingTable& table, uint64_t row) {
  return std::vector<float>(table.row(row), table.row(row) + table.dim());
}

struct Going {
  const char* mode;
  std::string old_input;
  std::string new_input;
  std::vector<std::string> flags;
};

void PrintTo(const Going& going, std::ostream* out) { *out << going.mode; }

class InitFromModesTest : public testing::TestWithParam<Going> {};

// Other words and arcs than in the first, some of them.
std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

constexpr char kTyped[] =
    "a1\tauthor\twrites\tp1\tpaper\na2\tauthor\twrites\tp1\tpaper\n"
    "a2\tauthor\twrites\tp2\tpaper\n";

INSTANTIATE_TEST_SUITE_P(
    Modes, InitFromModesTest,
    testing::Values(
        Going{"word2vec",
              SmallCorpus(),
              Replaced(SmallCorpus(), "moon", "comet"),
              {}},
        Going{"fasttext",
              SmallCorpus(),
              Replaced(SmallCorpus(), "moon", "comet"),
              {"--buckets=500"}},
        Going{"cw2vec",
              SmallChineseCorpus(),
              Replaced(SmallChineseCorpus(), "治疗", "大人"),
              {"--strokes=strokes.txt"}},
        Going{"deepwalk",
              KarateEdges(),
              "1 2\n2 new\nnew 1\n3 1\n",
              {"--walks_per_node=2"}},
        Going{"node2vec",
              KarateEdges(),
              "1 2\n2 new\nnew 1\n3 1\n",
              {"--walks_per_node=2"}},
        Going{"metapath2vec",
              kTyped,
              "a1\tauthor\twrites\tp1\tpaper\nb\tauthor\twrites\tp1\tpaper\n",
              {"--metapath=author-paper-author", "--walks_per_node=2",
               "--negatives_by_type"}}),
    [](const auto& test) { return std::string(test.param.mode); });

// With a learning rate of nothing the result shows the tables at their start.
TEST_P(InitFromModesTest, KnownRowsStartAsTheyEnded) {
  const ToolRunner runner;
  runner.Write("old.txt", GetParam().old_input);
  runner.Write("new.txt", GetParam().new_input);
  runner.Write("strokes.txt",
               "北\tshshp\n京\tnhszhspn\n大\thpn\n学\tnnpnzzsh\n"
               "医\thphhpnz\n院\tzsnnzhhpz\n生\tphhsh\n人\tpn\n");
  const Command command =
      With({"embedtrain", std::string("--mode=") + GetParam().mode, "--dim=20",
            "--threads=1"},
           GetParam().flags);
  ToolResult result = runner.Run(With(command, {"old.txt"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  result = runner.Run(With(
      command, {"--init_from=old.embed", "--learning_rate=1e-30", "new.txt"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("input: going on from old.embed: of "));

  const Model before = ReadBack(runner, "old.embed");
  const Model after = ReadBack(runner, "new.embed");
  EXPECT_TRUE(
      absl::StartsWith(after.info.options.at("init_from"), "old.embed:"));
  uint32_t missing = 0;
  uint32_t fresh = 0;
  for (uint32_t id = 0; id < after.vocabulary.size(); ++id) {
    const absl::string_view key = after.vocabulary.key(id);
    const uint32_t old = before.vocabulary.Find(key);
    if (old == Vocabulary::kNotFound) {
      ++fresh;
      continue;
    }
    if (!absl::StrContains(GetParam().new_input, key)) {
      ++missing;
      EXPECT_EQ(after.vocabulary.count(id), 0u) << key;
    }
    EXPECT_EQ(RowOf(after.output, id), RowOf(before.output, old)) << key;
    EXPECT_EQ(std::vector<float>(after.vectors().row(id).begin(),
                                 after.vectors().row(id).end()),
              std::vector<float>(before.vectors().row(old).begin(),
                                 before.vectors().row(old).end()))
        << key;
    if (after.features.empty()) {
      EXPECT_EQ(RowOf(after.input, id), RowOf(before.input, old)) << key;
    }
    if (!after.vocabulary.type_names().empty()) {
      EXPECT_EQ(after.vocabulary.type_names()[after.vocabulary.types()[id]],
                before.vocabulary.type_names()[before.vocabulary.types()[old]]);
    }
  }
  EXPECT_GT(missing, 0u);
  EXPECT_GT(fresh, 0u);
  for (uint32_t old = 0; old < before.vocabulary.size(); ++old) {
    EXPECT_NE(after.vocabulary.Find(before.vocabulary.key(old)),
              Vocabulary::kNotFound);
  }
  // Rows of n-grams by their key.
  std::map<uint64_t, uint32_t> rows;
  for (uint32_t row = 0; row < after.features.row_keys().size(); ++row) {
    rows[after.features.row_keys()[row]] = row;
  }
  for (uint32_t row = 0; row < before.features.row_keys().size(); ++row) {
    EXPECT_EQ(RowOf(after.input, rows.at(before.features.row_keys()[row])),
              RowOf(before.input, row));
  }
}

// Words of a topic stand together, 20 of them in each; the text has 16 or so
// words for each of `topics`, and every fifth sentence of topic 0 one of five
// new words.
std::string TopicText(const std::vector<int>& topics, bool with_new,
                      uint32_t seed) {
  std::mt19937 random(seed);
  std::string text;
  for (int line = 0; line < 3000; ++line) {
    const int topic = topics[random() % topics.size()];
    for (int i = 0; i < 10; ++i) {
      if (with_new && topic == 0 && i == 3) {
        absl::StrAppend(&text, "new", random() % 5, " ");
      } else {
        absl::StrAppend(&text, "t", topic, "_", random() % 20, " ");
      }
    }
    text += '\n';
  }
  return text;
}

// The k keys nearest to `key` by cosine, of those that occur in the last text.
std::vector<std::string> Nearest(const Model& model, absl::string_view key,
                                 size_t k) {
  const MatrixView vectors = model.vectors();
  const auto cosine = [&](uint32_t a, uint32_t b) {
    double dot = 0, aa = 0, bb = 0;
    for (int i = 0; i < vectors.dim; ++i) {
      const double x = vectors.row(a)[static_cast<size_t>(i)];
      const double y = vectors.row(b)[static_cast<size_t>(i)];
      dot += x * y;
      aa += x * x;
      bb += y * y;
    }
    return dot / std::sqrt(aa * bb);
  };
  const uint32_t id = model.vocabulary.Find(key);
  std::vector<std::pair<double, std::string>> all;
  for (uint32_t other = 0; other < model.vocabulary.size(); ++other) {
    if (other == id || model.vocabulary.count(other) == 0) continue;
    all.emplace_back(-cosine(id, other), model.vocabulary.key(other));
  }
  std::sort(all.begin(), all.end());
  std::vector<std::string> keys;
  for (size_t i = 0; i < k; ++i) keys.push_back(all[i].second);
  return keys;
}

class InitFromTest : public testing::Test {
 protected:
  InitFromTest() {
    runner_.Write("old.txt", TopicText({0, 1, 2, 3}, false, 1));
    runner_.Write("new.txt", TopicText({0, 1, 2, 4}, true, 2));
    const ToolResult result = Train({"--output=old", "old.txt"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  ToolResult Train(const Command& flags) const {
    return runner_.Run(With(command_, flags));
  }

  const Command command_ = {"embedtrain",  "--mode=word2vec", "--dim=24",
                            "--epochs=10", "--subsample=0",   "--threads=1"};
  const Command again_ = {"--init_from=old.embed", "new.txt"};
  ToolRunner runner_;
};

TEST_F(InitFromTest, OldKeysStayAndNewOnesLearn) {
  ASSERT_EQ(Train(again_).exit_code, 0);
  const Model before = ReadBack(runner_, "old.embed");
  const Model after = ReadBack(runner_, "new.embed");
  ASSERT_EQ(after.vocabulary.size(), 105u);
  // Keys that the new text lacks are as they were, bit for bit.
  for (int i = 0; i < 20; ++i) {
    const std::string key = absl::StrCat("t3_", i);
    const uint32_t id = after.vocabulary.Find(key);
    const uint32_t old = before.vocabulary.Find(key);
    EXPECT_EQ(after.vocabulary.count(id), 0u);
    EXPECT_EQ(RowOf(after.input, id), RowOf(before.input, old));
    EXPECT_EQ(RowOf(after.output, id), RowOf(before.output, old));
  }
  // By topic: of all the nearest, those of the key's own.
  const auto own_topic = [](const Model& model, int topic) {
    int own = 0;
    for (int i = 0; i < 20; ++i) {
      const std::string prefix = absl::StrCat("t", topic, "_");
      for (const std::string& key :
           Nearest(model, absl::StrCat(prefix, i), 10)) {
        own += absl::StartsWith(key, prefix) ||
                       (topic == 0 && absl::StartsWith(key, "new"))
                   ? 1
                   : 0;
      }
    }
    return own / 200.0;
  };
  for (const int topic : {0, 1, 2}) {
    EXPECT_GT(own_topic(before, topic), 0.95) << topic;
    EXPECT_GT(own_topic(after, topic), 0.95) << topic;
  }
  EXPECT_GT(own_topic(after, 4), 0.95);
  for (int i = 0; i < 5; ++i) {
    for (const std::string& key : Nearest(after, absl::StrCat("new", i), 5)) {
      EXPECT_TRUE(absl::StartsWith(key, "new") || absl::StartsWith(key, "t0_"))
          << key;
    }
  }
}

// The vectors move less than a new training would turn them: they stay
// comparable with those of the old model.
TEST_F(InitFromTest, VectorsStayComparable) {
  ASSERT_EQ(Train(With(again_, {"--epochs=1"})).exit_code, 0);
  ASSERT_EQ(Train({"--output=apart", "new.txt", "--epochs=1"}).exit_code, 0);
  const Model before = ReadBack(runner_, "old.embed");
  const auto mean_cosine = [&](const Model& model) {
    double sum = 0;
    for (int i = 0; i < 20; ++i) {
      const std::string key = absl::StrCat("t1_", i);
      const auto a = before.vectors().row(before.vocabulary.Find(key));
      const auto b = model.vectors().row(model.vocabulary.Find(key));
      double dot = 0, aa = 0, bb = 0;
      for (size_t k = 0; k < a.size(); ++k) {
        dot += double{a[k]} * b[k];
        aa += double{a[k]} * a[k];
        bb += double{b[k]} * b[k];
      }
      sum += dot / std::sqrt(aa * bb);
    }
    return sum / 20;
  };
  EXPECT_GT(mean_cosine(ReadBack(runner_, "new.embed")), 0.9);
  EXPECT_LT(mean_cosine(ReadBack(runner_, "apart.embed")), 0.5);
}

TEST_F(InitFromTest, ForgetsMissingKeysOnRequest) {
  const ToolResult result = Train(With(again_, {"--forget_missing"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("of 85 keys it knows 60; its other 20 keys "
                                    "are forgotten"));
  const Model after = ReadBack(runner_, "new.embed");
  EXPECT_EQ(after.vocabulary.size(), 85u);
  EXPECT_EQ(after.vocabulary.Find("t3_0"), Vocabulary::kNotFound);
}

TEST_F(InitFromTest, ThreadsDoNotMatterWhenDeterministic) {
  const Command command =
      With(again_, {"--deterministic", "--parts=4", "--epochs=2"});
  ASSERT_EQ(Train(With(command, {"--output=one"})).exit_code, 0);
  const ToolResult result = Train(With(command, {"--threads=3"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(runner_.Read("new.embed"), runner_.Read("one.embed"));
}

TEST_F(InitFromTest, KilledItGoesOnWithTheSameBytes) {
  const Command command =
      With(With(command_, again_),
           {"--output=run", "--epochs=40", "--checkpoint_every=0.02"});
  ASSERT_EQ(runner_.Run(With(command, {"--output=whole"})).exit_code, 0);
  EXPECT_EQ(StopAtCheckpoint(runner_, command, SIGKILL).exit_code, 137);

  // Another model of the same keys and name is another start.
  const std::string old = runner_.Read("old.embed");
  ASSERT_EQ(Train({"--output=old", "--seed=2", "old.txt"}).exit_code, 0);
  const ToolResult refused = runner_.Run(With(command, {"--resume"}));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(Lines(refused.err).back(),
              HasSubstr("of another training: init_from was old.embed:"));

  runner_.Write("old.embed", old);
  const ToolResult result = runner_.Run(With(command, {"--resume"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("going on from run.checkpoint, at "));
  EXPECT_EQ(runner_.Read("run.embed"), runner_.Read("whole.embed"));
}

TEST_F(InitFromTest, RefusesWhatDoesNotFit) {
  ASSERT_EQ(Train({"--output=tree", "--loss=hs", "old.txt"}).exit_code, 0);
  runner_.Write("g.txt", KarateEdges());
  ASSERT_EQ(runner_
                .Run({"embedtrain", "--mode=line", "--order=1", "--dim=24",
                      "--epochs=1", "--output=line", "g.txt"})
                .exit_code,
            0);
  struct Bad {
    std::vector<std::string> flags;
    int exit_code;
    const char* message;
  };
  const std::vector<Bad> cases = {
      {{"--init_from=old.embed", "--dim=16"},
       1,
       "old.embed: dim is 24, but --dim is 16; give --dim 24"},
      {{"--init_from=old.embed", "--loss=hs"}, 2, "does not go with --loss hs"},
      {{"--init_from=tree.embed"}, 1, "trained with --loss hs"},
      {{"--init_from=line.embed"}, 1, "mode line keeps no whole tables"},
      {{"--init_from=none.embed"}, 1, "none.embed: "},
      {{"--init_from=new.txt"}, 1, "new.txt: "},
      {{"--forget_missing"}, 2, "--forget_missing needs --init_from MODEL"},
      {{"--init_from=old.embed", "--mode=fasttext", "--buckets=9"},
       1,
       "has tables of another kind"},
  };
  for (const Bad& bad : cases) {
    const ToolResult result = Train(With({"new.txt"}, bad.flags));
    EXPECT_EQ(result.exit_code, bad.exit_code) << bad.message;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(bad.message));
  }
  EXPECT_THAT(runner_.List(), Not(Contains("new.embed")));
  const ToolResult line = runner_.Run(
      {"embedtrain", "--mode=line", "--init_from=line.embed", "g.txt"});
  EXPECT_EQ(line.exit_code, 2);
  EXPECT_THAT(Lines(line.err).back(),
              HasSubstr("--init_from has no meaning in mode line, only in "
                        "word2vec"));
}

// A model of another mode with tables of the same kind: with a warning.
TEST_F(InitFromTest, WarnsOfAnotherMode) {
  runner_.Write("g.txt", "t0_0 t0_1\nt0_1 new\n");
  const ToolResult result =
      runner_.Run({"embedtrain", "--mode=deepwalk", "--dim=24",
                   "--init_from=old.embed", "--walks_per_node=1", "g.txt"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(Lines(result.err),
              Contains("input: warning: old.embed is a model of mode word2vec, "
                       "going on in mode deepwalk"));
}

}  // namespace init_from_test
}  // namespace embed
