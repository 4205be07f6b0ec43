// Bytes of an input, read front to back: a plain file, a .gz or .zst file
// (told by its first bytes, not by its name), a pipe or standard input.
//
// Compressed inputs may be several members or frames behind one another, as
// `cat a.gz b.gz`, bgzip and pzstd make them.
#ifndef EMBED_IO_INPUT_STREAM_H_
#define EMBED_IO_INPUT_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

// Not thread-safe.
class InputStream {
 public:
  // path "-" is standard input. Errors name the path: NotFound,
  // PermissionDenied or InvalidArgument for a directory. An empty file is fine.
  static absl::StatusOr<std::unique_ptr<InputStream>> Open(
      const std::string& path);

  virtual ~InputStream() = default;

  // Fills buffer[0, size) with the next (decompressed) bytes; returns how many,
  // less than `size` only at the end of the input. DataLoss: the compressed
  // data is damaged or cut off (the message gives path and offset in the
  // compressed data); good bytes before it may come with earlier calls.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
};

// The name for messages: `path`, or "standard input" for "-".
std::string InputName(absl::string_view path);

// True if `path` is a regular file that is not compressed, so that it can be
// read at any offset.
bool IsPlainFile(const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_INPUT_STREAM_H_
