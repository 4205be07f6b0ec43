// JSON as text, where a tree of values would take longer than the answer.
#ifndef EMBED_APPS_SERVE_JSON_TEXT_H_
#define EMBED_APPS_SERVE_JSON_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

// Appends `text` in quotes. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(absl::string_view text, std::string* json);

// Appends a number with six digits after the point at most; null if it is not
// finite.
void AppendJsonNumber(double value, std::string* json);

// The shortest digits that give the same float; null if it is not finite.
void AppendJsonFloat(float value, std::string* json);

// The tree of a text that a stranger sent. kMalformedJson: not UTF-8, not JSON
// (the message names the byte), or nested deeper than `max_depth`, which would
// take memory far beyond the size of the text.
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text, int max_depth);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_JSON_TEXT_H_
