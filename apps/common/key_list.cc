#include "apps/common/key_list.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"
#include "embed/model/vocabulary.h"

namespace embed {
namespace {

constexpr size_t kMostBytes = size_t{4} << 30;

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadKeyList(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMostBytes));
  TextLines lines(text, InputName(path));
  std::vector<std::string> keys;
  absl::string_view line;
  while (lines.Next(&line)) {
    if (line.size() > Vocabulary::kMaxKeyBytes) {
      return lines.Error(absl::StrCat("a key of ", line.size(),
                                      " bytes, expected one key a line, of at "
                                      "most ",
                                      Vocabulary::kMaxKeyBytes));
    }
    if (!line.empty()) keys.emplace_back(line);
  }
  return keys;
}

}  // namespace embed
