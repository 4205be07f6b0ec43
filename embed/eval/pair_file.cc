#include "embed/eval/pair_file.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

constexpr size_t kMaxPairBytes = size_t{4} << 30;

// What is wrong with a line, empty if nothing is.
std::string ToIdPair(absl::string_view line, KeyPair* pair) {
  const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
  if (fields.size() != 3) {
    return absl::StrCat(
        "expected two keys and 1 or 0 with tabs between them, found ",
        fields.size(), fields.size() == 1 ? " field" : " fields");
  }
  if (fields[0].empty() || fields[1].empty()) return "a key is empty";
  if (fields[2] != "0" && fields[2] != "1") {
    return absl::StrCat("the third field is \"", fields[2].substr(0, 40),
                        "\"; expected 1 (linked) or 0");
  }
  pair->first = std::string(fields[0]);
  pair->second = std::string(fields[1]);
  pair->linked = fields[2] == "1";
  return "";
}

// A line that starts with '#' and is no pair; behind "# " nothing is one.
bool IsPairComment(absl::string_view line, absl::string_view problem) {
  return line[0] == '#' && (!problem.empty() || absl::StartsWith(line, "# "));
}

}  // namespace

absl::StatusOr<std::vector<KeyPair>> ParsePairFile(absl::string_view text,
                                                   absl::string_view name) {
  std::vector<KeyPair> pairs;
  uint64_t linked = 0;
  TextLines lines(text, name);
  for (absl::string_view line; lines.Next(&line);) {
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    KeyPair pair;
    const std::string problem = ToIdPair(line, &pair);
    if (IsPairComment(line, problem)) continue;
    if (!problem.empty()) return lines.Error(problem);
    linked += pair.linked ? 1 : 0;
    pairs.push_back(std::move(pair));
  }
  if (linked == 0 || linked == pairs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": ", linked, " linked and ", pairs.size() - linked,
                     " other pairs; both kinds are needed"));
  }
  return pairs;
}

absl::StatusOr<std::vector<KeyPair>> ReadPairFile(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxPairBytes));
  return ParsePairFile(text, InputName(path));
}

}  // namespace embed
