#include "graph/walk_source.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/status_macros.h"
#include "embed/math/random_permutation.h"
#include "graph/walk_loop.h"
#include "graph/walks.h"

namespace embed {
namespace {

constexpr uint64_t kGroup = WalkerGroup::kMaxWalkers;
// Vertices of a chunk, about: enough to make the cost of taking one vanish, and
// few enough to stay in the second-level cache till they are trained on.
constexpr uint64_t kChunkVertices = 32768;

// The source of walks that step by the policy Step.
template <class Step>
class PolicyWalkSource final : public WalkSource {
 public:
  PolicyWalkSource(const Graph& graph, const WalkOptions& options, Step step)
      : WalkSource(graph, options), step_(std::move(step)) {}

 protected:
  void AppendWalks(uint32_t epoch, uint64_t first,
                   absl::Span<const uint32_t> starts,
                   SequenceBatch* batch) const override {
    WalkTogether(step_,
                 {options().seed, epoch, first, starts,
                  static_cast<uint64_t>(options().walk_length)},
                 batch);
  }

 private:
  Step step_;
};

template <class Step>
std::unique_ptr<WalkSource> MakeSource(const Graph& graph,
                                       const WalkOptions& options, Step step) {
  return std::make_unique<PolicyWalkSource<Step>>(graph, options,
                                                  std::move(step));
}

}  // namespace

absl::Status WalkOptions::Validate() const {
  if (walks_per_node < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "walks_per_node is ", walks_per_node, "; it must be at least 1"));
  }
  if (walk_length < 2 || walk_length > kMaxWalkLength) {
    return absl::InvalidArgumentError(
        absl::StrCat("walk_length is ", walk_length,
                     " vertices; it must be 2 to ", kMaxWalkLength));
  }
  return absl::OkStatus();
}

WalkSource::WalkSource(const Graph& graph, const WalkOptions& options)
    : options_(options),
      num_nodes_(graph.num_nodes()),
      num_walks_(static_cast<uint64_t>(options.walks_per_node) *
                 graph.num_nodes()),
      // A whole number of groups, so that none is cut short by a chunk.
      walks_per_chunk_(
          std::max<uint64_t>(1, kChunkVertices / options.walk_length / kGroup) *
          kGroup) {}

absl::StatusOr<std::unique_ptr<WalkSource>> WalkSource::Create(
    const Graph& graph, const WalkOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (graph.num_nodes() == 0) {
    return absl::InvalidArgumentError("a graph without nodes has no walks");
  }
  if (options.weighted) {
    EMBED_ASSIGN_OR_RETURN(WeightedStep step,
                           WeightedStep::Create(graph, options.threads));
    return MakeSource(graph, options, std::move(step));
  }
  return MakeSource(graph, options, UniformStep(graph));
}

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
  std::array<uint32_t, kGroup> starts;
  for (uint64_t begin = first; begin < last; begin += kGroup) {
    const uint64_t count = std::min(kGroup, last - begin);
    for (uint64_t i = 0; i < count; ++i, ++position) {
      if (position == num_nodes_) {
        order = order_of(++pass);
        position = 0;
      }
      starts[i] = static_cast<uint32_t>(order(position));
    }
    AppendWalks(epoch, begin, absl::MakeConstSpan(starts).first(count), batch);
  }
  return absl::OkStatus();
}

}  // namespace embed
