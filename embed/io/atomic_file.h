// Writes a file that appears whole or not at all: bytes go to a temporary file
// in the same folder; Commit() syncs it, renames it over `path` and syncs the
// folder. Without Commit() the temporary file is removed and an older file of
// that name stays as it was.
//
// The temporary is named ".<name>.tmp.<process>.<number>" and locked (flock)
// while it is written. A process that is killed may leave it behind, never a
// file under the final name; CheckWritable() clears such leftovers away.
#ifndef EMBED_IO_ATOMIC_FILE_H_
#define EMBED_IO_ATOMIC_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

// Not thread-safe.
class AtomicFile {
 public:
  // Errors name the path: NotFound (no such folder), PermissionDenied,
  // InvalidArgument (a directory, a device or a pipe: renaming over it would
  // replace it). A symbolic link is followed. The file gets the mode of any new
  // file, 0666 less the umask.
  static absl::StatusOr<std::unique_ptr<AtomicFile>> Create(
      const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Appends. ResourceExhausted: the disk is full; the message names the path.
  // After an error every later call returns that error.
  absl::Status Write(const void* data, size_t size);
  absl::Status Write(absl::string_view text) {
    return Write(text.data(), text.size());
  }
  // Overwrites bytes already written (a header that is known at the end).
  // OutOfRange: beyond size().
  absl::Status WriteAt(uint64_t offset, const void* data, size_t size);
  // Bytes appended so far.
  uint64_t size() const { return size_; }
  // Makes the file appear. To be called once, after the last write.
  absl::Status Commit();

 private:
  AtomicFile(std::string path, std::string temporary, int descriptor);
  absl::Status Flush();
  // Hands bytes to the kernel; keeps the first error in status_.
  absl::Status WriteOut(uint64_t offset, const char* data, size_t size);
  absl::Status Fail(absl::string_view action);  // from errno

  std::string path_;
  std::string temporary_;  // empty once renamed
  int descriptor_;         // -1 once closed
  uint64_t size_ = 0;
  std::string pending_;  // the last bytes, not yet handed to the kernel
  absl::Status status_;
};

// OK if a file can be created in the folder of `path`, else why not. For asking
// before hours of work: it really creates and removes a temporary file. It also
// removes the temporaries of `path` that nobody writes any more, on file
// systems that have locks.
absl::Status CheckWritable(const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_ATOMIC_FILE_H_
