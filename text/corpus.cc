#include "text/corpus.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/input_stream.h"
#include "embed/io/os_error.h"

namespace embed {
namespace {

constexpr size_t kMaxChunkBytes = size_t{2} << 20;

bool IsRegularFile(const std::string& path) {
  struct stat info = {};
  return path != "-" && stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

absl::StatusOr<std::unique_ptr<ChunkStore>> OpenStore(const std::string& path,
                                                      const std::string& name,
                                                      size_t chunk_bytes,
                                                      bool split_tokens) {
  if (IsPlainFile(path)) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return OsError(errno, name, "open");
    return OpenPlainChunks(fd, name, chunk_bytes, split_tokens);
  }
  if (IsRegularFile(path)) {
    return OpenStreamedChunks(path, chunk_bytes, split_tokens);
  }
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<InputStream> stream,
                         InputStream::Open(path));
  EMBED_ASSIGN_OR_RETURN(const int fd,
                         SpoolToTemporaryFile(stream.get(), name));
  return OpenPlainChunks(fd, name, chunk_bytes, split_tokens);
}

uint64_t CountNul(absl::string_view text) {
  // Nearly always none: memchr() looks at 32 bytes a cycle.
  if (std::memchr(text.data(), '\0', text.size()) == nullptr) return 0;
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\0'));
}

uint64_t CountLineFeeds(absl::string_view text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

absl::Status CorpusOptions::Validate() const {
  if (paths.empty()) {
    return absl::InvalidArgumentError("no corpus file is named");
  }
  for (const std::string& path : paths) {
    if (path.empty()) {
      return absl::InvalidArgumentError("the name of a corpus file is empty");
    }
  }
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    return absl::InvalidArgumentError(
        "standard input (-) is named more than once, but can be read once");
  }
  if (chunk_bytes < 1 || chunk_bytes > kMaxChunkBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "chunk_bytes is ", chunk_bytes, ", expected 1 to ", kMaxChunkBytes));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Corpus>> Corpus::Open(
    const CorpusOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  std::unique_ptr<Corpus> corpus(new Corpus(options));
  for (const std::string& path : options.paths) {
    Part part;
    part.name = InputName(path);
    part.first_chunk = corpus->num_chunks_;
    EMBED_ASSIGN_OR_RETURN(
        part.store,
        OpenStore(path, part.name, options.chunk_bytes, options.split_tokens));
    corpus->num_chunks_ += part.store->num_chunks();
    corpus->parts_.push_back(std::move(part));
  }
  return corpus;
}

uint64_t Corpus::dropped_tokens() const {
  uint64_t sum = 0;
  for (const Part& part : parts_) sum += part.store->dropped_tokens();
  return sum;
}

std::string Corpus::name() const {
  return parts_.size() == 1 ? parts_[0].name
                            : absl::StrCat(parts_[0].name, " and ",
                                           parts_.size() - 1, " more");
}

const Corpus::Part& Corpus::PartOf(uint64_t index) const {
  // The last part that begins at or before the chunk; empty ones begin where
  // the next begins.
  return *(std::upper_bound(parts_.begin(), parts_.end(), index,
                            [](uint64_t chunk, const Part& part) {
                              return chunk < part.first_chunk;
                            }) -
           1);
}

absl::Status Corpus::ReadChunk(uint64_t index, CorpusChunk* chunk) {
  const Part& part = PartOf(index);
  const uint64_t within = index - part.first_chunk;
  EMBED_RETURN_IF_ERROR(part.store->Read(within, &chunk->raw_));
  chunk->input_bytes = chunk->raw_.bytes.size();
  chunk->nul_bytes = CountNul(chunk->raw_.bytes);
  chunk->ends_line = within + 1 == part.store->num_chunks() &&
                     !chunk->raw_.bytes.empty() &&
                     chunk->raw_.bytes.back() != '\n';
  EMBED_RETURN_IF_ERROR(Repair(part, within, chunk));
  for (const std::unique_ptr<TextFilter>& filter : filters_) {
    filter->Apply(chunk->text, &chunk->filtered_);
    chunk->text.swap(chunk->filtered_);
  }
  return absl::OkStatus();
}

absl::Status Corpus::Repair(const Part& part, uint64_t index,
                            CorpusChunk* chunk) {
  RawChunk& raw = chunk->raw_;
  chunk->bad_sequences = 0;
  const size_t valid = ValidUtf8Prefix(raw.bytes);
  if (valid == raw.bytes.size()) {
    chunk->text.swap(raw.bytes);
    return absl::OkStatus();
  }
  if (on_bad_ == OnBadUtf8::kFail) {
    return BadUtf8Error(part, index, raw, valid);
  }
  chunk->bad_sequences = RepairUtf8(raw.bytes, &chunk->text);
  return absl::OkStatus();
}

// The line number is found only now that it is needed, by reading again all
// chunks before this one. (What no chunk contains has no line feeds.)
absl::Status Corpus::BadUtf8Error(const Part& part, uint64_t index,
                                  const RawChunk& chunk, size_t position) {
  uint64_t line =
      1 + CountLineFeeds(absl::string_view(chunk.bytes).substr(0, position));
  RawChunk before;
  for (uint64_t i = 0; i < index; ++i) {
    EMBED_RETURN_IF_ERROR(part.store->Read(i, &before));
    line += CountLineFeeds(before.bytes);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      part.name, ": line ", line, ", byte ", chunk.offset + position,
      ": not valid UTF-8 (byte 0x",
      absl::Hex(static_cast<uint8_t>(chunk.bytes[position]), absl::kZeroPad2),
      "); convert the file with iconv, or allow bad sequences to be replaced "
      "(--on_bad_utf8 replace)"));
}

}  // namespace embed
