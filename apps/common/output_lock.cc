#include "apps/common/output_lock.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "embed/base/hash.h"
#include "embed/io/os_error.h"
#include "embed/io/sync_folder.h"

namespace embed {
namespace {

// An abstract name begins with a zero byte and has no other end than its size.
struct AbstractName {
  explicit AbstractName(const std::string& name) {
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.sun_path + 1);
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 +
                                  name.size());
  }
  sockaddr_un address = {};
  socklen_t size;
};

}  // namespace

OutputLock::~OutputLock() {
  if (socket_ >= 0) close(socket_);
}

absl::StatusOr<std::unique_ptr<OutputLock>> OutputLock::Acquire(
    const std::string& prefix) {
  const std::string folder = FolderOf(prefix);
  struct stat info = {};
  if (stat(folder.empty() ? "." : folder.c_str(), &info) != 0) {
    return OsError(errno, prefix, "write");
  }
  // Hashed, for a name has room for 107 bytes.
  const AbstractName name(absl::StrCat(
      "embed output ", info.st_dev, " ", info.st_ino, " ",
      absl::Hex(Hash64(prefix.substr(folder.size())), absl::kZeroPad16)));
  std::unique_ptr<OutputLock> lock(
      new OutputLock(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
  if (lock->socket_ >= 0 &&
      bind(lock->socket_, reinterpret_cast<const sockaddr*>(&name.address),
           name.size) != 0 &&
      errno == EADDRINUSE) {
    return absl::FailedPreconditionError(absl::StrCat(
        "--output ", prefix,
        ": another program is writing it; wait until that has ended, or give "
        "another --output"));
  }
  return lock;
}

}  // namespace embed
