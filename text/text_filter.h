// What changes a text between its file and the tokenizer: lower case, a blank
// around each character, and so on. A corpus applies its filters to each chunk
// it reads, so that all who count or train see the same text.
#ifndef EMBED_TEXT_TEXT_FILTER_H_
#define EMBED_TEXT_TEXT_FILTER_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace embed {

// Line feeds stay where they are between tokens: a filter makes no sentence
// longer or shorter than its line. Thread-safe.
class TextFilter {
 public:
  virtual ~TextFilter() = default;

  // Sets *result to the filtered `text` (valid UTF-8, as the result). It keeps
  // its memory from call to call.
  virtual void Apply(absl::string_view text, std::string* result) const = 0;
};

// Lower case by Unicode's simple mapping, one code point to one (utf8proc):
// U+0130 becomes "i", and a capital sigma always U+03C3.
std::unique_ptr<TextFilter> NewLowercaseFilter();

// For text that is not cut into words (Chinese): a blank around each code
// point, but for two cases. A run of letters that have case and of decimal
// digits
// ("GDP", "2024", also full-width) stays together; marks and format characters
// stay with what they follow.
std::unique_ptr<TextFilter> NewCharacterFilter();

// Each line as a set: a token that its line had before is left out. What is
// left is separated by blanks.
std::unique_ptr<TextFilter> NewSetFilter();

}  // namespace embed

#endif  // EMBED_TEXT_TEXT_FILTER_H_
