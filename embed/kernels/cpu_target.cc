#include "embed/kernels/cpu_target.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hwy/targets.h"

namespace embed {
namespace {

std::string TargetLabel(int64_t target) {
  switch (target) {
    case HWY_AVX3_DL:
      return "avx512_vnni";
    case HWY_AVX3:
      return "avx512";
    case HWY_EMU128:
    case HWY_SCALAR:
      return "portable";
    default:
      return absl::AsciiStrToLower(hwy::TargetName(target));
  }
}

// Read once, before the first forcing: Highway answers with the forced target
// from then on. Lower bits are better targets.
const std::vector<int64_t>& AvailableTargets() {
  static const std::vector<int64_t> targets =
      hwy::SupportedAndGeneratedTargets();
  return targets;
}

}  // namespace

std::vector<std::string> AvailableCpuTargets() {
  std::vector<std::string> names;
  for (const int64_t target : AvailableTargets()) {
    names.push_back(TargetLabel(target));
  }
  return names;
}

std::string CpuTargetInUse() {
  AvailableTargets();
  return TargetLabel(hwy::SupportedAndGeneratedTargets().front());
}

absl::Status ForceCpuTarget(absl::string_view name) {
  const std::vector<int64_t>& targets = AvailableTargets();
  if (name == "auto") {
    hwy::SetSupportedTargetsForTest(0);
    return absl::OkStatus();
  }
  for (const int64_t target : targets) {
    if (TargetLabel(target) == name) {
      hwy::SetSupportedTargetsForTest(target);
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("CPU target '", name, "' is not available here; choose auto",
                   ", ", absl::StrJoin(AvailableCpuTargets(), ", ")));
}

}  // namespace embed
