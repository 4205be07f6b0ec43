#include "graph/line_cursor.h"

#include <charconv>
#include <cmath>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "embed/base/quoted.h"

namespace embed {

std::string NotUtf8Text(absl::string_view problem) {
  return absl::StrCat(problem,
                      ": this does not look like a graph in UTF-8 text");
}

std::string ParseWeight(absl::string_view field, float* weight) {
  absl::string_view digits = field;
  if (digits.size() > 1 && digits[0] == '+') digits.remove_prefix(1);
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const std::from_chars_result result =
      std::from_chars(digits.data(), end, value);
  *weight = static_cast<float>(value);
  const char* problem = nullptr;
  if (result.ec == std::errc::invalid_argument || result.ptr != end) {
    problem = " is not a number";
  } else if (!std::isnan(value) && value < 0) {
    problem = " is negative; weights must be above 0";
  } else if (result.ec == std::errc() && value == 0) {
    problem = " is zero; drop the edge from the list instead";
  } else if (result.ec == std::errc::result_out_of_range ||
             !std::isfinite(*weight) || *weight == 0) {
    problem = " is not a finite number within the range of float";
  }
  if (problem == nullptr) return "";
  return absl::StrCat("the weight ", Quoted(field), problem);
}

}  // namespace embed
