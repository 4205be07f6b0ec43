#include "graph/walk_source.h"

#include <algorithm>
#include <vector>

#include "embed/base/check.h"
#include "embed/math/random_permutation.h"
#include "graph/walks.h"

namespace embed {
namespace {

constexpr uint64_t kGroup = WalkerGroup::kMaxWalkers;
// Vertices of a chunk, about: enough to make the cost of taking one vanish, and
// few enough to stay in the second-level cache till they are trained on.
constexpr uint64_t kChunkVertices = 32768;

}  // namespace

WalkSource::WalkSource(const Graph& graph, const WalkOptions& options)
    : options_(options),
      num_nodes_(graph.num_nodes()),
      num_walks_(static_cast<uint64_t>(options.walks_per_node) *
                 graph.num_nodes()),
      // A whole number of groups, so that none is cut short by a chunk.
      walks_per_chunk_(
          std::max<uint64_t>(1, kChunkVertices / options.walk_length / kGroup) *
          kGroup) {}

absl::Status WalkSource::Read(uint32_t epoch, uint64_t chunk,
                              SequenceBatch* batch) {
  EMBED_DCHECK(chunk < num_chunks());
  const uint64_t first = chunk * walks_per_chunk_;
  const uint64_t last = std::min(first + walks_per_chunk_, num_walks_);
  batch->Clear(first);
  const auto order_of = [&](uint64_t pass) {
    return RandomPermutation(
        num_nodes_,
        PhiloxStream(options_.seed, RandomPurpose::kWalkStarts, epoch, pass));
  };
  uint64_t pass = first / num_nodes_;
  uint64_t position = first % num_nodes_;
  RandomPermutation order = order_of(pass);
  std::vector<uint32_t> starts(last - first);
  for (uint32_t& start : starts) {
    if (position == num_nodes_) {
      order = order_of(++pass);
      position = 0;
    }
    start = static_cast<uint32_t>(order(position++));
  }
  AppendWalks({options_.seed, epoch, first, starts,
               static_cast<uint64_t>(options_.walk_length)},
              batch);
  return absl::OkStatus();
}

}  // namespace embed
