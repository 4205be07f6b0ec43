// What embedserve does: an index served over HTTP.
#ifndef EMBED_APPS_SERVE_SERVE_COMMAND_H_
#define EMBED_APPS_SERVE_SERVE_COMMAND_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo ServeCommandInfo();

// Serves until SIGINT or SIGTERM. Prints one line on standard output when it
// listens: "listening on URL".
absl::Status RunServe(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_SERVE_COMMAND_H_
