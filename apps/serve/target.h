// The target of a request taken apart.
#ifndef EMBED_APPS_SERVE_TARGET_H_
#define EMBED_APPS_SERVE_TARGET_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

struct Target {
  std::string path;  // decoded; it names nothing in the file system
  std::map<std::string, std::string> parameters;  // decoded
};

// "/v1/neighbors/new%20york?k=5". kBadRequest: no path, a % without two
// hexadecimal digits, bytes that are not UTF-8 when decoded, a parameter twice.
absl::StatusOr<Target> ParseTarget(absl::string_view text);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_TARGET_H_
