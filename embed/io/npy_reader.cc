#include "embed/io/npy_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/io/input_stream.h"
#include "embed/io/key_text.h"

namespace embed {
namespace {

constexpr char kNpyMagic[] = "\x93NUMPY";
constexpr size_t kNpyMagicBytes = 6;
// NumPy's own headers have 128 bytes; more than this is nobody's.
constexpr uint32_t kMostHeaderBytes = 1 << 20;
constexpr size_t kChunkBytes = size_t{1} << 20;
constexpr char kHowToSave[] =
    "; save it as numpy.save(path, array.astype(\"float32\"))";

struct NpyHeader {
  bool swapped = false;  // big-endian
  size_t number_bytes = 4;
  bool fortran_order = false;
  uint64_t rows = 1;
  uint64_t columns = 0;
};

absl::Status Bad(absl::string_view name, absl::string_view problem) {
  return absl::DataLossError(absl::StrCat(name, ": ", problem));
}

// What stands behind 'name': in the header, a Python dict, up to `last`.
absl::StatusOr<absl::string_view> Field(absl::string_view header,
                                        absl::string_view name,
                                        absl::string_view last) {
  const size_t place = header.find(absl::StrCat("'", name, "'"));
  const size_t colon =
      place == header.npos ? header.npos : header.find(':', place);
  const size_t end =
      colon == header.npos ? header.npos : header.find_first_of(last, colon);
  if (end == header.npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("its header has no '", name, "'"));
  }
  return absl::StripAsciiWhitespace(header.substr(colon + 1, end - colon - 1));
}

absl::Status ReadShape(absl::string_view text, NpyHeader* header) {
  std::vector<uint64_t> shape;
  if (absl::StartsWith(text, "(")) text.remove_prefix(1);
  for (const absl::string_view part :
       absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    shape.emplace_back();
    if (!absl::SimpleAtoi(part, &shape.back())) {
      return absl::InvalidArgumentError("its shape is no list of numbers");
    }
  }
  if (shape.empty() || shape.size() > 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("an array of ", shape.size(),
                     " dimensions, expected rows and columns", "; reshape it"));
  }
  header->columns = shape.back();
  if (shape.size() == 2) header->rows = shape[0];
  if (header->rows == 0 || header->columns == 0) {
    return absl::InvalidArgumentError("an array without numbers");
  }
  return absl::OkStatus();
}

absl::StatusOr<NpyHeader> ParseHeader(absl::string_view text) {
  NpyHeader header;
  EMBED_ASSIGN_OR_RETURN(const absl::string_view type,
                         Field(text, "descr", ",}"));
  const absl::string_view kinds[] = {"'<f4'", "'<f8'", "'>f4'", "'>f8'"};
  const auto kind = std::find(std::begin(kinds), std::end(kinds), type);
  if (kind == std::end(kinds)) {
    return absl::InvalidArgumentError(
        absl::StrCat("numbers of type ", Quoted(type),
                     ", expected float32 or float64", kHowToSave));
  }
  header.swapped = (*kind)[1] == '>';
  header.number_bytes = (*kind)[3] == '8' ? 8 : 4;
  EMBED_ASSIGN_OR_RETURN(const absl::string_view order,
                         Field(text, "fortran_order", ",}"));
  if (order != "True" && order != "False") {
    return absl::InvalidArgumentError(
        "its fortran_order is neither True nor False");
  }
  header.fortran_order = order == "True";
  EMBED_ASSIGN_OR_RETURN(const absl::string_view shape,
                         Field(text, "shape", ")"));
  EMBED_RETURN_IF_ERROR(ReadShape(shape, &header));
  return header;
}

// The bytes of a little-endian number.
uint32_t LittleEndian(const unsigned char* bytes, size_t size) {
  uint32_t number = 0;
  for (size_t i = size; i-- > 0;) number = number << 8 | bytes[i];
  return number;
}

