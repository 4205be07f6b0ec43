// The rule that cuts a text into chunks. It is part of every result (a chunk is
// the unit of random numbers and of work), so it must not change:
//
// - A byte order mark (EF BB BF) at the start of the text is skipped.
// - A chunk begins where the one before it ended. If at most chunk_bytes bytes
//   are left, they are the last chunk.
// - Otherwise it ends after the last line feed among the next chunk_bytes
//   bytes; if there is none (a very long line), after the last white space
//   character (white_space.h) that lies wholly among them.
// - If there is no white space either, the chunk starts with a token longer
//   than chunk_bytes. Up to Tokenizer::kMaxTokenBytes bytes, it makes a chunk
//   with the white space character behind it; if longer, it is left out of all
//   chunks and counted, and the next chunk begins behind it.
// - With split_tokens (text whose characters are the tokens) it instead ends
//   before the last character that begins among the next chunk_bytes bytes.
//
// The rule works on bytes, before bad UTF-8 is replaced; no cut can fall into a
// character (of a chunk_bytes of 8 or more with split_tokens).
#ifndef EMBED_TEXT_CHUNK_CUTTER_H_
#define EMBED_TEXT_CHUNK_CUTTER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "text/text_bytes.h"

namespace embed {

struct TextSpan {
  uint64_t offset;  // of the first byte in the text
  uint64_t size;    // bytes, at least 1
};

// Not thread-safe.
class ChunkCutter {
 public:
  // Does not own `text`, which nobody else may move forward.
  ChunkCutter(TextBytes* text, size_t chunk_bytes, bool split_tokens = false)
      : text_(text), chunk_bytes_(chunk_bytes), split_tokens_(split_tokens) {}

  // The next chunk, nullopt at the end. The bytes of a chunk may still be got
  // from `text` until the next call. Of a plain file only a few bytes per chunk
  // are read.
  absl::StatusOr<absl::optional<TextSpan>> Next();

  // Tokens left out so far because of their length.
  uint64_t dropped_tokens() const { return dropped_tokens_; }

 private:
  absl::StatusOr<absl::optional<TextSpan>> Cut();
  absl::StatusOr<TextSpan> LongTokenAt(uint64_t offset);

  TextBytes* text_;
  size_t chunk_bytes_;
  bool split_tokens_;
  uint64_t offset_ = 0;  // where the next chunk begins
  bool started_ = false;
  uint64_t dropped_tokens_ = 0;
};

}  // namespace embed

#endif  // EMBED_TEXT_CHUNK_CUTTER_H_
