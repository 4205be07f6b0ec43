#include "apps/common/training_flags.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "embed/base/status_macros.h"
#include "embed/model/embedding_table.h"

// Zeros stand for "by mode": the mode table (apps/mode.cc) fills them in.
DEFINE_int32(dim, 0, "numbers in a vector");
DEFINE_string(window, "",
              "largest distance of a context from its center; all: every pair "
              "of a sequence, order ignored");
DEFINE_int32(negatives, 0, "negative samples for each positive pair");
DEFINE_int32(
    share_negatives, 1,
    "consecutive centers that share their negatives: faster with large "
    "vocabularies, lower quality (skip-gram of plain ids, ns, sgd)");
DEFINE_int32(
    reuse_negatives, 0,
    "centers of a sentence or walk that a drawn negative serves, one after the "
    "other and some apart; 1: each center has draws of its own. With "
    "--deterministic groups of centers; groups of contexts have their own");
DEFINE_uint32(epochs, 0, "passes over the input");
DEFINE_double(learning_rate, 0, "at the start");
DEFINE_string(lr_schedule, "linear",
              "how the learning rate falls: linear, or cosine, to 1e-4 of its "
              "start; constant: not at all");
DEFINE_double(subsample, 0,
              "threshold above which frequent ids are thinned out; 0: off");
DEFINE_double(noise_exponent, 0, "negatives are drawn like count^exponent");
DEFINE_double(
    start_radius, 0,
    "input rows start uniform on +- this over dim: 0.5 as word2vec, 1 "
    "as fastText and gensim; some 8 suits --arch cbow");
DEFINE_string(arch, "skipgram",
              "skipgram: each context predicts the center; cbow: their mean "
              "does (word2vec starts it at --learning_rate 0.05)");
DEFINE_string(cbow_gradient, "exact",
              "exact: divided by the number of contexts, as the mean demands; "
              "word2vec: undivided, as that program does");
DEFINE_string(
    subword_gradient, "exact",
    "of the mean of n-grams. fasttext: added to each n-gram "
    "undivided, as that program does; exact: divided by their number");
DEFINE_string(loss, "ns",
              "ns: negative sampling; hs: hierarchical softmax over a Huffman "
              "tree");
DEFINE_string(optimizer, "sgd",
              "sgd; adagrad: each row's rate falls with the gradients it has "
              "had (--learning_rate is then 0.2 unless given)");
DEFINE_double(clip_gradient, 0,
              "longest gradient of a row (L2 norm), longer ones are cut; 0: "
              "off");
DEFINE_bool(deterministic, false,
            "the same bytes with any number of threads: rows are cut into "
            "parts, and buckets without a common part trained side by side; "
            "what that cannot train (cbow, hs, adagrad, features) is trained "
            "by one thread");
DEFINE_uint32(parts, 0,
              "with --deterministic: parts of the rows, a power of two, and "
              "the most threads that train at a time; 0: by the rows");
DEFINE_uint64(round_tokens, embed::PartitionOptions().round_tokens,
              "with --deterministic: tokens whose pairs are sorted together");
DEFINE_string(group_by, "auto",
              "with --deterministic: which pairs of a bucket share negatives, "
              "those of some contexts: context, of some consecutive centers: "
              "center, for wide windows and few parts, or of some centers that "
              "lie apart: spread, for few parts; auto: with up to 2 parts "
              "center in modes deepwalk and node2vec and spread of words "
              "and sessions with windows up to 10, else context, unless one "
              "has its flags set");
DEFINE_int32(group_centers, embed::PartitionOptions().group_centers,
             "with --group_by center or spread: centers that share negatives; "
             "0: 3, or by the rows up to 8");
DEFINE_int32(group_inputs, embed::PartitionOptions().group_inputs,
             "with --group_by context: consecutive contexts that share "
             "negatives; 0: by the rows");
DEFINE_int32(group_passes, embed::PartitionOptions().group_passes,
             "with --group_by context: passes in which the pairs of a sequence "
             "are taken, some distances each; fewer are faster, but then more "
             "pairs of a context share negatives; 0: 4, in modes deepwalk and "
             "node2vec 2");
DEFINE_uint64(seed, 1,
              "of all random choices; one seed and one thread give "
              "the same bytes in every run");

