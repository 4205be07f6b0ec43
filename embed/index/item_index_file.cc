// ItemIndex files (layout: embed/index/FORMAT.md).
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/index_meta.h"
#include "embed/index/item_index.h"

namespace embed {
namespace {

// Versions of the container: what reads only earlier ones does not know packed
// graphs, and then rows that are not whole cache lines apart.
constexpr uint32_t kPackedGraphVersion = 2;
constexpr uint32_t kRowStrideVersion = 3;

absl::string_view AsText(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The table whose sections' names start with `prefix`; parts: all but its
// arrays.
absl::StatusOr<Int8Table> OpenTable(const Container& file,
                                    const std::string& prefix, bool rotated,
                                    bool with_f16, Int8Table::Parts parts) {
  const uint64_t rows = parts.rows;
  const uint64_t columns = static_cast<uint64_t>(parts.dim);
  const uint64_t padded = Int8Blocks(rows) * kInt8BlockRows;
  const bool in_rows = parts.in_rows();  // of a graph
  EMBED_ASSIGN_OR_RETURN(
      parts.codes, file.Array<uint8_t>(
                       in_rows ? "graph_codes" : prefix + "codes",
                       in_rows ? Int8RowBytes(rows, parts.dim, parts.row_stride)
                               : Int8CodeBytes(rows, parts.dim)));
  if (in_rows) {
    EMBED_ASSIGN_OR_RETURN(parts.scales,
                           file.Array<Int8RowScale>("graph_scales", rows));
  } else {
    EMBED_ASSIGN_OR_RETURN(parts.multipliers,
                           file.Array<float>(prefix + "multipliers", padded));
    EMBED_ASSIGN_OR_RETURN(parts.weights,
                           file.Array<float>(prefix + "weights", padded));
  }
  EMBED_ASSIGN_OR_RETURN(parts.mean,
                         file.Array<float>(prefix + "mean", columns));
  if (rotated) {
    EMBED_ASSIGN_OR_RETURN(
        parts.rotation,
        file.Array<float>(prefix + "rotation", columns * columns));
  }
  if (with_f16) {
    EMBED_ASSIGN_OR_RETURN(
        parts.f16,
        file.Array<uint16_t>(prefix + "f16",
                             rows * Int8Groups(parts.dim) * kInt8GroupColumns));
  }
  absl::StatusOr<Int8Table> table = Int8Table::FromParts(parts, file.file());
  if (table.ok()) return table;
  return file.Damaged(prefix + "mean", table.status().message());
}

absl::StatusOr<Int8Table> OpenRows(const Container& file,
                                   const IndexMeta& meta) {
  Int8Table::Parts parts;
  parts.rows = meta.rows;
  parts.dim = meta.dim;
  parts.codec = meta.codec;
  parts.metric = meta.metric;
  parts.exponent = meta.exponent;
  parts.f16_error = meta.f16_error.value_or(0);
  if (meta.hnsw.has_value()) {
    parts.layout = Int8Layout::kRows;
    parts.row_stride = meta.hnsw->row_stride > 0 ? meta.hnsw->row_stride
                                                 : Int8ReadBytes(meta.dim);
  }
  return OpenTable(file, "", meta.rotated, meta.f16_error.has_value(), parts);
}

absl::StatusOr<std::optional<IvfLists>> OpenLists(const Container& file,
                                                  const IndexMeta& meta,
                                                  Container::Verify verify) {
  if (!meta.ivf.has_value()) return std::nullopt;
  Int8Table::Parts of_centers;
  of_centers.rows = meta.ivf->lists;
  of_centers.dim = meta.dim;
  EMBED_ASSIGN_OR_RETURN(Int8Table centers,
                         OpenTable(file, "list_", /*rotated=*/false,
                                   /*with_f16=*/false, of_centers));
  IvfLists::Parts parts;
  EMBED_ASSIGN_OR_RETURN(
      parts.starts, file.Array<uint32_t>("list_starts", meta.ivf->lists + 1));
  parts.nprobe = meta.ivf->nprobe;
  parts.recall = meta.ivf->recall;
  absl::StatusOr<IvfLists> lists =
      IvfLists::FromParts(std::move(centers), parts, meta.rows, file.file());
  if (!lists.ok()) return file.Damaged("meta", lists.status().message());
  if (verify == Container::Verify::kAll) {
    const absl::Status status = lists->Check();
    if (!status.ok()) return file.Damaged("list_starts", status.message());
  }
  return lists;
}

// All of a section of a graph.
absl::StatusOr<absl::Span<const uint32_t>> AllLinks(const Container& file,
                                                    absl::string_view name) {
  EMBED_ASSIGN_OR_RETURN(const auto bytes, file.Bytes(name));
  return file.Array<uint32_t>(name, bytes.size() / sizeof(uint32_t));
}

absl::Status OpenLinks(const Container& file, HnswGraph::Parts* parts) {
  const uint64_t rows = parts->rows;
  if (!file.Has("graph_links")) {
    EMBED_ASSIGN_OR_RETURN(parts->packed_links, file.Bytes("graph_packed"));
    EMBED_ASSIGN_OR_RETURN(
        parts->bases,
        file.Array<uint64_t>("graph_bases", HnswGraph::NumBases(rows)));
    EMBED_ASSIGN_OR_RETURN(parts->offsets,
                           file.Array<uint32_t>("graph_offsets", rows + 1));
    return absl::OkStatus();
  }
  EMBED_ASSIGN_OR_RETURN(parts->links, AllLinks(file, "graph_links"));
  EMBED_ASSIGN_OR_RETURN(parts->upper_lists,
                         file.Array<uint32_t>("graph_lists", rows + 1));
  EMBED_ASSIGN_OR_RETURN(parts->upper_links, AllLinks(file, "graph_upper"));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<HnswGraph>> OpenGraph(const Container& file,
                                                   const IndexMeta& meta,
                                                   Container::Verify verify) {
  if (!meta.hnsw.has_value()) return std::nullopt;
  HnswGraph::Parts parts;
  parts.rows = meta.rows;
  parts.m = meta.hnsw->m;
  parts.entry_point = meta.hnsw->entry_point;
  parts.ef_search = meta.hnsw->ef_search;
  parts.recall = meta.hnsw->recall;
  EMBED_RETURN_IF_ERROR(OpenLinks(file, &parts));
  absl::StatusOr<HnswGraph> graph = HnswGraph::FromParts(parts, file.file());
  if (!graph.ok()) return file.Damaged("meta", graph.status().message());
  if (verify == Container::Verify::kAll) {
    const absl::Status status = graph->Check();
    if (!status.ok()) {
      return file.Damaged(parts.packed() ? "graph_packed" : "graph_links",
                          status.message());
    }
  }
  return graph;
}

absl::StatusOr<KeyTable> OpenKeys(const Container& file, uint64_t rows,
                                  Container::Verify verify) {
  KeyTable::Parts parts;
  EMBED_ASSIGN_OR_RETURN(const auto text, file.Bytes("key_text"));
  parts.text = AsText(text);
  EMBED_ASSIGN_OR_RETURN(
      parts.bases, file.Array<uint64_t>("key_bases", KeyTable::NumBases(rows)));
  EMBED_ASSIGN_OR_RETURN(parts.offsets,
                         file.Array<uint32_t>("key_offsets", rows));
  EMBED_ASSIGN_OR_RETURN(parts.order, file.Array<uint32_t>("key_order", rows));
  KeyTable keys(parts, file.file());
  if (verify == Container::Verify::kAll) {
    const absl::Status status = keys.Check();
    if (!status.ok()) return file.Damaged("key_offsets", status.message());
  }
  return keys;
}

absl::StatusOr<absl::Span<const uint16_t>> OpenTypes(const Container& file,
                                                     const IndexMeta& meta,
                                                     Container::Verify verify) {
  if (meta.type_names.empty()) return absl::Span<const uint16_t>();
  EMBED_ASSIGN_OR_RETURN(const absl::Span<const uint16_t> types,
                         file.Array<uint16_t>("types", meta.rows));
  if (verify == Container::Verify::kAll) {
    for (uint64_t i = 0; i < types.size(); ++i) {
      if (types[i] < meta.type_names.size()) continue;
      return file.Damaged(
          "types", absl::StrCat("row ", i, " has type ", types[i], " of ",
                                meta.type_names.size()));
    }
  }
  return types;
}

// The table with rows as far apart as those of a new one.
absl::StatusOr<Int8Table> WithNewStride(const Int8Table& table) {
  const Int8Table::Parts& parts = table.parts();
  if (!parts.in_rows() || parts.row_stride == Int8RowStride(parts.dim)) {
    return table;
  }
  std::vector<uint32_t> rows(parts.rows);
  std::iota(rows.begin(), rows.end(), 0u);
  return Int8Table::Gather(table, rows, table, {});
}

}  // namespace

absl::Status ItemIndex::Write(const std::string& path) const {
  if (changes_ != nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": an index with changes is written after Compacted()"));
  }
  if (faiss_ != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": an index that FAISS wrote is not written in another form"));
  }
  EMBED_ASSIGN_OR_RETURN(const Int8Table table, WithNewStride(*table_));
  const Int8Table::Parts& rows = table.parts();
  const KeyTable::Parts& keys = keys_.parts();
  IndexMeta values;
  values.rows = rows.rows;
  values.dim = rows.dim;
  values.rotated = table.rotated();
  values.codec = rows.codec;
  values.metric = rows.metric;
  values.exponent = rows.exponent;
  values.seed = seed_;
  values.info = info_;
  values.type_names = type_names_;
  std::optional<HnswGraph> graph;
  uint32_t version = 1;
  if (graph_.has_value()) {
    EMBED_ASSIGN_OR_RETURN(graph, graph_->Packed());
    const HnswGraph::Parts& parts = graph->parts();
    values.hnsw = {parts.m, parts.entry_point, parts.ef_search, parts.recall};
    version = kPackedGraphVersion;
    if (rows.row_stride != Int8ReadBytes(rows.dim)) {
      values.hnsw->row_stride = rows.row_stride;
      version = kRowStrideVersion;
    }
  }
  if (table.has_f16()) values.f16_error = rows.f16_error;
  if (lists_.has_value()) {
    values.ivf = {lists_->lists(), lists_->parts().nprobe,
                  lists_->parts().recall};
  }
  const std::string meta = MetaToJson(values);
  ContainerWriter writer(ContainerKind::kIndex, version);
  writer.Add("meta", meta.data(), meta.size());
  writer.Add(rows.in_rows() ? "graph_codes" : "codes", rows.codes);
  if (rows.in_rows()) {
    writer.Add("graph_scales", rows.scales);
  } else {
    writer.Add("multipliers", rows.multipliers);
    writer.Add("weights", rows.weights);
  }
  writer.Add("mean", rows.mean);
  if (table.rotated()) writer.Add("rotation", rows.rotation);
  if (table.has_f16()) writer.Add("f16", rows.f16);
  writer.Add("key_text", keys.text.data(), keys.text.size());
  writer.Add("key_bases", keys.bases);
  writer.Add("key_offsets", keys.offsets);
  writer.Add("key_order", keys.order);
  if (!types_.empty()) writer.Add("types", types_);
  if (graph.has_value()) {
    writer.Add("graph_packed", graph->parts().packed_links);
    writer.Add("graph_bases", graph->parts().bases);
    writer.Add("graph_offsets", graph->parts().offsets);
  }
  if (lists_.has_value()) {
    const Int8Table::Parts& centers = lists_->centers().parts();
    writer.Add("list_starts", lists_->parts().starts);
    writer.Add("list_codes", centers.codes);
    writer.Add("list_multipliers", centers.multipliers);
    writer.Add("list_weights", centers.weights);
    writer.Add("list_mean", centers.mean);
  }
  return writer.Write(path);
}

