// Lines of standard input (or another file), in groups as they arrive:
// many at a time from a file, one at a time from somebody who waits for the
// answer.
#ifndef EMBED_APPS_COMMON_LINE_READER_H_
#define EMBED_APPS_COMMON_LINE_READER_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace embed {

class LineReader {
 public:
  // A longer line is an error rather than a reason to fill the memory.
  static constexpr size_t kMaxLineBytes = size_t{16} << 20;

  // name: for messages.
  explicit LineReader(int descriptor, std::string name = "standard input")
      : descriptor_(descriptor), name_(std::move(name)) {}

  // Waits until there is a line, then returns those that are there, `limit` at
  // most, without "\n" or "\r\n". Empty at the end of the input; a last line
  // needs no line feed.
  absl::StatusOr<std::vector<std::string>> Next(size_t limit);

 private:
  absl::Status Fill();

  int descriptor_;
  std::string name_;
  std::string buffer_;  // read and not yet returned, from begin_ on
  size_t begin_ = 0;
  bool ended_ = false;
};

}  // namespace embed

#endif  // EMBED_APPS_COMMON_LINE_READER_H_
