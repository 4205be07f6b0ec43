#include <fcntl.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "embed/base/status_macros.h"
#include "text/chunk_cutter.h"
#include "text/chunk_store.h"
#include "text/file_stamp.h"
#include "text/text_bytes.h"
#include "text/text_check.h"

namespace embed {
namespace {

class PlainChunks : public ChunkStore {
 public:
  PlainChunks(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  ~PlainChunks() override { close(fd_); }
  PlainChunks(const PlainChunks&) = delete;
  PlainChunks& operator=(const PlainChunks&) = delete;

  absl::Status Index(size_t chunk_bytes, bool split_tokens) {
    EMBED_ASSIGN_OR_RETURN(stamp_, StampOfDescriptor(fd_, name_));
    FileBytes text(fd_, name_);
    EMBED_RETURN_IF_ERROR(CheckLooksLikeText(&text, name_));
    ChunkCutter cutter(&text, chunk_bytes, split_tokens);
    while (true) {
      EMBED_ASSIGN_OR_RETURN(const absl::optional<TextSpan> span,
                             cutter.Next());
      if (!span.has_value()) break;
      spans_.push_back(*span);
    }
    dropped_tokens_ = cutter.dropped_tokens();
    return absl::OkStatus();
  }

  uint64_t num_chunks() const override { return spans_.size(); }
  uint64_t dropped_tokens() const override { return dropped_tokens_; }

  absl::Status Read(uint64_t index, RawChunk* chunk) override {
    const TextSpan span = spans_[index];
    chunk->offset = span.offset;
    EMBED_RETURN_IF_ERROR(
        ReadFileAt(fd_, name_, span.offset, span.size, &chunk->bytes));
    // After reading: a change before or during it is seen.
    EMBED_ASSIGN_OR_RETURN(const FileStamp now, StampOfDescriptor(fd_, name_));
    if (!(now == stamp_) || chunk->bytes.size() != span.size) {
      return FileChangedError(name_);
    }
    return absl::OkStatus();
  }

 private:
  int fd_;
  std::string name_;
  FileStamp stamp_ = {};
  std::vector<TextSpan> spans_;
  uint64_t dropped_tokens_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ChunkStore>> OpenPlainChunks(int fd,
                                                            std::string name,
                                                            size_t chunk_bytes,
                                                            bool split_tokens) {
  auto store = std::make_unique<PlainChunks>(fd, std::move(name));
  EMBED_RETURN_IF_ERROR(store->Index(chunk_bytes, split_tokens));
  return std::unique_ptr<ChunkStore>(std::move(store));
}

}  // namespace embed
