#include "text/text_bytes.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr size_t kReadBytes = size_t{256} << 10;
// Forgotten bytes are moved out of the buffer only when there are this many.
constexpr size_t kCompactBytes = size_t{1} << 20;

}  // namespace

absl::Status ReadFileAt(int fd, const std::string& name, uint64_t offset,
                        size_t size, std::string* bytes) {
  bytes->resize(size);
  size_t have = 0;
  while (have < size) {
    const ssize_t got = pread(fd, &(*bytes)[have], size - have,
                              static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return absl::DataLossError(
          absl::StrCat(name, ": byte ", offset + have,
                       " cannot be read: ", std::strerror(errno)));
    }
    if (got == 0) break;
    have += static_cast<size_t>(got);
  }
  bytes->resize(have);
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> FileBytes::Get(uint64_t offset, size_t size) {
  EMBED_RETURN_IF_ERROR(ReadFileAt(fd_, name_, offset, size, &bytes_));
  return absl::string_view(bytes_);
}

absl::Status StreamBytes::FillTo(uint64_t end) {
  while (!ended_ && base_ + held_.size() < end) {
    const size_t have = held_.size();
    held_.resize(have + kReadBytes);
    absl::StatusOr<size_t> got = stream_->Read(&held_[have], kReadBytes);
    held_.resize(have + (got.ok() ? *got : 0));
    EMBED_RETURN_IF_ERROR(got.status());
    ended_ = *got < kReadBytes;
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> StreamBytes::Get(uint64_t offset,
                                                   size_t size) {
  EMBED_DCHECK(offset >= base_ + dead_);
  EMBED_RETURN_IF_ERROR(FillTo(offset + size));
  const uint64_t begin = std::min<uint64_t>(offset - base_, held_.size());
  return absl::string_view(held_).substr(begin, size);
}

void StreamBytes::Forget(uint64_t offset) {
  if (offset <= base_ + dead_) return;
  dead_ = std::min<uint64_t>(offset - base_, held_.size());
  if (dead_ < kCompactBytes) return;
  held_.erase(0, dead_);
  base_ += dead_;
  dead_ = 0;
}

}  // namespace embed
