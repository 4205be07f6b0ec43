#include "embed/io/model_file.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/container.h"
#include "embed/io/model_json.h"
#include "embed/model/composed_vectors.h"

namespace embed {
namespace {

// Frozen names of the sections; embed/io/FORMAT.md.
constexpr char kModelInfo[] = "info";
constexpr char kKeyText[] = "key_text";
constexpr char kKeyOffsets[] = "key_offsets";
constexpr char kCounts[] = "counts";
constexpr char kTypes[] = "types";
constexpr char kInput[] = "input";
constexpr char kOutput[] = "output";
constexpr char kFeatureOffsets[] = "feature_offsets";
constexpr char kFeatureRows[] = "feature_rows";
constexpr char kFeatureKeys[] = "feature_keys";
constexpr char kFeatureSource[] = "feature_source";
constexpr char kRelationText[] = "relation_text";
constexpr char kRelationOffsets[] = "relation_offsets";
constexpr char kRelationCounts[] = "relation_counts";
constexpr char kRelations[] = "relations";

absl::Status Inconsistent(absl::string_view what, uint64_t found,
                          uint64_t expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, " is ", found, ", expected ", expected));
}

// Of the composed vector beside the output row's in VectorsFrom::kBoth: with a
// half, cw2vec's words did better at similarity and analogies than with none or
// the whole.
constexpr float kComposedWeight = 0.5f;

bool NeedsFeatures(VectorsFrom vectors) {
  return vectors == VectorsFrom::kComposed || vectors == VectorsFrom::kBoth;
}

bool NeedsOutput(VectorsFrom vectors) {
  return vectors == VectorsFrom::kOutput || vectors == VectorsFrom::kBoth;
}

// The rules that a model keeps in memory and in a file alike.
absl::Status CheckShape(const ModelShape& shape, VectorsFrom vectors) {
  const bool has_features = shape.feature_ids > 0;
  if (shape.keys > Vocabulary::kMaxSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        shape.keys, " keys, expected at most ", Vocabulary::kMaxSize));
  }
  if (has_features && shape.feature_ids != shape.keys) {
    return Inconsistent("ids with features", shape.feature_ids, shape.keys);
  }
  const uint64_t input_rows = has_features ? shape.feature_rows : shape.keys;
  if (shape.input_rows != input_rows &&
      !(shape.input_rows == 0 && vectors == VectorsFrom::kOutput)) {
    return Inconsistent("rows of the input table", shape.input_rows,
                        input_rows);
  }
  if (shape.output_rows != shape.keys &&
      !(shape.output_rows == 0 && !NeedsOutput(vectors))) {
    return Inconsistent("rows of the output table", shape.output_rows,
                        shape.keys);
  }
  if (vectors == VectorsFrom::kInput && has_features) {
    return absl::InvalidArgumentError(
        "rows of the input table are features, not keys: its rows cannot be "
        "the vectors");
  }
  if (NeedsFeatures(vectors) && !has_features && shape.keys > 0) {
    return absl::InvalidArgumentError(
        "composed vectors need features, and there are none");
  }
  if (shape.relations > Vocabulary::kMaxSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(shape.relations, " relations, expected at most ",
                     Vocabulary::kMaxSize));
  }
  const bool empty =
      shape.input_rows == 0 && shape.output_rows == 0 && shape.relations == 0;
  if (!empty && (shape.dim < 1 || shape.dim > EmbeddingTable::kMaxDim)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "dim is ", shape.dim, ", expected 1 to ", EmbeddingTable::kMaxDim));
  }
  return absl::OkStatus();
}

absl::StatusOr<ModelShape> ShapeOf(const Model& model) {
  ModelShape shape;
  shape.keys = model.vocabulary.size();
  shape.input_rows = model.input.rows();
  shape.output_rows = model.output.rows();
  const EmbeddingTable& any = model.input.empty() ? model.output : model.input;
  if (!any.empty()) shape.dim = static_cast<uint64_t>(any.dim());
  if (!model.output.empty() && model.output.dim() != any.dim()) {
    return Inconsistent("dim of the output table",
                        static_cast<uint64_t>(model.output.dim()), shape.dim);
  }
  shape.type_names = model.vocabulary.type_names();
  shape.relations = model.relation_keys.size();
  if (model.relations.rows() != shape.relations) {
    return Inconsistent("rows of the table of relations",
                        model.relations.rows(), shape.relations);
  }
  if (!model.relations.empty() && model.relations.dim() != any.dim()) {
    return Inconsistent("dim of the table of relations",
                        static_cast<uint64_t>(model.relations.dim()),
                        shape.dim);
  }
  if (!model.features.empty()) {
    shape.feature_ids = model.features.num_ids();
    shape.feature_entries = model.features.rows().size();
    shape.feature_rows = model.features.num_rows();
    shape.features_without_keys = model.features.row_keys().empty();
    shape.compose = model.features.compose();
  }
  EMBED_RETURN_IF_ERROR(CheckShape(shape, model.info.vectors));
  return shape;
}

