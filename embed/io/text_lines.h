// Small text files (word pairs, stroke codes, lists of labels): read whole, cut
// into lines, errors with the number of the line.
#ifndef EMBED_IO_TEXT_LINES_H_
#define EMBED_IO_TEXT_LINES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

// All of a file, plain, .gz or .zst; "-" is standard input. Errors: those of
// InputStream; InvalidArgument: longer than `max_bytes`, so not what it was
// taken for.
absl::StatusOr<std::string> ReadWholeText(const std::string& path,
                                          size_t max_bytes);

// Gives the lines of `text` one after the other, without "\n" or "\r\n" and
// without a byte order mark at the start. `text` must stay.
class TextLines {
 public:
  // `name` is for messages: InputName(path).
  TextLines(absl::string_view text, absl::string_view name);

  // The next line; false at the end. A last line needs no line feed.
  bool Next(absl::string_view* line);

  // Of the line that Next() gave last, from 1.
  uint64_t number() const { return number_; }

  // InvalidArgument: "NAME: line NUMBER: PROBLEM".
  absl::Status Error(absl::string_view problem) const;

 private:
  absl::string_view rest_;
  std::string name_;
  uint64_t number_ = 0;
};

}  // namespace embed

#endif  // EMBED_IO_TEXT_LINES_H_
