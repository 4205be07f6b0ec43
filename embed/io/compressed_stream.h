// Decompressing streams over a FileSource. Private to embed/io.
#ifndef EMBED_IO_COMPRESSED_STREAM_H_
#define EMBED_IO_COMPRESSED_STREAM_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/io/file_source.h"
#include "embed/io/input_stream.h"

namespace embed {

// Does an input that starts with `start` (>= 4 bytes, or all) look like gzip
// (RFC 1952) or Zstandard (RFC 8878; a skippable frame may come first)?
bool IsGzip(absl::string_view start);
bool IsZstd(absl::string_view start);

// ResourceExhausted: no memory.
absl::StatusOr<std::unique_ptr<InputStream>> OpenGzip(
    std::unique_ptr<FileSource> source);
absl::StatusOr<std::unique_ptr<InputStream>> OpenZstd(
    std::unique_ptr<FileSource> source);

// A stream whose Read() calls Decompress() until the caller's buffer is full.
class CompressedStream : public InputStream {
 public:
  absl::StatusOr<size_t> Read(char* buffer, size_t size) final;

 protected:
  CompressedStream(std::unique_ptr<FileSource> source,
                   absl::string_view format);

  // Decompresses from source().Window() into buffer[0, size) and consumes what
  // was used; sets *written. Either uses or writes something, or fails.
  virtual absl::Status Decompress(char* buffer, size_t size,
                                  size_t* written) = 0;
  // False between members, where the input may end.
  virtual bool InsideMember() const = 0;

  FileSource& source() { return *source_; }
  absl::Status Damaged(absl::string_view problem) const;

 private:
  absl::StatusOr<size_t> ReadOnce(char* buffer, size_t size);

  std::unique_ptr<FileSource> source_;
  std::string format_;   // for messages
  absl::Status status_;  // the first error; it stays
};

}  // namespace embed

#endif  // EMBED_IO_COMPRESSED_STREAM_H_
