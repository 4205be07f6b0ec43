#include "graph/line_blocks.h"

#include <algorithm>
#include <utility>

#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"

namespace embed {
namespace {

constexpr size_t kReadBytes = size_t{1} << 19;  // at a time
constexpr size_t kNoLineEnd = absl::string_view::npos;

// For `bytes` of input, a line's end and what may be read behind it.
void MakeRoom(size_t bytes, LineBlock* block) {
  const size_t size = bytes + 1 + LineBlocks::kSlack;
  if (block->buffer.size() < size) block->buffer.resize(size);
}

}  // namespace

absl::StatusOr<LineBlocks> LineBlocks::Open(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<InputStream> stream,
                         InputStream::Open(path));
  return LineBlocks(std::move(stream));
}

absl::Status LineBlocks::Next(LineBlock* block) {
  MakeRoom(rest_.size(), block);
  std::copy(rest_.begin(), rest_.end(), block->buffer.data());
  size_t used = rest_.size();
  size_t last = kNoLineEnd;
  // The rest of the last block is shorter than what is read at a time: there is
  // room for more only where a line is long.
  while (!ended_ && last == kNoLineEnd && used <= kMaxLineBytes) {
    MakeRoom(used + kReadBytes, block);
    char* const place = block->buffer.data() + used;
    EMBED_ASSIGN_OR_RETURN(const size_t read, stream_->Read(place, kReadBytes));
    last = absl::string_view(place, read).rfind('\n');
    if (last != kNoLineEnd) last += used;
    used += read;
    ended_ = read < kReadBytes;
  }
  char* const buffer = block->buffer.data();
  size_t given = ended_ || last == kNoLineEnd ? used : last + 1;
  rest_.assign(buffer + given, used - given);
  block->bytes = given;
  if (given > 0 && buffer[given - 1] != '\n') buffer[given++] = '\n';
  block->text = absl::string_view(buffer, given);
  if (std::exchange(first_, false)) {
    block->text = absl::StripPrefix(block->text, kByteOrderMark);
  }
  return absl::OkStatus();
}

}  // namespace embed
