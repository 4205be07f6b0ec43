#include "graph/edge_source.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/philox.h"
#include "embed/base/status_macros.h"
#include "embed/kernels/random.h"

namespace embed {
namespace {

// Draws that are under way at the same time, so that their memory accesses
// overlap.
constexpr size_t kEdgeGroup = 64;
// So many that no sum with them wraps.
constexpr uint64_t kMostDraws = uint64_t{1} << 62;
constexpr size_t kWordsPerDraw = 4;  // two of the tail, two of its arc

double WeightOf(const Graph& graph, uint64_t arc) {
  return graph.weighted() ? static_cast<double>(graph.weights()[arc]) : 1.0;
}

}  // namespace

std::vector<double> OutWeights(const Graph& graph) {
  std::vector<double> sums(graph.num_nodes());
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    for (uint64_t arc = graph.rows()[v]; arc < graph.rows()[v + uint64_t{1}];
         ++arc) {
      sums[v] += WeightOf(graph, arc);
    }
  }
  return sums;
}

std::vector<double> InWeights(const Graph& graph) {
  std::vector<double> sums(graph.num_nodes());
  for (uint64_t arc = 0; arc < graph.num_arcs(); ++arc) {
    sums[graph.targets()[arc]] += WeightOf(graph, arc);
  }
  return sums;
}

absl::StatusOr<std::unique_ptr<EdgeSource>> EdgeSource::Create(
    const Graph& graph, const EdgeSourceOptions& options) {
  if (graph.num_arcs() == 0) {
    return absl::InvalidArgumentError(
        "a graph without edges: there is none to draw");
  }
  if (options.draws_per_epoch > kMostDraws) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.draws_per_epoch,
                     " draws an epoch, expected at most ", kMostDraws));
  }
  EMBED_ASSIGN_OR_RETURN(AliasTable tails,
                         AliasTable::Create(OutWeights(graph)));
  std::optional<AliasRows> heads;
  if (graph.weighted()) {
    EMBED_ASSIGN_OR_RETURN(heads, AliasRows::OfWeights(graph, options.threads));
  }
  return std::unique_ptr<EdgeSource>(
      new EdgeSource(graph, options, std::move(tails), std::move(heads)));
}

EdgeSource::EdgeSource(const Graph& graph, const EdgeSourceOptions& options,
                       AliasTable tails, std::optional<AliasRows> heads)
    : graph_(graph),
      draws_(options.draws_per_epoch > 0 ? options.draws_per_epoch
                                         : graph.num_arcs()),
      seed_(options.seed),
      tails_(std::move(tails)),
      heads_(std::move(heads)) {}

absl::Status EdgeSource::Read(uint32_t epoch, uint64_t chunk,
                              SequenceBatch* batch) {
  EMBED_DCHECK(chunk < num_chunks());
  const uint64_t first = chunk * kChunkDraws;
  const size_t count = std::min(kChunkDraws, draws_ - first);
  batch->Clear(first);
  batch->ids.resize(2 * count);
  batch->ends.resize(count);
  for (size_t i = 0; i < count; ++i) {
    batch->ends[i] = static_cast<uint32_t>(2 * (i + 1));
  }
  const PhiloxStream stream(seed_, RandomPurpose::kEdgeDraws, epoch, chunk);
  std::array<uint32_t, kEdgeGroup * kWordsPerDraw> memory;
  for (size_t begin = 0; begin < count; begin += kEdgeGroup) {
    const size_t group = std::min(kEdgeGroup, count - begin);
    const auto words = absl::MakeSpan(memory.data(), group * kWordsPerDraw);
    // A draw's words are one block of the generator.
    FillRandom(stream, static_cast<uint32_t>(begin), words);
    Draw(words, absl::MakeSpan(&batch->ids[2 * begin], 2 * group));
  }
  return absl::OkStatus();
}

void EdgeSource::Draw(absl::Span<const uint32_t> words,
                      absl::Span<uint32_t> ids) const {
  const size_t count = ids.size() / 2;
  const uint32_t* const targets = graph_.targets();
  std::array<uint64_t, kEdgeGroup> arcs;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t* const own = &words[i * kWordsPerDraw];
    ids[2 * i] = tails_.Draw(own[0], own[1]);
    __builtin_prefetch(graph_.rows() + ids[2 * i]);
  }
  for (size_t i = 0; i < count; ++i) {
    const uint64_t* const row = graph_.rows() + ids[2 * i];
    const uint64_t degree = row[1] - row[0];
    arcs[i] = row[0] + ((words[i * kWordsPerDraw + 2] * degree) >> 32);
    if (heads_) {
      heads_->Prefetch(arcs[i]);
    } else {
      __builtin_prefetch(targets + arcs[i]);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    const uint32_t word = words[i * kWordsPerDraw + 3];
    ids[2 * i + 1] =
        heads_ ? heads_->Target(ids[2 * i], arcs[i], word) : targets[arcs[i]];
  }
}

}  // namespace embed
