#include "embed/index/index_meta.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/ivf_lists.h"
#include "embed/model/vocabulary.h"
#include "nlohmann/json.hpp"

namespace embed {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxTypes = 65535;

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

absl::Status ReadCodec(const Json& json, IndexMeta* meta) {
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
absl::Status ReadMetric(const Json& json, IndexMeta* meta) {
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
      const uint64_t ef_search,
      Number(*found, "ef_search", std::numeric_limits<int>::max()));
  meta.m = static_cast<int>(m);
  meta.entry_point = static_cast<uint32_t>(entry_point);
  meta.ef_search = static_cast<int>(ef_search);
  EMBED_ASSIGN_OR_RETURN(meta.recall, RecallFromJson(*found));
  if (found->contains("row_stride")) {
    EMBED_ASSIGN_OR_RETURN(meta.row_stride,
                           Number(*found, "row_stride", kInt8MaxDim));
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

}  // namespace

std::string MetaToJson(const IndexMeta& meta) {
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
                    {"ef_search", meta.hnsw->ef_search}};
    if (meta.hnsw->recall > 0) json["hnsw"]["recall"] = meta.hnsw->recall;
    if (meta.hnsw->row_stride > 0) {
      json["hnsw"]["row_stride"] = meta.hnsw->row_stride;
    }
  }
  if (meta.f16_error.has_value()) json["f16_error"] = *meta.f16_error;
  if (meta.ivf.has_value()) {
    json["ivf"] = {{"lists", meta.ivf->lists}, {"nprobe", meta.ivf->nprobe}};
    if (meta.ivf->recall > 0) json["ivf"]["recall"] = meta.ivf->recall;
  }
  // Names are sorted: the same values give the same bytes.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<IndexMeta> MetaFromJson(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object()) return absl::InvalidArgumentError("not JSON");
  IndexMeta meta;
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
  if (meta.hnsw.has_value() && meta.hnsw->row_stride > 0 &&
      (meta.hnsw->row_stride < dim ||
       meta.hnsw->row_stride > Int8ReadBytes(meta.dim))) {
    return absl::InvalidArgumentError(
        absl::StrCat("'hnsw.row_stride' is ", meta.hnsw->row_stride,
                     ", expected ", dim, " to ", Int8ReadBytes(meta.dim)));
  }
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

}  // namespace embed
