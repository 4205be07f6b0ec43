// Values of a JSON body, checked. Errors are kInvalidValue with the pointer
// (RFC 6901) that is given.
#ifndef EMBED_APPS_SERVE_JSON_VALUE_H_
#define EMBED_APPS_SERVE_JSON_VALUE_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

absl::Status InvalidJson(absl::string_view pointer, absl::string_view problem);

// The pointer of a member of the object at `base`.
std::string JsonBelow(absl::string_view base, absl::string_view name);

// A string that is not empty.
absl::StatusOr<std::string> JsonText(const nlohmann::json& value,
                                     const std::string& pointer);

// One number or more, finite as float32.
absl::StatusOr<std::vector<float>> JsonVector(const nlohmann::json& value,
                                              const std::string& pointer);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_JSON_VALUE_H_
