#include "text/text_check.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"

namespace embed {
namespace {

constexpr size_t kHeadBytes = size_t{64} << 10;
// Some bad bytes in a tiny file are a mistake in a text, not another format.
constexpr uint64_t kFewBytes = 16;

}  // namespace

absl::Status CheckLooksLikeText(TextBytes* text, const std::string& name) {
  EMBED_ASSIGN_OR_RETURN(const absl::string_view head,
                         text->Get(0, kHeadBytes));
  const uint64_t bad =
      CountBadUtf8Bytes(head) +
      static_cast<uint64_t>(std::count(head.begin(), head.end(), '\0'));
  if (bad < kFewBytes || bad * 10 <= head.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      name, ": does not look like text: ", bad, " of its first ", head.size(),
      " bytes are NUL or not UTF-8; expected plain UTF-8 text, or such text as "
      ".gz or .zst (other encodings: convert with iconv -f ENCODING -t "
      "UTF-8)"));
}

}  // namespace embed
