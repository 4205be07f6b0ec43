// ItemIndex files (layout: embed/index/FORMAT.md).
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/item_index.h"
#include "nlohmann/json.hpp"

namespace embed {
namespace {

using Json = nlohmann::json;

constexpr char kCodec[] = "int8";
constexpr char kMetric[] = "cosine";
constexpr size_t kMaxTypes = 65535;

// What a graph has besides its arrays.
struct GraphMeta {
  int m = 0;
  uint32_t entry_point = 0;
  uint64_t lists = 0;
  int ef_search = kDefaultEfSearch;
  double recall = 0;
};

struct Meta {
  uint64_t rows = 0;
  int dim = 0;
  bool rotated = false;
  uint64_t seed = 0;
  std::map<std::string, std::string> info;
  std::vector<std::string> type_names;
  std::optional<GraphMeta> hnsw;
};

std::string ToJson(const Meta& meta) {
  Json json = {{"codec", kCodec},         {"metric", kMetric},
               {"rows", meta.rows},       {"dim", meta.dim},
               {"rotated", meta.rotated}, {"seed", meta.seed},
               {"info", Json(meta.info)}};
  if (!meta.type_names.empty()) json["types"] = meta.type_names;
  if (meta.hnsw.has_value()) {
    json["hnsw"] = {{"m", meta.hnsw->m},
                    {"entry_point", meta.hnsw->entry_point},
                    {"lists", meta.hnsw->lists},
                    {"ef_search", meta.hnsw->ef_search}};
    if (meta.hnsw->recall > 0) json["hnsw"]["recall"] = meta.hnsw->recall;
  }
  // Names are sorted: the same values give the same bytes.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<uint64_t> Number(const Json& json, const char* name,
                                uint64_t most) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_unsigned() ||
      found->get<uint64_t>() > most) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", name, "' is not a number from 0 to ", most));
  }
  return found->get<uint64_t>();
}

absl::Status ExpectText(const Json& json, const char* name,
                        const char* expected) {
  const auto found = json.find(name);
  if (found == json.end() || *found != expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", name, "' is not '", expected, "'"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<GraphMeta>> GraphFromJson(const Json& json) {
  const auto found = json.find("hnsw");
  if (found == json.end()) return std::nullopt;
  if (!found->is_object()) {
    return absl::InvalidArgumentError("'hnsw' is not an object");
  }
  GraphMeta meta;
  EMBED_ASSIGN_OR_RETURN(const uint64_t m, Number(*found, "m", 256));
  EMBED_ASSIGN_OR_RETURN(const uint64_t entry_point,
                         Number(*found, "entry_point", Vocabulary::kMaxSize));
  EMBED_ASSIGN_OR_RETURN(
      meta.lists,
      Number(*found, "lists", std::numeric_limits<uint32_t>::max()));
  EMBED_ASSIGN_OR_RETURN(
      const uint64_t ef_search,
      Number(*found, "ef_search", std::numeric_limits<int>::max()));
  meta.m = static_cast<int>(m);
  meta.entry_point = static_cast<uint32_t>(entry_point);
  meta.ef_search = static_cast<int>(ef_search);
  const auto recall = found->find("recall");
  if (recall != found->end()) {
    if (!recall->is_number() || !(recall->get<double>() <= 1)) {
      return absl::InvalidArgumentError("'recall' is not a number up to 1");
    }
    meta.recall = recall->get<double>();
  }
  return meta;
}

absl::StatusOr<std::vector<std::string>> TypesFromJson(const Json& json) {
  std::vector<std::string> names;
  const auto found = json.find("types");
  if (found == json.end()) return names;
  if (!found->is_array() || found->empty() || found->size() > kMaxTypes) {
    return absl::InvalidArgumentError("'types' is not a list of names");
  }
  for (const Json& name : *found) {
    if (!name.is_string() || name.get<std::string>().empty()) {
      return absl::InvalidArgumentError("'types' is not a list of names");
    }
    names.push_back(name.get<std::string>());
  }
  return names;
}

absl::StatusOr<Meta> FromJson(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object()) return absl::InvalidArgumentError("not JSON");
  EMBED_RETURN_IF_ERROR(ExpectText(json, "codec", kCodec));
  EMBED_RETURN_IF_ERROR(ExpectText(json, "metric", kMetric));
  Meta meta;
  EMBED_ASSIGN_OR_RETURN(meta.rows, Number(json, "rows", Vocabulary::kMaxSize));
  EMBED_ASSIGN_OR_RETURN(const uint64_t dim, Number(json, "dim", kInt8MaxDim));
  if (meta.rows == 0 || dim == 0) {
    return absl::InvalidArgumentError("'rows' or 'dim' is 0");
  }
  meta.dim = static_cast<int>(dim);
  EMBED_ASSIGN_OR_RETURN(
      meta.seed, Number(json, "seed", std::numeric_limits<uint64_t>::max()));
  const auto rotated = json.find("rotated");
  if (rotated == json.end() || !rotated->is_boolean()) {
    return absl::InvalidArgumentError("'rotated' is not true or false");
  }
  meta.rotated = rotated->get<bool>();
  const auto info = json.find("info");
  if (info == json.end() || !info->is_object()) {
    return absl::InvalidArgumentError("'info' is not an object");
  }
  for (const auto& [name, value] : info->items()) {
    if (!value.is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'info.", name, "' is not a text"));
    }
    meta.info[name] = value.get<std::string>();
  }
  EMBED_ASSIGN_OR_RETURN(meta.type_names, TypesFromJson(json));
  EMBED_ASSIGN_OR_RETURN(meta.hnsw, GraphFromJson(json));
  return meta;
}

