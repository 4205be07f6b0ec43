#include "apps/eval_holdout.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/graph_input.h"
#include "apps/common/graph_memory.h"
#include "apps/common/output_file.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "graph/edge_holdout.h"
#include "graph/graph_file.h"
#include "graph/line_cursor.h"

DEFINE_double(fraction, 0.5, "share of the edges to hold out");
DEFINE_string(train, "",
              "file of what to learn from: edges that are kept; recommend: "
              "events");
DEFINE_string(test, "",
              "file of what to test on: pairs KEY tab KEY tab 1 (a held-out "
              "edge) or 0 (no edge); recommend: events; embedalign: pairs "
              "as those of --dict");
DEFINE_string(
    non_edges, "uniform",
    "uniform: any two nodes; same_source, with --directed: the source "
    "of a held-out edge and a node that some edge leads to");
DECLARE_string(format);
DECLARE_bool(directed);
DECLARE_bool(weighted);
DECLARE_uint64(seed);

namespace embed {
namespace {

struct HoldoutPlan {
  GraphFileOptions graph;
  HoldoutOptions options;
};

absl::Status CheckOutputs(const std::string& input) {
  if (IsSameFile(FLAGS_train, FLAGS_test)) {
    return UsageError(absl::StrCat("--train and --test: ", FLAGS_test,
                                   " is one file; choose two names"));
  }
  EMBED_RETURN_IF_ERROR(CheckOutputFile("--train", FLAGS_train, {input}));
  return CheckOutputFile("--test", FLAGS_test, {input});
}

absl::StatusOr<HoldoutPlan> ReadHoldoutPlan(const Arguments& arguments) {
  HoldoutPlan plan;
  if (arguments.size() != 1) {
    return UsageError(absl::StrCat("one GRAPH is expected, found ",
                                   arguments.size(), " arguments"));
  }
  if (FLAGS_train.empty() || FLAGS_test.empty()) {
    return UsageError("--train FILE and --test FILE are needed");
  }
  const absl::StatusOr<GraphFormat> format =
      GraphFormatFromName(FLAGS_format, arguments[0]);
  if (!format.ok()) {
    return UsageError(absl::StrCat("--format: ", format.status().message()));
  }
  if (*format == GraphFormat::kTyped) {
    return UsageError(
        "--format: hin has edges of types, which holdout cannot "
        "divide; give it as an edge list");
  }
  plan.graph.format = *format;
  plan.graph.path = arguments[0];
  plan.graph.directed = FLAGS_directed;
  plan.graph.weighted = FLAGS_weighted;
  EMBED_ASSIGN_OR_RETURN(plan.graph.threads, ApplyRunningFlags());
  plan.options.fraction = FLAGS_fraction;
  plan.options.directed = FLAGS_directed;
  plan.options.seed = FLAGS_seed;
  if (FLAGS_non_edges == "same_source") {
    if (!FLAGS_directed) {
      return UsageError(
          "--non_edges: same_source needs --directed, as an edge without a "
          "direction has no source");
    }
    plan.options.non_edges = NonEdges::kSameSource;
  } else if (FLAGS_non_edges != "uniform") {
    return UsageError(absl::StrCat("--non_edges: \"", FLAGS_non_edges,
                                   "\" is neither uniform nor same_source"));
  }
  EMBED_RETURN_IF_ERROR(AsUsageError(plan.options.Validate()));
  EMBED_RETURN_IF_ERROR(CheckOutputs(plan.graph.path));
  return plan;
}

std::string Keys(const Vocabulary& vocabulary, const Arc& arc) {
  return absl::StrCat(vocabulary.key(arc.source), "\t",
                      vocabulary.key(arc.target));
}

float WeightOf(const Graph& graph, const Arc& arc) {
  const absl::Span<const uint32_t> row = graph.Neighbors(arc.source);
  const auto at = std::lower_bound(row.begin(), row.end(), arc.target);
  return graph.Weights(arc.source)[static_cast<size_t>(at - row.begin())];
}

// Turned if an edge list or a file of pairs may take it for a comment as it is.
Arc CommentLast(const Vocabulary& vocabulary, const Arc& arc, bool directed) {
  if (directed || !IsComment(vocabulary.key(arc.source)) ||
      IsComment(vocabulary.key(arc.target))) {
    return arc;
  }
  return {arc.target, arc.source};
}

// InvalidArgument: an edge list cannot hold a key.
absl::Status CheckKeys(const Vocabulary& vocabulary) {
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    if (!absl::StrContains(vocabulary.key(id), ' ')) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the key ", Quoted(vocabulary.key(id)),
        " holds a blank, which separates the nodes of an edge list"));
  }
  return absl::OkStatus();
}

