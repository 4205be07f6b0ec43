// The checkpoint of a training command: PREFIX.checkpoint.
#ifndef EMBED_APPS_CHECKPOINTS_H_
#define EMBED_APPS_CHECKPOINTS_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/common/checkpoint_flags.h"
#include "embed/io/checkpoint_file.h"
#include "embed/train/checkpoint.h"

namespace embed {

class Checkpoints : public CheckpointSink {
 public:
  // identity: all that shapes the result; a checkpoint of another one is not
  // gone on from.
  Checkpoints(std::string path, TrainingIdentity identity)
      : path_(std::move(path)), identity_(std::move(identity)) {}

  // Opens the checkpoint to go on from; null, with a line on stderr, if there
  // is none. It lives as long as this and may be changed, as by who added to
  // it. FailedPrecondition: of another training, naming what differs. DataLoss:
  // it is damaged.
  absl::StatusOr<Checkpoint*> Open();
  // A line on stderr if there is a checkpoint that nobody asked for.
  void SayIfThere() const;

  // What belongs into checkpoints beside the trainer's own state; to be set
  // before training, if at all. `extra` is called where Extra() is, `add` for
  // every checkpoint before it is written, while no epoch callback runs.
  std::function<std::string()> extra;
  std::function<void(Checkpoint*)> add;

  void Write(const Checkpoint& checkpoint) override;
  std::string Extra() override { return extra ? extra() : std::string(); }

  // Of the last writing; OK as well if there was none.
  const absl::Status& status() const { return status_; }
  const std::string& path() const { return path_; }
  // Whether the file at path() is of this run, or what it went on from.
  bool has_file() const { return ours_; }
  // The training is over and its results are safe: removes the file if this run
  // wrote it or went on from it.
  void Remove() const;

 private:
  const std::string path_;
  const TrainingIdentity identity_;
  std::optional<CheckpointFile> file_;
  Checkpoint opened_;  // of which arrays are views into file_
  bool ours_ = false;  // the file at path_
  bool told_ = false;  // that it cannot be written
  absl::Status status_;
};

}  // namespace embed

#endif  // EMBED_APPS_CHECKPOINTS_H_
