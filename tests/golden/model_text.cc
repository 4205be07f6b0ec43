#include "tests/golden/model_text.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"

namespace embed {
namespace {

std::string Numbers(absl::Span<const float> values) {
  return absl::StrJoin(values, " ", [](std::string* text, float value) {
    absl::StrAppendFormat(text, "%.6g", value);
  });
}

std::string Row(const EmbeddingTable& table, uint64_t row) {
  if (table.empty()) return "";
  return " | " + Numbers({table.row(row), static_cast<size_t>(table.dim())});
}

std::string Name(VectorsFrom vectors) {
  switch (vectors) {
    case VectorsFrom::kInput:
      return "input";
    case VectorsFrom::kOutput:
      return "output";
    case VectorsFrom::kComposed:
      return "composed";
    case VectorsFrom::kBoth:
      return "both";
  }
  return "?";
}

std::string Features(const Model& model) {
  const FeatureMap& features = model.features;
  std::string text;
  for (uint32_t row = 0; row < features.num_rows(); ++row) {
    absl::StrAppend(
        &text, features.compose() == Compose::kSum ? "sum " : "mean ",
        features.row_keys().empty() ? "-"
                                    : absl::StrCat(features.row_keys()[row]),
        Row(model.input, row), "\n");
  }
  if (!model.feature_source.empty()) {
    absl::StrAppend(&text, "source ", model.feature_source.size(), " bytes\n");
  }
  return text;
}

}  // namespace

std::string TextOf(const Model& model) {
  const ModelInfo& info = model.info;
  const Vocabulary& words = model.vocabulary;
  const FeatureMap& features = model.features;
  std::string text = absl::StrCat(
      info.mode, " seed ", info.seed, ", ", info.source_name, " ",
      info.source_bytes, ", ", Name(info.vectors), ", dim ",
      model.vectors().dim, ", ", info.options.size(), " options\n");
  for (uint32_t id = 0; id < words.size(); ++id) {
    absl::StrAppend(&text, words.key(id), " ", words.count(id));
    if (!words.types().empty()) {
      absl::StrAppend(&text, " ", words.type_names()[words.types()[id]]);
    }
    if (features.empty()) absl::StrAppend(&text, Row(model.input, id));
    absl::StrAppend(&text, Row(model.output, id));
    if (!features.empty()) {
      absl::StrAppend(&text, " | rows ", absl::StrJoin(features.Rows(id), " "));
    }
    text += '\n';
  }
  text += Features(model);
  for (uint32_t id = 0; id < model.relation_keys.size(); ++id) {
    absl::StrAppend(&text, model.relation_keys.key(id), " ",
                    model.relation_keys.count(id), Row(model.relations, id),
                    "\n");
  }
  return text;
}

std::string TextOf(const CheckpointFile& file) {
  const Checkpoint& checkpoint = file.checkpoint();
  const TrainingPosition& position = checkpoint.position;
  std::string text = absl::StrFormat(
      "unit %d of %d, %d tokens, %d examples, loss %.6g, %d properties, extra "
      "%d bytes\n",
      position.next_unit, position.units, position.total.tokens,
      position.total.examples, position.total.loss, file.identity().size(),
      checkpoint.extra.size());
  for (const Checkpoint::Array& array : checkpoint.arrays) {
    absl::StrAppend(&text, array.name, " ", array.values.size(), " | ",
                    Numbers(array.values.first(3)), "\n");
  }
  return text;
}

}  // namespace embed
