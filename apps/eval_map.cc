#include "apps/eval_map.h"

#include <gflags/gflags.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/key_map.h"
#include "apps/plane_places.h"
#include "embed/base/status_macros.h"
#include "embed/eval/label_file.h"
#include "embed/eval/unit_rows.h"
#include "embed/io/atomic_file.h"
#include "embed/model/select_rows.h"

DEFINE_string(method, "tsne",
              "tsne, or pca: the first two principal components");
DEFINE_double(perplexity, 30, "of t-SNE: about how many neighbors count");
DEFINE_int32(steps, 750, "of t-SNE");
DEFINE_uint64(names, 60,
              "keys to name beside the chosen ones: the commonest of each part "
              "of the picture first");
DEFINE_bool(only_labelled, false, "leave out the keys without a label");
DECLARE_string(html);
DECLARE_string(labels);
DECLARE_uint32(restrict_vocab);

namespace embed {
namespace {

// More points are a matter of minutes, and of no use to the eye.
constexpr uint32_t kMostPoints = 100000;

struct MapPlan {
  VectorsPlan vectors;
  bool tsne = true;
  TsneOptions options;
  ResultPlan result;
};

absl::StatusOr<MapPlan> ReadMapPlan() {
  MapPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  if (FLAGS_method != "tsne" && FLAGS_method != "pca") {
    return UsageError(absl::StrCat("--method: \"", FLAGS_method,
                                   "\" is neither tsne nor pca"));
  }
  if (FLAGS_only_labelled && FLAGS_labels.empty()) {
    return UsageError("--only_labelled needs --labels FILE");
  }
  plan.tsne = FLAGS_method == "tsne";
  plan.options.perplexity = FLAGS_perplexity;
  plan.options.steps = FLAGS_steps;
  EMBED_ASSIGN_OR_RETURN(plan.options.threads, ApplyRunningFlags());
  EMBED_RETURN_IF_ERROR(AsUsageError(plan.options.Validate()));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  if (!FLAGS_html.empty() && FLAGS_html != "-") {
    EMBED_RETURN_IF_ERROR(CheckWritable(FLAGS_html));
  }
  return plan;
}

// A label for each id of the vocabulary, or kNoLabel, by their names.
struct IdLabels {
  std::vector<uint32_t> of;
  std::vector<std::string> names;
};

absl::StatusOr<IdLabels> FromFile(const Vocabulary& vocabulary,
                                  const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(LabelFile file, ReadLabelFile(path));
  IdLabels labels;
  labels.of.assign(vocabulary.size(), KeyMap::kNoLabel);
  uint64_t several = 0;
  uint64_t found = 0;
  for (const KeyLabels& entry : file.entries) {
    const uint32_t id = FindLabelled(vocabulary, entry);
    if (id == Vocabulary::kNotFound) continue;
    ++found;
    several += entry.labels.size() > 1 ? 1 : 0;
    labels.of[id] = entry.labels[0];
  }
  if (found == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": none of its ", file.entries.size(), " keys (the first is \"",
        file.entries[0].key, "\") has a vector"));
  }
  if (several > 0) {
    std::fprintf(stderr,
                 "%llu keys have several labels: each has the colour of the "
                 "one with the lowest place in the file\n",
                 static_cast<unsigned long long>(several));
  }
  labels.names = std::move(file.names);
  return labels;
}

// From --labels, else the types of a typed network, else none.
absl::StatusOr<IdLabels> FindLabels(const Vocabulary& vocabulary) {
  if (!FLAGS_labels.empty()) return FromFile(vocabulary, FLAGS_labels);
  IdLabels labels;
  labels.of.assign(vocabulary.size(), KeyMap::kNoLabel);
  for (uint32_t id = 0; id < vocabulary.types().size(); ++id) {
    labels.of[id] = vocabulary.types()[id];
  }
  labels.names = vocabulary.type_names();
  return labels;
}

// The ids to draw, the commonest first.
std::vector<uint32_t> ChooseIds(const Vocabulary& vocabulary,
                                const IdLabels& labels) {
  uint64_t limit = FLAGS_restrict_vocab;
  if (limit == 0 && FLAGS_method == "tsne") limit = kMostPoints;
  std::vector<uint32_t> ids;
  uint32_t id = 0;
  for (; id < vocabulary.size(); ++id) {
    if (limit > 0 && ids.size() == limit) break;
    if (FLAGS_only_labelled && labels.of[id] == KeyMap::kNoLabel) continue;
    ids.push_back(id);
  }
  if (id < vocabulary.size() && FLAGS_restrict_vocab == 0) {
    std::fprintf(stderr,
                 "the first %zu of %u keys are drawn; --restrict_vocab sets "
                 "another number\n",
                 ids.size(), vocabulary.size());
  }
  return ids;
}

// Gives the labels that occur new places, those with the most points first.
void SortLabels(const IdLabels& labels, const std::vector<uint32_t>& ids,
                KeyMap* map) {
  std::vector<uint64_t> counts(labels.names.size());
  for (const uint32_t id : ids) {
    if (labels.of[id] != KeyMap::kNoLabel) ++counts[labels.of[id]];
  }
  std::vector<uint32_t> order(labels.names.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return counts[a] > counts[b];
  });
  std::vector<uint32_t> place(order.size());
  for (uint32_t i = 0; i < order.size() && counts[order[i]] > 0; ++i) {
    place[order[i]] = i;
    map->label_names.push_back(labels.names[order[i]]);
  }
  for (const uint32_t id : ids) {
    map->labels.push_back(labels.of[id] == KeyMap::kNoLabel
                              ? KeyMap::kNoLabel
                              : place[labels.of[id]]);
  }
}

