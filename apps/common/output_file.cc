#include "apps/common/output_file.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "apps/common/command_line.h"
#include "embed/io/atomic_file.h"

namespace embed {

absl::Status CheckOutputFile(const std::string& flag, const std::string& path,
                             const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (std::filesystem::equivalent(path, input, ignored)) {
      return UsageError(absl::StrCat(flag, ": ", path,
                                     " is an input as well; choose another "
                                     "name"));
    }
  }
  return CheckWritable(path);
}

bool IsSameFile(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  std::error_code ignored;
  if (std::filesystem::equivalent(a, b, ignored)) return true;
  const auto full = [&ignored](const std::string& path) {
    return std::filesystem::weakly_canonical(
        std::filesystem::absolute(path, ignored), ignored);
  };
  const std::filesystem::path first = full(a);
  return !first.empty() && first == full(b);
}

}  // namespace embed