absl::string_view AsText(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

absl::StatusOr<Int8Table> OpenTable(const Container& file, const Meta& meta) {
  const uint64_t padded = Int8Blocks(meta.rows) * kInt8BlockRows;
  const uint64_t dim = static_cast<uint64_t>(meta.dim);
  Int8Table::Parts parts;
  parts.rows = meta.rows;
  parts.dim = meta.dim;
  EMBED_ASSIGN_OR_RETURN(
      parts.codes,
      file.Array<uint8_t>("codes", Int8CodeBytes(meta.rows, meta.dim)));
  EMBED_ASSIGN_OR_RETURN(parts.multipliers,
                         file.Array<float>("multipliers", padded));
  EMBED_ASSIGN_OR_RETURN(parts.weights, file.Array<float>("weights", padded));
  EMBED_ASSIGN_OR_RETURN(parts.mean, file.Array<float>("mean", dim));
  if (meta.rotated) {
    EMBED_ASSIGN_OR_RETURN(parts.rotation,
                           file.Array<float>("rotation", dim * dim));
  }
  absl::StatusOr<Int8Table> table = Int8Table::FromParts(parts, file.file());
  if (!table.ok()) return file.Damaged("mean", table.status().message());
  return table;
}

absl::StatusOr<std::optional<HnswGraph>> OpenGraph(const Container& file,
                                                   const Meta& meta,
                                                   Container::Verify verify) {
  if (!meta.hnsw.has_value()) return std::nullopt;
  const uint64_t m = static_cast<uint64_t>(meta.hnsw->m);
  HnswGraph::Parts parts;
  parts.rows = meta.rows;
  parts.dim = meta.dim;
  parts.m = meta.hnsw->m;
  parts.entry_point = meta.hnsw->entry_point;
  parts.ef_search = meta.hnsw->ef_search;
  parts.recall = meta.hnsw->recall;
  EMBED_ASSIGN_OR_RETURN(
      parts.codes,
      file.Array<uint8_t>("graph_codes", meta.rows * Int8RowStride(meta.dim)));
  EMBED_ASSIGN_OR_RETURN(parts.scales,
                         file.Array<Int8RowScale>("graph_scales", meta.rows));
  EMBED_ASSIGN_OR_RETURN(
      parts.links, file.Array<uint32_t>("graph_links", meta.rows * 2 * m));
  EMBED_ASSIGN_OR_RETURN(parts.upper_lists,
                         file.Array<uint32_t>("graph_lists", meta.rows + 1));
  EMBED_ASSIGN_OR_RETURN(
      parts.upper_links,
      file.Array<uint32_t>("graph_upper", meta.hnsw->lists * m));
  absl::StatusOr<HnswGraph> graph = HnswGraph::FromParts(parts, file.file());
  if (!graph.ok()) return file.Damaged("meta", graph.status().message());
  if (verify == Container::Verify::kAll) {
    const absl::Status status = graph->Check();
    if (!status.ok()) return file.Damaged("graph_links", status.message());
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
                                                     const Meta& meta,
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

}  // namespace

absl::Status ItemIndex::Write(const std::string& path) const {
  const Int8Table::Parts& rows = table_.parts();
  const KeyTable::Parts& keys = keys_.parts();
  Meta values = {rows.rows,   rows.dim, table_.rotated(), seed_, info_,
                 type_names_, {}};
  if (graph_.has_value()) {
    const HnswGraph::Parts& parts = graph_->parts();
    values.hnsw = {parts.m, parts.entry_point, parts.lists(), parts.ef_search,
                   parts.recall};
  }
  const std::string meta = ToJson(values);
  ContainerWriter writer(ContainerKind::kIndex);
  writer.Add("meta", meta.data(), meta.size());
  writer.Add("codes", rows.codes);
  writer.Add("multipliers", rows.multipliers);
  writer.Add("weights", rows.weights);
  writer.Add("mean", rows.mean);
  if (table_.rotated()) writer.Add("rotation", rows.rotation);
  writer.Add("key_text", keys.text.data(), keys.text.size());
  writer.Add("key_bases", keys.bases);
  writer.Add("key_offsets", keys.offsets);
  writer.Add("key_order", keys.order);
  if (!types_.empty()) writer.Add("types", types_);
  if (graph_.has_value()) {
    const HnswGraph::Parts& graph = graph_->parts();
    writer.Add("graph_codes", graph.codes);
    writer.Add("graph_scales", graph.scales);
    writer.Add("graph_links", graph.links);
    writer.Add("graph_lists", graph.upper_lists);
    writer.Add("graph_upper", graph.upper_links);
  }
  return writer.Write(path);
}

absl::StatusOr<ItemIndex> ItemIndex::Open(const std::string& path,
                                          Container::Verify verify) {
  EMBED_ASSIGN_OR_RETURN(const Container file,
                         Container::Open(path, ContainerKind::kIndex, verify));
  EMBED_ASSIGN_OR_RETURN(const auto bytes, file.Bytes("meta"));
  absl::StatusOr<Meta> meta = FromJson(AsText(bytes));
  if (!meta.ok()) return file.Damaged("meta", meta.status().message());
  EMBED_ASSIGN_OR_RETURN(Int8Table table, OpenTable(file, *meta));
  EMBED_ASSIGN_OR_RETURN(std::optional<HnswGraph> graph,
                         OpenGraph(file, *meta, verify));
  EMBED_ASSIGN_OR_RETURN(KeyTable keys, OpenKeys(file, meta->rows, verify));
  ItemIndex index(std::move(table), std::move(graph), std::move(keys));
  EMBED_ASSIGN_OR_RETURN(index.types_, OpenTypes(file, *meta, verify));
  index.types_owner_ = file.file();
  index.type_names_ = std::move(meta->type_names);
  index.seed_ = meta->seed;
  index.info_ = std::move(meta->info);
  return index;
}

}  // namespace embed
