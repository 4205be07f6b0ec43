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

constexpr size_t kMaxTypes = 65535;

// What a graph has besides its arrays.
struct GraphMeta {
  int m = 0;
  uint32_t entry_point = 0;
  uint64_t lists = 0;
  int ef_search = kDefaultEfSearch;
  double recall = 0;
};

// What lists have besides their arrays.
struct ListsMeta {
  uint64_t lists = 0;
  int nprobe = 0;
  double recall = 0;
};

struct Meta {
  uint64_t rows = 0;
  int dim = 0;
  bool rotated = false;
  RowCodec codec = RowCodec::kInt8;
  Metric metric = Metric::kCosine;
  int exponent = 0;
  uint64_t seed = 0;
  std::map<std::string, std::string> info;
  std::vector<std::string> type_names;
  std::optional<GraphMeta> hnsw;
  std::optional<ListsMeta> ivf;
  std::optional<double> f16_error;  // if there are rows in float16
};

std::string ToJson(const Meta& meta) {
  Json json = {{"codec", std::string(RowCodecName(meta.codec))},
               {"metric", std::string(MetricName(meta.metric))},
               {"rows", meta.rows},
               {"dim", meta.dim},
               {"rotated", meta.rotated},
               {"seed", meta.seed},
               {"info", Json(meta.info)}};
  if (meta.metric != Metric::kCosine) json["exponent"] = meta.exponent;
  if (!meta.type_names.empty()) json["types"] = meta.type_names;
  if (meta.hnsw.has_value()) {
    json["hnsw"] = {{"m", meta.hnsw->m},
                    {"entry_point", meta.hnsw->entry_point},
                    {"lists", meta.hnsw->lists},
                    {"ef_search", meta.hnsw->ef_search}};
    if (meta.hnsw->recall > 0) json["hnsw"]["recall"] = meta.hnsw->recall;
  }
  if (meta.f16_error.has_value()) json["f16_error"] = *meta.f16_error;
  if (meta.ivf.has_value()) {
    json["ivf"] = {{"lists", meta.ivf->lists}, {"nprobe", meta.ivf->nprobe}};
    if (meta.ivf->recall > 0) json["ivf"]["recall"] = meta.ivf->recall;
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

absl::StatusOr<std::string> Text(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", name, "' is not a text"));
  }
  return found->get<std::string>();
}

absl::Status ReadCodec(const Json& json, Meta* meta) {
  EMBED_ASSIGN_OR_RETURN(const std::string name, Text(json, "codec"));
  const absl::StatusOr<RowCodec> codec = RowCodecFromName(name);
  if (!codec.ok() || !IsIntegerCodec(*codec)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'codec' is '", name, "', which this program does not read"));
  }
  meta->codec = *codec;
  return absl::OkStatus();
}

// Sets metric and exponent.
absl::Status ReadMetric(const Json& json, Meta* meta) {
  EMBED_ASSIGN_OR_RETURN(const std::string name, Text(json, "metric"));
  const absl::StatusOr<Metric> metric = MetricFromName(name);
  if (!metric.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'metric': ", metric.status().message()));
  }
  meta->metric = *metric;
  if (*metric == Metric::kCosine) return absl::OkStatus();
  const auto exponent = json.find("exponent");
  if (exponent == json.end() || !exponent->is_number_integer() ||
      *exponent < -kInt8MaxExponent || *exponent > kInt8MaxExponent) {
    return absl::InvalidArgumentError(
        absl::StrCat("'exponent' is not a number from ", -kInt8MaxExponent,
                     " to ", kInt8MaxExponent));
  }
  meta->exponent = exponent->get<int>();
  return absl::OkStatus();
}

// The recall that was measured; 0 if there is none.
absl::StatusOr<double> RecallFromJson(const Json& json) {
  const auto recall = json.find("recall");
  if (recall == json.end()) return 0.0;
  if (!recall->is_number() || !(recall->get<double>() <= 1)) {
    return absl::InvalidArgumentError("'recall' is not a number up to 1");
  }
  return recall->get<double>();
}

absl::StatusOr<std::optional<ListsMeta>> ListsFromJson(const Json& json) {
  const auto found = json.find("ivf");
  if (found == json.end()) return std::nullopt;
  if (!found->is_object()) {
    return absl::InvalidArgumentError("'ivf' is not an object");
  }
  ListsMeta meta;
  EMBED_ASSIGN_OR_RETURN(meta.lists, Number(*found, "lists", kMaxIvfLists));
  EMBED_ASSIGN_OR_RETURN(
      const uint64_t nprobe,
      Number(*found, "nprobe", std::numeric_limits<int>::max()));
  meta.nprobe = static_cast<int>(nprobe);
  EMBED_ASSIGN_OR_RETURN(meta.recall, RecallFromJson(*found));
  if (meta.lists == 0) return absl::InvalidArgumentError("'lists' is 0");
  return meta;
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
  EMBED_ASSIGN_OR_RETURN(meta.recall, RecallFromJson(*found));
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
  Meta meta;
  EMBED_RETURN_IF_ERROR(ReadCodec(json, &meta));
  EMBED_RETURN_IF_ERROR(ReadMetric(json, &meta));
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
  EMBED_ASSIGN_OR_RETURN(meta.ivf, ListsFromJson(json));
  if (meta.ivf.has_value() && meta.metric != Metric::kCosine) {
    return absl::InvalidArgumentError("'ivf' with a metric other than cosine");
  }
  const auto f16_error = json.find("f16_error");
  if (f16_error != json.end()) {
    if (!f16_error->is_number()) {
      return absl::InvalidArgumentError("'f16_error' is not a number");
    }
    meta.f16_error = f16_error->get<double>();
  }
  return meta;
}

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
      parts.codes,
      file.Array<uint8_t>(in_rows ? "graph_codes" : prefix + "codes",
                          in_rows ? rows * Int8RowStride(parts.dim)
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

absl::StatusOr<Int8Table> OpenRows(const Container& file, const Meta& meta) {
  Int8Table::Parts parts;
  parts.rows = meta.rows;
  parts.dim = meta.dim;
  parts.codec = meta.codec;
  parts.metric = meta.metric;
  parts.exponent = meta.exponent;
  parts.f16_error = meta.f16_error.value_or(0);
  if (meta.hnsw.has_value()) parts.layout = Int8Layout::kRows;
  return OpenTable(file, "", meta.rotated, meta.f16_error.has_value(), parts);
}

absl::StatusOr<std::optional<IvfLists>> OpenLists(const Container& file,
                                                  const Meta& meta,
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

absl::StatusOr<std::optional<HnswGraph>> OpenGraph(const Container& file,
                                                   const Meta& meta,
                                                   Container::Verify verify) {
  if (!meta.hnsw.has_value()) return std::nullopt;
  const uint64_t m = static_cast<uint64_t>(meta.hnsw->m);
  HnswGraph::Parts parts;
  parts.rows = meta.rows;
  parts.m = meta.hnsw->m;
  parts.entry_point = meta.hnsw->entry_point;
  parts.ef_search = meta.hnsw->ef_search;
  parts.recall = meta.hnsw->recall;
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
  if (changes_ != nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": an index with changes is written after Compacted()"));
  }
  if (faiss_ != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": an index that FAISS wrote is not written in another form"));
  }
  const Int8Table::Parts& rows = table_->parts();
  const KeyTable::Parts& keys = keys_.parts();
  Meta values;
  values.rows = rows.rows;
  values.dim = rows.dim;
  values.rotated = table_->rotated();
  values.codec = rows.codec;
  values.metric = rows.metric;
  values.exponent = rows.exponent;
  values.seed = seed_;
  values.info = info_;
  values.type_names = type_names_;
  if (graph_.has_value()) {
    const HnswGraph::Parts& parts = graph_->parts();
    values.hnsw = {parts.m, parts.entry_point, parts.lists(), parts.ef_search,
                   parts.recall};
  }
  if (table_->has_f16()) values.f16_error = rows.f16_error;
  if (lists_.has_value()) {
    values.ivf = {lists_->lists(), lists_->parts().nprobe,
                  lists_->parts().recall};
  }
  const std::string meta = ToJson(values);
  ContainerWriter writer(ContainerKind::kIndex);
  writer.Add("meta", meta.data(), meta.size());
  writer.Add(rows.in_rows() ? "graph_codes" : "codes", rows.codes);
  if (rows.in_rows()) {
    writer.Add("graph_scales", rows.scales);
  } else {
    writer.Add("multipliers", rows.multipliers);
    writer.Add("weights", rows.weights);
  }
  writer.Add("mean", rows.mean);
  if (table_->rotated()) writer.Add("rotation", rows.rotation);
  if (table_->has_f16()) writer.Add("f16", rows.f16);
  writer.Add("key_text", keys.text.data(), keys.text.size());
  writer.Add("key_bases", keys.bases);
  writer.Add("key_offsets", keys.offsets);
  writer.Add("key_order", keys.order);
  if (!types_.empty()) writer.Add("types", types_);
  if (graph_.has_value()) {
    writer.Add("graph_links", graph_->parts().links);
    writer.Add("graph_lists", graph_->parts().upper_lists);
    writer.Add("graph_upper", graph_->parts().upper_links);
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
  absl::StatusOr<Meta> meta = FromJson(AsText(bytes));
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