namespace embed {

FlagGroup TrainingFlagGroup() {
  return {"Training",
          {"dim",
           "window",
           "negatives",
           "reuse_negatives",
           "share_negatives",
           "epochs",
           "learning_rate",
           "lr_schedule",
           "subsample",
           "noise_exponent",
           "start_radius",
           "arch",
           "cbow_gradient",
           "subword_gradient",
           "loss",
           "optimizer",
           "clip_gradient",
           "seed",
           "deterministic",
           "parts",
           "round_tokens",
           "group_by",
           "group_centers",
           "group_inputs",
           "group_passes"}};
}

namespace {

// No sequence of a text or of walks is made longer
// (CorpusSource::kMaxSentence).
constexpr int kLongestSequence = 1000;

// Whether the flag has its second value. UsageError: it has neither.
absl::StatusOr<bool> IsSecond(const char* flag, const std::string& value,
                              const char* first, const char* second) {
  if (value != first && value != second) {
    return UsageError(absl::StrCat("--", flag, ": \"", value, "\" is neither ",
                                   first, " nor ", second));
  }
  return value == second;
}

absl::StatusOr<RateShape> ReadRateShape(const std::string& name) {
  if (name == "linear") return RateShape::kLinear;
  if (name == "cosine") return RateShape::kCosine;
  if (name == "constant") return RateShape::kConstant;
  return UsageError(absl::StrCat("--lr_schedule: \"", name,
                                 "\" is none of linear, cosine, constant"));
}

// The flags that choose the model.
absl::Status ReadModelFlags(TrainingFlags* flags) {
  EMBED_ASSIGN_OR_RETURN(flags->cbow,
                         IsSecond("arch", FLAGS_arch, "skipgram", "cbow"));
  EMBED_ASSIGN_OR_RETURN(
      const bool undivided,
      IsSecond("cbow_gradient", FLAGS_cbow_gradient, "exact", "word2vec"));
  EMBED_ASSIGN_OR_RETURN(const bool as_fasttext,
                         IsSecond("subword_gradient", FLAGS_subword_gradient,
                                  "exact", "fasttext"));
  EMBED_ASSIGN_OR_RETURN(const bool softmax,
                         IsSecond("loss", FLAGS_loss, "ns", "hs"));
  EMBED_ASSIGN_OR_RETURN(
      const bool adagrad,
      IsSecond("optimizer", FLAGS_optimizer, "sgd", "adagrad"));
  flags->windows.optimizer.kind =
      adagrad ? OptimizerKind::kAdaGrad : OptimizerKind::kSgd;
  flags->windows.optimizer.clip_gradient = FLAGS_clip_gradient;
  flags->cbow_gradient =
      undivided ? CbowGradient::kWord2vec : CbowGradient::kExact;
  flags->windows.undivided_gradient = as_fasttext;
  flags->windows.loss = softmax ? OutputLoss::kHierarchicalSoftmax
                                : OutputLoss::kNegativeSampling;
  return absl::OkStatus();
}

// How the pairs are grouped, if the flags say so.
absl::Status ReadPairGrouping(TrainingFlags* flags) {
  PartitionOptions* const partition = &flags->partition;
  partition->group_centers = FLAGS_group_centers;
  partition->group_inputs = FLAGS_group_inputs;
  partition->group_passes = FLAGS_group_passes;
  const bool contexts = FLAGS_group_inputs != 0 || FLAGS_group_passes != 0;
  const bool centers = FLAGS_group_centers != 0;
  partition->group_by =
      centers ? PairGrouping::kCenter : PairGrouping::kContext;
  flags->group_by_mode = FLAGS_group_by == "auto" && !contexts;
  if (FLAGS_group_by != "auto") {
    static constexpr std::pair<absl::string_view, PairGrouping> kNames[] = {
        {"context", PairGrouping::kContext},
        {"center", PairGrouping::kCenter},
        {"spread", PairGrouping::kSpread}};
    const auto* const named = std::find_if(
        std::begin(kNames), std::end(kNames),
        [](const auto& name) { return name.first == FLAGS_group_by; });
    if (named == std::end(kNames)) {
      return UsageError(
          absl::StrCat("--group_by: \"", FLAGS_group_by,
                       "\" is none of auto, context, center, spread"));
    }
    partition->group_by = named->second;
  }
  const bool by_context = partition->group_by == PairGrouping::kContext;
  if (by_context ? centers : contexts) {
    return UsageError(by_context
                          ? "--group_centers goes with --group_by=center or "
                            "spread only"
                          : "--group_inputs and --group_passes go with "
                            "--group_by=context only");
  }
  return absl::OkStatus();
}

absl::Status ReadPartitionFlags(TrainingFlags* flags) {
  flags->deterministic = FLAGS_deterministic;
  for (const char* const flag :
       {"parts", "round_tokens", "group_by", "group_centers", "group_inputs",
        "group_passes"}) {
    if (!FLAGS_deterministic &&
        !gflags::GetCommandLineFlagInfoOrDie(flag).is_default) {
      return UsageError(
          absl::StrCat("--", flag, " goes with --deterministic only"));
    }
  }
  flags->partition.parts = FLAGS_parts;
  flags->partition.round_tokens = FLAGS_round_tokens;
  EMBED_RETURN_IF_ERROR(ReadPairGrouping(flags));
  return AsUsageError(flags->partition.Validate());
}

absl::Status CheckSharing(const TrainingFlags& flags) {
  if (flags.windows.share_negatives == 1) return absl::OkStatus();
  const OptimizerOptions& optimizer = flags.windows.optimizer;
  const bool plain =
      optimizer.kind == OptimizerKind::kSgd && optimizer.clip_gradient == 0;
  if (plain && !flags.cbow) return absl::OkStatus();
  return UsageError(absl::StrCat(
      "--share_negatives: ", flags.windows.share_negatives, ", but ",
      flags.cbow ? "--arch=cbow draws for each center"
                 : "--optimizer=adagrad and --clip_gradient train each center "
                   "by itself",
      "; expected 1"));
}

}  // namespace

void ChoosePairGrouping(PairGrouping group_by, int group_passes,
                        TrainingFlags* flags) {
  // In more parts a center would have too few contexts in each.
  constexpr uint32_t kMostParts = 2;
  const bool suits =
      group_by != PairGrouping::kContext || flags->partition.group_centers == 0;
  if (flags->group_by_mode && suits && flags->partition.parts <= kMostParts) {
    flags->partition.group_by = group_by;
  }
  if (flags->partition.group_passes == 0) {
    flags->partition.group_passes = group_passes;
  }
}

absl::StatusOr<TrainingFlags> ReadTrainingFlags(int threads) {
  TrainingFlags flags;
  EMBED_RETURN_IF_ERROR(ReadModelFlags(&flags));
  EMBED_RETURN_IF_ERROR(ReadPartitionFlags(&flags));
  flags.dim = FLAGS_dim;
  flags.seed = FLAGS_seed;
  // 0 as well in a mode without them.
  if (FLAGS_window == "all") {
    flags.windows.fixed_window = true;
    flags.windows.window = kLongestSequence;
  } else if ((!FLAGS_window.empty() || IsFlagSet("window")) &&
             !absl::SimpleAtoi(FLAGS_window, &flags.windows.window)) {
    return UsageError(absl::StrCat("--window: \"", FLAGS_window,
                                   "\" is neither a number nor all"));
  }
  if (FLAGS_reuse_negatives != 0 || IsFlagSet("reuse_negatives")) {
    flags.windows.reuse_negatives = FLAGS_reuse_negatives;
  }
  flags.windows.negatives = FLAGS_negatives;
  flags.windows.share_negatives = FLAGS_share_negatives;
  flags.windows.subsample = FLAGS_subsample;
  flags.windows.noise_exponent = FLAGS_noise_exponent;
  flags.windows.seed = FLAGS_seed;
  flags.start_radius = static_cast<float>(FLAGS_start_radius);
  flags.trainer.epochs = FLAGS_epochs;
  flags.trainer.learning_rate = FLAGS_learning_rate;
  EMBED_ASSIGN_OR_RETURN(flags.trainer.rate_shape,
                         ReadRateShape(FLAGS_lr_schedule));
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
  // Rows of zeros would stay so.
  constexpr double kLargestRadius = 1e6;
  if (IsFlagSet("start_radius") &&
      !(FLAGS_start_radius > 0 && FLAGS_start_radius <= kLargestRadius)) {
    return UsageError(absl::StrCat("--start_radius: ", FLAGS_start_radius,
                                   " is not a number above 0, at most ",
                                   kLargestRadius));
  }
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.windows.Validate()));
  EMBED_RETURN_IF_ERROR(CheckSharing(flags));
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.trainer.Validate()));
  return flags;
}

}  // namespace embed
