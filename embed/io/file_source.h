// The raw bytes of a file, pipe or standard input behind a look-ahead buffer.
// Private to embed/io.
#ifndef EMBED_IO_FILE_SOURCE_H_
#define EMBED_IO_FILE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

// Not thread-safe.
class FileSource {
 public:
  // As InputStream::Open(). The first bytes are already in Window(): at least
  // kLookAhead of them, unless the input is shorter.
  static absl::StatusOr<std::unique_ptr<FileSource>> Open(
      const std::string& path);
  ~FileSource();
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  static constexpr size_t kLookAhead = 4;

  // The buffered bytes that are next.
  absl::string_view Window() const {
    return absl::string_view(buffer_.data() + begin_, end_ - begin_);
  }
  // Reads on if Window() is empty; it then stays empty only at the end.
  absl::Status Fill();
  // Drops the first `count` bytes of Window().
  void Consume(size_t count) {
    begin_ += count;
    offset_ += count;
  }
  // Moves up to `size` bytes to `to`; less only at the end.
  absl::StatusOr<size_t> Read(char* to, size_t size);

  // Where Window() starts in the input.
  uint64_t offset() const { return offset_; }
  // For messages.
  const std::string& name() const { return name_; }

 private:
  FileSource(std::string name, int descriptor, bool owned);
  // One read() of the system, 0 at the end.
  absl::StatusOr<size_t> ReadSome(char* to, size_t size);

  std::string name_;
  int descriptor_;
  bool owned_;  // to be closed; standard input is not
  std::vector<char> buffer_;
  size_t begin_ = 0;  // Window() is buffer_[begin_, end_)
  size_t end_ = 0;
  uint64_t offset_ = 0;
};

}  // namespace embed

#endif  // EMBED_IO_FILE_SOURCE_H_
