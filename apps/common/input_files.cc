#include "apps/common/input_files.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

bool IsPattern(const std::string& argument) {
  std::error_code ignored;
  return argument.find_first_of("*?[") != std::string::npos &&
         !std::filesystem::exists(argument, ignored);
}

absl::StatusOr<std::vector<std::string>> Matches(const std::string& pattern) {
  glob_t found = {};
  const int result = glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  std::vector<std::string> paths;
  if (result == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  if (paths.empty()) {
    return absl::NotFoundError(absl::StrCat(
        pattern, ": no file has this name, and none matches the pattern"));
  }
  // By bytes, whatever the locale.
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadInputs(const Arguments& arguments,
                                                    bool several) {
  if (arguments.empty() || (!several && arguments.size() != 1)) {
    return UsageError(absl::StrCat(
        "expected one input file (or - for standard input), found ",
        arguments.empty() ? "none" : absl::StrJoin(arguments, " ")));
  }
  if (!several) return arguments;
  std::vector<std::string> inputs;
  for (const std::string& argument : arguments) {
    if (!IsPattern(argument)) {
      inputs.push_back(argument);
      continue;
    }
    EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                           Matches(argument));
    inputs.insert(inputs.end(), paths.begin(), paths.end());
  }
  return inputs;
}

}  // namespace embed
