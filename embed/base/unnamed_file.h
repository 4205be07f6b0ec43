// Temporary files without a name, which the system removes with their last
// descriptor, whatever becomes of the program.
#ifndef EMBED_BASE_UNNAMED_FILE_H_
#define EMBED_BASE_UNNAMED_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace embed {

// $TMPDIR; if it is unset or empty /var/tmp, which is for large files, or /tmp
// where that cannot be written.
std::string TemporaryFolder();

// The descriptor of a new empty file in `folder`, for reading and writing. The
// message of an error says that TMPDIR chooses the folder.
absl::StatusOr<int> OpenUnnamedFile(const std::string& folder);

}  // namespace embed

#endif  // EMBED_BASE_UNNAMED_FILE_H_
