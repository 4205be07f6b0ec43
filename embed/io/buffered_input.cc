#include "embed/io/buffered_input.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr size_t kInputBytes = size_t{256} << 10;

}  // namespace

absl::Status BufferedInput::Fill(size_t size) {
  if (rest().size() >= size) return absl::OkStatus();
  buffer_.erase(0, begin_);
  begin_ = 0;
  while (!ended_ && buffer_.size() < size) {
    const size_t have = buffer_.size();
    buffer_.resize(have + kInputBytes);
    const absl::StatusOr<size_t> got =
        stream_->Read(&buffer_[have], kInputBytes);
    buffer_.resize(have + (got.ok() ? *got : 0));
    if (!got.ok()) return got.status();
    ended_ = *got < kInputBytes;
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> BufferedInput::Until(char delimiter,
                                                       size_t limit) {
  size_t searched = 0;
  while (true) {
    EMBED_RETURN_IF_ERROR(Fill(searched + 1));
    const absl::string_view text = rest();
    const size_t at = text.find(delimiter, searched);
    const bool found = at != absl::string_view::npos;
    const size_t size = found ? at : text.size();
    if (size > limit) {
      return absl::OutOfRangeError(absl::StrCat("more than ", limit, " bytes"));
    }
    if (found || ended_) {
      begin_ += size + (found ? 1 : 0);
      return text.substr(0, size);
    }
    searched = text.size();
  }
}

absl::StatusOr<absl::string_view> BufferedInput::Bytes(size_t size) {
  EMBED_ASSIGN_OR_RETURN(const absl::string_view bytes, Peek(size));
  begin_ += bytes.size();
  return bytes;
}

absl::StatusOr<absl::string_view> BufferedInput::Peek(size_t size) {
  EMBED_RETURN_IF_ERROR(Fill(size));
  return rest().substr(0, size);
}

absl::Status BufferedInput::Skip(char byte) {
  EMBED_RETURN_IF_ERROR(Fill(1));
  if (!rest().empty() && rest()[0] == byte) ++begin_;
  return absl::OkStatus();
}

absl::StatusOr<bool> BufferedInput::AtEnd() {
  EMBED_RETURN_IF_ERROR(Fill(1));
  return rest().empty();
}

}  // namespace embed
