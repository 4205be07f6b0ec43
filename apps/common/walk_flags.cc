#include "apps/common/walk_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

// Zeros stand for "by mode": the mode table (apps/mode.cc) fills them in.
DEFINE_int32(walks_per_node, 0, "walks that start from each node in an epoch");
DEFINE_int32(walk_length, 0, "nodes in a walk, its start included");
DEFINE_double(p, 0, "node2vec: the larger, the rarer a walk steps back");
DEFINE_double(q, 0,
              "node2vec: the larger, the closer a walk stays to where it was; "
              "below 1 it goes outward");
DEFINE_string(
    node2vec_plus, "",
    "GAMMA of node2vec+, which takes arcs for absent by degrees where "
    "their weights are below mean + GAMMA * standard deviation of "
    "the node's; needs --weighted");
DEFINE_double(restart, 0,
              "probability that a walk jumps back to its start instead of "
              "stepping on");
DEFINE_double(degree_penalty, 0,
              "BETA of DP-Walker: steps to neighbors and second neighbors in "
              "proportion to their paths over degree^BETA; 0: plain steps");
DEFINE_int32(skip, 1,
             "K of Walklets: trains on nodes exactly K steps apart in a walk "
             "(with --window 1)");
DEFINE_string(walks_only, "",
              "write the walks to this file (- is standard output), one a "
              "line, and do not train");

DECLARE_string(window);

namespace embed {

FlagGroup WalkFlagGroup() {
  return {"Walks (deepwalk, node2vec)",
          {"walks_per_node", "walk_length", "p", "q", "node2vec_plus",
           "restart", "degree_penalty", "skip", "walks_only"}};
}

absl::StatusOr<WalkFlags> ReadWalkFlags(bool weighted, uint64_t seed,
                                        int threads) {
  WalkFlags flags;
  WalkOptions& walks = flags.walks;
  walks.walks_per_node = FLAGS_walks_per_node;
  walks.walk_length = FLAGS_walk_length;
  walks.weighted = weighted;
  walks.seed = seed;
  walks.threads = threads;
  walks.restart = FLAGS_restart;
  walks.degree_penalty = FLAGS_degree_penalty;
  if (FLAGS_p != 0 || IsFlagSet("p")) walks.return_p = FLAGS_p;
  if (FLAGS_q != 0 || IsFlagSet("q")) walks.inout_q = FLAGS_q;
  walks.plus = !FLAGS_node2vec_plus.empty();
  if (walks.plus && !absl::SimpleAtod(FLAGS_node2vec_plus, &walks.plus_gamma)) {
    return UsageError(absl::StrCat("--node2vec_plus: \"", FLAGS_node2vec_plus,
                                   "\" is not a number"));
  }
  EMBED_RETURN_IF_ERROR(AsUsageError(walks.Validate()));
  flags.skip = FLAGS_skip;
  if (flags.skip < 1 || flags.skip >= walks.walk_length) {
    return UsageError(absl::StrCat(
        "--skip: ", flags.skip, " is not at least 1 and below --walk_length, ",
        walks.walk_length));
  }
  if (flags.skip > 1 && FLAGS_window != "1") {
    return UsageError(absl::StrCat(
        "--skip trains on nodes exactly that far apart: it needs --window 1, "
        "not ",
        FLAGS_window));
  }
  return flags;
}

absl::StatusOr<std::string> ReadWalksOnly(bool mode_walks) {
  if (!FLAGS_walks_only.empty() && !mode_walks) {
    return UsageError("--walks_only has no meaning in a mode without walks");
  }
  return FLAGS_walks_only;
}

}  // namespace embed
