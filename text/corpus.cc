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

namespace embed {
namespace {

constexpr size_t kMaxChunkBytes = size_t{2} << 20;

bool IsRegularFile(const std::string& path) {
  struct stat info = {};
  return path != "-" && stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

absl::StatusOr<std::unique_ptr<ChunkStore>> OpenStore(
    const CorpusOptions& options, const std::string& name) {
  if (IsPlainFile(options.path)) {
    const int fd = open(options.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      return absl::ErrnoToStatus(errno,
                                 absl::StrCat(name, ": cannot be opened"));
    }
    return OpenPlainChunks(fd, name, options.chunk_bytes);
  }
  if (IsRegularFile(options.path)) {
    return OpenStreamedChunks(options.path, options.chunk_bytes);
  }
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<InputStream> stream,
                         InputStream::Open(options.path));
  EMBED_ASSIGN_OR_RETURN(const int fd,
                         SpoolToTemporaryFile(stream.get(), name));
  return OpenPlainChunks(fd, name, options.chunk_bytes);
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
  if (path.empty()) {
    return absl::InvalidArgumentError("no corpus file is named");
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
  std::string name = InputName(options.path);
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<ChunkStore> store,
                         OpenStore(options, name));
  return std::unique_ptr<Corpus>(
      new Corpus(std::move(store), std::move(name), options.on_bad_utf8));
}

absl::Status Corpus::ReadChunk(uint64_t index, CorpusChunk* chunk) {
  RawChunk& raw = chunk->raw_;
  EMBED_RETURN_IF_ERROR(store_->Read(index, &raw));
  chunk->input_bytes = raw.bytes.size();
  chunk->nul_bytes = CountNul(raw.bytes);
  chunk->bad_sequences = 0;
  const size_t valid = ValidUtf8Prefix(raw.bytes);
  if (valid == raw.bytes.size()) {
    chunk->text.swap(raw.bytes);
    return absl::OkStatus();
  }
  if (on_bad_ == OnBadUtf8::kFail) return BadUtf8Error(index, raw, valid);
  chunk->bad_sequences = RepairUtf8(raw.bytes, &chunk->text);
  return absl::OkStatus();
}

// The line number is found only now that it is needed, by reading again all
// chunks before this one. (What no chunk contains has no line feeds.)
absl::Status Corpus::BadUtf8Error(uint64_t index, const RawChunk& chunk,
                                  size_t position) {
  uint64_t line =
      1 + CountLineFeeds(absl::string_view(chunk.bytes).substr(0, position));
  RawChunk before;
  for (uint64_t i = 0; i < index; ++i) {
    EMBED_RETURN_IF_ERROR(store_->Read(i, &before));
    line += CountLineFeeds(before.bytes);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      name_, ": line ", line, ", byte ", chunk.offset + position,
      ": not valid UTF-8 (byte 0x",
      absl::Hex(static_cast<uint8_t>(chunk.bytes[position]), absl::kZeroPad2),
      "); convert the file with iconv, or allow bad sequences to be replaced "
      "(--on_bad_utf8 replace)"));
}

}  // namespace embed
