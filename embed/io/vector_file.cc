#include "embed/io/vector_file.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/atomic_file.h"
#include "embed/io/key_text.h"

namespace embed {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "files hold the numbers of the machine: little-endian");

// No float32 needs more characters: sign, 9 digits, point, e-45.
constexpr size_t kMaxNumberChars = 16;
constexpr uint64_t kVectorBlockRows = 1024;  // some MB of text
constexpr uint64_t kNpyAlignment = 64;

absl::string_view RowBytes(const MatrixView& vectors, uint64_t index) {
  const absl::Span<const float> row = vectors.row(index);
  return absl::string_view(reinterpret_cast<const char*>(row.data()),
                           row.size() * sizeof(float));
}

void AppendText(absl::Span<const float> row, std::string* line) {
  const size_t start = line->size();
  line->resize(start + row.size() * (1 + kMaxNumberChars));
  char* at = &(*line)[start];
  for (const float value : row) {
    *at++ = ' ';
    at = std::to_chars(at, at + kMaxNumberChars, value).ptr;
  }
  line->resize(static_cast<size_t>(at - line->data()));
}

using AppendRow = std::function<void(uint64_t row, std::string* line)>;

// .vec and .bin: a header line, then the keys, each followed by what
// `append_row` adds and a line end. Making the digits costs far more than
// writing them, so threads make the lines of a block each.
absl::StatusOr<VectorFileStats> WriteWord2vec(const Vocabulary& vocabulary,
                                              const MatrixView& vectors,
                                              const std::string& path,
                                              const AppendRow& append_row) {
  EMBED_ASSIGN_OR_RETURN(const auto file, AtomicFile::Create(path));
  EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> replaced,
                         ReplacedKeys(vocabulary));
  EMBED_RETURN_IF_ERROR(
      file->Write(absl::StrCat(vectors.rows, " ", vectors.dim, "\n")));
  const uint64_t blocks = vectors.rows / kVectorBlockRows + 1;
  const int threads = static_cast<int>(
      std::min<uint64_t>(static_cast<uint64_t>(AvailableThreads()), blocks));
  std::vector<std::string> lines(static_cast<size_t>(threads));
  for (uint64_t first = 0; first < blocks; first += lines.size()) {
    RunThreads(threads, [&](int thread) {
      std::string& text = lines[static_cast<size_t>(thread)];
      text.clear();
      const uint64_t begin =
          (first + static_cast<uint64_t>(thread)) * kVectorBlockRows;
      const uint64_t end = std::min(vectors.rows, begin + kVectorBlockRows);
      for (uint64_t row = begin; row < end; ++row) {
        const uint32_t id = static_cast<uint32_t>(row);
        const std::string& other = replaced[id];
        absl::StrAppend(&text, other.empty() ? vocabulary.key(id) : other);
        append_row(row, &text);
        text += '\n';
      }
    });
    for (const std::string& text : lines) {
      EMBED_RETURN_IF_ERROR(file->Write(text));
    }
  }
  EMBED_RETURN_IF_ERROR(file->Commit());
  VectorFileStats stats;
  stats.keys_changed = static_cast<uint64_t>(
      std::count_if(replaced.begin(), replaced.end(),
                    [](const std::string& key) { return !key.empty(); }));
  return stats;
}

std::string NpyHeaderText(const MatrixView& vectors) {
  constexpr char kMagic[] = "\x93NUMPY\x01";  // version 1.0: "\x01\x00"
  constexpr size_t kPrefixBytes = 10;         // magic, version, 16-bit length
  std::string text =
      absl::StrCat("{'descr': '<f4', 'fortran_order': False, 'shape': (",
                   vectors.rows, ", ", vectors.dim, "), }");
  while ((kPrefixBytes + text.size() + 1) % kNpyAlignment != 0) text += ' ';
  text += '\n';
  std::string header = kMagic;
  header += '\0';
  header += static_cast<char>(text.size() & 0xFF);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

absl::StatusOr<VectorFileStats> WriteNumpy(const Vocabulary& vocabulary,
                                           const MatrixView& vectors,
                                           const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const auto file, AtomicFile::Create(path));
  EMBED_ASSIGN_OR_RETURN(const auto keys,
                         AtomicFile::Create(NumpyKeysPath(path)));
  EMBED_RETURN_IF_ERROR(file->Write(NpyHeaderText(vectors)));
  if (vocabulary.size() > 0) {
    EMBED_RETURN_IF_ERROR(keys->Write(MarkBefore(vocabulary.key(0))));
  }
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    EMBED_RETURN_IF_ERROR(file->Write(RowBytes(vectors, id)));
    EMBED_RETURN_IF_ERROR(
        keys->Write(absl::StrCat(EscapedKey(vocabulary.key(id)), "\n")));
  }
  EMBED_RETURN_IF_ERROR(keys->Commit());
  EMBED_RETURN_IF_ERROR(file->Commit());
  return VectorFileStats();
}

}  // namespace

absl::StatusOr<VectorFormat> VectorFormatFromName(absl::string_view name) {
  if (name == "vec") return VectorFormat::kText;
  if (name == "bin") return VectorFormat::kBinary;
  if (name == "npy") return VectorFormat::kNumpy;
  return absl::InvalidArgumentError(absl::StrCat(
      "vector format '", name, "' is unknown, expected vec, bin or npy"));
}

std::string NumpyKeysPath(const std::string& path) {
  return absl::StrCat(absl::StripSuffix(path, ".npy"), ".keys.txt");
}

absl::StatusOr<VectorFileStats> WriteVectors(const Vocabulary& vocabulary,
                                             const MatrixView& vectors,
                                             VectorFormat format,
                                             const std::string& path) {
  if (vectors.rows != vocabulary.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", vectors.rows, " vectors for ", vocabulary.size(), " keys"));
  }
  switch (format) {
    case VectorFormat::kText:
      return WriteWord2vec(vocabulary, vectors, path,
                           [&](uint64_t row, std::string* line) {
                             AppendText(vectors.row(row), line);
                           });
    case VectorFormat::kBinary:
      return WriteWord2vec(vocabulary, vectors, path,
                           [&](uint64_t row, std::string* line) {
                             absl::StrAppend(line, " ", RowBytes(vectors, row));
                           });
    case VectorFormat::kNumpy:
      return WriteNumpy(vocabulary, vectors, path);
  }
  return absl::InternalError("a vector format without a writer");
}

}  // namespace embed
