// Tells whether a file is still the one that was opened.
#ifndef EMBED_TEXT_FILE_STAMP_H_
#define EMBED_TEXT_FILE_STAMP_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace embed {

// What changes when somebody writes to a file or puts another in its place.
struct FileStamp {
  uint64_t device;
  uint64_t inode;
  int64_t size;
  int64_t seconds;  // of the last modification
  int64_t nanoseconds;

  friend bool operator==(const FileStamp& a, const FileStamp& b) {
    return a.device == b.device && a.inode == b.inode && a.size == b.size &&
           a.seconds == b.seconds && a.nanoseconds == b.nanoseconds;
  }
};

// Errors name `name`, the path for messages.
absl::StatusOr<FileStamp> StampOfDescriptor(int fd, const std::string& name);
absl::StatusOr<FileStamp> StampOfPath(const std::string& path);

// The error for a file whose stamp is not the one it had.
absl::Status FileChangedError(const std::string& name);

}  // namespace embed

#endif  // EMBED_TEXT_FILE_STAMP_H_
