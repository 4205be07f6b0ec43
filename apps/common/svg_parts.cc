#include "apps/common/svg_parts.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/markup.h"
#include "apps/common/text_width.h"

namespace embed {
namespace {

// Told apart by people who see colours differently too (after Okabe, Ito).
constexpr const char* kColors[kSeriesColors] = {"#0072b2", "#d55e00", "#009e73",
                                                "#8553b0", "#7a6a4f", "#222222",
                                                "#cc79a7", "#56b4e9"};
// As many as there are codecs.
constexpr const char* kDashes[] = {"",         "7 4",         "2 3",
                                   "9 3 2 3",  "14 4",        "2 7",
                                   "14 3 4 3", "9 3 2 3 2 3", "5 9"};

double TitleStart(double center, absl::string_view title) {
  return std::max(kSvgMargin, center - TextWidth(title, kSvgTitleFont) / 2);
}

}  // namespace

double DrawnDeviation(double deviation) {
  return std::isfinite(deviation) ? deviation : 0;
}

const char* SeriesColor(size_t series, size_t colors) {
  return kColors[series % colors % kSeriesColors];
}

std::string SeriesDashes(size_t series, size_t colors) {
  const char* dashes = kDashes[series / colors % std::size(kDashes)];
  if (*dashes == '\0') return "";
  return absl::StrCat(" stroke-dasharray=\"", dashes, "\"");
}

std::string SvgStart(double width, double height) {
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" "
      "viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" font-size=\"%g\">\n"
      "<rect width=\"%g\" height=\"%g\" fill=\"white\"/>\n",
      width, height, width, height, kSvgFont, width, height);
}

std::string SvgText(double x, double y, absl::string_view anchor,
                    absl::string_view text, absl::string_view more) {
  return absl::StrFormat(
      "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s"
      "</text>\n",
      x, y, anchor, more, EscapeMarkup(text));
}

std::string SvgLine(double x1, double y1, double x2, double y2,
                    absl::string_view color, absl::string_view more) {
  return absl::StrFormat(
      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>"
      "\n",
      x1, y1, x2, y2, color, more);
}

std::string SvgTitle(double center, absl::string_view title) {
  const double width = TextWidth(title, kSvgTitleFont);
  return SvgText(TitleStart(center, title) + width / 2, kSvgTitleTop, "middle",
                 title, absl::StrFormat(" font-size=\"%g\"", kSvgTitleFont));
}

double SvgTitleEnd(double center, absl::string_view title) {
  return TitleStart(center, title) + TextWidth(title, kSvgTitleFont);
}

}  // namespace embed
