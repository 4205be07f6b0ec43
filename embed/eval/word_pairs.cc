#include "embed/eval/word_pairs.h"

#include <cmath>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

// The largest sets have some thousand lines.
constexpr size_t kMaxWordPairBytes = size_t{64} << 20;
constexpr size_t kMaxShownBytes = 40;  // of a field, in a message

std::vector<absl::string_view> PairFields(absl::string_view line) {
  if (!absl::StrContains(line, '\t')) {
    return absl::StrSplit(line, absl::ByAnyChar(" \v\f\r"), absl::SkipEmpty());
  }
  std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
  for (absl::string_view& field : fields) {
    field = absl::StripAsciiWhitespace(field);
  }
  return fields;
}

bool StartsLikeNumber(absl::string_view field) {
  return !field.empty() && (absl::ascii_isdigit(field[0]) || field[0] == '-' ||
                            field[0] == '+' || field[0] == '.');
}

bool IsComment(absl::string_view line) {
  return absl::StripAsciiWhitespace(line).empty() || line[0] == '#';
}

std::string Shown(absl::string_view field) {
  return absl::StrCat("\"", absl::CHexEscape(field.substr(0, kMaxShownBytes)),
                      field.size() > kMaxShownBytes ? "...\"" : "\"");
}

// What is wrong with a line, empty if nothing is.
std::string ToWordPair(const std::vector<absl::string_view>& fields,
                       WordPair* pair) {
  if (fields.size() < 3) {
    return absl::StrCat(
        "expected two words and a score with tabs or blanks "
        "between them, found ",
        fields.size(), fields.size() == 1 ? " field" : " fields");
  }
  if (fields[0].empty() || fields[1].empty()) return "a word is empty";
  if (!absl::SimpleAtod(fields[2], &pair->score) ||
      !std::isfinite(pair->score)) {
    return absl::StrCat("the third field, ", Shown(fields[2]),
                        ", is not a number; expected two words and a score");
  }
  pair->first = std::string(fields[0]);
  pair->second = std::string(fields[1]);
  return "";
}

}  // namespace

absl::StatusOr<std::vector<WordPair>> ParseWordPairs(absl::string_view text,
                                                     absl::string_view name) {
  std::vector<WordPair> pairs;
  TextLines lines(text, name);
  bool header_allowed = true;
  for (absl::string_view line; lines.Next(&line);) {
    if (IsComment(line)) continue;
    if (!IsValidUtf8(line)) return lines.Error("not UTF-8; convert the file");
    const std::vector<absl::string_view> fields = PairFields(line);
    const bool is_header =
        header_allowed && fields.size() >= 3 && !StartsLikeNumber(fields[2]);
    header_allowed = false;
    if (is_header) continue;
    WordPair pair;
    const std::string problem = ToWordPair(fields, &pair);
    if (!problem.empty()) return lines.Error(problem);
    pairs.push_back(std::move(pair));
  }
  if (pairs.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": no word pairs; expected lines of two words and a score"));
  }
  return pairs;
}

absl::StatusOr<std::vector<WordPair>> ReadWordPairs(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxWordPairBytes));
  return ParseWordPairs(text, InputName(path));
}

}  // namespace embed
