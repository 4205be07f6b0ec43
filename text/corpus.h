// A text corpus of any size as numbered chunks of about 256 KiB, cut at line
// ends by the rule of chunk_cutter.h. Memory does not grow with the corpus but
// for 16 bytes a chunk.
//
// Inputs: a plain file (read at any offset), a .gz or .zst file (decoded front
// to back, see chunk_store.h), or standard input, a pipe or another stream,
// which is first copied to an unnamed temporary file ($TMPDIR).
#ifndef EMBED_TEXT_CORPUS_H_
#define EMBED_TEXT_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "text/chunk_store.h"

namespace embed {

enum class OnBadUtf8 {
  kReplace,  // by U+FFFD, and count
  kFail,     // with an error that says where
};

struct CorpusOptions {
  std::string path;  // "-": standard input
  OnBadUtf8 on_bad_utf8 = OnBadUtf8::kReplace;
  // Part of every result, so only tests set it; 1 to 2 MiB.
  size_t chunk_bytes = size_t{256} << 10;

  absl::Status Validate() const;
};

// The text of one chunk. Reused from chunk to chunk, it keeps its memory.
struct CorpusChunk {
  std::string text;          // valid UTF-8; NUL bytes are left in (white space)
  uint64_t input_bytes = 0;  // before repair
  uint64_t bad_sequences = 0;  // replaced by U+FFFD, as utf8.h counts them
  uint64_t nul_bytes = 0;

 private:
  friend class Corpus;
  RawChunk raw_;
};

// Thread-safe after Open().
class Corpus {
 public:
  // Errors: those of InputStream::Open(); InvalidArgument if the input does not
  // look like text (text_check.h); ResourceExhausted if a stream does not fit
  // the temporary folder.
  static absl::StatusOr<std::unique_ptr<Corpus>> Open(
      const CorpusOptions& options);

  uint64_t num_chunks() const { return store_->num_chunks(); }
  // Tokens too long for any chunk, which no chunk contains.
  uint64_t dropped_tokens() const { return store_->dropped_tokens(); }
  // For messages: the path, or "standard input".
  const std::string& name() const { return name_; }

  // Fills *chunk with chunk `index` < num_chunks(), each thread its own.
  // InvalidArgument (OnBadUtf8::kFail only): bad UTF-8, with the line and the
  // byte offset in the (decompressed) text. FailedPrecondition: the file
  // changed since Open(). DataLoss: it cannot be read or is damaged.
  absl::Status ReadChunk(uint64_t index, CorpusChunk* chunk);

 private:
  Corpus(std::unique_ptr<ChunkStore> store, std::string name, OnBadUtf8 on_bad)
      : store_(std::move(store)), name_(std::move(name)), on_bad_(on_bad) {}

  absl::Status BadUtf8Error(uint64_t index, const RawChunk& chunk,
                            size_t position);

  std::unique_ptr<ChunkStore> store_;
  std::string name_;
  OnBadUtf8 on_bad_;
};

}  // namespace embed

#endif  // EMBED_TEXT_CORPUS_H_
