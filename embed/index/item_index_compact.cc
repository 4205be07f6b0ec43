// ItemIndex::Compacted: an index of what its changes left.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "embed/base/status_macros.h"
#include "embed/index/item_index.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

// A graph of these rows with what `old` was built and is searched with.
absl::StatusOr<HnswGraph> GraphLike(
    const HnswGraph& old, const std::map<std::string, std::string>& info,
    const Int8Table& table, int threads) {
  HnswOptions options;
  options.threads = threads;
  options.m = old.parts().m;
  const auto told = info.find("ef_construction");
  int ef_construction = 0;
  if (told != info.end() && absl::SimpleAtoi(told->second, &ef_construction)) {
    options.ef_construction = ef_construction;
  }
  EMBED_ASSIGN_OR_RETURN(HnswGraph graph, HnswGraph::Build(table, options));
  graph.SetEfSearch(old.parts().ef_search, old.parts().recall);
  return graph;
}

// Without the lists that have no rows.
absl::Status DropEmptyLists(IvfPartition* partition) {
  std::vector<uint32_t> kept;
  std::vector<uint32_t> starts = {0};
  for (uint32_t list = 0; list + 1 < partition->starts.size(); ++list) {
    if (partition->starts[list + 1] == partition->starts[list]) continue;
    kept.push_back(list);
    starts.push_back(partition->starts[list + 1]);
  }
  EMBED_ASSIGN_OR_RETURN(
      partition->centers,
      Int8Table::Gather(partition->centers, kept, partition->centers, {}));
  partition->starts = std::move(starts);
  return absl::OkStatus();
}

// The rows of `table` in the lists of the centers of `old`; order: the row of
// each place, and so the order that the table must be put in.
absl::StatusOr<IvfLists> ListsLike(const IvfLists& old, const Int8Table& table,
                                   int threads, std::vector<uint32_t>* order) {
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable rows,
                         EmbeddingTable::Create(table.rows(), table.dim()));
  for (uint64_t i = 0; i < table.rows(); ++i) {
    table.Row(i, {rows.row(i), static_cast<size_t>(table.dim())});
  }
  EMBED_ASSIGN_OR_RETURN(IvfPartition partition,
                         AssignRows(old.centers(), rows.view(), threads));
  if (partition.centers.rows() > table.rows()) {
    EMBED_RETURN_IF_ERROR(DropEmptyLists(&partition));
  }
  *order = std::move(partition.order);
  const auto starts =
      std::make_shared<std::vector<uint32_t>>(std::move(partition.starts));
  IvfLists::Parts parts;
  parts.starts = *starts;
  parts.nprobe = old.parts().nprobe;
  parts.recall = old.parts().recall;
  return IvfLists::FromParts(std::move(partition.centers), parts, table.rows(),
                             starts);
}

}  // namespace

absl::StatusOr<ItemIndex> ItemIndex::Compacted(int threads) const {
  if (changes_ == nullptr) return *this;
  EMBED_ASSIGN_OR_RETURN(Int8Table table, changes_->LiveTable());
  std::vector<uint32_t> ids;
  for (uint64_t id = 0; id < size(); ++id) {
    if (Has(static_cast<uint32_t>(id))) {
      ids.push_back(static_cast<uint32_t>(id));
    }
  }
  std::optional<HnswGraph> graph;
  if (graph_.has_value()) {
    EMBED_ASSIGN_OR_RETURN(graph, GraphLike(*graph_, info_, table, threads));
  }
  std::optional<IvfLists> lists;
  if (lists_.has_value()) {
    std::vector<uint32_t> order;
    EMBED_ASSIGN_OR_RETURN(lists, ListsLike(*lists_, table, threads, &order));
    EMBED_ASSIGN_OR_RETURN(table, Int8Table::Gather(table, order, table, {}));
    for (uint32_t& row : order) row = ids[row];
    ids = std::move(order);
  }
  std::vector<std::string> keys;
  auto types = std::make_shared<std::vector<uint16_t>>();
  for (const uint32_t id : ids) {
    keys.emplace_back(key(id));
    if (type_names_.empty()) continue;
    const auto name =
        std::find(type_names_.begin(), type_names_.end(), type(id));
    types->push_back(static_cast<uint16_t>(name - type_names_.begin()));
  }
  EMBED_ASSIGN_OR_RETURN(
      const Vocabulary vocabulary,
      Vocabulary::Create(keys, std::vector<uint64_t>(keys.size())));
  ItemIndex index(std::move(table), std::move(graph), std::move(lists),
                  KeyTable::Build(vocabulary));
  index.seed_ = seed_;
  index.info_ = info_;
  index.type_names_ = type_names_;
  index.types_ = *types;
  index.types_owner_ = types;
  return index;
}

}  // namespace embed
