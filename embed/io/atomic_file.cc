#include "embed/io/atomic_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/io/os_error.h"
#include "embed/io/sync_folder.h"

namespace embed {
namespace {

constexpr size_t kPendingLimit = 1 << 20;
// File names have at most 255 bytes; leaves room for what is added.
constexpr size_t kMaxBaseBytes = 200;

// What the names of all temporaries of `path` begin with, without the folder.
std::string TemporaryStem(const std::string& path) {
  return absl::StrCat(".", path.substr(FolderOf(path).size(), kMaxBaseBytes),
                      ".tmp.");
}

std::string TemporaryName(const std::string& path) {
  static std::atomic<uint64_t> next{0};
  return absl::StrCat(FolderOf(path), TemporaryStem(path), getpid(), ".",
                      next.fetch_add(1));
}

bool ConsumeDigits(absl::string_view* text) {
  const size_t before = text->size();
  while (!text->empty() && absl::ascii_isdigit(text->front())) {
    text->remove_prefix(1);
  }
  return text->size() < before;
}

// Whether `name` is "<stem><process>.<number>".
bool IsTemporary(absl::string_view name, absl::string_view stem) {
  return absl::ConsumePrefix(&name, stem) && ConsumeDigits(&name) &&
         absl::ConsumePrefix(&name, ".") && ConsumeDigits(&name) &&
         name.empty();
}

// The lock says more than the number of the process in the name, which another
// container or a later process may have as well; it goes with the process.
bool Lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

// Removes the temporary unless it is being written, or if that is not known.
void RemoveUnlessWritten(const std::string& temporary) {
  const int descriptor =
      open(temporary.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return;
  if (Lock(descriptor)) unlink(temporary.c_str());
  close(descriptor);
}

// Removes what killed processes left of `path`.
void RemoveLeftovers(const std::string& path) {
  const std::string folder = FolderOf(path);
  const std::string stem = TemporaryStem(path);
  DIR* const names = opendir(folder.empty() ? "." : folder.c_str());
  if (names == nullptr) return;
  while (const dirent* entry = readdir(names)) {
    if (IsTemporary(entry->d_name, stem)) {
      RemoveUnlessWritten(folder + entry->d_name);
    }
  }
  closedir(names);
}

// Creates and locks the temporary; -1 if that fails. EEXIST: the name is taken,
// or was taken for a leftover before it could be locked.
int CreateTemporary(const std::string& name) {
  const int descriptor =
      open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return descriptor;
  const bool seized = !Lock(descriptor) && errno == EWOULDBLOCK;
  if (!seized && access(name.c_str(), F_OK) == 0) return descriptor;
  close(descriptor);
  errno = EEXIST;
  return -1;
}

// The file that `path` names, through symbolic links, if it can be replaced.
absl::StatusOr<std::string> FinalPath(const std::string& path) {
  if (path.empty() || path.back() == '/') {
    return absl::InvalidArgumentError(
        absl::StrCat("'", path, "' is not the name of a file to write"));
  }
  struct stat info = {};
  // A name that does not exist yet is fine; other problems show at open().
  if (stat(path.c_str(), &info) != 0) return path;
  if (S_ISDIR(info.st_mode)) return OsError(EISDIR, path, "write");
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": cannot write: it is a device or pipe, expected a file"));
  }
  char* resolved = realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return OsError(errno, path, "resolve");
  std::string result(resolved);
  free(resolved);
  return result;
}

}  // namespace

AtomicFile::AtomicFile(std::string path, std::string temporary, int descriptor)
    : path_(std::move(path)),
      temporary_(std::move(temporary)),
      descriptor_(descriptor) {}

absl::StatusOr<std::unique_ptr<AtomicFile>> AtomicFile::Create(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(std::string target, FinalPath(path));
  // First, so that no lack of memory leaves a temporary behind.
  std::unique_ptr<AtomicFile> file(new AtomicFile(std::move(target), "", -1));
  std::string temporary;
  int descriptor = -1;
  do {  // a name may be left over from a killed process of the same number
    temporary = TemporaryName(file->path_);
    descriptor = CreateTemporary(temporary);
  } while (descriptor < 0 && (errno == EEXIST || errno == EINTR));
  if (descriptor < 0) return OsError(errno, path, "create the file");
  file->temporary_ = std::move(temporary);
  file->descriptor_ = descriptor;
  return file;
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::Status AtomicFile::Fail(absl::string_view action) {
  status_ = OsError(errno, path_, action);
  return status_;
}

absl::Status AtomicFile::WriteOut(uint64_t offset, const char* data,
                                  size_t size) {
  while (size > 0) {
    const ssize_t written =
        pwrite(descriptor_, data, size, static_cast<off_t>(offset));
    if (written < 0) {
      if (errno == EINTR) continue;
      return Fail("write");
    }
    data += written;
    offset += static_cast<uint64_t>(written);
    size -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status AtomicFile::Flush() {
  EMBED_RETURN_IF_ERROR(status_);
  EMBED_RETURN_IF_ERROR(
      WriteOut(size_ - pending_.size(), pending_.data(), pending_.size()));
  pending_.clear();
  return absl::OkStatus();
}

absl::Status AtomicFile::Write(const void* data, size_t size) {
  EMBED_RETURN_IF_ERROR(status_);
  const char* bytes = static_cast<const char*>(data);
  if (pending_.size() + size > kPendingLimit) EMBED_RETURN_IF_ERROR(Flush());
  if (size > kPendingLimit) {
    EMBED_RETURN_IF_ERROR(WriteOut(size_, bytes, size));
  } else {
    pending_.append(bytes, size);
  }
  size_ += size;
  return absl::OkStatus();
}

absl::Status AtomicFile::WriteAt(uint64_t offset, const void* data,
                                 size_t size) {
  if (offset > size_ || size > size_ - offset) {
    return absl::OutOfRangeError(
        absl::StrCat(path_, ": overwriting ", size, " bytes at ", offset,
                     ", but only ", size_, " are written"));
  }
  EMBED_RETURN_IF_ERROR(Flush());
  return WriteOut(offset, static_cast<const char*>(data), size);
}

absl::Status AtomicFile::Commit() {
  if (status_.ok() && descriptor_ < 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": is committed already"));
  }
  EMBED_RETURN_IF_ERROR(Flush());
  if (fsync(descriptor_) != 0) return Fail("sync");
  // Closed after it has its name: until then the lock keeps it. (What closing
  // could tell, fsync has told.)
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return Fail("replace");
  temporary_.clear();
  close(descriptor_);
  descriptor_ = -1;
  return SyncFolder(path_);
}

absl::Status CheckWritable(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string target, FinalPath(path));
  RemoveLeftovers(target);
  return AtomicFile::Create(path).status();
}

}  // namespace embed
