#include "embed/index/item_index.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_tuning.h"
#include "embed/index/spelling.h"

namespace embed {
namespace {

constexpr uint64_t kMostEdits = 4;

}  // namespace

absl::Status CheckIndexInput(const Vocabulary& vocabulary,
                             const MatrixView& vectors, int threads) {
  if (vocabulary.size() != vectors.rows) {
    return absl::InvalidArgumentError(
        absl::StrCat("an index of ", vocabulary.size(), " keys and ",
                     vectors.rows, " vectors, expected as many"));
  }
  if (vectors.rows == 0) {
    return absl::InvalidArgumentError(
        "an index of no vectors, expected at least 1");
  }
  // Here, because the table could only name the row.
  const auto bad = FirstNonFiniteRow(vectors, threads);
  if (bad.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the vector of '", vocabulary.key(static_cast<uint32_t>(*bad)),
        "' (row ", *bad, ") has a value that is not a finite number; train ",
        "again with a lower learning rate, or leave this key out"));
  }
  return absl::OkStatus();
}

absl::StatusOr<ItemIndex> ItemIndex::Build(const Vocabulary& vocabulary,
                                           const MatrixView& vectors,
                                           const ItemIndexOptions& options) {
  EMBED_RETURN_IF_ERROR(CheckIndexInput(vocabulary, vectors, options.threads));
  Int8TableOptions table_options;
  table_options.seed = options.seed;
  table_options.rotation = options.rotation;
  table_options.threads = options.threads;
  EMBED_ASSIGN_OR_RETURN(Int8Table table,
                         Int8Table::Build(vectors, table_options));
  std::optional<HnswGraph> graph;
  if (options.hnsw.has_value()) {
    EMBED_ASSIGN_OR_RETURN(graph, HnswGraph::Build(table, *options.hnsw));
    if (options.target_recall > 0) {
      EMBED_ASSIGN_OR_RETURN(
          const HnswTuning tuning,
          TuneEfSearch(*graph, table, vectors, options.target_recall,
                       options.threads));
      graph->SetEfSearch(tuning.ef_search, tuning.recall);
    }
  }
  ItemIndex index(std::move(table), std::move(graph),
                  KeyTable::Build(vocabulary));
  index.seed_ = options.seed;
  index.info_ = options.info;
  const absl::Span<const uint16_t> types = vocabulary.types();
  if (!types.empty()) {
    const auto copy =
        std::make_shared<std::vector<uint16_t>>(types.begin(), types.end());
    index.type_names_ = vocabulary.type_names();
    index.types_ = *copy;
    index.types_owner_ = copy;
  }
  return index;
}

std::optional<std::vector<uint64_t>> ItemIndex::ItemsOfType(
    absl::string_view name) const {
  const auto found = std::find(type_names_.begin(), type_names_.end(), name);
  if (found == type_names_.end()) return std::nullopt;
  std::vector<uint64_t> bits((size() + 63) / 64);
  for (uint64_t id = 0; id < types_.size(); ++id) {
    if (types_[id] == found - type_names_.begin()) {
      bits[id / 64] |= uint64_t{1} << (id % 64);
    }
  }
  return bits;
}

std::vector<uint32_t> ItemIndex::NearestSpellings(absl::string_view key,
                                                  uint64_t n) const {
  const std::u32string wanted = CodePoints(key);
  int limit =
      static_cast<int>(std::clamp<uint64_t>(wanted.size() / 3, 1, kMostEdits));
  std::vector<std::pair<int, uint32_t>> best;  // sorted; at most n
  for (uint32_t id = 0; id < size() && n > 0; ++id) {
    const int distance = EditDistance(wanted, CodePoints(keys_.key(id)), limit);
    if (distance > limit) continue;
    const std::pair<int, uint32_t> entry(distance, id);
    best.insert(std::upper_bound(best.begin(), best.end(), entry), entry);
    if (best.size() > n) best.pop_back();
    // Ids rise, so from now on an equal distance comes too late.
    if (best.size() == n) limit = std::min(limit, best.back().first - 1);
    if (limit < 0) break;
  }
  std::vector<uint32_t> ids;
  for (const auto& entry : best) ids.push_back(entry.second);
  return ids;
}

std::vector<float> ItemIndex::Vector(uint32_t id) const {
  std::vector<float> vector(dim());
  table_.Row(id, absl::MakeSpan(vector));
  return vector;
}

}  // namespace embed
