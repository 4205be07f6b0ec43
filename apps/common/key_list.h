// Files of keys, one a line.
#ifndef EMBED_APPS_COMMON_KEY_LIST_H_
#define EMBED_APPS_COMMON_KEY_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace embed {

// The lines that are not empty; "-" is standard input, the file may be .gz or
// .zst. InvalidArgument: a line longer than a key can be, with its number.
// Other errors: those of reading it.
absl::StatusOr<std::vector<std::string>> ReadKeyList(const std::string& path);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_KEY_LIST_H_
