// A text corpus of any size as numbered chunks of about 256 KiB, cut at line
// ends by the rule of chunk_cutter.h. Memory does not grow with the corpus but
// for 16 bytes a chunk.
//
// Inputs: plain files (read at any offset), .gz or .zst files (decoded front to
// back, see chunk_store.h), or standard input, a pipe or another stream, which
// is first copied to an unnamed temporary file ($TMPDIR). Several are one text,
// in the order given; a chunk and a line belong to one of them.
#ifndef EMBED_TEXT_CORPUS_H_
#define EMBED_TEXT_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "text/chunk_store.h"
#include "text/text_filter.h"

namespace embed {

enum class OnBadUtf8 {
  kReplace,  // by U+FFFD, and count
  kFail,     // with an error that says where
};

struct CorpusOptions {
  std::vector<std::string> paths;  // "-": standard input
  OnBadUtf8 on_bad_utf8 = OnBadUtf8::kReplace;
  // Part of every result, so only tests set it; 1 to 2 MiB.
  size_t chunk_bytes = size_t{256} << 10;
  // A chunk may end between two characters where it holds no white space: for
  // a filter that makes tokens of characters.
  bool split_tokens = false;

  absl::Status Validate() const;
};

// The text of one chunk. Reused from chunk to chunk, it keeps its memory.
struct CorpusChunk {
  std::string text;          // valid UTF-8; NUL bytes are left in (white space)
  uint64_t input_bytes = 0;  // before repair
  uint64_t bad_sequences = 0;  // replaced by U+FFFD, as utf8.h counts them
  uint64_t nul_bytes = 0;
  bool ends_line = false;  // without a line feed: the last one of its input

 private:
  friend class Corpus;
  RawChunk raw_;
  std::string filtered_;
};

// Thread-safe after Open() and AddFilter().
class Corpus {
 public:
  // Errors: those of InputStream::Open(); InvalidArgument if the input does not
  // look like text (text_check.h); ResourceExhausted if a stream does not fit
  // the temporary folder.
  static absl::StatusOr<std::unique_ptr<Corpus>> Open(
      const CorpusOptions& options);

  // Applies `filter`, after those added before, to every chunk read from now
  // on.
  void AddFilter(std::unique_ptr<TextFilter> filter) {
    filters_.push_back(std::move(filter));
  }

  uint64_t num_chunks() const { return num_chunks_; }
  // That a chunk is cut to, before the filters.
  size_t chunk_bytes() const { return chunk_bytes_; }
  // Tokens too long for any chunk, which no chunk contains.
  uint64_t dropped_tokens() const;
  // For messages: the path, "standard input", or "a.txt and 2 more".
  std::string name() const;

  // Fills *chunk with chunk `index` < num_chunks(), each thread its own.
  // InvalidArgument (OnBadUtf8::kFail only): bad UTF-8, with the line and the
  // byte offset in the (decompressed) text. FailedPrecondition: the file
  // changed since Open(). DataLoss: it cannot be read or is damaged.
  absl::Status ReadChunk(uint64_t index, CorpusChunk* chunk);

 private:
  struct Part {
    std::string name;
    std::unique_ptr<ChunkStore> store;
    uint64_t first_chunk;  // its number in the corpus
  };

  explicit Corpus(const CorpusOptions& options)
      : on_bad_(options.on_bad_utf8), chunk_bytes_(options.chunk_bytes) {}

  const Part& PartOf(uint64_t index) const;
  // Sets chunk->text to the raw bytes, repaired.
  absl::Status Repair(const Part& part, uint64_t index, CorpusChunk* chunk);
  absl::Status BadUtf8Error(const Part& part, uint64_t index,
                            const RawChunk& chunk, size_t position);

  std::vector<Part> parts_;
  uint64_t num_chunks_ = 0;
  OnBadUtf8 on_bad_;
  size_t chunk_bytes_;
  std::vector<std::unique_ptr<TextFilter>> filters_;
};

}  // namespace embed

#endif  // EMBED_TEXT_CORPUS_H_
