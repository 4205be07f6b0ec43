#include "embed/index/item_index.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_tuning.h"
#include "embed/index/ivf_tuning.h"
#include "embed/index/spelling.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

constexpr uint64_t kMostEdits = 4;

// The keys `ids`, in this order, with their types.
absl::StatusOr<Vocabulary> SelectKeys(const Vocabulary& vocabulary,
                                      absl::Span<const uint32_t> ids) {
  std::vector<std::string> keys;
  std::vector<uint64_t> counts;
  std::vector<uint16_t> types;
  for (const uint32_t id : ids) {
    keys.emplace_back(vocabulary.key(id));
    counts.push_back(vocabulary.count(id));
    if (!vocabulary.types().empty()) types.push_back(vocabulary.types()[id]);
  }
  EMBED_ASSIGN_OR_RETURN(Vocabulary selected,
                         Vocabulary::Create(keys, std::move(counts)));
  if (!types.empty()) {
    EMBED_RETURN_IF_ERROR(
        selected.SetTypes(vocabulary.type_names(), std::move(types)));
  }
  return selected;
}

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
        "the vector of ", Quoted(vocabulary.key(static_cast<uint32_t>(*bad))),
        " (row ", *bad, ") has a value that is not a finite number; train ",
        "again with a lower learning rate, or leave this key out"));
  }
  return absl::OkStatus();
}

absl::StatusOr<ItemIndex> ItemIndex::Build(const Vocabulary& vocabulary,
                                           const MatrixView& vectors,
                                           const ItemIndexOptions& options) {
  EMBED_RETURN_IF_ERROR(CheckIndexInput(vocabulary, vectors, options.threads));
  if (!options.ivf.has_value()) {
    return BuildInOrder(vocabulary, vectors, options);
  }
  if (options.metric != Metric::kCosine) {
    return absl::InvalidArgumentError(
        "an index with lists ranks by cosine only; use a flat one or a graph");
  }
  if (options.hnsw.has_value()) {
    return absl::InvalidArgumentError(
        "an index with a graph and with lists, expected one of them");
  }
  return BuildWithLists(vocabulary, vectors, options);
}

absl::StatusOr<ItemIndex> ItemIndex::BuildWithLists(
    const Vocabulary& vocabulary, const MatrixView& vectors,
    const ItemIndexOptions& options) {
  IvfOptions ivf = *options.ivf;
  ivf.seed = options.seed;
  ivf.threads = options.threads;
  EMBED_ASSIGN_OR_RETURN(IvfPartition partition, PartitionRows(vectors, ivf));
  EMBED_ASSIGN_OR_RETURN(const Vocabulary keys,
                         SelectKeys(vocabulary, partition.order));
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable rows,
                         EmbeddingTable::Create(vectors.rows, vectors.dim));
  for (uint64_t i = 0; i < rows.rows(); ++i) {
    const absl::Span<const float> row = vectors.row(partition.order[i]);
    std::copy(row.begin(), row.end(), rows.row(i));
  }
  EMBED_ASSIGN_OR_RETURN(ItemIndex index,
                         BuildInOrder(keys, rows.view(), options));
  const auto starts =
      std::make_shared<std::vector<uint32_t>>(std::move(partition.starts));
  IvfLists::Parts parts;
  parts.starts = *starts;
  EMBED_ASSIGN_OR_RETURN(
      index.lists_, IvfLists::FromParts(std::move(partition.centers), parts,
                                        vectors.rows, starts));
  if (options.target_recall > 0) {
    EMBED_ASSIGN_OR_RETURN(const TunedEffort tuned,
                           TuneNprobe(*index.lists_, *index.table_, rows.view(),
                                      options.target_recall, options.threads));
    index.lists_->SetNprobe(tuned.effort, tuned.recall);
  }
  return index;
}

