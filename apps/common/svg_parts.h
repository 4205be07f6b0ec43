// What the plots of svg_plot.h and svg_bars.h are made of.
#ifndef EMBED_APPS_COMMON_SVG_PARTS_H_
#define EMBED_APPS_COMMON_SVG_PARTS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace embed {

constexpr double kSvgFont = 13;
constexpr double kSvgTitleFont = 15;
constexpr double kSvgTitleTop = 26;  // its base line
constexpr double kSvgMargin = 10;
constexpr double kLegendLine = 22;  // from one line of a legend to the next
constexpr double kPlotTop = 45;     // of a plot's frame

// What a deviation is drawn as: 0, for none, if it is not finite.
double DrawnDeviation(double deviation);

constexpr size_t kSeriesColors = 8;

// The series of a plot are told apart by these: so many colours, eight at most,
// then the same with other dashes.
const char* SeriesColor(size_t series, size_t colors = kSeriesColors);
// Of a line: an attribute, or "".
std::string SeriesDashes(size_t series, size_t colors = kSeriesColors);

// The start of a file of this size, with a white ground; "</svg>" ends it.
std::string SvgStart(double width, double height);

// anchor: start, middle or end; more: further attributes.
std::string SvgText(double x, double y, absl::string_view anchor,
                    absl::string_view text, absl::string_view more = "");
std::string SvgLine(double x1, double y1, double x2, double y2,
                    absl::string_view color, absl::string_view more = "");

// A title over the place `center`, or right of that where it would leave the
// picture. SvgTitleEnd(): how far it reaches.
std::string SvgTitle(double center, absl::string_view title);
double SvgTitleEnd(double center, absl::string_view title);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_SVG_PARTS_H_
