// The bytes of a text by offset, from a file or from a stream. The rule that
// cuts a corpus into chunks (chunk_cutter.h) is written once, against this.
#ifndef EMBED_TEXT_TEXT_BYTES_H_
#define EMBED_TEXT_TEXT_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/io/input_stream.h"

namespace embed {

// Not thread-safe.
class TextBytes {
 public:
  virtual ~TextBytes() = default;

  // The bytes [offset, offset + size), fewer only where the text ends. The view
  // is good until the next call.
  virtual absl::StatusOr<absl::string_view> Get(uint64_t offset,
                                                size_t size) = 0;

  // Promises that no byte below `offset` will be asked for again.
  virtual void Forget(uint64_t offset) = 0;
};

// Fills *bytes with [offset, offset + size) of an open file, fewer only where
// the file ends. Thread-safe (pread). DataLoss on a read error.
absl::Status ReadFileAt(int fd, const std::string& name, uint64_t offset,
                        size_t size, std::string* bytes);

// A file open for reading; any offset at any time.
class FileBytes : public TextBytes {
 public:
  FileBytes(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  absl::StatusOr<absl::string_view> Get(uint64_t offset, size_t size) override;
  void Forget(uint64_t /*offset*/) override {}

 private:
  int fd_;
  std::string name_;
  std::string bytes_;
};

// A stream, of which the bytes between the last Forget() and the furthest Get()
// are held.
class StreamBytes : public TextBytes {
 public:
  explicit StreamBytes(std::unique_ptr<InputStream> stream)
      : stream_(std::move(stream)) {}

  absl::StatusOr<absl::string_view> Get(uint64_t offset, size_t size) override;
  void Forget(uint64_t offset) override;

 private:
  absl::Status FillTo(uint64_t end);

  std::unique_ptr<InputStream> stream_;
  std::string held_;   // bytes from base_ on, of which `dead_` are forgotten
  uint64_t base_ = 0;  // offset of held_[0] in the text
  size_t dead_ = 0;
  bool ended_ = false;
};

}  // namespace embed

#endif  // EMBED_TEXT_TEXT_BYTES_H_
