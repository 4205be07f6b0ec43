#include "embed/io/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "embed/io/os_error.h"

namespace embed {
namespace {

constexpr size_t kBufferBytes = 256 << 10;

}  // namespace

FileSource::FileSource(std::string name, int descriptor, bool owned)
    : name_(std::move(name)),
      descriptor_(descriptor),
      owned_(owned),
      buffer_(kBufferBytes) {}

FileSource::~FileSource() {
  if (owned_) close(descriptor_);
}

absl::StatusOr<std::unique_ptr<FileSource>> FileSource::Open(
    const std::string& path) {
  const std::string name = InputName(path);
  const bool owned = path != "-";
  const int descriptor =
      owned ? open(path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
  if (descriptor < 0) return OsError(errno, name, "open");
  std::unique_ptr<FileSource> source(new FileSource(name, descriptor, owned));
  struct stat info = {};
  if (fstat(descriptor, &info) != 0) return OsError(errno, name, "read");
  if (S_ISDIR(info.st_mode)) return OsError(EISDIR, name, "read");
  // Only advice: pipes have no use for it.
  (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  // A pipe may hand out its first bytes one by one.
  while (source->end_ < kLookAhead) {
    EMBED_ASSIGN_OR_RETURN(
        const size_t got,
        source->ReadSome(source->buffer_.data() + source->end_,
                         kBufferBytes - source->end_));
    if (got == 0) break;
    source->end_ += got;
  }
  return source;
}

absl::StatusOr<size_t> FileSource::ReadSome(char* to, size_t size) {
  ssize_t got = 0;
  do {
    got = read(descriptor_, to, size);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return OsError(errno, name_, "read");
  return static_cast<size_t>(got);
}

absl::Status FileSource::Fill() {
  if (begin_ < end_) return absl::OkStatus();
  begin_ = 0;
  end_ = 0;
  EMBED_ASSIGN_OR_RETURN(end_, ReadSome(buffer_.data(), buffer_.size()));
  return absl::OkStatus();
}

absl::StatusOr<size_t> FileSource::Read(char* to, size_t size) {
  const size_t buffered = std::min(size, end_ - begin_);
  std::memcpy(to, buffer_.data() + begin_, buffered);
  Consume(buffered);
  size_t done = buffered;
  while (done < size) {
    // The caller's buffer is as good as ours, so bytes go there directly.
    EMBED_ASSIGN_OR_RETURN(const size_t got, ReadSome(to + done, size - done));
    if (got == 0) break;
    done += got;
    offset_ += got;
  }
  return done;
}

}  // namespace embed
