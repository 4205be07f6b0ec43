#include "embed/io/os_error.h"

#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"

namespace embed {

absl::Status OsError(int error, absl::string_view name,
                     absl::string_view action) {
  const std::string what = absl::StrCat(name, ": cannot ", action);
  // Knows the text and code of every errno value, thread-safely.
  absl::Status general = absl::ErrnoToStatus(error, what);
  switch (error) {
    case EISDIR:
      return absl::InvalidArgumentError(
          absl::StrCat(what, ": it is a directory, expected a file"));
    case ENOTDIR:
      return absl::NotFoundError(general.message());
    case EROFS:
    case EPERM:
      return absl::PermissionDeniedError(general.message());
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(absl::StrCat(
          what, ": disk full; free some space or write elsewhere"));
    case EFBIG:
      return absl::ResourceExhaustedError(
          absl::StrCat(what, ": the file would be larger than allowed here"));
    default:
      return general;
  }
}

}  // namespace embed
