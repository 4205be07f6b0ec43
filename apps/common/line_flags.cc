#include "apps/common/line_flags.h"

#include <gflags/gflags.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

DEFINE_string(order, "both",
              "1: neighbors get near vectors; 2: nodes with the same neighbors "
              "do; both: half of --dim of each, behind one another (--dim is "
              "256 with both and 128 else unless given)");
DEFINE_uint64(samples, 0,
              "edges drawn in an epoch; 0: as many as the graph has arcs (an "
              "undirected edge is two)");
DEFINE_string(noise_degree, "out",
              "degree by which negatives are drawn. out: of the edges that "
              "leave a node, as in the paper; all: of those that enter it, "
              "too, as in the released code (the same if undirected)");

namespace embed {
namespace {

absl::StatusOr<LineOrder> ReadOrder(bool directed) {
  LineOrder order;
  if (FLAGS_order == "1") {
    order = LineOrder::kFirst;
  } else if (FLAGS_order == "2") {
    order = LineOrder::kSecond;
  } else if (FLAGS_order == "both") {
    order = LineOrder::kBoth;
  } else {
    return UsageError(
        absl::StrCat("--order: \"", FLAGS_order, "\" is none of 1, 2, both"));
  }
  if (directed && order != LineOrder::kSecond) {
    return UsageError(absl::StrCat(
        "--order: ", FLAGS_order,
        " is for undirected graphs, since order 1 does not know a direction; "
        "with --directed give --order 2"));
  }
  return order;
}

}  // namespace

FlagGroup LineFlagGroup() {
  return {"Edges (line)", {"order", "samples", "noise_degree"}};
}

absl::StatusOr<LineFlags> ReadLineFlags(const TrainingFlags& training,
                                        bool directed) {
  EMBED_ASSIGN_OR_RETURN(const LineOrder order, ReadOrder(directed));
  if (!training.windows.optimizer.IsPlainSgd()) {
    return UsageError(
        "mode line trains by plain SGD; leave --optimizer and --clip_gradient "
        "out");
  }
  if (FLAGS_noise_degree != "out" && FLAGS_noise_degree != "all") {
    return UsageError(absl::StrCat("--noise_degree: \"", FLAGS_noise_degree,
                                   "\" is neither out nor all"));
  }
  const absl::StatusOr<LineLayout> layout =
      LineLayout::Create(order, training.dim);
  if (!layout.ok()) return AsUsageError(layout.status());
  LineFlags flags{*layout, {}, FLAGS_samples, FLAGS_noise_degree == "all"};
  flags.line.negatives = training.windows.negatives;
  flags.line.noise_exponent = training.windows.noise_exponent;
  flags.line.seed = training.seed;
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.line.Validate()));
  return flags;
}

}  // namespace embed
