// How much room a text takes in a picture.
#ifndef EMBED_APPS_COMMON_TEXT_WIDTH_H_
#define EMBED_APPS_COMMON_TEXT_WIDTH_H_

#include "absl/strings/string_view.h"

namespace embed {

// The width of a text in a sans-serif font, in the unit of `font_size`: a
// little more than it is as a rule, for no font is asked.
double TextWidth(absl::string_view text, double font_size);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_TEXT_WIDTH_H_