template <typename T>
absl::StatusOr<std::vector<T>> ReadVector(const Container& container,
                                          absl::string_view name,
                                          uint64_t count) {
  EMBED_ASSIGN_OR_RETURN(const absl::Span<const T> values,
                         container.Array<T>(name, count));
  return std::vector<T>(values.begin(), values.end());
}

// The sections of a vocabulary.
struct KeySections {
  const char* text;
  const char* offsets;
  const char* counts;
};
constexpr KeySections kKeys = {kKeyText, kKeyOffsets, kCounts};
constexpr KeySections kRelationKeys = {kRelationText, kRelationOffsets,
                                       kRelationCounts};

void AddVocabulary(const KeySections& sections, const Vocabulary& vocabulary,
                   ContainerWriter* writer) {
  const absl::string_view text = vocabulary.text();
  writer->Add(sections.text, text.data(), text.size());
  writer->Add(sections.offsets, vocabulary.offsets());
  writer->Add(sections.counts, vocabulary.counts());
}

absl::StatusOr<Vocabulary> ReadVocabulary(const Container& container,
                                          const KeySections& sections,
                                          uint64_t keys) {
  EMBED_ASSIGN_OR_RETURN(const auto text, container.Bytes(sections.text));
  EMBED_ASSIGN_OR_RETURN(
      std::vector<uint64_t> offsets,
      ReadVector<uint64_t>(container, sections.offsets, keys + 1));
  EMBED_ASSIGN_OR_RETURN(
      std::vector<uint64_t> counts,
      ReadVector<uint64_t>(container, sections.counts, keys));
  auto vocabulary = Vocabulary::Create(std::string(text.begin(), text.end()),
                                       std::move(offsets), std::move(counts));
  if (!vocabulary.ok()) {
    return container.Damaged(sections.offsets, vocabulary.status().message());
  }
  return vocabulary;
}

absl::Status ReadTypes(const Container& container, const ModelShape& shape,
                       Vocabulary* vocabulary) {
  if (shape.type_names.empty()) return absl::OkStatus();
  EMBED_ASSIGN_OR_RETURN(std::vector<uint16_t> types,
                         ReadVector<uint16_t>(container, kTypes, shape.keys));
  const absl::Status set =
      vocabulary->SetTypes(shape.type_names, std::move(types));
  return set.ok() ? set : container.Damaged(kTypes, set.message());
}

// The rows as they lie in memory, padding and all.
absl::StatusOr<EmbeddingTable> ReadTable(const Container& container,
                                         absl::string_view name, uint64_t rows,
                                         uint64_t dim) {
  if (rows == 0) {
    EMBED_RETURN_IF_ERROR(container.Array<float>(name, 0).status());
    return EmbeddingTable();
  }
  // The section's size is checked before memory is asked for.
  const uint64_t bytes = EmbeddingTable::BytesFor(rows, static_cast<int>(dim));
  EMBED_ASSIGN_OR_RETURN(const absl::Span<const float> values,
                         container.Array<float>(name, bytes / sizeof(float)));
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable table,
                         EmbeddingTable::Create(rows, static_cast<int>(dim)));
  std::memcpy(table.data(), values.data(), bytes);
  for (uint64_t r = 0; r < rows; ++r) {
    const float* row = table.row(r);
    if (std::any_of(row + dim, row + table.stride(),
                    [](float value) { return value != 0; })) {
      return container.Damaged(
          name, absl::StrCat("row ", r, " is not padded with zeros"));
    }
  }
  return table;
}

absl::StatusOr<FeatureMap> ReadFeatures(const Container& container,
                                        const ModelShape& shape) {
  if (shape.feature_ids == 0) return FeatureMap();
  EMBED_ASSIGN_OR_RETURN(
      std::vector<uint64_t> offsets,
      ReadVector<uint64_t>(container, kFeatureOffsets, shape.feature_ids + 1));
  EMBED_ASSIGN_OR_RETURN(
      std::vector<uint32_t> rows,
      ReadVector<uint32_t>(container, kFeatureRows, shape.feature_entries));
  absl::StatusOr<FeatureMap> features;
  if (!shape.features_without_keys) {
    EMBED_ASSIGN_OR_RETURN(
        std::vector<uint64_t> keys,
        ReadVector<uint64_t>(container, kFeatureKeys, shape.feature_rows));
    features = FeatureMap::Create(std::move(offsets), std::move(rows),
                                  std::move(keys), shape.compose);
  } else {
    features = FeatureMap::CreateWithoutKeys(
        std::move(offsets), std::move(rows),
        static_cast<uint32_t>(shape.feature_rows), shape.compose);
  }
  if (!features.ok()) {
    return container.Damaged(kFeatureOffsets, features.status().message());
  }
  return features;
}

}  // namespace

