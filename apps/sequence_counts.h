// What a counting pass over sequences has in common, whatever it counts.
#ifndef EMBED_APPS_SEQUENCE_COUNTS_H_
#define EMBED_APPS_SEQUENCE_COUNTS_H_

#include <atomic>
#include <cstdint>
#include <mutex>

#include "absl/status/status.h"
#include "embed/base/parallel.h"
#include "embed/train/sequence_source.h"

namespace embed {

// Adds the sequences of the first `epochs` epochs to *total: each thread to a
// counter of its own that is like *total, which has counted nothing yet, and
// then joined with it. A Counter is copyable and has
//
//     absl::Status Add(absl::Span<const uint32_t> sequence);
//     absl::Status Join(const Counter& other);
//
// whose order must not matter. The first error of these or of reading ends the
// pass.
template <class Counter>
absl::Status CountSequences(uint32_t epochs, int threads,
                            SequenceSource* source, Counter* total) {
  const Counter none = *total;
  const uint64_t chunks = source->num_chunks();
  std::mutex mutex;  // guards status and *total
  absl::Status status;
  std::atomic<uint64_t> next{0};
  std::atomic<bool> failed{false};
  RunThreads(threads, [&](int /*thread*/) {
    Counter own = none;
    SequenceBatch batch;
    absl::Status own_status;
    uint64_t unit;
    while (own_status.ok() && !failed.load() &&
           (unit = next.fetch_add(1)) < chunks * epochs) {
      own_status = source->Read(static_cast<uint32_t>(unit / chunks),
                                unit % chunks, &batch);
      for (size_t i = 0; own_status.ok() && i < batch.num_sequences(); ++i) {
        own_status = own.Add(batch.sequence(i));
      }
    }
    const std::lock_guard<std::mutex> lock(mutex);
    if (own_status.ok() && !failed.load()) own_status = total->Join(own);
    if (!own_status.ok()) failed.store(true);
    status.Update(own_status);
  });
  return status;
}

}  // namespace embed

#endif  // EMBED_APPS_SEQUENCE_COUNTS_H_
