#include "apps/imported_model.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/subword_flags.h"
#include "apps/common/vector_input.h"
#include "embed/base/status_macros.h"
#include "embed/io/fasttext_file.h"
#include "text/char_ngrams.h"

namespace embed {
namespace {

ModelInfo DescribeFile(const std::string& path, const char* mode) {
  ModelInfo info;
  info.mode = mode;
  info.source_name = std::filesystem::path(path).filename().string();
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(path, error);
  info.source_bytes = error ? 0 : bytes;
  return info;
}

absl::StatusOr<ImportedModel> ImportFasttext(const std::string& path,
                                             int threads) {
  EMBED_ASSIGN_OR_RETURN(FasttextModel file, ReadFasttext(path));
  CharNgramOptions options;
  options.min_n = file.min_n;
  options.max_n = file.max_n;
  options.buckets = file.buckets;
  options.threads = threads;
  ImportedModel imported;
  imported.worth_writing = true;
  Model& model = imported.model;
  auto features = BuildCharNgramFeatures(file.vocabulary, options);
  if (!features.ok()) {
    return absl::DataLossError(
        absl::StrCat(path, ": ", features.status().message()));
  }
  model.features = *std::move(features);
  model.info = DescribeFile(path, "fasttext");
  model.info.vectors = VectorsFrom::kComposed;
  model.info.options = std::move(file.options);
  model.info.options.merge(SubwordModelOptions(options));
  model.vocabulary = std::move(file.vocabulary);
  model.input = std::move(file.input);
  model.output = std::move(file.output);
  EMBED_RETURN_IF_ERROR(ComposeVectors(model.features, threads, &model));
  imported.notes.push_back(absl::StrFormat(
      "a fastText model: %d words of %d numbers, n-grams of %d to %d "
      "characters in %d buckets",
      model.vocabulary.size(), model.input.dim(), options.min_n, options.max_n,
      options.buckets));
  return imported;
}

absl::StatusOr<ImportedModel> ImportVectors(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(KeyedVectors vectors, ReadKeyedVectors(path));
  ImportedModel imported;
  imported.model.info = DescribeFile(path, "vectors");
  imported.model.vocabulary = std::move(vectors.vocabulary);
  imported.model.input = std::move(vectors.table);
  imported.notes = std::move(vectors.tolerated);
  imported.notes.push_back(absl::StrFormat("%d vectors of %d numbers",
                                           imported.model.input.rows(),
                                           imported.model.input.dim()));
  return imported;
}

}  // namespace

absl::StatusOr<ImportedModel> ImportModel(const std::string& path,
                                          int threads) {
  if (absl::EndsWith(path, ".embed")) {
    ImportedModel imported;
    EMBED_ASSIGN_OR_RETURN(imported.model, ReadModel(path));
    return imported;
  }
  const bool perhaps_fasttext =
      absl::EndsWith(path, ".bin") || absl::EndsWith(path, ".ftz");
  if (perhaps_fasttext) {
    EMBED_ASSIGN_OR_RETURN(const bool is_fasttext, IsFasttextFile(path));
    if (is_fasttext || absl::EndsWith(path, ".ftz")) {
      return ImportFasttext(path, threads);
    }
  }
  return ImportVectors(path);
}

}  // namespace embed
