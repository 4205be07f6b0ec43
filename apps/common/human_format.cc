#include "apps/common/human_format.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace embed {
namespace {

// Three digits of value / base^i with the i-th unit.
std::string Scaled(double value, double base, const char* const units[],
                   int num_units) {
  int unit = 0;
  // 999.5 would be printed as 1000.
  while (unit + 1 < num_units && value >= 999.5) {
    value /= base;
    ++unit;
  }
  if (unit == 0) return absl::StrFormat("%.0f%s", value, units[0]);
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f%s", decimals, value, units[unit]);
}

}  // namespace

std::string FormatCount(double count) {
  static const char* const kUnits[] = {"", " k", " M", " G", " T"};
  return Scaled(count, 1000, kUnits, 5);
}

std::string FormatBytes(uint64_t bytes) {
  static const char* const kUnits[] = {" B", " KiB", " MiB", " GiB", " TiB"};
  return Scaled(static_cast<double>(bytes), 1024, kUnits, 5);
}

std::string FormatSeconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "?";
  const int64_t whole = std::llround(seconds);
  const std::string tail =
      absl::StrFormat("%02d:%02d", whole / 60 % 60, whole % 60);
  if (whole >= 3600) return absl::StrCat(whole / 3600, ":", tail);
  return tail[0] == '0' ? tail.substr(1) : tail;
}

}  // namespace embed
