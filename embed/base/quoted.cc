#include "embed/base/quoted.h"

#include <cstdint>

#include "embed/base/utf8.h"

namespace embed {

std::string Quoted(absl::string_view text) {
  constexpr size_t kMaxBytes = 60;
  const absl::string_view start = text.substr(0, kMaxBytes);
  const size_t shown = ValidUtf8Prefix(start);
  std::string quoted = "'";
  for (const char c : start.substr(0, shown)) {
    quoted += static_cast<uint8_t>(c) < ' ' ? '?' : c;
  }
  quoted += shown < text.size() ? "...'" : "'";
  return quoted;
}

}  // namespace embed
