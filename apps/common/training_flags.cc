#include "apps/common/training_flags.h"

#include <gflags/gflags.h>

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/model/embedding_table.h"

// Zeros stand for "by mode": the mode table (apps/mode_table.cc) fills them in.
DEFINE_int32(dim, 0, "numbers in a vector");
DEFINE_int32(window, 0, "largest distance of a context from its center");
DEFINE_int32(negatives, 0, "negative samples for each positive pair");
DEFINE_uint32(epochs, 0, "passes over the input");
DEFINE_double(learning_rate, 0, "at the start; falls linearly towards 0");
DEFINE_double(subsample, 0,
              "threshold above which frequent ids are thinned out; 0: off");
DEFINE_double(noise_exponent, 0, "negatives are drawn like count^exponent");
DEFINE_uint64(seed, 1,
              "of all random choices; one seed and one thread give "
              "the same bytes in every run");

namespace embed {

FlagGroup TrainingFlagGroup() {
  return {"Training",
          {"dim", "window", "negatives", "epochs", "learning_rate", "subsample",
           "noise_exponent", "seed"}};
}

absl::StatusOr<TrainingFlags> ReadTrainingFlags(int threads) {
  TrainingFlags flags;
  flags.dim = FLAGS_dim;
  flags.seed = FLAGS_seed;
  flags.skip_gram.window = FLAGS_window;
  flags.skip_gram.negatives = FLAGS_negatives;
  flags.skip_gram.subsample = FLAGS_subsample;
  flags.skip_gram.noise_exponent = FLAGS_noise_exponent;
  flags.skip_gram.seed = FLAGS_seed;
  flags.trainer.epochs = FLAGS_epochs;
  flags.trainer.learning_rate = FLAGS_learning_rate;
  flags.trainer.threads = threads;
  if (flags.dim < 1 || flags.dim > EmbeddingTable::kMaxDim) {
    return UsageError(absl::StrCat("--dim: ", flags.dim, " is not in 1 .. ",
                                   EmbeddingTable::kMaxDim));
  }
  for (const auto& [name, value] :
       {std::pair("subsample", FLAGS_subsample),
        std::pair("noise_exponent", FLAGS_noise_exponent)}) {
    if (!(value >= 0) || !std::isfinite(value)) {
      return UsageError(
          absl::StrCat("--", name, ": ", value, " is not a number >= 0"));
    }
  }
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.skip_gram.Validate()));
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.trainer.Validate()));
  return flags;
}

}  // namespace embed
