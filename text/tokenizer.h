// Cuts UTF-8 text into tokens at Unicode white space, one sentence a line.
//
//   Tokenizer tokens(text);
//   absl::string_view token;
//   for (Tokenizer::Event e; (e = tokens.Next(&token)) != Tokenizer::kEnd;) ...
//
// White space: see white_space.h (CR is white space, so CRLF needs no care; NUL
// counts as white space too). Only LF ends a line. Nothing is copied.
#ifndef EMBED_TEXT_TOKENIZER_H_
#define EMBED_TEXT_TOKENIZER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "embed/base/white_space.h"
#include "embed/model/vocabulary.h"

namespace embed {

class Tokenizer {
 public:
  // A longer token is no word of any language; it is left out and counted.
  static constexpr size_t kMaxTokenBytes = Vocabulary::kMaxKeyBytes;

  enum Event {
    kToken,    // *token is a token, 1 to kMaxTokenBytes bytes inside `text`
    kLineEnd,  // a line feed; *token is empty
    kEnd,      // the end of the text, which also ends its last line
  };

  // `text` must outlive the tokens.
  explicit Tokenizer(absl::string_view text)
      : next_(text.data()), end_(text.data() + text.size()) {}

  Event Next(absl::string_view* token) {
    while (next_ != end_) {
      const ByteClass kind = kByteClasses[*next_];
      if (kind == ByteClass::kBlank) {
        ++next_;
        continue;
      }
      if (kind == ByteClass::kLineFeed) {
        ++next_;
        *token = absl::string_view();
        return kLineEnd;
      }
      if (kind == ByteClass::kMayBlank) {
        const size_t blank = WideWhiteSpaceLength(next_, BytesFrom(next_));
        next_ += blank;
        if (blank != 0) continue;
      }
      *token = TakeToken();
      if (token->size() <= kMaxTokenBytes) return kToken;
      ++dropped_tokens_;
    }
    *token = absl::string_view();
    return kEnd;
  }

  // Tokens left out so far because of their length.
  uint64_t dropped_tokens() const { return dropped_tokens_; }

  // Bytes of the text that lie at or behind `text`, which is inside it.
  size_t BytesFrom(const char* text) const {
    return static_cast<size_t>(end_ - text);
  }

 private:
  // The token that starts at next_, which is no white space.
  absl::string_view TakeToken() {
    const char* begin = next_++;
    while (true) {
      next_ = SkipOrdinaryBytes(next_, end_);
      if (next_ == end_ || WhiteSpaceLength(next_, BytesFrom(next_)) != 0) {
        return absl::string_view(begin, static_cast<size_t>(next_ - begin));
      }
      ++next_;
    }
  }

  const char* next_;
  const char* end_;
  uint64_t dropped_tokens_ = 0;
};

}  // namespace embed

#endif  // EMBED_TEXT_TOKENIZER_H_
