// An InputStream read by lines and by counts of bytes.
#ifndef EMBED_IO_BUFFERED_INPUT_H_
#define EMBED_IO_BUFFERED_INPUT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/io/input_stream.h"

namespace embed {

// Not thread-safe. Views that are handed out are good until the next call.
class BufferedInput {
 public:
  explicit BufferedInput(std::unique_ptr<InputStream> stream)
      : stream_(std::move(stream)) {}

  // The bytes before the next `delimiter`, which is passed over; at the end of
  // the input what is left, perhaps nothing. OutOfRange: more than `limit`.
  absl::StatusOr<absl::string_view> Until(char delimiter, size_t limit);

  // The next `size` bytes, fewer only at the end of the input.
  absl::StatusOr<absl::string_view> Bytes(size_t size);

  // The same, without passing over them.
  absl::StatusOr<absl::string_view> Peek(size_t size);

  // Passes over the next byte if it is `byte`.
  absl::Status Skip(char byte);

  // True at the end of the input.
  absl::StatusOr<bool> AtEnd();

 private:
  // Reads until `size` bytes are there or the input ends.
  absl::Status Fill(size_t size);
  absl::string_view rest() const {
    return absl::string_view(buffer_).substr(begin_);
  }

  std::unique_ptr<InputStream> stream_;
  std::string buffer_;
  size_t begin_ = 0;  // of what was not handed out yet
  bool ended_ = false;
};

}  // namespace embed

#endif  // EMBED_IO_BUFFERED_INPUT_H_
