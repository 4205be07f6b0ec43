// A source whose chunks lie in memory, as a user of the library would write it.
#ifndef EMBED_TESTS_EMBED_TRAIN_MEMORY_SOURCE_H_
#define EMBED_TESTS_EMBED_TRAIN_MEMORY_SOURCE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "embed/train/sequence_source.h"

namespace embed {

using Sequence = std::vector<uint32_t>;

inline SequenceBatch MakeBatch(uint64_t first,
                               const std::vector<Sequence>& sequences) {
  SequenceBatch batch;
  batch.Clear(first);
  for (const Sequence& sequence : sequences) {
    batch.ids.insert(batch.ids.end(), sequence.begin(), sequence.end());
    batch.EndSequence();
  }
  return batch;
}

class MemorySource : public SequenceSource {
 public:
  // chunk_size: sequences in a chunk.
  MemorySource(std::vector<Sequence> sequences, size_t chunk_size)
      : sequences_(std::move(sequences)), chunk_size_(chunk_size) {}

  uint64_t num_chunks() const override {
    return (sequences_.size() + chunk_size_ - 1) / chunk_size_;
  }

  absl::Status Read(uint32_t /*epoch*/, uint64_t chunk,
                    SequenceBatch* batch) override {
    const uint64_t first = chunk * chunk_size_;
    batch->Clear(first);
    for (uint64_t i = first; i < first + chunk_size_; ++i) {
      if (i >= sequences_.size()) break;
      batch->ids.insert(batch->ids.end(), sequences_[i].begin(),
                        sequences_[i].end());
      batch->EndSequence();
    }
    return absl::OkStatus();
  }

  // Occurrences of the ids 0 .. size - 1.
  std::vector<uint64_t> Counts(uint32_t size) const {
    std::vector<uint64_t> counts(size);
    for (const Sequence& sequence : sequences_) {
      for (const uint32_t id : sequence) ++counts[id];
    }
    return counts;
  }

  const std::vector<Sequence>& sequences() const { return sequences_; }

 private:
  std::vector<Sequence> sequences_;
  size_t chunk_size_;
};

// `count` sequences of 0 to 40 ids below `ids`, low ids more often.
inline std::vector<Sequence> RandomSequences(size_t count, uint32_t ids,
                                             uint64_t seed) {
  std::vector<Sequence> sequences(count);
  Philox random(seed, RandomPurpose::kTest, 0, count);
  for (Sequence& sequence : sequences) {
    sequence.resize(random.Below(41));
    for (uint32_t& id : sequence) id = random.Below(1 + random.Below(ids));
  }
  return sequences;
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_TRAIN_MEMORY_SOURCE_H_
