// Files that a command is told to write, checked before any work.
#ifndef EMBED_APPS_COMMON_OUTPUT_FILE_H_
#define EMBED_APPS_COMMON_OUTPUT_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace embed {

// The file can be written and is none of those to read (by another name
// neither); names that are empty or of no file are passed over. UsageError,
// naming `flag` ("--vocab_out"): it is one of `inputs`. Else CheckWritable()'s
// errors.
absl::Status CheckOutputFile(const std::string& flag, const std::string& path,
                             const std::vector<std::string>& inputs);

// Whether two names are of one file, by another spelling or a link, too; files
// that are not there yet included. Empty names are of none.
bool IsSameFile(const std::string& a, const std::string& b);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_OUTPUT_FILE_H_
