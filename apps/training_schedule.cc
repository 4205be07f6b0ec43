#include "apps/training_schedule.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/checked_math.h"
#include "embed/base/status_macros.h"
#include "embed/train/hogwild_schedule.h"
#include "embed/train/part_windows.h"
#include "embed/train/partitioned_schedule.h"

namespace embed {
namespace {

TrainingSchedule MakeHogwild(const TrainerOptions& options, int threads,
                             const Objective& objective,
                             SequenceSource* source) {
  TrainingSchedule result;
  result.schedule = std::make_unique<HogwildSchedule>(
      source, &objective, options.rate(), options.epochs, threads);
  return result;
}

// The pairs of `tokens` tokens with up to `contexts` contexts each, at most:
// those of the longest sequences. Of tokens beyond the sequences that are known
// nothing is known.
uint64_t MostPairs(uint64_t tokens, uint64_t contexts,
                   const std::vector<uint64_t>& sequences_of) {
  uint64_t pairs = 0;
  for (uint64_t n = sequences_of.size(); n-- > 1 && tokens > 0;) {
    const uint64_t taken =
        std::min(tokens, SaturatingMultiply(n, sequences_of[n]));
    pairs = SaturatingAdd(pairs,
                          SaturatingMultiply(taken, std::min(contexts, n - 1)));
    tokens -= taken;
  }
  return SaturatingAdd(pairs, SaturatingMultiply(tokens, contexts));
}

// What is recorded of it. Where pairs are grouped by contexts group_by is left
// out, as by the first versions, which knew nothing else.
std::map<std::string, std::string> PartitionRecord(
    const PartitionOptions& partition) {
  std::map<std::string, std::string> record = {
      {"deterministic", "true"},
      {"parts", absl::StrCat(partition.parts)},
      {"round_tokens", absl::StrCat(partition.round_tokens)}};
  if (partition.group_by != PairGrouping::kContext) {
    record["group_by"] =
        partition.group_by == PairGrouping::kCenter ? "center" : "spread";
    record["group_centers"] = absl::StrCat(partition.group_centers);
  } else {
    record["group_inputs"] = absl::StrCat(partition.group_inputs);
    record["group_passes"] = absl::StrCat(partition.group_passes);
  }
  return record;
}

}  // namespace

uint64_t ScheduleBytes(const TrainingFlags& flags, uint64_t tokens_per_epoch,
                       const std::vector<uint64_t>& sequences_of) {
  if (!flags.deterministic || flags.cbow) return 0;
  const uint64_t tokens =
      std::min(flags.partition.round_tokens, tokens_per_epoch);
  if (flags.partition.group_by != PairGrouping::kContext) {
    const uint64_t parts = flags.partition.For(~uint64_t{0}).parts;
    return SaturatingMultiply(
        tokens, 2 * (sizeof(uint32_t) + parts * sizeof(PartWindows::Range)));
  }
  const uint64_t contexts = static_cast<uint64_t>(flags.windows.window) + 1;
  return SaturatingMultiply(2 * sizeof(RowPair),
                            MostPairs(tokens, contexts, sequences_of));
}

absl::StatusOr<TrainingSchedule> MakeSchedule(const TrainingFlags& flags,
                                              uint64_t rows,
                                              uint64_t tokens_per_epoch,
                                              const Objective& objective,
                                              SequenceSource* source) {
  const TrainerOptions& options = flags.trainer;
  if (!flags.deterministic) {
    return MakeHogwild(options, options.threads, objective, source);
  }
  absl::StatusOr<std::unique_ptr<PairTraining>> pairs =
      objective.NewPairTraining(flags.partition);
  if (absl::IsUnimplemented(pairs.status())) {
    TrainingSchedule result = MakeHogwild(options, 1, objective, source);
    result.note = absl::StrCat("deterministic: one training thread, since ",
                               pairs.status().message());
    return result;
  }
  EMBED_RETURN_IF_ERROR(pairs.status());
  const PartitionOptions partition = flags.partition.For(rows);
  TrainingSchedule result;
  result.options = PartitionRecord(partition);
  const uint64_t chunks = ChunksPerRound(partition, *source, tokens_per_epoch);
  result.note = absl::StrCat(
      "deterministic: ", result.options["parts"], " parts, rounds of ", chunks,
      " of the ", source->num_chunks(), " chunks of an epoch, groups of ",
      partition.group_by == PairGrouping::kContext
          ? absl::StrCat(partition.group_inputs, " inputs")
          : absl::StrCat(
                partition.group_centers, " centers",
                partition.group_by == PairGrouping::kSpread ? " apart" : ""));
  if (static_cast<uint32_t>(options.threads) > partition.parts) {
    absl::StrAppend(&result.note, "; only ", result.options["parts"],
                    " threads train at a time (more --parts, more threads, "
                    "another result)");
  }
  result.schedule = std::make_unique<PartitionedSchedule>(
      source, *std::move(pairs), chunks, options.rate(), options.epochs,
      options.threads);
  return result;
}

}  // namespace embed
