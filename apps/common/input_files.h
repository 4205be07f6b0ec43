// The input files that a command's arguments name.
#ifndef EMBED_APPS_COMMON_INPUT_FILES_H_
#define EMBED_APPS_COMMON_INPUT_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"

namespace embed {

// At least one file, in the order given. With `several`, an argument with *, ?
// or [ that is no file's name is a pattern as the shell's, replaced by what it
// matches in order of bytes. UsageError: no argument, or more than one without
// `several`. NotFound: nothing matches.
absl::StatusOr<std::vector<std::string>> ReadInputs(const Arguments& arguments,
                                                    bool several);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_INPUT_FILES_H_
