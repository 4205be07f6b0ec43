// Errors of the operating system as absl::Status. Private to the library and
// the commands.
#ifndef EMBED_IO_OS_ERROR_H_
#define EMBED_IO_OS_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace embed {

// "<name>: cannot <action>: <what the system says>", for errno value `error`.
// NotFound: no such file or folder. PermissionDenied: no right, or a read-only
// file system. InvalidArgument: a directory. ResourceExhausted: disk, quota or
// file size limit reached.
absl::Status OsError(int error, absl::string_view name,
                     absl::string_view action);

}  // namespace embed

#endif  // EMBED_IO_OS_ERROR_H_
