#include <unistd.h>

#include <cerrno>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/unnamed_file.h"
#include "text/chunk_store.h"

namespace embed {
namespace {

absl::Status WriteAll(int fd, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = write(fd, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return absl::ErrnoToStatus(errno, "cannot write");
    bytes += written;
    size -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status CopyTo(int fd, InputStream* stream, const std::string& folder,
                    const std::string& name) {
  std::vector<char> block(size_t{1} << 20);
  while (true) {
    absl::StatusOr<size_t> got = stream->Read(block.data(), block.size());
    if (!got.ok()) return got.status();
    const absl::Status written = WriteAll(fd, block.data(), *got);
    if (!written.ok()) {
      return absl::Status(
          written.code(),
          absl::StrCat("cannot keep a copy of ", name, " in ", folder, ": ",
                       written.message(),
                       " (set TMPDIR to a folder with more room)"));
    }
    if (*got < block.size()) return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<int> SpoolToTemporaryFile(InputStream* stream,
                                         const std::string& name) {
  const std::string folder = TemporaryFolder();
  absl::StatusOr<int> fd = OpenUnnamedFile(folder);
  if (!fd.ok()) return fd;
  const absl::Status copied = CopyTo(*fd, stream, folder, name);
  if (copied.ok()) return fd;
  close(*fd);
  return copied;
}

}  // namespace embed
