// embedalign: brings one set of vectors into the space of another
// (embed/eval/alignment.h).
#ifndef EMBED_APPS_ALIGN_COMMAND_H_
#define EMBED_APPS_ALIGN_COMMAND_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo AlignCommandInfo();
absl::Status RunAlign(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_ALIGN_COMMAND_H_
