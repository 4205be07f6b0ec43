#include "apps/common/memory_flags.h"

#include <gflags/gflags.h>

#include <cmath>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "apps/common/available_memory.h"

DEFINE_string(memory_limit, "",
              "refuse what would make this process hold more memory than this, "
              "as in 4GiB or 500MiB, before it is begun; \"\": what the system "
              "has left");

namespace embed {
namespace {

absl::Status NoSize(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", text,
      "' is no size; expected a number of bytes above 0, with KiB, "
      "MiB, GiB or TiB behind it for larger units"));
}

}  // namespace

FlagGroup MemoryFlagGroup() { return {"Memory", {"memory_limit"}}; }

absl::StatusOr<uint64_t> ParseBytes(absl::string_view text) {
  constexpr absl::string_view kUnits = "kmgt";
  std::string rest = absl::AsciiStrToLower(absl::StripAsciiWhitespace(text));
  absl::string_view number = absl::StripSuffix(rest, "b");
  const bool binary = absl::ConsumeSuffix(&number, "i");
  double unit = 1;
  if (!number.empty()) {
    const size_t place = kUnits.find(number.back());
    if (place != absl::string_view::npos) {
      unit = std::pow(1024.0, static_cast<double>(place + 1));
      number.remove_suffix(1);
    } else if (binary) {
      return NoSize(text);
    }
  }
  number = absl::StripAsciiWhitespace(number);
  double value = 0;
  if (!absl::SimpleAtod(number, &value) || !(value > 0)) return NoSize(text);
  const double bytes = std::floor(value * unit);
  if (!(bytes >= 1) || bytes > 0x1p63) return NoSize(text);
  return static_cast<uint64_t>(bytes);
}

absl::Status ApplyMemoryLimit() {
  if (FLAGS_memory_limit.empty()) return absl::OkStatus();
  const absl::StatusOr<uint64_t> bytes = ParseBytes(FLAGS_memory_limit);
  if (!bytes.ok()) {
    return UsageError(
        absl::StrCat("--memory_limit: ", bytes.status().message()));
  }
  LimitMemory(*bytes);
  return absl::OkStatus();
}

}  // namespace embed