// Without lists.
absl::StatusOr<ItemIndex> ItemIndex::BuildInOrder(
    const Vocabulary& vocabulary, const MatrixView& vectors,
    const ItemIndexOptions& options) {
  Int8TableOptions table_options;
  table_options.seed = options.seed;
  table_options.rotation = options.rotation;
  table_options.threads = options.threads;
  table_options.metric = options.metric;
  table_options.codec = options.codec;
  table_options.keep_f16 = options.rerank_f16;
  if (options.hnsw.has_value()) table_options.layout = Int8Layout::kRows;
  EMBED_ASSIGN_OR_RETURN(Int8Table table,
                         Int8Table::Build(vectors, table_options));
  std::optional<HnswGraph> graph;
  if (options.hnsw.has_value()) {
    EMBED_ASSIGN_OR_RETURN(graph, HnswGraph::Build(table, *options.hnsw));
    if (options.target_recall > 0) {
      EMBED_ASSIGN_OR_RETURN(
          const TunedEffort tuned,
          TuneEfSearch(*graph, table, vectors, options.target_recall,
                       options.threads));
      graph->SetEfSearch(tuned.effort, tuned.recall);
    }
  }
  ItemIndex index(std::move(table), std::move(graph), std::nullopt,
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
  for (uint64_t id = keys_.size(); id < size(); ++id) {
    if (changes_->type(static_cast<uint32_t>(id)) == name) {
      bits[id / 64] |= uint64_t{1} << (id % 64);
    }
  }
  return bits;
}

std::vector<uint64_t> ItemIndex::ItemsWithPrefix(
    absl::string_view prefix) const {
  std::vector<uint64_t> bits((size() + 63) / 64);
  for (const uint32_t id : keys_.WithPrefix(prefix)) {
    if (id < keys_.size()) bits[id / 64] |= uint64_t{1} << (id % 64);
  }
  for (uint64_t id = keys_.size(); id < size(); ++id) {
    if (absl::StartsWith(changes_->key(static_cast<uint32_t>(id)), prefix)) {
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
    if (!Has(id)) continue;
    const int distance = EditDistance(wanted, CodePoints(this->key(id)), limit);
    if (distance > limit) continue;
    const std::pair<int, uint32_t> entry(distance, id);
    best.insert(std::upper_bound(best.begin(), best.end(), entry), entry);
    if (best.size() > n) best.pop_back();
    // Ids rise, so from now on an equal distance comes too late.
    if (best.size() == n) limit = std::min(limit, best.back().first - 1);
    if (limit < 0) break;
  }
  std::vector<uint32_t> ids;
  ids.reserve(best.size());
  for (const auto& entry : best) ids.push_back(entry.second);
  return ids;
}

std::vector<float> ItemIndex::Vector(uint32_t id) const {
  std::vector<float> vector(dim());
  if (changes_ != nullptr) {
    changes_->Row(id, absl::MakeSpan(vector));
    return vector;
  }
  if (faiss_ == nullptr) {
    table_->Row(id, absl::MakeSpan(vector));
    return vector;
  }
  absl::StatusOr<std::vector<float>> stored = faiss_->Vector(id);
  return stored.ok() ? *std::move(stored) : vector;
}

absl::StatusOr<SearchHits> ItemIndex::Search(
    const MatrixView& queries, const SearchOptions& options) const {
  if (changes_ != nullptr) return changes_->Search(queries, options);
  if (faiss_ != nullptr) return faiss_->Search(queries, options);
  if (graph_.has_value() && !options.exact) {
    return graph_->Search(*table_, queries, options);
  }
  if (lists_.has_value() && !options.exact) {
    return lists_->Search(*table_, queries, options);
  }
  return table_->Search(queries, options);
}

absl::StatusOr<SearchHits> ItemIndex::RangeSearch(
    const MatrixView& queries, float min_score,
    const SearchOptions& options) const {
  if (changes_ != nullptr) {
    return changes_->RangeSearch(queries, min_score, options);
  }
  if (faiss_ != nullptr) {
    return faiss_->RangeSearch(queries, min_score, options);
  }
  return table_->RangeSearch(queries, min_score, options);
}

absl::StatusOr<ItemIndex> ItemIndex::OpenFaiss(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(std::shared_ptr<const FaissFile> faiss,
                         FaissFile::Open(path));
  const auto keys = Vocabulary::Create(faiss->keys(),
                                       std::vector<uint64_t>(faiss->size(), 1));
  if (!keys.ok()) {
    return absl::DataLossError(
        absl::StrCat(path, ": ", keys.status().message()));
  }
  return ItemIndex(std::move(faiss), KeyTable::Build(*keys));
}

ItemIndex ItemIndex::WithChanges(
    std::shared_ptr<const ChangedItems> changes) const {
  ItemIndex changed = *this;
  changed.changes_ = std::move(changes);
  return changed;
}

}  // namespace embed
