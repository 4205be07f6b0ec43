// Which instruction set the kernels of embed/kernels use.
//
// Every kernel is compiled once per target; at run time the best one this CPU
// supports is taken. For measurements, tests and bug reports one may be forced.
//
//   name          needs
//   avx512_vnni   AVX-512 F, BW, DQ, VL with VNNI, VBMI2, BITALG (Ice Lake on)
//   avx512        AVX-512 F, BW, DQ, VL
//   avx2          AVX2, FMA, BMI2, F16C
//   portable      what the compiler was told to build for
// On other processors the names are those of Highway in lower case ("neon").
#ifndef EMBED_KERNELS_CPU_TARGET_H_
#define EMBED_KERNELS_CPU_TARGET_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace embed {

// The targets that are both compiled in and supported here, best first; at
// least one. Not changed by forcing.
std::vector<std::string> AvailableCpuTargets();

// The target that kernels use now.
std::string CpuTargetInUse();

// Makes all kernels use the target `name`, or again the best one for "auto".
// InvalidArgument (listing the choices): not available. Not to be called while
// kernels run in other threads.
absl::Status ForceCpuTarget(absl::string_view name);

}  // namespace embed

#endif  // EMBED_KERNELS_CPU_TARGET_H_