// The places of the chosen keys among `ids`; PrintError() tells the others.
std::vector<size_t> FindChosen(const Arguments& keys,
                               const Vocabulary& vocabulary,
                               const std::vector<uint32_t>& ids) {
  std::vector<size_t> chosen;
  for (const std::string& key : keys) {
    const uint32_t id = vocabulary.Find(key);
    const auto found = std::lower_bound(ids.begin(), ids.end(), id);
    if (found != ids.end() && *found == id) {
      chosen.push_back(static_cast<size_t>(found - ids.begin()));
      continue;
    }
    PrintError("embedeval map",
               absl::StrCat("\"", key, "\" is not among the ", ids.size(),
                            " keys that are drawn"));
  }
  return chosen;
}

// On a terminal one line, drawn again and again; else a line every ten seconds.
class Progress {
 public:
  void Show(double done, const std::string& what) {
    const bool terminal = isatty(STDERR_FILENO) == 1;
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> passed = now - last_;
    if (passed.count() < (terminal ? 0.2 : 10.0)) return;
    last_ = now;
    shown_ = terminal;
    std::fprintf(stderr, terminal ? "\r\033[K%5.1f %%  %s" : "%5.1f %%  %s\n",
                 100 * done, what.c_str());
  }
  ~Progress() {
    if (shown_) std::fprintf(stderr, "\r\033[K");
  }

 private:
  std::chrono::steady_clock::time_point last_ =
      std::chrono::steady_clock::now();
  bool shown_ = false;
};

absl::StatusOr<PlanePlaces> FindPlaces(const MapPlan& plan,
                                       const MatrixView& rows) {
  if (!plan.tsne) return PcaPlaces(rows, plan.options.threads);
  Progress progress;
  return TsnePlaces(
      rows, plan.options,
      [&](double done, const std::string& what) { progress.Show(done, what); });
}

std::string Cell(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\t", " "}, {"\n", " "}});
}

absl::Status WriteMap(const MapPlan& plan, const KeyMap& map) {
  if (!plan.result.plot_path.empty()) {
    EMBED_RETURN_IF_ERROR(WriteText(plan.result.plot_path, KeyMapSvg(map)));
  }
  if (!FLAGS_html.empty()) {
    EMBED_RETURN_IF_ERROR(WriteText(FLAGS_html, KeyMapPage(map)));
  }
  const bool pictures = !plan.result.plot_path.empty() || !FLAGS_html.empty();
  if (pictures && plan.result.table_path.empty()) return absl::OkStatus();
  ResultTable table({"key", "x", "y", "label"});
  for (size_t i = 0; i < map.keys.size(); ++i) {
    table.Add({Cell(map.keys[i]), map.places[i].x, map.places[i].y,
               map.labels[i] == KeyMap::kNoLabel
                   ? std::string()
                   : Cell(map.label_names[map.labels[i]])});
  }
  return WriteTable(plan.result, table);
}

}  // namespace

CommandInfo MapTaskInfo() {
  CommandInfo info;
  info.name = "embedeval map";
  info.summary = "the keys as points of a picture, near where vectors are near";
  info.synopsis =
      "embedeval map --model FILE [flags] [KEY ...]\n"
      "Directions of the vectors (cosine) in the plane, by t-SNE (Barnes-Hut, "
      "started from\nthe principal components; up to 100,000 keys, the first "
      "ones) or by PCA. --plot\nwrites an SVG picture, --html a page to hover "
      "over, zoom and search in, which needs\nnothing else; with neither, or "
      "with --out, a table of places. Colours are those of\n--labels (lines "
      "KEY tab LABEL or KEY tab TYPE tab LABEL) or of the types of a typed\n"
      "network. Names stand at the KEYs given and, where there is room, at "
      "the\ncommonest keys of all parts of the picture. The result depends on\n"
      "no seed and not on --threads.";
  info.examples = {
      "embedeval map --model karate.embed --labels karate.labels --plot "
      "karate.svg --html map.html 1 34",
      "embedeval map --model karate.embed --method pca"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/false),
                 {"Picture",
                  {"method", "perplexity", "steps", "labels", "only_labelled",
                   "restrict_vocab", "names", "html"}},
                 ResultFlagGroup(/*with_plot=*/true),
                 RunningFlagGroup()};
  return info;
}

absl::Status RunMapTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const MapPlan plan, ReadMapPlan());
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  EMBED_ASSIGN_OR_RETURN(const IdLabels labels, FindLabels(vectors.vocabulary));
  const std::vector<uint32_t> ids = ChooseIds(vectors.vocabulary, labels);
  KeyMap map;
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable rows, SelectRows(vectors.view(), ids));
  for (const uint32_t id : ids) {
    map.keys.emplace_back(vectors.vocabulary.key(id));
  }
  SortLabels(labels, ids, &map);
  map.chosen = FindChosen(arguments, vectors.vocabulary, ids);
  map.names = FLAGS_names;
  EMBED_ASSIGN_OR_RETURN(rows, UnitRows(rows.view()));
  EMBED_ASSIGN_OR_RETURN(PlanePlaces places, FindPlaces(plan, rows.view()));
  map.places = std::move(places.places);
  map.title = FileCell(plan.vectors.path);
  map.note = absl::StrCat(ids.size(), " keys of ", vectors.table.dim(),
                          " dimensions: ", places.note);
  EMBED_RETURN_IF_ERROR(WriteMap(plan, map));
  return map.chosen.size() == arguments.size() ? absl::OkStatus()
                                               : ReportedError();
}

}  // namespace embed
