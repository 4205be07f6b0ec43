#include "graph/line_blocks.h"

#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<LineBlocks> LineBlocks::Open(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<InputStream> stream,
                         InputStream::Open(path));
  return LineBlocks(std::move(stream));
}

absl::StatusOr<absl::string_view> LineBlocks::Next() {
  std::memmove(buffer_.data(), buffer_.data() + given_, used_ - given_);
  used_ -= given_;
  given_ = 0;
  if (!ended_) {
    const size_t wanted = buffer_.size() - used_;
    EMBED_ASSIGN_OR_RETURN(const size_t read,
                           stream_->Read(buffer_.data() + used_, wanted));
    used_ += read;
    ended_ = read < wanted;
  }
  absl::string_view block(buffer_.data(), used_);
  const size_t last = ended_ ? absl::string_view::npos : block.rfind('\n');
  if (last != absl::string_view::npos) block = block.substr(0, last + 1);
  given_ = block.size();
  if (std::exchange(first_, false)) {
    block = absl::StripPrefix(block, "\xEF\xBB\xBF");
  }
  return block;
}

absl::string_view TakeLine(absl::string_view* block) {
  const size_t end = block->find('\n');
  absl::string_view line = block->substr(0, end);
  block->remove_prefix(end == absl::string_view::npos ? block->size()
                                                      : end + 1);
  if (absl::EndsWith(line, "\r")) line.remove_suffix(1);
  return line;
}

}  // namespace embed
