#include "apps/serve/json_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/serve/problem.h"
#include "embed/base/utf8.h"

namespace embed {
namespace {

bool IsPlain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

// The deepest nesting of arrays and objects, as far as brackets tell.
int Depth(absl::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > deepest) deepest = depth;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

void AppendJsonString(absl::string_view text, std::string* json) {
  std::string repaired;
  if (!IsValidUtf8(text)) {
    RepairUtf8(text, &repaired);
    text = repaired;
  }
  json->push_back('"');
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsPlain(text[i])) continue;
    json->append(text.data() + start, i - start);
    start = i + 1;
    if (text[i] == '"' || text[i] == '\\') {
      json->push_back('\\');
      json->push_back(text[i]);
    } else {
      absl::StrAppendFormat(json, "\\u%04x", text[i]);
    }
  }
  json->append(text.data() + start, text.size() - start);
  json->push_back('"');
}

void AppendJsonNumber(double value, int decimals, std::string* json) {
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value,
                                 std::chars_format::fixed, decimals);
  if (end.ec != std::errc() || !std::isfinite(value)) {
    json->append("null");
    return;
  }
  const char* last = end.ptr;
  if (decimals > 0) {
    while (last[-1] == '0') --last;
    if (last[-1] == '.') --last;
  }
  const absl::string_view text(digits, static_cast<size_t>(last - digits));
  absl::StrAppend(json, text == "-0" ? "0" : text);
}

void AppendJsonFloat(float value, std::string* json) {
  if (!std::isfinite(value)) {
    json->append("null");
    return;
  }
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  json->append(digits, static_cast<size_t>(end.ptr - digits));
}

absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text,
                                         int max_depth) {
  const size_t valid = ValidUtf8Prefix(text);
  if (valid != text.size()) {
    return ProblemError(
        ProblemKind::kMalformedJson,
        absl::StrCat("the body is not UTF-8 from byte ", valid, " on"));
  }
  if (Depth(text) > max_depth) {
    return ProblemError(
        ProblemKind::kMalformedJson,
        absl::StrCat("the body is nested more than ", max_depth, " deep"));
  }
  try {
    return nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::parse_error& error) {
    return ProblemError(ProblemKind::kMalformedJson,
                        absl::StrCat("the body is not JSON: something else is "
                                     "expected at byte ",
                                     error.byte == 0 ? 0 : error.byte - 1));
  } catch (const nlohmann::json::exception&) {
    return ProblemError(ProblemKind::kMalformedJson,
                        "the body has a number that no double can hold");
  }
}

}  // namespace embed
