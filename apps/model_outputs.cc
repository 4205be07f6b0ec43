#include "apps/model_outputs.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/item_index.h"
#include "embed/io/vector_file.h"

namespace embed {
namespace {

std::string ExportNote(const std::string& path, const VectorFileStats& stats) {
  if (stats.keys_changed == 0) return "wrote " + path;
  return absl::StrCat("wrote ", path, " (white space within ",
                      stats.keys_changed, " keys became U+2581)");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> WriteOutputs(const Model& model,
                                                      const OutputPlan& plan,
                                                      int threads) {
  std::vector<std::string> notes;
  if (!plan.model_path.empty()) {
    EMBED_RETURN_IF_ERROR(WriteModel(model, plan.model_path));
    notes.push_back(
        absl::StrCat("wrote ", plan.model_path, " (the model, float32)"));
  }
  ItemIndexOptions options;
  options.seed = model.info.seed;
  options.threads = threads;
  options.info = model.info.options;
  options.info["mode"] = model.info.mode;
  options.info["source"] = model.info.source_name;
  EMBED_ASSIGN_OR_RETURN(
      const ItemIndex index,
      ItemIndex::Build(model.vocabulary, model.vectors(), options));
  EMBED_RETURN_IF_ERROR(index.Write(plan.index_path));
  notes.push_back(
      absl::StrCat("wrote ", plan.index_path, " (the index, 8 bits a number)"));

  for (const OutputPlan::Export& file : plan.exports) {
    EMBED_ASSIGN_OR_RETURN(const VectorFileStats stats,
                           WriteVectors(model.vocabulary, model.vectors(),
                                        file.format, file.path));
    notes.push_back(ExportNote(file.path, stats));
  }
  if (!model.relations.empty()) {
    EMBED_ASSIGN_OR_RETURN(
        const VectorFileStats stats,
        WriteVectors(model.relation_keys, model.relations.view(),
                     VectorFormat::kText, plan.relations_path));
    notes.push_back(ExportNote(plan.relations_path, stats));
  }
  return notes;
}

}  // namespace embed
