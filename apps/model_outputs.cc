#include "apps/model_outputs.h"

#include <chrono>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/common/index_flags.h"
#include "embed/base/status_macros.h"
#include "embed/index/faiss_export.h"
#include "embed/index/item_index.h"
#include "embed/io/vector_file.h"

namespace embed {
namespace {

std::string ExportNote(const std::string& path, const VectorFileStats& stats) {
  if (stats.keys_changed == 0) return "wrote " + path;
  return absl::StrCat("wrote ", path, " (white space within ",
                      stats.keys_changed, " keys became U+2581)");
}

std::map<std::string, std::string> IndexInfo(const ModelInfo& model) {
  std::map<std::string, std::string> info = model.options;
  info["mode"] = model.mode;
  info["source"] = model.source_name;
  return info;
}

// Returns what to say about it.
absl::StatusOr<std::string> WriteIndex(const Model& model,
                                       const OutputPlan& plan, int threads) {
  const auto start = std::chrono::steady_clock::now();
  ItemIndexOptions options;
  options.seed = model.info.seed;
  options.threads = threads;
  options.info = IndexInfo(model.info);
  ApplyIndexPlan(plan.index, model.vocabulary.size(), &options);
  if (plan.index.for_faiss) {
    EMBED_RETURN_IF_ERROR(WriteFaissIndex(model.vocabulary, model.vectors(),
                                          options, plan.index_path));
    return absl::StrCat(
        "wrote ", plan.index_path, " (for FAISS: ",
        options.hnsw.has_value() ? "IndexHNSWSQ" : "IndexScalarQuantizer",
        ", inner product; the keys are behind its bytes)");
  }
  EMBED_ASSIGN_OR_RETURN(
      const ItemIndex index,
      ItemIndex::Build(model.vocabulary, model.vectors(), options));
  const std::chrono::duration<double> time =
      std::chrono::steady_clock::now() - start;
  EMBED_RETURN_IF_ERROR(index.Write(plan.index_path));
  return absl::StrCat("wrote ", plan.index_path, " ",
                      IndexNote(index, options, time.count()));
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
  if (!plan.index_path.empty()) {
    EMBED_ASSIGN_OR_RETURN(const std::string note,
                           WriteIndex(model, plan, threads));
    notes.push_back(note);
  }
  for (const OutputPlan::Export& file : plan.exports) {
    EMBED_ASSIGN_OR_RETURN(const VectorFileStats stats,
                           WriteVectors(model.vocabulary, model.vectors(),
                                        file.format, file.path));
    notes.push_back(ExportNote(file.path, stats));
  }
  if (!model.relations.empty() && !plan.relations_path.empty()) {
    EMBED_ASSIGN_OR_RETURN(
        const VectorFileStats stats,
        WriteVectors(model.relation_keys, model.relations.view(),
                     VectorFormat::kText, plan.relations_path));
    notes.push_back(ExportNote(plan.relations_path, stats));
  }
  return notes;
}

}  // namespace embed
