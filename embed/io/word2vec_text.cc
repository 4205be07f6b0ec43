#include "embed/io/word2vec_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/buffered_input.h"
#include "embed/io/key_text.h"
#include "embed/io/vector_collector.h"
#include "embed/io/word2vec_header.h"

namespace embed {
namespace {

// A key and 4096 numbers, however many digits somebody wrote.
constexpr size_t kMaxLineBytes = size_t{1} << 20;

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Reads the number at `*at`, which ends at a blank or at `end`, and passes over
// it and the blanks behind it. False: it is none.
bool TakeNumber(const char** at, const char* end, float* value) {
  const char* const begin = *at < end && **at == '+' ? *at + 1 : *at;
  auto [stop, error] = std::from_chars(begin, end, *value);
  if (error == std::errc::result_out_of_range) {
    // Too small or too large for float32: 0 or infinity.
    const absl::string_view field(begin, static_cast<size_t>(stop - begin));
    if (!absl::SimpleAtof(field, value)) return false;
  } else if (error != std::errc()) {
    return false;
  }
  if (stop < end && !IsBlank(*stop)) return false;
  while (stop < end && IsBlank(*stop)) ++stop;
  *at = stop;
  return true;
}

bool IsNumber(absl::string_view field) {
  float ignored;
  const char* at = field.data();
  return TakeNumber(&at, at + field.size(), &ignored);
}

// Takes the last field off `*rest`, and the blanks before it; empty if `*rest`
// is but one field or none.
absl::string_view TakeLastField(absl::string_view* rest) {
  const size_t blank = rest->find_last_of(" \t");
  if (blank == absl::string_view::npos) return absl::string_view();
  const absl::string_view field = rest->substr(blank + 1);
  *rest = absl::StripTrailingAsciiWhitespace(rest->substr(0, blank));
  return field;
}

// Whether a number is written as vectors' are and nothing else is: not 66 and
// not 3.11, which end names of roads and of programs.
bool LooksLikeComponent(absl::string_view field) {
  constexpr size_t kDecimals = 3;
  const size_t point = field.find('.');
  const bool many_decimals =
      point != absl::string_view::npos && field.size() - point - 1 >= kDecimals;
  return IsNumber(field) &&
         (many_decimals || field.find_first_of("eE") != field.npos);
}

class TextReader {
 public:
  TextReader(std::string name, std::unique_ptr<InputStream> stream)
      : input_(std::move(stream)), rows_(std::move(name), "line") {}

  absl::StatusOr<KeyedVectors> Read() {
    bool started = false;
    uint64_t promised = VectorCollector::kNothingPromised;
    while (true) {
      EMBED_ASSIGN_OR_RETURN(const std::optional<absl::string_view> line,
                             NextLine());
      if (!line.has_value()) break;
      if (line->empty()) continue;
      if (!started) {
        started = true;
        const auto header = ParseWord2vecHeader(*line);
        EMBED_RETURN_IF_ERROR(header ? StartAs(*header) : StartFrom(*line));
        if (header) {
          promised = static_cast<uint64_t>(header->rows);
          continue;
        }
      }
      EMBED_RETURN_IF_ERROR(AddRow(*line));
    }
    if (!started) return NoVectors();
    return rows_.Finish(promised);
  }

 private:
  // The next line without its end and blanks at it; nothing at the end.
  absl::StatusOr<std::optional<absl::string_view>> NextLine() {
    EMBED_ASSIGN_OR_RETURN(const bool at_end, input_.AtEnd());
    if (at_end) return std::nullopt;
    ++number_;
    const absl::StatusOr<absl::string_view> read =
        input_.Until('\n', kMaxLineBytes);
    if (absl::IsOutOfRange(read.status())) {
      return Damaged(absl::StrCat("longer than ", kMaxLineBytes, " bytes"));
    }
    EMBED_RETURN_IF_ERROR(read.status());
    absl::string_view line = *read;
    if (number_ == 1 && absl::ConsumePrefix(&line, kByteOrderMark)) {
      rows_.Note(Oddity::kMarkAtStart, number_);
    }
    if (absl::EndsWith(line, "\r")) {
      rows_.Note(Oddity::kCarriageReturns, number_);
    }
    line = absl::StripTrailingAsciiWhitespace(line);
    if (line.empty()) rows_.Note(Oddity::kEmptyLine, number_);
    return line;
  }

  absl::Status StartAs(const Word2vecHeader& header) {
    if (header.rows < 0) return NoVectors();
    return rows_.Start(static_cast<uint64_t>(header.rows), header.dim);
  }

  // Without a header: all numbers at the end of the first line are its vector,
  // but the first field is its key whatever it looks like.
  absl::Status StartFrom(absl::string_view line) {
    int dim = 0;
    for (absl::string_view rest = line;; ++dim) {
      const absl::string_view field = TakeLastField(&rest);
      if (field.empty() || !IsNumber(field)) break;
    }
    if (dim == 0) return NoVectors();
    return rows_.Start(0, dim);
  }

  absl::Status AddRow(absl::string_view line) {
    EMBED_ASSIGN_OR_RETURN(float* const values, rows_.NextRow());
    // Nearly every line: a key of one field, then dim numbers.
    const char* const end = line.data() + line.size();
    const char* at = std::find_if(line.data(), end, IsBlank);
    const absl::string_view key(line.data(),
                                static_cast<size_t>(at - line.data()));
    while (at < end && IsBlank(*at)) ++at;
    int found = 0;
    while (found < rows_.dim() && TakeNumber(&at, end, &values[found])) ++found;
    if (found == rows_.dim() && at == end) return rows_.Add(key, number_);
    return AddFromTheRight(line, values);
  }

  absl::Status AddFromTheRight(absl::string_view line, float* values) {
    absl::string_view rest = line;
    for (int i = rows_.dim(); i-- > 0;) {
      const absl::string_view field = TakeLastField(&rest);
      if (field.empty()) {
        return Damaged(absl::StrCat(rows_.dim() - 1 - i,
                                    " numbers after the key, expected ",
                                    rows_.dim()));
      }
      const char* at = field.data();
      if (TakeNumber(&at, at + field.size(), &values[i])) continue;
      return Damaged(
          absl::StrCat("expected a key and ", rows_.dim(), " numbers, found ",
                       Quoted(field), " for number ", i + 1,
                       "; a binary file must have a name that ends in .bin"));
    }
    const absl::string_view key = absl::StripLeadingAsciiWhitespace(rest);
    absl::string_view before = key;
    const absl::string_view last = TakeLastField(&before);
    if (LooksLikeComponent(last)) {
      return Damaged(
          absl::StrCat("more than ", rows_.dim(), " numbers after the key"));
    }
    if (!last.empty()) {
      rows_.Note(IsNumber(last) ? Oddity::kNumberInKey : Oddity::kBlankInKey,
                 number_, key);
    }
    return rows_.Add(key, number_);
  }

  absl::Status Damaged(absl::string_view problem) const {
    return rows_.Damaged(number_, problem);
  }

  absl::Status NoVectors() const {
    return rows_.Damaged(std::max<uint64_t>(number_, 1),
                         "expected the number of vectors and their dimension, "
                         "or a key and its numbers");
  }

  BufferedInput input_;
  VectorCollector rows_;
  uint64_t number_ = 0;  // of the line
};

}  // namespace

absl::StatusOr<KeyedVectors> ReadWord2vecText(
    std::string name, std::unique_ptr<InputStream> stream) {
  return TextReader(std::move(name), std::move(stream)).Read();
}

}  // namespace embed
