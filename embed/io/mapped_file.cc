#include "embed/io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/io/os_error.h"

namespace embed {
namespace {

// Maps the whole of an open file; *data stays null for an empty one.
absl::Status Map(int descriptor, const std::string& path, const uint8_t** data,
                 uint64_t* size) {
  struct stat info = {};
  if (fstat(descriptor, &info) != 0) return OsError(errno, path, "read");
  if (S_ISDIR(info.st_mode)) return OsError(EISDIR, path, "read");
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": cannot be mapped into memory, expected a regular file"));
  }
  *size = static_cast<uint64_t>(info.st_size);
  if (*size == 0) return absl::OkStatus();
  void* start = mmap(nullptr, *size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (start == MAP_FAILED) return OsError(errno, path, "map into memory");
  *data = static_cast<const uint8_t*>(start);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<MappedFile>> MappedFile::Open(
    const std::string& path) {
  // O_NONBLOCK: do not wait for a writer if this is a pipe.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return OsError(errno, path, "open");
  const uint8_t* data = nullptr;
  uint64_t size = 0;
  const absl::Status status = Map(descriptor, path, &data, &size);
  close(descriptor);  // the mapping stays
  if (!status.ok()) return status;
  return std::unique_ptr<MappedFile>(new MappedFile(path, data, size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<uint8_t*>(data_), size_);
}

}  // namespace embed
