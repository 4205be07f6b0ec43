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

// The path and query of a target in absolute form
// ("http://host:80/healthz?a=b", RFC 9112, 3.2.2), whose "host:80" stands for
// the header Host: put into *host. Any other target is returned as it is, and
// *host left. kBadRequest: an absolute form without a host, or with a user.
absl::StatusOr<std::string> OriginForm(absl::string_view target,
                                       std::string* host);

// "/v1/neighbors/new%20york?k=5". kBadRequest: no path, a % without two
// hexadecimal digits, bytes that are not UTF-8 when decoded, a parameter twice.
absl::StatusOr<Target> ParseTarget(absl::string_view text);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_TARGET_H_
