// A source whose epochs are all the same, read once: what the first reading of
// a chunk gives is kept as numbers in a file without a name (unnamed_file.h), 4
// bytes an id, and later epochs read these. For text that is a copy instead of
// cutting, decoding and looking up words: 3 epochs of skip-gram with 128
// numbers on one thread take 0.9 of the time with 36,000 words, 0.8 with a
// million.
//
// The file takes at most a quarter of the room that its folder has at the
// start, nothing where that is memory (tmpfs). What does not fit, or cannot be
// written or read back, is read from the source in every epoch: slower, but
// never an error.
#ifndef EMBED_TEXT_KEPT_SOURCE_H_
#define EMBED_TEXT_KEPT_SOURCE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "embed/train/sequence_source.h"

namespace embed {

// Thread-safe. Memory: 32 bytes a chunk.
class KeptSource : public SequenceSource {
 public:
  // source->Read() must not depend on the epoch. The file takes at most
  // `max_bytes`.
  explicit KeptSource(
      std::unique_ptr<SequenceSource> source,
      uint64_t max_bytes = std::numeric_limits<uint64_t>::max());
  ~KeptSource() override;
  KeptSource(const KeptSource&) = delete;
  KeptSource& operator=(const KeptSource&) = delete;

  uint64_t num_chunks() const override { return source_->num_chunks(); }

  // Errors: those of the source.
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override;

  // Bytes in the temporary file.
  uint64_t kept_bytes() const;

 private:
  // Of a chunk in the file: its ends, then its ids.
  struct Place {
    uint64_t offset = 0;
    uint64_t first_sequence = 0;
    uint32_t num_sequences = 0;
    uint32_t num_ids = 0;
    bool kept = false;
  };

  bool ReadKept(const Place& place, SequenceBatch* batch) const;
  void Keep(uint64_t chunk, const SequenceBatch& batch);
  void KeepNoMore();
  // The offset of `bytes` bytes that nobody else gets, if there is room.
  std::optional<uint64_t> Reserve(uint64_t bytes);

  const std::unique_ptr<SequenceSource> source_;
  int fd_ = -1;  // -1: nothing is kept
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  uint64_t room_ = 0;  // bytes that may be taken
  uint64_t taken_ = 0;
  std::vector<Place> places_;  // [num_chunks]
};

}  // namespace embed

#endif  // EMBED_TEXT_KEPT_SOURCE_H_
