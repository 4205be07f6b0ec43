#include "apps/common/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/plot_axis.h"
#include "apps/common/svg_parts.h"
#include "apps/common/text_width.h"

namespace embed {
namespace {

constexpr double kWidth = 800;
constexpr double kHeight = 420;
// Of the plot's frame.
constexpr double kLeft = 75;
constexpr double kRight = 570;  // the legend is right of it
constexpr double kBottom = 360;
// Of the legend.
constexpr double kSampleLeft = kRight + 18;
constexpr double kNamesLeft = kRight + 48;

bool IsDrawn(const PlotPoint& point) {
  return std::isfinite(point.x) && std::isfinite(point.y);
}

struct Axes {
  PlotAxis x;
  PlotAxis y;
};

Axes AxesFor(const LinePlot& plot) {
  PlotRange x;
  PlotRange y;
  for (const PlotSeries& series : plot.series) {
    for (const PlotPoint& point : series.points) {
      if (!IsDrawn(point)) continue;
      x.Include(point.x);
      y.Include(point.y - DrawnDeviation(point.deviation));
      y.Include(point.y + DrawnDeviation(point.deviation));
    }
  }
  if (x.low > x.high) x = y = {0, 1};  // nothing to draw
  return {PlotAxis(x, kLeft, kRight), PlotAxis(y, kBottom, kPlotTop)};
}

std::string DrawAxes(const LinePlot& plot, const Axes& axes) {
  std::string svg;
  for (const double tick : axes.y.Ticks()) {
    const double at = axes.y.Place(tick);
    svg += SvgLine(kLeft, at, kRight, at, "#dddddd");
    svg += SvgText(kLeft - 8, at + 4.5, "end", axes.y.Label(tick));
  }
  for (const double tick : axes.x.Ticks()) {
    const double at = axes.x.Place(tick);
    svg += SvgLine(at, kPlotTop, at, kBottom, "#eeeeee");
    svg += SvgLine(at, kBottom, at, kBottom + 5, "#000000");
    svg += SvgText(at, kBottom + 20, "middle", axes.x.Label(tick));
  }
  svg += SvgLine(kLeft, kBottom, kRight, kBottom, "#000000");
  svg += SvgLine(kLeft, kPlotTop, kLeft, kBottom, "#000000");
  svg += SvgText((kLeft + kRight) / 2, kBottom + 46, "middle", plot.x_label);
  const double middle = (kPlotTop + kBottom) / 2;
  svg += SvgText(20, middle, "middle", plot.y_label,
                 absl::StrFormat(" transform=\"rotate(-90 20 %.1f)\"", middle));
  return svg;
}

std::string DrawSeries(const LinePlot& plot, size_t number, const Axes& axes) {
  const char* color = SeriesColor(number, plot.num_colors);
  std::string path;
  std::string marks;
  for (const PlotPoint& point : plot.series[number].points) {
    if (!IsDrawn(point)) continue;
    const double x = axes.x.Place(point.x);
    const double y = axes.y.Place(point.y);
    absl::StrAppendFormat(&path, "%s%.1f,%.1f", path.empty() ? "" : " ", x, y);
    if (DrawnDeviation(point.deviation) > 0) {
      marks += SvgLine(x, axes.y.Place(point.y - point.deviation), x,
                       axes.y.Place(point.y + point.deviation), color);
    }
    if (plot.markers) {
      absl::StrAppendFormat(
          &marks, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n",
          x, y, color);
    }
  }
  return absl::StrFormat(
      "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" "
      "stroke-width=\"2\"%s/>"
      "\n%s",
      path, color, SeriesDashes(number, plot.num_colors), marks);
}

// The line of a legend.
double LegendTop(size_t line) {
  return kPlotTop + 12 + kLegendLine * static_cast<double>(line);
}

std::string DrawLegend(const LinePlot& plot) {
  std::string svg;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    const double y = LegendTop(i);
    svg += SvgLine(
        kSampleLeft, y - 4, kSampleLeft + 24, y - 4,
        SeriesColor(i, plot.num_colors),
        absl::StrCat(" stroke-width=\"2\"", SeriesDashes(i, plot.num_colors)));
    svg += SvgText(kNamesLeft, y, "start", plot.series[i].name);
  }
  return svg;
}

// With room for the title and the names of the legend.
double WidthFor(const LinePlot& plot) {
  double width = std::max(
      kWidth, SvgTitleEnd((kLeft + kRight) / 2, plot.title) + kSvgMargin);
  for (const PlotSeries& series : plot.series) {
    width = std::max(
        width, kNamesLeft + TextWidth(series.name, kSvgFont) + kSvgMargin);
  }
  return std::ceil(width);
}

}  // namespace

std::string RenderSvg(const LinePlot& plot) {
  const Axes axes = AxesFor(plot);
  std::string svg = SvgStart(WidthFor(plot),
                             std::max(kHeight, LegendTop(plot.series.size())));
  svg += SvgTitle((kLeft + kRight) / 2, plot.title);
  svg += DrawAxes(plot, axes);
  if (plot.diagonal) {
    svg += SvgLine(axes.x.Place(0), axes.y.Place(0), axes.x.Place(1),
                   axes.y.Place(1), "#888888", " stroke-dasharray=\"5 4\"");
  }
  for (size_t i = 0; i < plot.series.size(); ++i) {
    svg += DrawSeries(plot, i, axes);
  }
  return svg + DrawLegend(plot) + "</svg>\n";
}

}  // namespace embed
