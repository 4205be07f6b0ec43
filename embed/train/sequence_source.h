// Where training sequences come from: sentences of a corpus, walks of a graph,
// a user's own log. Sequences are lists of vocabulary ids.
//
// A source is deterministic: (epoch, chunk) alone decides what Read() returns,
// so any thread can produce any part, in any order, twice the same. A chunk is
// the unit that threads take: some thousand to a hundred thousand ids.
#ifndef EMBED_TRAIN_SEQUENCE_SOURCE_H_
#define EMBED_TRAIN_SEQUENCE_SOURCE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace embed {

// Sequences lying behind one another. Sequence i of the batch has the number
// first_sequence + i, unique within its epoch; with the epoch it names the
// random streams of that sequence.
struct SequenceBatch {
  void Clear(uint64_t first) {
    first_sequence = first;
    ids.clear();
    ends.clear();
  }
  // Closes the sequence that the ids appended since the last call form.
  void EndSequence() { ends.push_back(static_cast<uint32_t>(ids.size())); }

  size_t num_sequences() const { return ends.size(); }
  absl::Span<const uint32_t> sequence(size_t index) const {
    const uint32_t begin = index == 0 ? 0 : ends[index - 1];
    return absl::MakeConstSpan(ids).subspan(begin, ends[index] - begin);
  }

  uint64_t first_sequence = 0;
  std::vector<uint32_t> ids;
  std::vector<uint32_t> ends;  // ends[i]: one past the last id of sequence i
};

class SequenceSource {
 public:
  virtual ~SequenceSource() = default;

  // Chunks in one epoch; the same for every epoch. 0: nothing to train on.
  virtual uint64_t num_chunks() const = 0;

  // Replaces *batch by chunk `chunk` of `epoch`, chunk < num_chunks(). Several
  // threads may call it at once, each with its own batch. Ids are below the
  // vocabulary's size. Errors (a file that vanished or changed) stop training.
  virtual absl::Status Read(uint32_t epoch, uint64_t chunk,
                            SequenceBatch* batch) = 0;
};

}  // namespace embed

#endif  // EMBED_TRAIN_SEQUENCE_SOURCE_H_