const EmbeddingTable& Model::VectorTable() const {
  switch (info.vectors) {
    case VectorsFrom::kInput:
      return input;
    case VectorsFrom::kOutput:
      return output;
    case VectorsFrom::kComposed:
    case VectorsFrom::kBoth:
      break;
  }
  return composed;
}

absl::Status ComposeVectors(const FeatureMap& features, int threads,
                            Model* model) {
  if (!NeedsFeatures(model->info.vectors)) return absl::OkStatus();
  EMBED_ASSIGN_OR_RETURN(model->composed,
                         ComposeAll(features, model->input, threads));
  if (model->info.vectors == VectorsFrom::kBoth) {
    return AddUnitRows(model->output, kComposedWeight, &model->composed);
  }
  return absl::OkStatus();
}

absl::Status WriteModel(const Model& model, const std::string& path) {
  const auto shape = ShapeOf(model);
  if (!shape.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": not a whole model: ", shape.status().message()));
  }
  const std::string info = ModelJson(model.info, *shape);
  ContainerWriter writer(ContainerKind::kModel);
  writer.Add(kModelInfo, info.data(), info.size());
  AddVocabulary(kKeys, model.vocabulary, &writer);
  if (!shape->type_names.empty()) writer.Add(kTypes, model.vocabulary.types());
  writer.Add(kInput, model.input.data(), model.input.bytes());
  writer.Add(kOutput, model.output.data(), model.output.bytes());
  if (!model.features.empty()) {
    writer.Add(kFeatureOffsets, model.features.offsets());
    writer.Add(kFeatureRows, model.features.rows());
    if (!shape->features_without_keys) {
      writer.Add(kFeatureKeys, model.features.row_keys());
    }
    if (!model.feature_source.empty()) {
      writer.Add(kFeatureSource, model.feature_source.data(),
                 model.feature_source.size());
    }
  }
  if (!model.relations.empty()) {
    AddVocabulary(kRelationKeys, model.relation_keys, &writer);
    writer.Add(kRelations, model.relations.data(), model.relations.bytes());
  }
  return writer.Write(path);
}

absl::StatusOr<Model> ReadModel(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const Container container,
                         Container::Open(path, ContainerKind::kModel));
  EMBED_ASSIGN_OR_RETURN(const auto info, container.Bytes(kModelInfo));
  Model model;
  ModelShape shape;
  const absl::string_view json(reinterpret_cast<const char*>(info.data()),
                               info.size());
  absl::Status status = ParseModelJson(json, &model.info, &shape);
  if (status.ok()) status = CheckShape(shape, model.info.vectors);
  if (!status.ok()) return container.Damaged(kModelInfo, status.message());
  EMBED_ASSIGN_OR_RETURN(model.vocabulary,
                         ReadVocabulary(container, kKeys, shape.keys));
  EMBED_RETURN_IF_ERROR(ReadTypes(container, shape, &model.vocabulary));
  EMBED_ASSIGN_OR_RETURN(
      model.input, ReadTable(container, kInput, shape.input_rows, shape.dim));
  EMBED_ASSIGN_OR_RETURN(model.output, ReadTable(container, kOutput,
                                                 shape.output_rows, shape.dim));
  EMBED_ASSIGN_OR_RETURN(model.features, ReadFeatures(container, shape));
  if (!model.features.empty() && container.Has(kFeatureSource)) {
    EMBED_ASSIGN_OR_RETURN(const auto source, container.Bytes(kFeatureSource));
    model.feature_source.assign(source.begin(), source.end());
  }
  EMBED_RETURN_IF_ERROR(ComposeVectors(model.features, /*threads=*/1, &model));
  if (shape.relations == 0) return model;
  EMBED_ASSIGN_OR_RETURN(
      model.relation_keys,
      ReadVocabulary(container, kRelationKeys, shape.relations));
  EMBED_ASSIGN_OR_RETURN(
      model.relations,
      ReadTable(container, kRelations, shape.relations, shape.dim));
  return model;
}

}  // namespace embed
