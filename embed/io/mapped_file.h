// A whole file mapped into memory, read-only and shared with other processes.
#ifndef EMBED_IO_MAPPED_FILE_H_
#define EMBED_IO_MAPPED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace embed {

// Thread-safe after Open(). The file may be replaced while it is mapped (the
// old bytes stay), but must not be cut: touching lost bytes is a SIGBUS.
class MappedFile {
 public:
  // Errors name the path: NotFound, PermissionDenied, InvalidArgument for a
  // directory or a pipe. An empty file has size() 0 and data() nullptr.
  static absl::StatusOr<std::unique_ptr<MappedFile>> Open(
      const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // Page-aligned.
  const uint8_t* data() const { return data_; }
  uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  MappedFile(std::string path, const uint8_t* data, uint64_t size)
      : path_(std::move(path)), data_(data), size_(size) {}

  std::string path_;
  const uint8_t* data_;
  uint64_t size_;
};

}  // namespace embed

#endif  // EMBED_IO_MAPPED_FILE_H_