absl::StatusOr<ItemIndex> ItemIndex::WithLog(ItemIndex index,
                                             const Container& file) {
  const auto at_path = [&](const absl::Status& status) {
    return absl::Status(
        absl::IsResourceExhausted(status) ? status.code()
                                          : absl::StatusCode::kDataLoss,
        absl::StrCat(file.file()->path(), ": ", status.message()));
  };
  const absl::StatusOr<ChangeLog> log = ReadChangeLog(
      file.tail(), index.dim(), index.type_names_, index.log_end_);
  if (!log.ok()) return at_path(log.status());
  index.log_end_ = log->end;
  if (log->changes.empty()) return index;
  auto changes = ChangedItems::Apply(std::make_shared<const ItemIndex>(index),
                                     /*before=*/nullptr, log->changes);
  if (!changes.ok()) return at_path(changes.status());
  index.changes_ = *std::move(changes);
  return index;
}

absl::StatusOr<ItemIndex> ItemIndex::Open(const std::string& path,
                                          Container::Verify verify) {
  if (FaissFile::Is(path)) return OpenFaiss(path);
  EMBED_ASSIGN_OR_RETURN(const Container file,
                         Container::Open(path, ContainerKind::kIndex, verify));
  EMBED_ASSIGN_OR_RETURN(const auto bytes, file.Bytes("meta"));
  absl::StatusOr<IndexMeta> meta = MetaFromJson(AsText(bytes));
  if (!meta.ok()) return file.Damaged("meta", meta.status().message());
  EMBED_ASSIGN_OR_RETURN(Int8Table table, OpenRows(file, *meta));
  EMBED_ASSIGN_OR_RETURN(std::optional<HnswGraph> graph,
                         OpenGraph(file, *meta, verify));
  EMBED_ASSIGN_OR_RETURN(std::optional<IvfLists> lists,
                         OpenLists(file, *meta, verify));
  EMBED_ASSIGN_OR_RETURN(KeyTable keys, OpenKeys(file, meta->rows, verify));
  ItemIndex index(std::move(table), std::move(graph), std::move(lists),
                  std::move(keys));
  EMBED_ASSIGN_OR_RETURN(index.types_, OpenTypes(file, *meta, verify));
  index.types_owner_ = file.file();
  index.type_names_ = std::move(meta->type_names);
  index.seed_ = meta->seed;
  index.info_ = std::move(meta->info);
  index.log_end_ = {file.size(), file.header_hash(), 0};
  if (file.tail().empty()) return index;
  return WithLog(std::move(index), file);
}

}  // namespace embed
