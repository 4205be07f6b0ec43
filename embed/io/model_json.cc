#include "embed/io/model_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace embed {
namespace {

using Json = nlohmann::json;  // objects are sorted by name

// Frozen, by value of the enumerations.
constexpr const char* kVectorsNames[] = {"input", "output", "composed", "both"};
constexpr const char* kComposeNames[] = {"sum", "mean"};

// Reads members of one object; the first problem stays in status().
class MemberReader {
 public:
  MemberReader(const Json& object, std::string place)
      : object_(object), place_(std::move(place)) {}

  uint64_t Number(const char* name) {
    const Json* member = Find(name);
    if (member == nullptr) return 0;
    if (member->is_number_unsigned()) return member->get<uint64_t>();
    return Fail(name, "a whole number of at least 0"), 0;
  }

  std::string Text(const char* name) {
    const Json* member = Find(name);
    if (member == nullptr) return "";
    if (member->is_string()) return member->get<std::string>();
    return Fail(name, "a text"), "";
  }

  // 0 if it is not there, as in files of models without such things.
  uint64_t NumberIfAny(const char* name) {
    return object_.contains(name) ? Number(name) : 0;
  }

  // Empty if it is not there.
  std::vector<std::string> TextsIfAny(const char* name) {
    std::vector<std::string> texts;
    if (!object_.contains(name)) return texts;
    const Json& member = object_[name];
    const auto is_text = [](const Json& item) { return item.is_string(); };
    if (!member.is_array() ||
        !std::all_of(member.begin(), member.end(), is_text)) {
      return Fail(name, "a list of texts"), texts;
    }
    return member.get<std::vector<std::string>>();
  }

  // The place of the member's value in a list of frozen names.
  size_t Choice(const char* name, absl::Span<const char* const> names) {
    const std::string value = Text(name);
    const auto found = std::find(names.begin(), names.end(), value);
    if (found != names.end()) return static_cast<size_t>(found - names.begin());
    Fail(name, absl::StrCat("one of ", absl::StrJoin(names, ", ")));
    return 0;
  }

  // An empty object if it is not one.
  const Json& Object(const char* name) {
    static const Json& empty = *new Json(Json::object());
    const Json* member = Find(name);
    if (member == nullptr) return empty;
    if (member->is_object()) return *member;
    return Fail(name, "an object"), empty;
  }

  const absl::Status& status() const { return status_; }

 private:
  const Json* Find(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end()) return &*found;
    Fail(name, "it to be there");
    return nullptr;
  }

  void Fail(const char* name, absl::string_view expected) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat("member ", place_, name, ": expected ", expected));
  }

  const Json& object_;
  std::string place_;
  absl::Status status_;
};

absl::Status ParseOptions(const Json& object,
                          std::map<std::string, std::string>* options) {
  for (const auto& item : object.items()) {
    if (!item.value().is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat("member options.", item.key(), ": expected a text"));
    }
    (*options)[item.key()] = item.value().get<std::string>();
  }
  return absl::OkStatus();
}

}  // namespace

std::string ModelJson(const ModelInfo& info, const ModelShape& shape) {
  Json json = {
      {"mode", info.mode},
      {"vectors", kVectorsNames[static_cast<size_t>(info.vectors)]},
      {"seed", info.seed},
      {"source", {{"name", info.source_name}, {"bytes", info.source_bytes}}},
      {"options", Json(info.options)},
      {"keys", shape.keys},
      {"dim", shape.dim},
      {"input_rows", shape.input_rows},
      {"output_rows", shape.output_rows},
      {"features",
       {{"ids", shape.feature_ids},
        {"entries", shape.feature_entries},
        {"rows", shape.feature_rows},
        {"compose", kComposeNames[static_cast<size_t>(shape.compose)]}}},
  };
  if (shape.features_without_keys) json["features"]["without_keys"] = 1;
  if (shape.relations > 0) json["relations"] = shape.relations;
  if (!shape.type_names.empty()) json["types"] = shape.type_names;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::Status ParseModelJson(absl::string_view text, ModelInfo* info,
                            ModelShape* shape) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr,
                                /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return absl::InvalidArgumentError("expected a JSON object");
  }
  MemberReader top(json, "");
  info->mode = top.Text("mode");
  info->vectors =
      static_cast<VectorsFrom>(top.Choice("vectors", kVectorsNames));
  info->seed = top.Number("seed");
  shape->keys = top.Number("keys");
  shape->dim = top.Number("dim");
  shape->input_rows = top.Number("input_rows");
  shape->output_rows = top.Number("output_rows");
  shape->relations = top.NumberIfAny("relations");
  shape->type_names = top.TextsIfAny("types");
  const Json& options = top.Object("options");
  const Json& source_json = top.Object("source");
  const Json& features_json = top.Object("features");
  if (!top.status().ok()) return top.status();

  MemberReader source(source_json, "source.");
  info->source_name = source.Text("name");
  info->source_bytes = source.Number("bytes");
  if (!source.status().ok()) return source.status();

  MemberReader features(features_json, "features.");
  shape->feature_ids = features.Number("ids");
  shape->feature_entries = features.Number("entries");
  shape->feature_rows = features.Number("rows");
  shape->compose =
      static_cast<Compose>(features.Choice("compose", kComposeNames));
  shape->features_without_keys = features.NumberIfAny("without_keys") != 0;
  if (!features.status().ok()) return features.status();
  return ParseOptions(options, &info->options);
}

}  // namespace embed
