#include "text/file_stamp.h"

#include <sys/stat.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "embed/io/os_error.h"

namespace embed {
namespace {

absl::StatusOr<FileStamp> Stamp(int result, const struct stat& info,
                                const std::string& name) {
  if (result != 0) return OsError(errno, name, "read");
  return FileStamp{info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                   info.st_mtim.tv_nsec};
}

}  // namespace

absl::StatusOr<FileStamp> StampOfDescriptor(int fd, const std::string& name) {
  struct stat info = {};
  return Stamp(fstat(fd, &info), info, name);
}

absl::StatusOr<FileStamp> StampOfPath(const std::string& path) {
  struct stat info = {};
  return Stamp(stat(path.c_str(), &info), info, path);
}

absl::Status FileChangedError(const std::string& name) {
  return absl::FailedPreconditionError(absl::StrCat(
      name,
      ": changed while it was in use; train on a copy that nobody writes to"));
}

}  // namespace embed
