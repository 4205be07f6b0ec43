// Line plots as SVG: axes, grid, labels, and a legend beside the plot, where it
// hides nothing.
#ifndef EMBED_APPS_COMMON_SVG_PLOT_H_
#define EMBED_APPS_COMMON_SVG_PLOT_H_

#include <cstddef>
#include <string>
#include <vector>

namespace embed {

struct PlotPoint {
  double x = 0.0;
  double y = 0.0;
  double deviation = 0.0;  // drawn as a bar up and down; 0 or NaN: none
};

struct PlotSeries {
  std::string name;
  std::vector<PlotPoint> points;  // joined in this order
};

struct LinePlot {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<PlotSeries> series;  // not all empty
  // The first so many series have a colour each, eight at most, the next the
  // same ones with dashes, and so on.
  size_t num_colors = 8;
  bool markers = true;    // a dot at each point
  bool diagonal = false;  // y = x, dashed: the ROC curve of chance
};

// A whole SVG file. Axes reach from and to round numbers around the points;
// points that are not finite are left out.
std::string RenderSvg(const LinePlot& plot);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_SVG_PLOT_H_
