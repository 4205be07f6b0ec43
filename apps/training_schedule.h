// How the work of a training is shared among threads, as the flags say.
#ifndef EMBED_APPS_TRAINING_SCHEDULE_H_
#define EMBED_APPS_TRAINING_SCHEDULE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/training_flags.h"
#include "embed/train/objective.h"
#include "embed/train/schedule.h"
#include "embed/train/sequence_source.h"

namespace embed {

struct TrainingSchedule {
  std::unique_ptr<Schedule> schedule;
  // What of it shapes the tables, to be recorded with them.
  std::map<std::string, std::string> options;
  std::string note;  // to be said; may be empty
};

// About the bytes of pairs that the schedule holds at a time: with
// --deterministic those of two rounds, a token being the context of window + 1
// others on average, at most of all of its sequence, or where pairs are grouped
// by centers an id and a range for each part; else 0. sequences_of as in
// TrainingInput: the longest may all be in one round.
uint64_t ScheduleBytes(const TrainingFlags& flags, uint64_t tokens_per_epoch,
                       const std::vector<uint64_t>& sequences_of);

// rows: of the output table. With --deterministic the partitioned schedule, or
// for objectives that it cannot train a single training thread; else Hogwild.
// source and objective must outlive the schedule.
absl::StatusOr<TrainingSchedule> MakeSchedule(const TrainingFlags& flags,
                                              uint64_t rows,
                                              uint64_t tokens_per_epoch,
                                              const Objective& objective,
                                              SequenceSource* source);

}  // namespace embed

#endif  // EMBED_APPS_TRAINING_SCHEDULE_H_
