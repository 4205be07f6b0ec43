#include "text/chunk_cutter.h"

#include <algorithm>

#include "absl/strings/string_view.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/base/white_space.h"
#include "text/tokenizer.h"

namespace embed {
namespace {

// Where the last line feed of a chunk is looked for first, so that indexing a
// plain file of ordinary lines reads 1/64 of it.
constexpr size_t kTailBytes = size_t{4} << 10;
constexpr size_t kScanBytes = size_t{64} << 10;
constexpr size_t kLongestWhiteSpace = 3;

// One past the last line feed, 0 if there is none.
size_t AfterLastLineFeed(absl::string_view text) {
  const size_t at = text.rfind('\n');
  return at == absl::string_view::npos ? 0 : at + 1;
}

// One past the last complete white space character, 0 if there is none.
size_t AfterLastWhiteSpace(absl::string_view text) {
  for (size_t i = text.size(); i > 0; --i) {
    const size_t size =
        WhiteSpaceLength(text.data() + i - 1, text.size() - i + 1);
    if (size != 0) return i - 1 + size;
  }
  return 0;
}

// Where the last character of `text` begins; its end if it has only one.
size_t BeforeLastCharacter(absl::string_view text) {
  size_t at = text.size() - 1;
  for (int i = 0; i < 3 && at > 0; ++i) {
    if ((static_cast<uint8_t>(text[at]) & 0xC0) != 0x80) break;
    --at;
  }
  return at == 0 ? text.size() : at;
}

}  // namespace

absl::StatusOr<absl::optional<TextSpan>> ChunkCutter::Next() {
  if (!started_) {
    started_ = true;
    EMBED_ASSIGN_OR_RETURN(const absl::string_view head,
                           text_->Get(0, kByteOrderMark.size()));
    if (head == kByteOrderMark) offset_ = kByteOrderMark.size();
  }
  text_->Forget(offset_);
  EMBED_ASSIGN_OR_RETURN(const absl::optional<TextSpan> span, Cut());
  if (span.has_value()) offset_ = span->offset + span->size;
  return span;
}

absl::StatusOr<absl::optional<TextSpan>> ChunkCutter::Cut() {
  while (true) {
    const size_t tail_bytes = std::min(kTailBytes, chunk_bytes_);
    const uint64_t tail_offset = offset_ + chunk_bytes_ - tail_bytes;
    EMBED_ASSIGN_OR_RETURN(const absl::string_view tail,
                           text_->Get(tail_offset, tail_bytes + 1));
    if (tail.size() > tail_bytes) {
      const size_t cut = AfterLastLineFeed(tail.substr(0, tail_bytes));
      if (cut != 0) return TextSpan{offset_, tail_offset + cut - offset_};
    }
    EMBED_ASSIGN_OR_RETURN(const absl::string_view window,
                           text_->Get(offset_, chunk_bytes_ + 1));
    if (window.empty()) return absl::nullopt;
    if (window.size() <= chunk_bytes_) return TextSpan{offset_, window.size()};
    const absl::string_view most = window.substr(0, chunk_bytes_);
    size_t cut = AfterLastLineFeed(most);
    if (cut == 0) cut = AfterLastWhiteSpace(most);
    if (cut == 0 && split_tokens_) cut = BeforeLastCharacter(most);
    if (cut != 0) return TextSpan{offset_, cut};
    EMBED_ASSIGN_OR_RETURN(const TextSpan span, LongTokenAt(offset_));
    if (span.size != 0) return span;
    offset_ = span.offset;
  }
}

// The chunk that the token at `offset`, longer than chunk_bytes_, makes; if the
// token is dropped, an empty span at its end.
absl::StatusOr<TextSpan> ChunkCutter::LongTokenAt(uint64_t offset) {
  // A white space character may have begun in the last bytes looked at.
  uint64_t scanned =
      offset + chunk_bytes_ - std::min(chunk_bytes_, kLongestWhiteSpace - 1);
  uint64_t token_end = 0;
  size_t blank = 0;
  while (blank == 0) {
    if (scanned - offset > Tokenizer::kMaxTokenBytes) text_->Forget(scanned);
    EMBED_ASSIGN_OR_RETURN(const absl::string_view block,
                           text_->Get(scanned, kScanBytes));
    size_t i = 0;
    for (; i < block.size() && blank == 0; i += blank == 0 ? 1 : 0) {
      blank = WhiteSpaceLength(block.data() + i, block.size() - i);
    }
    token_end = scanned + i;
    if (block.size() < kScanBytes) break;  // the end of the text
    scanned += kScanBytes - (kLongestWhiteSpace - 1);
  }
  const uint64_t token_bytes = token_end - offset;
  if (token_bytes <= Tokenizer::kMaxTokenBytes) {
    return TextSpan{offset, token_bytes + blank};
  }
  ++dropped_tokens_;
  return TextSpan{token_end, 0};
}

}  // namespace embed