absl::StatusOr<NpyHeader> ReadHeader(absl::string_view name,
                                     InputStream* stream) {
  unsigned char start[12] = {};
  const auto read = [&](void* to, size_t size) -> absl::Status {
    EMBED_ASSIGN_OR_RETURN(const size_t got,
                           stream->Read(static_cast<char*>(to), size));
    return got == size ? absl::OkStatus()
                       : Bad(name, "cut off in the header of a NumPy file");
  };
  EMBED_ASSIGN_OR_RETURN(
      const size_t got,
      stream->Read(reinterpret_cast<char*>(start), kNpyMagicBytes));
  if (got != kNpyMagicBytes ||
      std::memcmp(start, kNpyMagic, kNpyMagicBytes) != 0) {
    return Bad(name, "is no NumPy file (.npy): it does not start as one");
  }
  EMBED_RETURN_IF_ERROR(read(start, 2));
  const int version = start[0];
  if (version < 1 || version > 3 || start[1] != 0) {
    return Bad(name, absl::StrCat("NumPy format ", version, ".", int{start[1]},
                                  ", expected 1.0, 2.0 or 3.0"));
  }
  const size_t length_bytes = version == 1 ? 2 : 4;
  EMBED_RETURN_IF_ERROR(read(start, length_bytes));
  const uint32_t length = LittleEndian(start, length_bytes);
  if (length > kMostHeaderBytes) {
    return Bad(name, absl::StrCat("a header of ", length, " bytes"));
  }
  std::string text(length, '\0');
  EMBED_RETURN_IF_ERROR(read(text.data(), length));
  absl::StatusOr<NpyHeader> header = ParseHeader(text);
  if (!header.ok()) return Bad(name, header.status().message());
  return header;
}

// A number as float32.
float ToFloat(const char* bytes, const NpyHeader& header) {
  char ordered[8];
  std::memcpy(ordered, bytes, header.number_bytes);
  if (header.swapped) std::reverse(ordered, ordered + header.number_bytes);
  if (header.number_bytes == 8) {
    double value = 0;
    std::memcpy(&value, ordered, sizeof(value));
    return static_cast<float>(value);
  }
  float value = 0;
  std::memcpy(&value, ordered, sizeof(value));
  return value;
}

absl::Status ReadNumbers(absl::string_view name, const NpyHeader& header,
                         InputStream* stream, EmbeddingTable* table) {
  const uint64_t count = header.rows * header.columns;
  const uint64_t inner = header.fortran_order ? header.rows : header.columns;
  std::vector<char> buffer(kChunkBytes);
  for (uint64_t done = 0; done < count;) {
    const size_t wanted = static_cast<size_t>(
        std::min<uint64_t>(count - done, kChunkBytes / header.number_bytes));
    EMBED_ASSIGN_OR_RETURN(
        const size_t got,
        stream->Read(buffer.data(), wanted * header.number_bytes));
    if (got != wanted * header.number_bytes) {
      return Bad(
          name, absl::StrCat("cut off: ", done + got / header.number_bytes,
                             " numbers, expected ", count, " for ", header.rows,
                             " rows of ", header.columns));
    }
    for (size_t i = 0; i < wanted; ++i, ++done) {
      const float value =
          ToFloat(buffer.data() + i * header.number_bytes, header);
      const uint64_t row = header.fortran_order ? done % inner : done / inner;
      const uint64_t column =
          header.fortran_order ? done / inner : done % inner;
      if (!std::isfinite(value)) {
        return Bad(name, absl::StrCat("row ", row, ", column ", column,
                                      " (from 0): not a finite number in "
                                      "float32"));
      }
      table->row(row)[column] = value;
    }
  }
  EMBED_ASSIGN_OR_RETURN(const size_t more, stream->Read(buffer.data(), 1));
  return more == 0 ? absl::OkStatus()
                   : Bad(name, absl::StrCat("too long for ", header.rows,
                                            " rows of ", header.columns));
}

}  // namespace

absl::StatusOr<EmbeddingTable> ReadNpy(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const auto stream, InputStream::Open(path));
  const std::string name = InputName(path);
  EMBED_ASSIGN_OR_RETURN(const NpyHeader header,
                         ReadHeader(name, stream.get()));
  if (header.columns > EmbeddingTable::kMaxDim) {
    return Bad(name, absl::StrCat(header.columns, " columns, expected at most ",
                                  EmbeddingTable::kMaxDim));
  }
  EMBED_ASSIGN_OR_RETURN(
      EmbeddingTable table,
      WithPrefix(name, EmbeddingTable::Create(
                           header.rows, static_cast<int>(header.columns))));
  EMBED_RETURN_IF_ERROR(ReadNumbers(name, header, stream.get(), &table));
  return table;
}

}  // namespace embed
