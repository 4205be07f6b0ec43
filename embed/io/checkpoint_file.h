// A stopped training in a file (layout: embed/io/FORMAT.md): what the trainer
// needs to go on, and what it is the training of.
#ifndef EMBED_IO_CHECKPOINT_FILE_H_
#define EMBED_IO_CHECKPOINT_FILE_H_

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/io/container.h"
#include "embed/train/checkpoint.h"

namespace embed {

// Everything that shapes the result of a training, by name: options, what the
// input was. Texts are UTF-8. Not the number of threads: a training may go on
// with another one.
using TrainingIdentity = std::map<std::string, std::string>;

// Writes atomically; an older file stays until the new one is whole.
// InvalidArgument: names of arrays that are not valid or not all different.
// Other errors: those of AtomicFile.
absl::Status WriteCheckpoint(const Checkpoint& checkpoint,
                             const TrainingIdentity& identity,
                             const std::string& path);

// An opened checkpoint. Thread-safe.
class CheckpointFile {
 public:
  // NotFound: no such file. DataLoss: damaged, cut off, something else (path,
  // section and byte are named).
  static absl::StatusOr<CheckpointFile> Open(const std::string& path);

  // Its arrays are views into the mapped file, as long as this lives.
  const Checkpoint& checkpoint() const { return checkpoint_; }
  const TrainingIdentity& identity() const { return identity_; }

  // FailedPrecondition, naming what differs: the checkpoint is of another
  // training than `wanted`.
  absl::Status CheckIdentity(const TrainingIdentity& wanted) const;

 private:
  explicit CheckpointFile(Container container)
      : container_(std::move(container)) {}

  Container container_;
  Checkpoint checkpoint_;
  TrainingIdentity identity_;
};

}  // namespace embed

#endif  // EMBED_IO_CHECKPOINT_FILE_H_
