#include "apps/common/relation_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

DEFINE_bool(allow_cycles, false,
            "train as well on pairs whose second node the walk has already "
            "been at between the two, or that are one node twice");
DEFINE_bool(negatives_any_type, false,
            "draw negatives from nodes of all types, as the released code "
            "does, not from those of the type that they stand for");
DEFINE_string(relation_gate, "step",
              "how a relation's vector opens and closes dimensions. step: at "
              "0, trained with the sigmoid's slope; sigmoid: smoothly");

namespace embed {

FlagGroup RelationFlagGroup() {
  return {"Relations (hin2vec)",
          {"allow_cycles", "negatives_any_type", "relation_gate"}};
}

absl::StatusOr<RelationFlags> ReadRelationFlags(const TrainingFlags& training) {
  if (!training.windows.optimizer.IsPlainSgd()) {
    return UsageError(
        "mode hin2vec trains by plain SGD; leave --optimizer and "
        "--clip_gradient out");
  }
  if (FLAGS_relation_gate != "step" && FLAGS_relation_gate != "sigmoid") {
    return UsageError(absl::StrCat("--relation_gate: \"", FLAGS_relation_gate,
                                   "\" is neither step nor sigmoid"));
  }
  RelationFlags flags;
  flags.negatives_any_type = FLAGS_negatives_any_type;
  if (training.windows.fixed_window) {
    return UsageError(
        "--window: mode hin2vec takes a number, of edges in a relation");
  }
  flags.hin2vec.window = training.windows.window;
  flags.hin2vec.allow_cycles = FLAGS_allow_cycles;
  flags.hin2vec.negatives = training.windows.negatives;
  flags.hin2vec.noise_exponent = training.windows.noise_exponent;
  flags.hin2vec.gate = FLAGS_relation_gate == "step" ? RelationGate::kStep
                                                     : RelationGate::kSigmoid;
  flags.hin2vec.seed = training.seed;
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.hin2vec.Validate()));
  return flags;
}

}  // namespace embed
