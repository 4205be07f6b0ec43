#include "apps/initial_tables.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/hash.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/io/mapped_file.h"
#include "embed/model/feature_union.h"
#include "embed/model/vocabulary_union.h"

namespace embed {
namespace {

absl::StatusOr<std::string> IdentityOfFile(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file,
                         MappedFile::Open(path));
  return absl::StrCat(
      std::filesystem::path(path).filename().string(), ":",
      absl::Hex(Hash64(file->data(), file->size()), absl::kZeroPad16));
}

std::string OptionOf(const Model& model, const std::string& name) {
  const auto at = model.info.options.find(name);
  return at == model.info.options.end() ? std::string() : at->second;
}

// Whether the model has rows for all that a training has rows for.
absl::Status CheckModel(const Model& model, const std::string& path,
                        const TrainingFlags& training) {
  const auto refuse = [&](absl::string_view problem) {
    return absl::InvalidArgumentError(
        absl::StrCat("--init_from: ", path, ": ", problem));
  };
  if (model.input.empty() || model.output.empty()) {
    return refuse(absl::StrCat("a model of mode ", model.info.mode,
                               " keeps no whole tables to go on from"));
  }
  if (OptionOf(model, "loss") == "hs") {
    return refuse(
        "trained with --loss hs: its output rows belong to a tree of its own "
        "vocabulary, not to keys");
  }
  if (model.input.dim() != training.dim) {
    return refuse(absl::StrCat("dim is ", model.input.dim(), ", but --dim is ",
                               training.dim, "; give --dim ",
                               model.input.dim()));
  }
  return absl::OkStatus();
}

void CopyRows(const std::vector<uint32_t>& from, const EmbeddingTable& old,
              EmbeddingTable* table) {
  for (uint64_t row = 0; row < from.size(); ++row) {
    if (from[row] == Vocabulary::kNotFound) continue;
    const float* const values = old.row(from[row]);
    std::copy(values, values + old.dim(), table->row(row));
  }
}

}  // namespace

absl::StatusOr<InitialTables> InitialTables::Load(
    const InitFlags& flags, absl::string_view mode,
    const TrainingFlags& training) {
  InitialTables tables;
  if (flags.path.empty()) return tables;
  if (training.windows.loss == OutputLoss::kHierarchicalSoftmax) {
    return UsageError(
        "--init_from does not go with --loss hs: its output rows belong to the "
        "tree of a vocabulary, which changes; use --loss ns");
  }
  tables.path_ = flags.path;
  tables.forget_missing_ = flags.forget_missing;
  EMBED_ASSIGN_OR_RETURN(tables.old_, ReadModel(flags.path));
  EMBED_RETURN_IF_ERROR(CheckModel(tables.old_, flags.path, training));
  EMBED_ASSIGN_OR_RETURN(tables.identity_, IdentityOfFile(flags.path));
  if (tables.old_.info.mode != mode) {
    tables.warning_ =
        absl::StrCat("warning: ", flags.path, " is a model of mode ",
                     tables.old_.info.mode, ", going on in mode ", mode);
  }
  return tables;
}

absl::Status InitialTables::CheckFits(const TrainingInput& input) const {
  const bool alike = old_.info.vectors == input.vectors &&
                     old_.features.empty() == input.features.empty();
  if (alike) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--init_from: ", path_, ": its mode ", old_.info.mode,
      " has tables of another kind than the mode to train; expected a model of "
      "the same mode"));
}

absl::Status InitialTables::Extend(TrainingInput* input) {
  if (!loaded()) return absl::OkStatus();
  EMBED_RETURN_IF_ERROR(CheckFits(*input));
  const std::string where = absl::StrCat("--init_from: ", path_);
  const uint32_t own = input->vocabulary.size();
  EMBED_ASSIGN_OR_RETURN(
      auto keys,
      WithPrefix(where, UniteVocabularies(input->vocabulary, old_.vocabulary,
                                          /*keep_second=*/!forget_missing_)));
  output_rows_ = std::move(keys.second_ids);
  input_rows_ = output_rows_;
  if (!input->features.empty()) {
    EMBED_ASSIGN_OR_RETURN(
        auto features,
        WithPrefix(where, UniteFeatures(input->features, old_.features,
                                        output_rows_)));
    input->features = std::move(features.features);
    input_rows_ = std::move(features.second_rows);
  }
  input->vocabulary = std::move(keys.vocabulary);
  const uint32_t all = input->vocabulary.size();
  // Nothing of the last group's is drawn more often: the new ids have count 0.
  if (!input->negative_groups.empty()) input->negative_groups.back() = all;
  const auto known =
      own - std::count(output_rows_.begin(), output_rows_.begin() + own,
                       Vocabulary::kNotFound);
  const uint32_t missing =
      old_.vocabulary.size() - static_cast<uint32_t>(known);
  input->notes.push_back(
      absl::StrCat("going on from ", path_, ": of ", own, " keys it knows ",
                   known, "; its other ", missing, " keys are ",
                   forget_missing_ ? "forgotten" : "kept as they are"));
  if (!warning_.empty()) input->notes.push_back(warning_);
  return absl::OkStatus();
}

void InitialTables::MoveRows(Model* model) {
  if (!loaded()) return;
  CopyRows(input_rows_, old_.input, &model->input);
  CopyRows(output_rows_, old_.output, &model->output);
  old_ = Model();
}

}  // namespace embed
