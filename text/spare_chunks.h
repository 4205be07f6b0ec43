// Chunks to read into that were read into before: their memory is too large to
// ask for at every chunk.
#ifndef EMBED_TEXT_SPARE_CHUNKS_H_
#define EMBED_TEXT_SPARE_CHUNKS_H_

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "text/corpus.h"

namespace embed {

// Thread-safe.
class SpareChunks {
 public:
  // One that was given back, whatever it holds, or a new one.
  std::unique_ptr<CorpusChunk> Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (spare_.empty()) return std::make_unique<CorpusChunk>();
    std::unique_ptr<CorpusChunk> chunk = std::move(spare_.back());
    spare_.pop_back();
    return chunk;
  }
  void GiveBack(std::unique_ptr<CorpusChunk> chunk) {
    const std::lock_guard<std::mutex> lock(mutex_);
    spare_.push_back(std::move(chunk));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<CorpusChunk>> spare_;
};

}  // namespace embed

#endif  // EMBED_TEXT_SPARE_CHUNKS_H_
