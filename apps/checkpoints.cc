#include "apps/checkpoints.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/command_line.h"
#include "embed/base/exceptions.h"
#include "embed/base/status_macros.h"

namespace embed {
absl::StatusOr<Checkpoint*> Checkpoints::Open() {
  absl::StatusOr<CheckpointFile> file = CheckpointFile::Open(path_);
  if (absl::IsNotFound(file.status())) {
    Say(absl::StrCat("no ", path_, ": starting from the beginning"));
    return nullptr;
  }
  absl::Status status = file.status();
  if (status.ok()) status = file->CheckIdentity(identity_);
  if (!status.ok()) {
    return absl::Status(
        status.code(),
        absl::StrCat(status.message(),
                     "; without --resume training starts from the beginning"));
  }
  file_.emplace(*std::move(file));
  ours_ = true;
  opened_ = file_->checkpoint();
  const TrainingPosition& position = opened_.position;
  Say(absl::StrFormat("going on from %s, at %.1f %%", path_,
                      100 * static_cast<double>(position.next_unit) /
                          static_cast<double>(position.units)));
  return &opened_;
}

void Checkpoints::SayIfThere() const {
  std::error_code ignored;
  if (std::filesystem::exists(path_, ignored)) {
    Say(absl::StrCat("note: there is ", path_,
                     " of a training that was stopped; --resume goes on "
                     "from it"));
  }
}

void Checkpoints::Write(const Checkpoint& checkpoint) {
  // A lack of memory is no reason to lose the training, either.
  status_ = CatchExceptions([&] {
    Checkpoint whole = checkpoint;
    if (add) add(&whole);
    return WriteCheckpoint(whole, identity_, path_);
  });
  if (status_.ok()) {
    ours_ = true;
  } else if (!told_) {
    Say(absl::StrCat("warning: no checkpoint written: ", status_.message()));
    told_ = true;
  }
}

void Checkpoints::Remove() const {
  if (ours_) unlink(path_.c_str());
}

}  // namespace embed
