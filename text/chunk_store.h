// The raw chunks of one text, by number.
//
// A plain file is read at recorded offsets, in any order, by any number of
// threads at once. A compressed file can only be decoded front to back: threads
// that ask in nearly rising order share one decoder and a short store of
// decoded chunks; a request far back (a new epoch) starts the decoder again.
#ifndef EMBED_TEXT_CHUNK_STORE_H_
#define EMBED_TEXT_CHUNK_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/io/input_stream.h"

namespace embed {

struct RawChunk {
  std::string bytes;
  uint64_t offset = 0;  // of bytes[0] in the (decompressed) text
};

// Thread-safe.
class ChunkStore {
 public:
  virtual ~ChunkStore() = default;

  virtual uint64_t num_chunks() const = 0;
  // Tokens that the rule of chunk_cutter.h left out.
  virtual uint64_t dropped_tokens() const = 0;

  // Fills *chunk with chunk `index` < num_chunks(). FailedPrecondition: the
  // file is not the one that was opened any more. DataLoss: it cannot be read.
  virtual absl::Status Read(uint64_t index, RawChunk* chunk) = 0;
};

// A store over the plain file open as `fd`, which it takes and closes. `name`
// is for messages. Memory: 16 bytes a chunk.
absl::StatusOr<std::unique_ptr<ChunkStore>> OpenPlainChunks(
    int fd, std::string name, size_t chunk_bytes, bool split_tokens = false);

// A store over the compressed file `path`, which is decoded once here to count
// its chunks. Memory: at most 64 decoded chunks.
absl::StatusOr<std::unique_ptr<ChunkStore>> OpenStreamedChunks(
    std::string path, size_t chunk_bytes, bool split_tokens = false);

// Copies `stream` into an unnamed temporary file (unnamed_file.h),
// which the system removes with its last descriptor. Returns the descriptor.
// ResourceExhausted: no room there (the message says how to choose another
// folder). `name` is for messages.
absl::StatusOr<int> SpoolToTemporaryFile(InputStream* stream,
                                         const std::string& name);

}  // namespace embed

#endif  // EMBED_TEXT_CHUNK_STORE_H_