absl::Status CommentError(absl::string_view first, absl::string_view second) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the edge of ", Quoted(first), " and ", Quoted(second),
      " would be a comment in an edge list, as a line that begins with '#' or "
      "'%' is; choose other keys"));
}

absl::StatusOr<std::string> KeptText(const LoadedGraph& loaded,
                                     const Holdout& holdout, bool directed) {
  const Vocabulary& vocabulary = loaded.vocabulary;
  std::string text;
  for (const Arc& arc : holdout.kept) {
    const Arc turned = CommentLast(vocabulary, arc, directed);
    if (IsComment(vocabulary.key(turned.source))) {
      return CommentError(vocabulary.key(turned.source),
                          vocabulary.key(turned.target));
    }
    absl::StrAppend(&text, Keys(vocabulary, turned));
    if (loaded.graph.weighted()) {
      // Nine digits give the same float32 back.
      absl::StrAppendFormat(&text, "\t%.9g", WeightOf(loaded.graph, arc));
    }
    text += '\n';
  }
  return text;
}

std::string PairText(const LoadedGraph& loaded, const Holdout& holdout,
                     bool directed) {
  const Vocabulary& vocabulary = loaded.vocabulary;
  std::string text;
  const auto append = [&](const std::vector<Arc>& arcs, const char* end) {
    for (const Arc& arc : arcs) {
      absl::StrAppend(
          &text, Keys(vocabulary, CommentLast(vocabulary, arc, directed)), end);
    }
  };
  append(holdout.held_out, "\t1\n");
  append(holdout.non_edges, "\t0\n");
  return text;
}

}  // namespace

CommandInfo HoldoutTaskInfo() {
  CommandInfo info;
  info.name = "embedeval holdout";
  info.summary = "divides a graph into edges to train on and pairs to test";
  info.synopsis =
      "embedeval holdout --train FILE --test FILE [flags] GRAPH\n"
      "GRAPH is a file as embedtrain reads it. A random share of its "
      "edges is held\nout so that every component stays connected; as many "
      "pairs of nodes without an\nedge are drawn. Self-loops are kept. The "
      "same GRAPH, flags and --seed give the\nsame files. Keys with blanks are "
      "refused, as an edge list cannot hold them.";
  info.examples = {
      "embedeval holdout --fraction 0.2 --train kept.edgelist --test "
      "pairs.tsv karate.edgelist",
      "embedeval holdout --fraction 0.5 --seed 2 --train kept.edgelist "
      "--test pairs.tsv karate.edgelist",
      "embedeval holdout --directed --non_edges same_source --fraction 0.2 "
      "--train kept.edgelist --test pairs.tsv karate.edgelist"};
  info.groups = {
      {"Graph", {"format", "directed", "weighted"}},
      {"Division", {"fraction", "non_edges", "seed", "train", "test"}},
      RunningFlagGroup()};
  return info;
}

absl::Status RunHoldoutTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const HoldoutPlan plan, ReadHoldoutPlan(arguments));
  EMBED_RETURN_IF_ERROR(CheckGraphMemory(plan.graph));
  EMBED_ASSIGN_OR_RETURN(const LoadedGraph loaded, LoadGraph(plan.graph));
  for (const std::string& note : GraphNotes(loaded, plan.graph)) {
    std::fprintf(stderr, "input: %s\n", note.c_str());
  }
  EMBED_RETURN_IF_ERROR(CheckKeys(loaded.vocabulary));
  EMBED_ASSIGN_OR_RETURN(const Holdout holdout,
                         HoldOutEdges(loaded.graph, plan.options));
  const bool directed = plan.options.directed;
  EMBED_ASSIGN_OR_RETURN(const std::string kept,
                         KeptText(loaded, holdout, directed));
  EMBED_RETURN_IF_ERROR(WriteText(FLAGS_train, kept));
  EMBED_RETURN_IF_ERROR(
      WriteText(FLAGS_test, PairText(loaded, holdout, directed)));
  std::fprintf(stderr,
               "%zu edges kept in %s; %zu held out and %zu pairs without an "
               "edge in %s\n",
               holdout.kept.size(), FLAGS_train.c_str(),
               holdout.held_out.size(), holdout.non_edges.size(),
               FLAGS_test.c_str());
  return absl::OkStatus();
}

}  // namespace embed
