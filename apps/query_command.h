// What embedquery does: keys -> nearest items of an index.
#ifndef EMBED_APPS_QUERY_COMMAND_H_
#define EMBED_APPS_QUERY_COMMAND_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo QueryCommandInfo();

// Answers the arguments, or the lines of standard input if there are none, on
// standard output. An error, after all answers, if a key was unknown.
absl::Status RunQuery(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_QUERY_COMMAND_H_
