#include "embed/io/text_lines.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/input_stream.h"

namespace embed {
namespace {

constexpr size_t kLineBlockBytes = size_t{256} << 10;

}  // namespace

absl::StatusOr<std::string> ReadWholeText(const std::string& path,
                                          size_t max_bytes) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<InputStream> stream,
                         InputStream::Open(path));
  std::string text;
  while (true) {
    const size_t have = text.size();
    text.resize(have + kLineBlockBytes);
    EMBED_ASSIGN_OR_RETURN(const size_t got,
                           stream->Read(&text[have], kLineBlockBytes));
    text.resize(have + got);
    if (text.size() > max_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(InputName(path), ": longer than ", max_bytes,
                       " bytes, the most that is expected here"));
    }
    if (got < kLineBlockBytes) return text;
  }
}

TextLines::TextLines(absl::string_view text, absl::string_view name)
    : rest_(absl::StripPrefix(text, kByteOrderMark)), name_(name) {}

bool TextLines::Next(absl::string_view* line) {
  if (rest_.empty()) return false;
  const size_t end = rest_.find('\n');
  *line = absl::StripSuffix(rest_.substr(0, end), "\r");
  rest_.remove_prefix(end == absl::string_view::npos ? rest_.size() : end + 1);
  ++number_;
  return true;
}

absl::Status TextLines::Error(absl::string_view problem) const {
  return absl::InvalidArgumentError(
      absl::StrCat(name_, ": line ", number_, ": ", problem));
}

}  // namespace embed
