#include "embed/io/vector_reader.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/io/fasttext_file.h"
#include "embed/io/input_stream.h"
#include "embed/io/key_text.h"
#include "embed/io/model_file.h"
#include "embed/io/npy_reader.h"
#include "embed/io/text_lines.h"
#include "embed/io/vector_file.h"
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
        absl::StrCat(path, ": key ", Quoted(vectors.vocabulary.key(id)),
                     ": its vector has a number that is not finite"));
  }
  return vectors;
}

// The keys beside a .npy file, or the numbers of its rows.
absl::StatusOr<std::vector<std::string>> NumpyKeys(
    const std::string& path, const std::string& keys_path, uint64_t rows,
    std::vector<std::string>* tolerated) {
  constexpr size_t kMaxKeysBytes = size_t{64} << 30;
  std::vector<std::string> keys;
  const absl::StatusOr<std::string> text =
      ReadWholeText(keys_path, kMaxKeysBytes);
  if (absl::IsNotFound(text.status())) {
    tolerated->push_back(absl::StrCat(path, ": no ", keys_path,
                                      ", so the keys are the rows' numbers"));
    for (uint64_t row = 0; row < rows; ++row) keys.push_back(absl::StrCat(row));
    return keys;
  }
  EMBED_RETURN_IF_ERROR(text.status());
  TextLines lines(*text, keys_path);
  for (absl::string_view line; lines.Next(&line);) {
    keys.push_back(UnescapedKey(line));
  }
  if (keys.size() != rows) {
    return absl::DataLossError(absl::StrCat(keys_path, ": ", keys.size(),
                                            " keys for the ", rows, " rows of ",
                                            path));
  }
  return keys;
}

absl::StatusOr<KeyedVectors> ReadFromNumpy(const std::string& path,
                                           const std::string& keys_path) {
  KeyedVectors vectors;
  EMBED_ASSIGN_OR_RETURN(vectors.table, ReadNpy(path));
  const uint64_t rows = vectors.table.rows();
  EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                         NumpyKeys(path, keys_path, rows, &vectors.tolerated));
  EMBED_ASSIGN_OR_RETURN(
      vectors.vocabulary,
      Vocabulary::Create(keys, std::vector<uint64_t>(keys.size())));
  return vectors;
}

}  // namespace

absl::StatusOr<KeyedVectors> ReadVectors(const std::string& path) {
  if (absl::EndsWith(path, ".embed")) return ReadFromModel(path);
  absl::string_view name = path;
  if (!absl::ConsumeSuffix(&name, ".gz")) absl::ConsumeSuffix(&name, ".zst");
  if (absl::EndsWith(name, ".npy")) {
    return ReadFromNumpy(path, NumpyKeysPath(std::string(name)));
  }
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
