#include "apps/common/metapath_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

DEFINE_string(
    metapath, "",
    "types of nodes that walks go through again and again, as "
    "author-paper-author: by name or, where only one type begins with it, by "
    "first letter, as A-P-A; must end with the type that it begins with");
DEFINE_bool(keep_type, false,
            "train only on those nodes of a walk that have the type of its "
            "start (HERec); --walk_length counts all nodes that it visits");
DEFINE_bool(negatives_by_type, false,
            "draw negatives from the nodes of the type that they stand for "
            "(metapath2vec++)");

namespace embed {

FlagGroup MetapathFlagGroup() {
  return {"Metapaths (metapath2vec)",
          {"metapath", "keep_type", "negatives_by_type"}};
}

absl::StatusOr<MetapathFlags> ReadMetapathFlags(const TrainingFlags& training) {
  MetapathFlags flags;
  flags.metapath = FLAGS_metapath;
  flags.keep_type = FLAGS_keep_type;
  flags.negatives_by_type = FLAGS_negatives_by_type;
  if (!absl::StrContains(flags.metapath, "-")) {
    return UsageError(absl::StrCat(
        "--metapath: \"", flags.metapath,
        "\" is not two types of nodes or more with - between them, as "
        "author-paper-author"));
  }
  const WindowModelOptions& windows = training.windows;
  if (flags.negatives_by_type &&
      windows.loss == OutputLoss::kHierarchicalSoftmax) {
    return UsageError("--negatives_by_type: --loss hs has no negatives");
  }
  if (flags.negatives_by_type && windows.share_negatives > 1) {
    return UsageError(
        absl::StrCat("--negatives_by_type: each node draws its "
                     "own negatives, but --share_negatives is ",
                     windows.share_negatives));
  }
  return flags;
}

}  // namespace embed
