#include "apps/common/svg_bars.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/plot_axis.h"
#include "apps/common/svg_parts.h"
#include "apps/common/text_width.h"
#include "embed/base/check.h"

namespace embed {
namespace {

constexpr double kFrameWidth = 420;
constexpr double kBarHeight = 18;  // with a number beside it
constexpr double kGroupGap = 14;
constexpr double kBelowFrame = 62;  // numbers and label of the axis
constexpr double kWhiskerEnd = 4;   // half a whisker's end
constexpr double kSquare = 14;      // a square of the legend
// From the middle of a line of text down to its base line.
constexpr double kToBaseLine = 4.5;

std::string NumberOf(const PlotBar& bar) {
  if (!std::isfinite(bar.value)) return "undefined";
  std::string number = absl::StrFormat("%.3f", bar.value);
  if (DrawnDeviation(bar.deviation) > 0) {
    absl::StrAppendFormat(&number, " \u00b1 %.3f", bar.deviation);
  }
  return number;
}

// Where the right end of a bar and its whisker is, or 0.
double RightEnd(const PlotBar& bar) {
  return std::isfinite(bar.value)
             ? std::max(0.0, bar.value + DrawnDeviation(bar.deviation))
             : 0;
}

PlotRange RangeOf(const BarPlot& plot) {
  PlotRange range = {0, 0};
  for (const BarGroup& group : plot.groups) {
    for (const PlotBar& bar : group.bars) {
      if (!std::isfinite(bar.value)) continue;
      range.Include(bar.value - DrawnDeviation(bar.deviation));
      range.Include(bar.value + DrawnDeviation(bar.deviation));
    }
  }
  if (range.low == range.high) range.high = 1;
  return range;
}

double WidestName(const BarPlot& plot) {
  double widest = 0;
  for (const BarGroup& group : plot.groups) {
    widest = std::max(widest, TextWidth(group.name, kSvgFont));
  }
  return widest;
}

// Where everything is.
class BarLayout {
 public:
  explicit BarLayout(const BarPlot& plot)
      : left_(std::ceil(kSvgMargin + WidestName(plot) + kSvgMargin)),
        group_height_(kBarHeight * static_cast<double>(plot.series.size()) +
                      kGroupGap),
        bottom_(kPlotTop +
                group_height_ * static_cast<double>(plot.groups.size())),
        axis_(RangeOf(plot), left_, right()) {
    double numbers_end = right();
    for (const BarGroup& group : plot.groups) {
      for (const PlotBar& bar : group.bars) {
        numbers_end = std::max(
            numbers_end, NumberLeft(bar) + TextWidth(NumberOf(bar), kSvgFont));
      }
    }
    legend_left_ = std::ceil(numbers_end + 2 * kSvgMargin);
  }

  double left() const { return left_; }
  double right() const { return left_ + kFrameWidth; }
  double middle() const { return left_ + kFrameWidth / 2; }
  double bottom() const { return bottom_; }
  const PlotAxis& axis() const { return axis_; }

  double GroupMiddle(size_t group) const {
    return kPlotTop + group_height_ * (static_cast<double>(group) + 0.5);
  }
  double BarTop(size_t group, size_t series) const {
    return kPlotTop + group_height_ * static_cast<double>(group) +
           kGroupGap / 2 + kBarHeight * static_cast<double>(series);
  }
  double NumberLeft(const PlotBar& bar) const {
    return axis_.Place(RightEnd(bar)) + 6;
  }

  double legend_left() const { return legend_left_; }
  double LegendMiddle(size_t series) const {
    return kPlotTop + kLegendLine * (static_cast<double>(series) + 0.5);
  }

  double Width(const BarPlot& plot) const {
    double end = SvgTitleEnd(middle(), plot.title);
    for (const std::string& name : plot.series) {
      end =
          std::max(end, legend_left_ + kSquare + 6 + TextWidth(name, kSvgFont));
    }
    return std::ceil(end + kSvgMargin);
  }
  double Height(const BarPlot& plot) const {
    return std::max(bottom_ + kBelowFrame, LegendMiddle(plot.series.size()));
  }

