// What embedtrain does: flags -> input -> trainer -> files.
#ifndef EMBED_APPS_TRAIN_COMMAND_H_
#define EMBED_APPS_TRAIN_COMMAND_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo TrainCommandInfo();

// Trains on the one argument, an input file or "-". Talks on stderr.
absl::Status RunTrain(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_TRAIN_COMMAND_H_
