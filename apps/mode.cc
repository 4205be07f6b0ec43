#include "apps/mode.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/common/command_line.h"
#include "apps/graph_modes.h"
#include "apps/hin2vec_mode.h"
#include "apps/line_mode.h"
#include "apps/metapath_mode.h"
#include "apps/subword_mode.h"
#include "apps/text_modes.h"

namespace embed {
namespace {

// Defaults are the papers'. dim is 128 where the paper has no one value.
// cw2vec states neither learning rate nor epochs nor subsampling. Its sum of
// some hundred n-grams moves a word as often as it has n-grams: 0.025 diverges,
// 0.01 did best among those tried, with a subsampling of 1e-4; the epochs are
// word2vec's.
std::vector<Mode> MakeModes() {
  return {
      {"word2vec",
       "words of a text (skip-gram; Mikolov et al. 2013)",
       {{"dim", "128"},
        {"window", "5"},
        {"negatives", "5"},
        {"reuse_negatives", "4"},
        {"epochs", "5"},
        {"learning_rate", "0.025"},
        {"subsample", "0.001"},
        {"noise_exponent", "0.75"},
        {"start_radius", "0.5"},
        {"min_count", "5"}},
       {"arch", "cbow_gradient", "loss", "share_negatives", "on_bad_utf8",
        "init_from", "forget_missing", "phrases"},
       LoadWords},
      {"fasttext",
       "words from character n-grams (fastText; Bojanowski et al. 2017)",
       {{"dim", "100"},
        {"window", "5"},
        {"negatives", "5"},
        {"epochs", "5"},
        {"learning_rate", "0.05"},
        {"subsample", "0.0001"},
        {"noise_exponent", "0.5"},
        {"start_radius", "1"},
        {"min_count", "5"},
        {"subword_gradient", "fasttext"}},
       {"ngram_min", "ngram_max", "buckets", "loss", "on_bad_utf8", "init_from",
        "forget_missing", "phrases"},
       LoadSubwords},
      {"cw2vec",
       "Chinese words from their strokes (Cao, Lu, Zhou, Li 2018)",
       {{"dim", "300"},
        {"window", "5"},
        {"negatives", "5"},
        {"epochs", "5"},
        {"learning_rate", "0.01"},
        {"subsample", "0.0001"},
        {"noise_exponent", "0.75"},
        {"start_radius", "0.5"},
        {"min_count", "10"},
        {"stroke_min", "3"},
        {"stroke_max", "12"},
        {"compose", "sum"},
        {"output_table", "context"}},
       {"on_bad_utf8", "strokes", "strokes_all_orders", "latin_ngrams",
        "ngram_min", "ngram_max", "min_ngram_count", "init_from",
        "forget_missing", "phrases"},
       LoadStrokeWords},
      {"item2vec",
       "items of baskets or sessions (item2vec; Barkan, Koenigstein 2016)",
       {{"dim", "100"},
        {"window", "all"},
        {"negatives", "15"},
        {"reuse_negatives", "1"},
        {"epochs", "20"},
        {"learning_rate", "0.025"},
        {"subsample", "0.001"},
        {"noise_exponent", "0.75"},
        {"start_radius", "0.5"},
        {"min_count", "5"}},
       {"arch", "cbow_gradient", "loss", "share_negatives", "on_bad_utf8",
        "init_from", "forget_missing"},
       LoadBaskets},
      {"deepwalk",
       "nodes of a graph from random walks (Perozzi, Al-Rfou, Skiena 2014)",
       {{"dim", "128"},
        {"window", "10"},
        {"negatives", "5"},
        {"reuse_negatives", "4"},
        {"epochs", "1"},
        {"learning_rate", "0.025"},
        {"subsample", "0"},
        {"noise_exponent", "0.75"},
        {"start_radius", "0.5"},
        {"walks_per_node", "80"},
        {"walk_length", "40"}},
       {"arch", "cbow_gradient", "loss", "share_negatives", "format",
        "directed", "weighted", "nodes", "restart", "degree_penalty", "skip",
        "init_from", "forget_missing"},
       LoadWalks},
      {"node2vec",
       "nodes of a graph from second-order walks (Grover, Leskovec 2016)",
       {{"dim", "128"},
        {"window", "10"},
        {"negatives", "5"},
        {"reuse_negatives", "4"},
        {"epochs", "1"},
        {"learning_rate", "0.025"},
        {"subsample", "0"},
        {"noise_exponent", "0.75"},
        {"start_radius", "0.5"},
        {"walks_per_node", "10"},
        {"walk_length", "80"},
        {"p", "1"},
        {"q", "1"}},
       {"arch", "cbow_gradient", "loss", "share_negatives", "format",
        "directed", "weighted", "nodes", "node2vec_plus", "skip", "init_from",
        "forget_missing"},
       LoadWalks},
      {"line",
       "nodes of a graph from its edges (LINE; Tang et al. 2015)",
       {{"dim", "256"},
        {"negatives", "5"},
        {"epochs", "100"},
        {"learning_rate", "0.025"},
        {"noise_exponent", "0.75"}},
       {"order", "samples", "noise_degree", "format", "directed", "weighted",
        "nodes"},
       LoadLine},
      {"hin2vec",
       "nodes of a typed network and its relations (Fu, Lee, Lei 2017)",
       {{"dim", "100"},
        {"window", "3"},
        {"negatives", "5"},
        {"epochs", "1"},
        {"learning_rate", "0.025"},
        {"noise_exponent", "0.75"},
        {"walks_per_node", "10"},
        {"walk_length", "100"}},
       {"allow_cycles", "negatives_any_type", "relation_gate", "format",
        "directed", "weighted", "nodes"},
       LoadHin2vec},
      {"metapath2vec",
       "nodes of a typed network from walks by types (Dong et al. 2017)",
       {{"dim", "128"},
        {"window", "7"},
        {"negatives", "5"},
        {"reuse_negatives", "4"},
        {"epochs", "1"},
        {"learning_rate", "0.025"},
        {"subsample", "0"},
        {"noise_exponent", "0.75"},
        {"start_radius", "0.5"},
        {"walks_per_node", "1000"},
        {"walk_length", "100"}},
       {"metapath", "keep_type", "negatives_by_type", "arch", "cbow_gradient",
        "loss", "share_negatives", "format", "directed", "weighted", "nodes",
        "init_from", "forget_missing"},
       LoadMetapathWalks},
  };
}

// The flags that shape the result in every mode and whose default is always the
// same. (The seed is told apart from them.)
constexpr const char* kFlagsOfAllModes[] = {"clip_gradient", "lr_schedule",
                                            "optimizer"};

// The same of every mode that reads text.
constexpr const char* kFlagsOfTextModes[] = {
    "keep",   "lowercase", "max_distinct", "max_vocab",
    "tokens", "vocab_in",  "vocab_out"};
// Files: what they hold is part of the result, their names are not.
constexpr const char* kFileFlags[] = {"keep", "phrases", "vocab_in",
                                      "vocab_out"};

std::vector<std::string> FlagsOf(const Mode& mode) {
  std::vector<std::string> names(std::begin(kFlagsOfAllModes),
                                 std::end(kFlagsOfAllModes));
  names.insert(names.end(), mode.flags.begin(), mode.flags.end());
  for (const auto& [flag, value] : mode.defaults) names.emplace_back(flag);
  if (ReadsText(mode)) {
    names.insert(names.end(), std::begin(kFlagsOfTextModes),
                 std::end(kFlagsOfTextModes));
  }
  return names;
}

std::string ModeNames() {
  return absl::StrJoin(Modes(), ", ", [](std::string* out, const Mode& mode) {
    out->append(mode.name);
  });
}

// Which modes use the flag, for the message that another one does not.
std::string UsersOf(const std::string& flag) {
  std::vector<std::string> users;
  for (const Mode& mode : Modes()) {
    if (Uses(mode, flag)) users.emplace_back(mode.name);
  }
  return absl::StrJoin(users, ", ");
}

}  // namespace

// What counts words has a least count for them.
bool ReadsText(const Mode& mode) {
  return std::any_of(mode.defaults.begin(), mode.defaults.end(),
                     [](const auto& flag) {
                       return absl::string_view(flag.first) == "min_count";
                     });
}

bool Uses(const Mode& mode, const std::string& flag) {
  const std::vector<std::string> names = FlagsOf(mode);
  return std::find(names.begin(), names.end(), flag) != names.end();
}

const std::vector<Mode>& Modes() {
  static const std::vector<Mode>* const modes =
      new std::vector<Mode>(MakeModes());
  return *modes;
}

absl::StatusOr<const Mode*> FindMode(absl::string_view name) {
  for (const Mode& mode : Modes()) {
    if (name == mode.name) return &mode;
  }
  if (name.empty()) {
    return UsageError(absl::StrCat("--mode is needed: one of ", ModeNames()));
  }
  return UsageError(
      absl::StrCat("--mode: \"", name, "\" is none of ", ModeNames()));
}

absl::Status ApplyMode(const Mode& mode) {
  constexpr const char* kAdaGradRate = "0.2";
  for (const Mode& other : Modes()) {
    for (const std::string& flag : FlagsOf(other)) {
      if (IsFlagSet(flag) && !Uses(mode, flag)) {
        return UsageError(absl::StrCat("--", flag, " has no meaning in mode ",
                                       mode.name, ", only in ", UsersOf(flag)));
      }
    }
  }
  std::string optimizer;
  google::GetCommandLineOption("optimizer", &optimizer);
  if (optimizer == "adagrad") {
    // Its steps shrink with the gradients seen: it starts above every mode.
    google::SetCommandLineOptionWithMode("learning_rate", kAdaGradRate,
                                         google::SET_FLAG_IF_DEFAULT);
  }
  std::string skip;
  google::GetCommandLineOption("skip", &skip);
  if (skip != "1") {
    // Pairs that far apart are neighbors in what is trained on, and no others.
    google::SetCommandLineOptionWithMode("window", "1",
                                         google::SET_FLAG_IF_DEFAULT);
  }
  std::string order;
  google::GetCommandLineOption("order", &order);
  if (order != "both") {
    // One order has vectors half as long as the two behind one another.
    google::SetCommandLineOptionWithMode("dim", "128",
                                         google::SET_FLAG_IF_DEFAULT);
  }
  for (const auto& [flag, value] : mode.defaults) {
    google::SetCommandLineOptionWithMode(flag, value,
                                         google::SET_FLAG_IF_DEFAULT);
  }
  return absl::OkStatus();
}

std::map<std::string, std::string> ModeOptions(const Mode& mode) {
  std::map<std::string, std::string> options;
  for (const std::string& name : FlagsOf(mode)) {
    google::CommandLineFlagInfo flag;
    google::GetCommandLineFlagInfo(name.c_str(), &flag);
    // gflags writes 0.025 with 17 digits.
    double number;
    options[name] =
        flag.type == "double" && absl::SimpleAtod(flag.current_value, &number)
            ? absl::StrCat(number)
            : flag.current_value;
  }
  for (const char* const name : kFileFlags) options.erase(name);
  return options;
}

std::vector<std::string> FlagsByMode() {
  std::vector<std::string> names;
  for (const Mode& mode : Modes()) {
    for (const auto& [flag, value] : mode.defaults) names.emplace_back(flag);
  }
  return names;
}

std::string ModesHelp() {
  std::string text = "Modes and their defaults:\n";
  for (const Mode& mode : Modes()) {
    absl::StrAppend(&text, "  ", mode.name, ": ", mode.about, "\n     ");
    size_t column = 5;
    for (const auto& [flag, value] : mode.defaults) {
      const std::string item = absl::StrCat(" --", flag, "=", value);
      if (column + item.size() > 79) {
        absl::StrAppend(&text, "\n     ");
        column = 5;
      }
      absl::StrAppend(&text, item);
      column += item.size();
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace embed
