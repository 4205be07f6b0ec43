#include "embed/io/vector_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/io/buffered_input.h"
#include "embed/io/model_file.h"

namespace embed {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "files hold the numbers of the machine: little-endian");

constexpr size_t kMaxHeaderBytes = 256;
// A key and 4096 numbers, however many digits somebody wrote.
constexpr size_t kMaxLineBytes = size_t{1} << 20;

// One word2vec file being read.
class Word2vecReader {
 public:
  Word2vecReader(std::string name, std::unique_ptr<InputStream> stream)
      : name_(std::move(name)), input_(std::move(stream)) {}

  absl::StatusOr<KeyedVectors> Read(bool binary) {
    EMBED_RETURN_IF_ERROR(ReadHeader());
    for (uint64_t row = 0; row < vectors_.table.rows(); ++row) {
      EMBED_RETURN_IF_ERROR(binary ? ReadBinaryRow(row) : ReadTextRow(row));
    }
    if (binary) EMBED_RETURN_IF_ERROR(input_.Skip('\n'));
    EMBED_ASSIGN_OR_RETURN(const bool at_end, input_.AtEnd());
    if (!at_end) {
      return Damaged(vectors_.table.rows(),
                     "more follows than the first line promises");
    }
    const absl::StatusOr<Vocabulary> vocabulary =
        Vocabulary::Create(keys_, std::vector<uint64_t>(keys_.size()));
    if (!vocabulary.ok()) {
      return absl::Status(
          vocabulary.status().code(),
          absl::StrCat(name_, ": ", vocabulary.status().message()));
    }
    vectors_.vocabulary = *vocabulary;
    return std::move(vectors_);
  }

 private:
  absl::Status Damaged(uint64_t row, absl::string_view problem) const {
    return absl::DataLossError(
        absl::StrCat(name_, ": vector ", row + 1, ": ", problem));
  }

  absl::Status ReadHeader() {
    const absl::StatusOr<absl::string_view> line =
        input_.Until('\n', kMaxHeaderBytes);
    if (!line.ok() && !absl::IsOutOfRange(line.status())) return line.status();
    std::vector<absl::string_view> fields;
    if (line.ok()) {
      fields = absl::StrSplit(absl::StripAsciiWhitespace(*line), ' ',
                              absl::SkipEmpty());
    }
    uint64_t rows = 0;
    int dim = 0;
    if (fields.size() != 2 || !absl::SimpleAtoi(fields[0], &rows) ||
        !absl::SimpleAtoi(fields[1], &dim)) {
      return absl::InvalidArgumentError(absl::StrCat(
          name_,
          ": line 1: expected the number of vectors and their dimension, as "
          "word2vec writes them; put \"ROWS DIM\" before the first vector"));
    }
    absl::StatusOr<EmbeddingTable> table = EmbeddingTable::Create(rows, dim);
    if (!table.ok()) {
      return absl::Status(
          table.status().code(),
          absl::StrCat(name_, ": line 1: ", table.status().message()));
    }
    vectors_.table = *std::move(table);
    return absl::OkStatus();
  }

  absl::Status ReadBinaryRow(uint64_t row) {
    EMBED_RETURN_IF_ERROR(input_.Skip('\n'));
    const absl::StatusOr<absl::string_view> key =
        input_.Until(' ', Vocabulary::kMaxKeyBytes);
    if (absl::IsOutOfRange(key.status())) return Damaged(row, "no key");
    if (!key.ok()) return key.status();
    keys_.emplace_back(*key);
    const size_t bytes =
        static_cast<size_t>(vectors_.table.dim()) * sizeof(float);
    EMBED_ASSIGN_OR_RETURN(const absl::string_view values, input_.Bytes(bytes));
    if (values.size() < bytes) return Damaged(row, "the file ends within it");
    std::memcpy(vectors_.table.row(row), values.data(), bytes);
    return absl::OkStatus();
  }

  absl::Status ReadTextRow(uint64_t row) {
    EMBED_ASSIGN_OR_RETURN(const bool at_end, input_.AtEnd());
    if (at_end) {
      return Damaged(row, absl::StrCat("the file ends before it; ",
                                       vectors_.table.rows(), " promised"));
    }
    const absl::StatusOr<absl::string_view> line =
        input_.Until('\n', kMaxLineBytes);
    if (absl::IsOutOfRange(line.status())) return Damaged(row, "line too long");
    if (!line.ok()) return line.status();
    absl::string_view rest = absl::StripTrailingAsciiWhitespace(*line);
    float* values = vectors_.table.row(row);
    for (int i = vectors_.table.dim(); i-- > 0;) {
      const size_t blank = rest.find_last_of(" \t");
      if (blank == absl::string_view::npos) {
        return Damaged(row, absl::StrCat("fewer than ", vectors_.table.dim(),
                                         " numbers after the key"));
      }
      const absl::string_view field = rest.substr(blank + 1);
      const char* end = field.data() + field.size();
      const auto [stop, error] = std::from_chars(field.data(), end, values[i]);
      // Too small or too large for float32: 0 or infinity.
      const bool read = stop == end && (error == std::errc() ||
                                        absl::SimpleAtof(field, &values[i]));
      if (!read) {
        return Damaged(row, absl::StrCat("number ", i + 1, " is \"",
                                         field.substr(0, 40), "\""));
      }
      rest = absl::StripTrailingAsciiWhitespace(rest.substr(0, blank));
    }
    keys_.emplace_back(rest);
    return absl::OkStatus();
  }

  std::string name_;
  BufferedInput input_;
  KeyedVectors vectors_;
  std::vector<std::string> keys_;
};

absl::StatusOr<KeyedVectors> ReadFromModel(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(Model model, ReadModel(path));
  KeyedVectors vectors;
  vectors.vocabulary = std::move(model.vocabulary);
  vectors.table = std::move(
      model.info.vectors == VectorsFrom::kInput ? model.input : model.output);
  return vectors;
}

}  // namespace

absl::StatusOr<KeyedVectors> ReadVectors(const std::string& path) {
  if (absl::EndsWith(path, ".embed")) return ReadFromModel(path);
  absl::string_view name = path;
  if (!absl::ConsumeSuffix(&name, ".gz")) absl::ConsumeSuffix(&name, ".zst");
  EMBED_ASSIGN_OR_RETURN(auto stream, InputStream::Open(path));
  Word2vecReader reader(InputName(path), std::move(stream));
  return reader.Read(/*binary=*/absl::EndsWith(name, ".bin"));
}

}  // namespace embed
