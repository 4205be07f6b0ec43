#include "apps/serve/json_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/serve/problem.h"
#include "embed/base/utf8.h"

namespace embed {
namespace {

constexpr int64_t kMillion = 1000000;
constexpr double kExactWhole = 9007199254740992.0;  // 2^53

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
  // Most keys need no more than the quotes.
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return IsPlain(c) && c > 0; })) {
    absl::StrAppend(json, "\"", text, "\"");
    return;
  }
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

void AppendJsonNumber(double value, std::string* json) {
  const double scaled = std::nearbyint(value * kMillion);
  if (!(std::abs(scaled) < kExactWhole)) {
    absl::StrAppend(json, std::isfinite(value) ? absl::StrFormat("%.0f", value)
                                               : std::string("null"));
    return;
  }
  auto millionths = static_cast<int64_t>(scaled);
  if (millionths < 0) {
    json->push_back('-');
    millionths = -millionths;
  }
  absl::StrAppend(json, millionths / kMillion);
  int64_t rest = millionths % kMillion;
  if (rest == 0) return;
  char digits[] = ".000000";
  size_t length = 1;
  for (int64_t unit = kMillion / 10; rest > 0; unit /= 10) {
    digits[length++] = static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  json->append(digits, length);
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
