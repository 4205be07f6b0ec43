// The secret that requests carry.
#ifndef EMBED_APPS_SERVE_TOKEN_H_
#define EMBED_APPS_SERVE_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

// The first line of a file. InvalidArgument: shorter than 16 characters, longer
// than 1,024, or with others than visible ASCII. Errors of reading.
absl::StatusOr<std::string> ReadToken(const std::string& path);

// Whether an Authorization header is "Bearer TOKEN". Takes a time that depends
// on the length of the header only, not on how much of it is right.
bool IsBearer(absl::string_view header, absl::string_view token);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_TOKEN_H_
