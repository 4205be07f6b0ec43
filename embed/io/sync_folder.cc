#include "embed/io/sync_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "embed/io/os_error.h"

namespace embed {

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

absl::Status SyncFolder(const std::string& path) {
  const std::string folder = FolderOf(path);
  const int descriptor = open(folder.empty() ? "." : folder.c_str(),
                              O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
      return OsError(errno, path, "open the folder to sync it");
    }
    // A folder may be writable but not readable: then it cannot be synced.
    return absl::OkStatus();
  }
  absl::Status status;
  // EINVAL: a file system that has no such operation.
  if (fsync(descriptor) != 0 && errno != EINVAL) {
    status = OsError(errno, path, "sync the folder");
  }
  close(descriptor);
  return status;
}

}  // namespace embed
