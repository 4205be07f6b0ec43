// The texts of a picture in SVG and the room they take.
#ifndef EMBED_TESTS_APPS_COMMON_SVG_TEXTS_H_
#define EMBED_TESTS_APPS_COMMON_SVG_TEXTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "apps/label_layout.h"

namespace embed {

struct SvgTextMark {
  std::string text;  // escaped, as it stands there
  double x = 0;
  double y = 0;  // of the base line
  Box box;
};

// Those that are not turned.
std::vector<SvgTextMark> TextsOf(const std::string& svg);

// The first one that is `text`; fails the test if there is none.
SvgTextMark TextAt(const std::string& svg, absl::string_view text);

// Fails the test where one text lies over another, leaves the picture or has
// letters below 13 pixels.
void ExpectTextsApart(const std::string& svg);

}  // namespace embed

#endif  // EMBED_TESTS_APPS_COMMON_SVG_TEXTS_H_
