// embedconvert: vectors of this and of other programs in every form.
#ifndef EMBED_APPS_CONVERT_COMMAND_H_
#define EMBED_APPS_CONVERT_COMMAND_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo ConvertCommandInfo();

absl::Status RunConvert(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_CONVERT_COMMAND_H_
