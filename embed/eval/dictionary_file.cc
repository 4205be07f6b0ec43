#include "embed/eval/dictionary_file.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

constexpr size_t kMaxDictionaryBytes = size_t{1} << 30;

std::vector<absl::string_view> EntryFields(absl::string_view line) {
  if (absl::StrContains(line, '\t')) return absl::StrSplit(line, '\t');
  return absl::StrSplit(line, ' ', absl::SkipEmpty());
}

}  // namespace

absl::StatusOr<std::vector<Translation>> ParseDictionary(
    absl::string_view text, absl::string_view name) {
  std::vector<Translation> pairs;
  TextLines lines(text, name);
  for (absl::string_view line; lines.Next(&line);) {
    if (absl::StripAsciiWhitespace(line).empty() || line[0] == '#') continue;
    if (!IsValidUtf8(line)) return lines.Error("not UTF-8; convert the file");
    const std::vector<absl::string_view> fields = EntryFields(line);
    if (fields.size() != 2) {
      return lines.Error(absl::StrCat(
          "expected two keys with a tab (or, in keys without, a blank) between "
          "them, found ",
          fields.size(), fields.size() == 1 ? " field" : " fields"));
    }
    if (fields[0].empty() || fields[1].empty()) {
      return lines.Error("a key is empty");
    }
    pairs.emplace_back(fields[0], fields[1]);
  }
  if (pairs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": no pairs; expected lines of two keys"));
  }
  return pairs;
}

absl::StatusOr<std::vector<Translation>> ReadDictionary(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxDictionaryBytes));
  return ParseDictionary(text, InputName(path));
}

}  // namespace embed
