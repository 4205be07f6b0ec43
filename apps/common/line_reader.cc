#include "apps/common/line_reader.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr size_t kReadBytes = size_t{64} << 10;

std::string WithoutCarriageReturn(absl::string_view line) {
  return std::string(absl::StripSuffix(line, "\r"));
}

}  // namespace

absl::Status LineReader::Fill() {
  if (buffer_.size() > kMaxLineBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ": a line of more than ", kMaxLineBytes,
                     " bytes; expected one query a line"));
  }
  const size_t old_size = buffer_.size();
  buffer_.resize(old_size + kReadBytes);
  ssize_t got;
  do {
    got = read(descriptor_, &buffer_[old_size], kReadBytes);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(old_size + (got > 0 ? static_cast<size_t>(got) : 0));
  if (got < 0) {
    return absl::DataLossError(absl::StrCat(name_, ": ", std::strerror(errno)));
  }
  ended_ = got == 0;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> LineReader::Next(size_t limit) {
  std::vector<std::string> lines;
  size_t searched = begin_;
  while (lines.size() < limit) {
    const size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      lines.push_back(WithoutCarriageReturn(
          absl::string_view(buffer_).substr(begin_, end - begin_)));
      begin_ = searched = end + 1;
      continue;
    }
    if (!lines.empty()) break;
    buffer_.erase(0, begin_);
    begin_ = 0;
    searched = buffer_.size();
    if (ended_) {
      if (!buffer_.empty()) lines.push_back(WithoutCarriageReturn(buffer_));
      buffer_.clear();
      break;
    }
    EMBED_RETURN_IF_ERROR(Fill());
  }
  return lines;
}

}  // namespace embed
