#include "apps/serve/token.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/mapped_file.h"

namespace embed {
namespace {

constexpr size_t kShortest = 16;
constexpr size_t kLongest = 1024;
constexpr absl::string_view kScheme = "Bearer ";

}  // namespace

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const auto file, MappedFile::Open(path));
  absl::string_view text;
  if (file->size() > 0) {
    text = {reinterpret_cast<const char*>(file->data()),
            static_cast<size_t>(file->size())};
  }
  text = absl::StripAsciiWhitespace(text.substr(0, text.find('\n')));
  if (text.size() < kShortest || text.size() > kLongest ||
      !std::all_of(text.begin(), text.end(),
                   [](unsigned char c) { return absl::ascii_isgraph(c); })) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the first line is no token: expected ", kShortest,
                     " to ", kLongest,
                     " visible ASCII characters, for instance of: openssl "
                     "rand -hex 32"));
  }
  return std::string(text);
}

bool IsBearer(absl::string_view header, absl::string_view token) {
  if (!absl::StartsWithIgnoreCase(header, kScheme)) return false;
  const absl::string_view given = header.substr(kScheme.size());
  // volatile: the loop must not end where the first difference is.
  volatile unsigned char difference = given.size() == token.size() ? 0 : 1;
  for (size_t i = 0; i < given.size(); ++i) {
    difference = static_cast<unsigned char>(
        difference | (given[i] ^ token[i % token.size()]));
  }
  return difference == 0;
}

}  // namespace embed
