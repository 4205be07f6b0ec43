#include "apps/visit_counts.h"

#include <atomic>
#include <mutex>

#include "embed/base/parallel.h"

namespace embed {

absl::StatusOr<std::vector<uint64_t>> CountIds(SequenceSource* source,
                                               uint32_t num_ids, int threads) {
  std::vector<uint64_t> counts(num_ids);
  std::mutex mutex;
  absl::Status status;
  std::atomic<uint64_t> next_chunk{0};
  RunThreads(threads, [&](int /*thread*/) {
    std::vector<uint64_t> own(num_ids);
    SequenceBatch batch;
    absl::Status own_status;
    uint64_t chunk;
    while (own_status.ok() &&
           (chunk = next_chunk.fetch_add(1)) < source->num_chunks()) {
      own_status = source->Read(0, chunk, &batch);
      for (size_t i = 0; own_status.ok() && i < batch.num_sequences(); ++i) {
        const absl::Span<const uint32_t> walk = batch.sequence(i);
        if (walk.size() == 1) continue;
        for (const uint32_t id : walk) ++own[id];
      }
    }
    const std::lock_guard<std::mutex> lock(mutex);
    status.Update(own_status);
    for (uint32_t id = 0; id < num_ids; ++id) counts[id] += own[id];
  });
  if (!status.ok()) return status;
  return counts;
}

}  // namespace embed
