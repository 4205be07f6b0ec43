// Text of inputs within messages.
#ifndef EMBED_BASE_QUOTED_H_
#define EMBED_BASE_QUOTED_H_

#include <string>

#include "absl/strings/string_view.h"

namespace embed {

// The start of `text`, which may be anything, within quotes: at most 60 bytes
// of it, no broken characters, "?" for control bytes, "..." for what is left
// out.
std::string Quoted(absl::string_view text);

}  // namespace embed

#endif  // EMBED_BASE_QUOTED_H_
