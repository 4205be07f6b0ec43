#include <deque>
#include <mutex>
#include <utility>

#include "absl/types/optional.h"
#include "embed/base/status_macros.h"
#include "text/chunk_cutter.h"
#include "text/chunk_store.h"
#include "text/file_stamp.h"
#include "text/text_bytes.h"
#include "text/text_check.h"

namespace embed {
namespace {

// Decoded chunks that wait for the thread which will ask for them. Threads ask
// out of order by about their number, so this serves some dozens of threads.
constexpr size_t kMaxWaiting = 64;

// One pass over the decoded text, chunk by chunk.
class ChunkStream {
 public:
  static absl::StatusOr<std::unique_ptr<ChunkStream>> Open(
      const std::string& path, size_t chunk_bytes, bool split_tokens) {
    EMBED_ASSIGN_OR_RETURN(std::unique_ptr<InputStream> stream,
                           InputStream::Open(path));
    return std::make_unique<ChunkStream>(std::move(stream), chunk_bytes,
                                         split_tokens);
  }

  ChunkStream(std::unique_ptr<InputStream> stream, size_t chunk_bytes,
              bool split_tokens)
      : text_(std::move(stream)), cutter_(&text_, chunk_bytes, split_tokens) {}
  ChunkStream(const ChunkStream&) = delete;
  ChunkStream& operator=(const ChunkStream&) = delete;

  TextBytes* text() { return &text_; }
  uint64_t dropped_tokens() const { return cutter_.dropped_tokens(); }

  // Where the next chunk lies; nullopt at the end.
  absl::StatusOr<absl::optional<TextSpan>> Next() { return cutter_.Next(); }

 private:
  StreamBytes text_;
  ChunkCutter cutter_;
};

class StreamedChunks : public ChunkStore {
 public:
  StreamedChunks(std::string path, size_t chunk_bytes, bool split_tokens)
      : path_(std::move(path)),
        chunk_bytes_(chunk_bytes),
        split_tokens_(split_tokens) {}

  absl::Status Count() {
    EMBED_ASSIGN_OR_RETURN(stamp_, StampOfPath(path_));
    EMBED_ASSIGN_OR_RETURN(
        const std::unique_ptr<ChunkStream> stream,
        ChunkStream::Open(path_, chunk_bytes_, split_tokens_));
    EMBED_RETURN_IF_ERROR(CheckLooksLikeText(stream->text(), path_));
    while (true) {
      EMBED_ASSIGN_OR_RETURN(const absl::optional<TextSpan> span,
                             stream->Next());
      if (!span.has_value()) break;
      ++num_chunks_;
    }
    dropped_tokens_ = stream->dropped_tokens();
    return absl::OkStatus();
  }

  uint64_t num_chunks() const override { return num_chunks_; }
  uint64_t dropped_tokens() const override { return dropped_tokens_; }

  absl::Status Read(uint64_t index, RawChunk* chunk) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (TakeWaiting(index, chunk)) return absl::OkStatus();
    if (stream_ == nullptr || index < next_) {
      EMBED_RETURN_IF_ERROR(Restart());
    }
    while (next_ < index) {
      RawChunk passed;
      EMBED_RETURN_IF_ERROR(Decode(&passed));
      Keep(next_ - 1, std::move(passed));
    }
    return Decode(chunk);
  }

 private:
  struct Waiting {
    uint64_t index;
    RawChunk chunk;
  };

  bool TakeWaiting(uint64_t index, RawChunk* chunk) {
    for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
      if (it->index != index) continue;
      *chunk = std::move(it->chunk);
      waiting_.erase(it);
      return true;
    }
    return false;
  }

  void Keep(uint64_t index, RawChunk chunk) {
    if (waiting_.size() == kMaxWaiting) waiting_.pop_front();
    waiting_.push_back({index, std::move(chunk)});
  }

  absl::Status Restart() {
    // Another thread may still want the last few chunks of the pass before.
    if (stream_ != nullptr && num_chunks_ - next_ <= kMaxWaiting / 2) {
      while (next_ < num_chunks_) {
        RawChunk rest;
        EMBED_RETURN_IF_ERROR(Decode(&rest));
        Keep(next_ - 1, std::move(rest));
      }
    }
    EMBED_ASSIGN_OR_RETURN(
        stream_, ChunkStream::Open(path_, chunk_bytes_, split_tokens_));
    next_ = 0;
    EMBED_ASSIGN_OR_RETURN(const FileStamp now, StampOfPath(path_));
    return now == stamp_ ? absl::OkStatus() : FileChangedError(path_);
  }

  // Chunk next_, which it advances.
  absl::Status Decode(RawChunk* chunk) {
    EMBED_ASSIGN_OR_RETURN(const absl::optional<TextSpan> span,
                           stream_->Next());
    if (!span.has_value()) return FileChangedError(path_);
    EMBED_ASSIGN_OR_RETURN(const absl::string_view bytes,
                           stream_->text()->Get(span->offset, span->size));
    chunk->offset = span->offset;
    chunk->bytes.assign(bytes.data(), bytes.size());
    ++next_;
    // Many files may be open at a time: none holds a decoder that it has done
    // with.
    if (next_ == num_chunks_) stream_.reset();
    return absl::OkStatus();
  }

  std::string path_;
  size_t chunk_bytes_;
  bool split_tokens_;
  FileStamp stamp_ = {};
  uint64_t num_chunks_ = 0;
  uint64_t dropped_tokens_ = 0;

  std::mutex mutex_;  // guards all below
  std::unique_ptr<ChunkStream> stream_;
  uint64_t next_ = 0;  // the chunk that stream_ gives next
  std::deque<Waiting> waiting_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ChunkStore>> OpenStreamedChunks(
    std::string path, size_t chunk_bytes, bool split_tokens) {
  auto store = std::make_unique<StreamedChunks>(std::move(path), chunk_bytes,
                                                split_tokens);
  EMBED_RETURN_IF_ERROR(store->Count());
  return std::unique_ptr<ChunkStore>(std::move(store));
}

}  // namespace embed
