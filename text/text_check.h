// A cheap look at the start of an input, to refuse what is no text at all
// (pictures, office files, UTF-16) before hours are spent on it.
#ifndef EMBED_TEXT_TEXT_CHECK_H_
#define EMBED_TEXT_TEXT_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "text/text_bytes.h"

namespace embed {

// InvalidArgument: of the first 64 KiB more than a tenth, and at least 16
// bytes, are NUL or belong to bad UTF-8. Does not move `text` forward.
absl::Status CheckLooksLikeText(TextBytes* text, const std::string& name);

}  // namespace embed

#endif  // EMBED_TEXT_TEXT_CHECK_H_
