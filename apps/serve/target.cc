#include "apps/serve/target.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/serve/problem.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"

namespace embed {
namespace {

int HexDigit(char c) {
  if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return -1;
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

// plus: whether "+" stands for a blank, as in what a form sends.
absl::StatusOr<std::string> Decode(absl::string_view text, bool plus) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      decoded.push_back(' ');
      continue;
    }
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low < 0) {
      return ProblemError(
          ProblemKind::kBadRequest,
          "the path has a % that no two hexadecimal digits follow");
    }
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (!IsValidUtf8(decoded)) {
    return ProblemError(ProblemKind::kBadRequest,
                        "the path is not UTF-8 when decoded");
  }
  return decoded;
}

}  // namespace

absl::StatusOr<std::string> OriginForm(absl::string_view target,
                                       std::string* host) {
  constexpr absl::string_view kScheme = "http://";
  if (!absl::StartsWithIgnoreCase(target, kScheme)) return std::string(target);
  target.remove_prefix(kScheme.size());
  const absl::string_view authority =
      target.substr(0, target.find_first_of("/?"));
  target.remove_prefix(authority.size());
  if (authority.empty() || authority[0] == ':' ||
      absl::StrContains(authority, '@')) {
    return ProblemError(ProblemKind::kBadRequest,
                        "the target of the request names no host as expected");
  }
  *host = std::string(authority);
  // "http://host" and "http://host?a=b" have the path "/".
  return absl::StrCat(absl::StartsWith(target, "/") ? "" : "/", target);
}

absl::StatusOr<Target> ParseTarget(absl::string_view text) {
  if (text.empty() || text[0] != '/') {
    return ProblemError(ProblemKind::kBadRequest,
                        "the target of the request does not start with /");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('?', 1));
  Target target;
  EMBED_ASSIGN_OR_RETURN(target.path, Decode(parts.first, /*plus=*/false));
  for (const absl::string_view pair :
       absl::StrSplit(parts.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> sides =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    EMBED_ASSIGN_OR_RETURN(std::string name, Decode(sides.first, true));
    EMBED_ASSIGN_OR_RETURN(std::string value, Decode(sides.second, true));
    if (!target.parameters.emplace(name, std::move(value)).second) {
      return ProblemError(ProblemKind::kBadRequest,
                          absl::StrCat("parameter ", name, " stands twice"));
    }
  }
  return target;
}

}  // namespace embed
