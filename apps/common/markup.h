// Text inside HTML and SVG.
#ifndef EMBED_APPS_COMMON_MARKUP_H_
#define EMBED_APPS_COMMON_MARKUP_H_

#include <string>

#include "absl/strings/string_view.h"

namespace embed {

// `text` as the text of an element or, between double quotes, the value of an
// attribute.
std::string EscapeMarkup(absl::string_view text);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_MARKUP_H_
