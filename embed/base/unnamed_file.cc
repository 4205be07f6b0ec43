#include "embed/base/unnamed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace embed {

std::string TemporaryFolder() {
  const char* folder = std::getenv("TMPDIR");
  if (folder != nullptr && *folder != '\0') return folder;
  return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

absl::StatusOr<int> OpenUnnamedFile(const std::string& folder) {
  // Not O_TMPFILE, which some file systems lack.
  std::string path = absl::StrCat(folder, "/embed-XXXXXX");
  const int fd = mkostemp(&path[0], O_CLOEXEC);
  if (fd < 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot make a temporary file in ", folder,
                            " (set TMPDIR to another folder)"));
  }
  unlink(path.c_str());
  return fd;
}

}  // namespace embed
