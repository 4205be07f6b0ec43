#include "apps/serve/json_value.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "apps/serve/problem.h"

namespace embed {

absl::Status InvalidJson(absl::string_view pointer, absl::string_view problem) {
  return ProblemError(
      ProblemKind::kInvalidValue,
      absl::StrCat(pointer.empty() ? "the body" : pointer, ": ", problem),
      pointer);
}

// The pointer of a member of the object at `base`.
std::string JsonBelow(absl::string_view base, absl::string_view name) {
  return absl::StrCat(base, "/",
                      absl::StrReplaceAll(name, {{"~", "~0"}, {"/", "~1"}}));
}

absl::StatusOr<std::string> JsonText(const nlohmann::json& value,
                                     const std::string& pointer) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    return InvalidJson(pointer, "expected a string that is not empty");
  }
  return value.get<std::string>();
}

absl::StatusOr<std::vector<float>> JsonVector(const nlohmann::json& value,
                                              const std::string& pointer) {
  if (!value.is_array() || value.empty()) {
    return InvalidJson(pointer, "expected an array of numbers");
  }
  std::vector<float> vector;
  vector.reserve(value.size());
  for (size_t i = 0; i < value.size(); ++i) {
    const double number = value[i].is_number()
                              ? value[i].get<double>()
                              : std::numeric_limits<double>::quiet_NaN();
    vector.push_back(static_cast<float>(number));
    if (!std::isfinite(vector.back())) {
      return InvalidJson(JsonBelow(pointer, absl::StrCat(i)),
                         "expected a finite number that a float32 can hold");
    }
  }
  return vector;
}

}  // namespace embed
