#include "apps/common/binary_kind.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "embed/index/faiss_layout.h"

namespace embed {
namespace {

// The magic of our files but for its last bytes, which are the same.
constexpr char kModelStart[] =
    "\x89"
    "EMBM";
constexpr char kIndexStart[] =
    "\x89"
    "EMBI";
constexpr char kCheckpointStart[] =
    "\x89"
    "EMBC";
constexpr char kNpyStart[] = "\x93NUMPY";

// Words may begin as the types of FAISS do; in an index a small number follows.
bool IsFaiss(absl::string_view start) {
  return LooksLikeFaiss(
             {reinterpret_cast<const uint8_t*>(start.data()), start.size()}) &&
         absl::StrContains(start, '\0');
}

}  // namespace

std::string BinaryKind(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return "";
  char bytes[8];
  std::ifstream file(path, std::ios::binary);
  file.read(bytes, sizeof(bytes));
  const absl::string_view start(bytes, static_cast<size_t>(file.gcount()));
  if (absl::StartsWith(start, kModelStart)) return "a model (.embed)";
  if (absl::StartsWith(start, kIndexStart)) return "an index (.faiss)";
  if (absl::StartsWith(start, kCheckpointStart)) return "a checkpoint";
  if (absl::StartsWith(start, kNpyStart)) return "a matrix of NumPy (.npy)";
  return IsFaiss(start) ? "an index of FAISS" : "";
}

}  // namespace embed