 private:
  double left_;
  double group_height_;
  double bottom_;
  PlotAxis axis_;
  double legend_left_ = 0;
};

std::string Rectangle(double x, double y, double width, double height,
                      const char* color) {
  return absl::StrFormat(
      "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
      "fill=\"%s\"/>\n",
      x, y, width, height, color);
}

std::string DrawAxis(const BarPlot& plot, const BarLayout& layout) {
  std::string svg;
  for (const double tick : layout.axis().Ticks()) {
    const double at = layout.axis().Place(tick);
    svg += SvgLine(at, kPlotTop, at, layout.bottom(), "#dddddd");
    svg += SvgLine(at, layout.bottom(), at, layout.bottom() + 5, "#000000");
    svg +=
        SvgText(at, layout.bottom() + 20, "middle", layout.axis().Label(tick));
  }
  svg += SvgLine(layout.left(), layout.bottom(), layout.right(),
                 layout.bottom(), "#000000");
  svg += SvgText(layout.middle(), layout.bottom() + 46, "middle",
                 plot.value_label);
  return svg;
}

std::string DrawWhisker(const PlotBar& bar, double y, const PlotAxis& axis) {
  constexpr const char* kColor = "#000000";
  const double from = axis.Place(bar.value - bar.deviation);
  const double to = axis.Place(bar.value + bar.deviation);
  return SvgLine(from, y, to, y, kColor) +
         SvgLine(from, y - kWhiskerEnd, from, y + kWhiskerEnd, kColor) +
         SvgLine(to, y - kWhiskerEnd, to, y + kWhiskerEnd, kColor);
}

std::string DrawBar(const PlotBar& bar, double top, const char* color,
                    const BarLayout& layout) {
  const PlotAxis& axis = layout.axis();
  const double y = top + kBarHeight / 2;
  std::string svg;
  if (std::isfinite(bar.value)) {
    const double from = axis.Place(std::min(0.0, bar.value));
    const double to = axis.Place(std::max(0.0, bar.value));
    // A white line between a bar and the next.
    svg += Rectangle(from, top + 1, to - from, kBarHeight - 2, color);
    if (DrawnDeviation(bar.deviation) > 0) svg += DrawWhisker(bar, y, axis);
  }
  return svg + SvgText(layout.NumberLeft(bar), y + kToBaseLine, "start",
                       NumberOf(bar));
}

std::string DrawGroups(const BarPlot& plot, const BarLayout& layout) {
  std::string svg;
  for (size_t i = 0; i < plot.groups.size(); ++i) {
    const BarGroup& group = plot.groups[i];
    EMBED_DCHECK(group.bars.size() == plot.series.size());
    svg += SvgText(layout.left() - kSvgMargin,
                   layout.GroupMiddle(i) + kToBaseLine, "end", group.name);
    for (size_t j = 0; j < group.bars.size(); ++j) {
      svg +=
          DrawBar(group.bars[j], layout.BarTop(i, j), SeriesColor(j), layout);
    }
  }
  const double zero = layout.axis().Place(0);
  return svg + SvgLine(zero, kPlotTop, zero, layout.bottom(), "#000000");
}

std::string DrawLegend(const BarPlot& plot, const BarLayout& layout) {
  std::string svg;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    const double y = layout.LegendMiddle(i);
    svg += Rectangle(layout.legend_left(), y - kSquare / 2, kSquare, kSquare,
                     SeriesColor(i));
    svg += SvgText(layout.legend_left() + kSquare + 6, y + kToBaseLine, "start",
                   plot.series[i]);
  }
  return svg;
}

}  // namespace

std::string RenderSvg(const BarPlot& plot) {
  const BarLayout layout(plot);
  return absl::StrCat(SvgStart(layout.Width(plot), layout.Height(plot)),
                      SvgTitle(layout.middle(), plot.title),
                      DrawAxis(plot, layout), DrawGroups(plot, layout),
                      DrawLegend(plot, layout), "</svg>\n");
}

}  // namespace embed
