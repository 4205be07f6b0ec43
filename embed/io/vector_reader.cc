#include "embed/io/vector_reader.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/io/fasttext_file.h"
#include "embed/io/input_stream.h"
#include "embed/io/key_text.h"
#include "embed/io/model_file.h"
#include "embed/io/word2vec_binary.h"
#include "embed/io/word2vec_text.h"

namespace embed {
namespace {

absl::StatusOr<KeyedVectors> ReadFromModel(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(Model model, ReadModel(path));
  KeyedVectors vectors;
  vectors.vocabulary = std::move(model.vocabulary);
  vectors.table = std::move(model.VectorTable());
  for (uint32_t id = 0; id < vectors.vocabulary.size(); ++id) {
    const absl::Span<const float> row = vectors.view().row(id);
    if (std::all_of(row.begin(), row.end(),
                    [](float value) { return std::isfinite(value); })) {
      continue;
    }
    return absl::DataLossError(
        absl::StrCat(path, ": key ", QuotedStart(vectors.vocabulary.key(id)),
                     ": its vector has a number that is not finite"));
  }
  return vectors;
}

}  // namespace

absl::StatusOr<KeyedVectors> ReadVectors(const std::string& path) {
  if (absl::EndsWith(path, ".embed")) return ReadFromModel(path);
  absl::string_view name = path;
  if (!absl::ConsumeSuffix(&name, ".gz")) absl::ConsumeSuffix(&name, ".zst");
  if (absl::EndsWith(path, ".bin")) {
    const absl::StatusOr<bool> is_fasttext = IsFasttextFile(path);
    if (is_fasttext.ok() && *is_fasttext) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": a fastText model; embedconvert makes an .embed of it"));
    }
  }
  EMBED_ASSIGN_OR_RETURN(auto stream, InputStream::Open(path));
  return absl::EndsWith(name, ".bin")
             ? ReadWord2vecBinary(InputName(path), std::move(stream))
             : ReadWord2vecText(InputName(path), std::move(stream));
}

}  // namespace embed
