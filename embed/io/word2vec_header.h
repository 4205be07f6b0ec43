// The first line of word2vec files, "rows dim". Private to embed/io.
#ifndef EMBED_IO_WORD2VEC_HEADER_H_
#define EMBED_IO_WORD2VEC_HEADER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace embed {

struct Word2vecHeader {
  int64_t rows;  // -1: negative or beyond 64 bits
  int dim;
};

inline bool IsWholeNumber(absl::string_view field) {
  if (!field.empty() && (field[0] == '-' || field[0] == '+')) {
    field.remove_prefix(1);
  }
  return !field.empty() &&
         std::all_of(field.begin(), field.end(), absl::ascii_isdigit);
}

// Nothing if the line is anything but two whole numbers.
inline std::optional<Word2vecHeader> ParseWord2vecHeader(
    absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  const size_t blank = line.find_first_of(" \t");
  if (blank == absl::string_view::npos) return std::nullopt;
  const absl::string_view rows = line.substr(0, blank);
  const absl::string_view dim =
      absl::StripLeadingAsciiWhitespace(line.substr(blank));
  if (!IsWholeNumber(rows) || !IsWholeNumber(dim)) return std::nullopt;
  Word2vecHeader header;
  if (!absl::SimpleAtoi(rows, &header.rows) || header.rows < 0) {
    header.rows = -1;
  }
  if (!absl::SimpleAtoi(dim, &header.dim)) header.dim = -1;
  return header;
}

}  // namespace embed

#endif  // EMBED_IO_WORD2VEC_HEADER_H_
