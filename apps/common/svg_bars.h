// Bar charts as SVG: bars to the right, below one another, so that names of any
// length have their room; each with its number, and a legend beside the plot.
#ifndef EMBED_APPS_COMMON_SVG_BARS_H_
#define EMBED_APPS_COMMON_SVG_BARS_H_

#include <string>
#include <vector>

namespace embed {

struct PlotBar {
  double value = 0.0;      // not finite: no bar, "undefined" is written
  double deviation = 0.0;  // a whisker to both sides; 0 or NaN: none
};

struct BarGroup {
  std::string name;
  std::vector<PlotBar> bars;  // one for each series
};

struct BarPlot {
  std::string title;
  std::string value_label;
  std::vector<std::string> series;
  std::vector<BarGroup> groups;  // from top to bottom
};

// A whole SVG file, as large as it needs to be. The axis reaches from 0 to a
// round number, or below 0 where a bar or its whisker does.
std::string RenderSvg(const BarPlot& plot);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_SVG_BARS_H_
