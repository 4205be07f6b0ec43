#include "graph/walk_source.h"

#include <algorithm>
#include <vector>

#include "embed/base/check.h"
#include "embed/math/random_permutation.h"

namespace embed {
namespace {

// Vertices of a chunk, about: enough to make the cost of taking one vanish, and
// few enough to stay in the second-level cache till they are trained on.
constexpr uint64_t kChunkVertices = 32768;
// The walks of a chunk are a multiple of it. Like kChunkVertices, it is part of
// what training returns.
constexpr uint64_t kWalkGroup = 64;

}  // namespace

WalkSource::WalkSource(const WalkOptions& options, uint32_t first_start,
                       uint32_t end_start)
    : options_(options),
      first_start_(first_start),
      num_starts_(end_start - first_start),
      num_walks_(static_cast<uint64_t>(options.walks_per_node) * num_starts_),
      walks_per_chunk_(
          std::max<uint64_t>(
              1, kChunkVertices / options.walk_length / kWalkGroup) *
          kWalkGroup) {}

absl::Status WalkSource::Read(uint32_t epoch, uint64_t chunk,
                              SequenceBatch* batch) {
  EMBED_DCHECK(chunk < num_chunks());
  const uint64_t first = chunk * walks_per_chunk_;
  const uint64_t last = std::min(first + walks_per_chunk_, num_walks_);
  // The ids stay, for room that is new to them would be filled with zeros
  // first.
  batch->first_sequence = first;
  batch->ends.clear();
  std::vector<uint32_t> starts(last - first);
  for (uint64_t walk = first; walk < last;) {
    const uint64_t pass = walk / num_starts_;
    const uint64_t position = walk % num_starts_;
    const uint64_t count = std::min(num_starts_ - position, last - walk);
    const RandomPermutation order(
        num_starts_,
        PhiloxStream(options_.seed, RandomPurpose::kWalkStarts, epoch, pass));
    order.Fill(position, absl::MakeSpan(starts).subspan(walk - first, count));
    walk += count;
  }
  for (uint32_t& start : starts) start += first_start_;
  FillBatch({options_.seed, epoch, first, starts,
             static_cast<uint64_t>(options_.walk_length)},
            batch);
  return absl::OkStatus();
}

}  // namespace embed
