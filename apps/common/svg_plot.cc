#include "apps/common/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "apps/common/markup.h"

namespace embed {
namespace {

constexpr double kWidth = 800;
constexpr double kHeight = 420;
// Of the plot's frame.
constexpr double kLeft = 75;
constexpr double kRight = 570;  // the legend is right of it
constexpr double kTop = 45;
constexpr double kBottom = 360;
constexpr int kAboutTicks = 6;
// Told apart by people who see colours differently too (after Okabe, Ito).
constexpr const char* kColors[] = {"#0072b2", "#d55e00", "#009e73", "#8553b0",
                                   "#7a6a4f", "#222222", "#cc79a7", "#56b4e9"};

const char* ColorOf(size_t series) {
  return kColors[series % (sizeof(kColors) / sizeof(kColors[0]))];
}

std::string Text(double x, double y, absl::string_view anchor,
                 absl::string_view text, absl::string_view more = "") {
  return absl::StrFormat(
      "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s"
      "</text>\n",
      x, y, anchor, more, EscapeMarkup(text));
}

std::string LineMark(double x1, double y1, double x2, double y2,
                     absl::string_view color, absl::string_view more = "") {
  return absl::StrFormat(
      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>"
      "\n",
      x1, y1, x2, y2, color, more);
}

// One axis: values between two round numbers, at pixels between two places.
class Axis {
 public:
  Axis(double low, double high, double from, double to) : from_(from), to_(to) {
    if (!(low < high)) {
      low -= 0.5;
      high += 0.5;
    }
    // 1, 2 or 5 times a power of ten.
    step_ = std::pow(10, std::floor(std::log10((high - low) / kAboutTicks)));
    for (const double factor : {2.0, 2.5, 2.0}) {
      if ((high - low) / step_ <= kAboutTicks) break;
      step_ *= factor;
    }
    // A value on a tick must not open another step by its rounding.
    constexpr double kRounding = 1e-9;
    first_ = std::floor(low / step_ + kRounding);
    last_ = std::ceil(high / step_ - kRounding);
  }

  double Place(double value) const {
    const double low = first_ * step_;
    const double high = last_ * step_;
    return from_ + (value - low) / (high - low) * (to_ - from_);
  }

  std::vector<double> Ticks() const {
    std::vector<double> ticks;
    for (double i = first_; i <= last_; ++i) ticks.push_back(i * step_);
    return ticks;
  }

  std::string Label(double tick) const {
    // 3 * 0.1 is 0.30000000000000004.
    const double rounded = std::abs(tick) < step_ / 2 ? 0 : tick;
    return absl::StrFormat("%.6g", rounded);
  }

 private:
  double from_;
  double to_;
  double step_;
  double first_;  // in steps
  double last_;
};

bool IsDrawn(const PlotPoint& point) {
  return std::isfinite(point.x) && std::isfinite(point.y);
}

double Deviation(const PlotPoint& point) {
  return std::isfinite(point.deviation) ? point.deviation : 0;
}

struct Range {
  void Include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }

  double low = HUGE_VAL;
  double high = -HUGE_VAL;
};

struct Axes {
  Axis x;
  Axis y;
};

Axes AxesFor(const LinePlot& plot) {
  Range x;
  Range y;
  for (const PlotSeries& series : plot.series) {
    for (const PlotPoint& point : series.points) {
      if (!IsDrawn(point)) continue;
      x.Include(point.x);
      y.Include(point.y - Deviation(point));
      y.Include(point.y + Deviation(point));
    }
  }
  if (x.low > x.high) x = y = {0, 1};  // nothing to draw
  return {Axis(x.low, x.high, kLeft, kRight),
          Axis(y.low, y.high, kBottom, kTop)};
}

std::string DrawAxes(const LinePlot& plot, const Axes& axes) {
  std::string svg;
  for (const double tick : axes.y.Ticks()) {
    const double at = axes.y.Place(tick);
    svg += LineMark(kLeft, at, kRight, at, "#dddddd");
    svg += Text(kLeft - 8, at + 4.5, "end", axes.y.Label(tick));
  }
  for (const double tick : axes.x.Ticks()) {
    const double at = axes.x.Place(tick);
    svg += LineMark(at, kTop, at, kBottom, "#eeeeee");
    svg += LineMark(at, kBottom, at, kBottom + 5, "#000000");
    svg += Text(at, kBottom + 20, "middle", axes.x.Label(tick));
  }
  svg += LineMark(kLeft, kBottom, kRight, kBottom, "#000000");
  svg += LineMark(kLeft, kTop, kLeft, kBottom, "#000000");
  svg += Text((kLeft + kRight) / 2, kBottom + 46, "middle", plot.x_label);
  const double middle = (kTop + kBottom) / 2;
  svg += Text(20, middle, "middle", plot.y_label,
              absl::StrFormat(" transform=\"rotate(-90 20 %.1f)\"", middle));
  return svg;
}

std::string DrawSeries(const PlotSeries& series, const Axes& axes,
                       absl::string_view color, bool markers) {
  std::string path;
  std::string marks;
  for (const PlotPoint& point : series.points) {
    if (!IsDrawn(point)) continue;
    const double x = axes.x.Place(point.x);
    const double y = axes.y.Place(point.y);
    absl::StrAppendFormat(&path, "%s%.1f,%.1f", path.empty() ? "" : " ", x, y);
    if (Deviation(point) > 0) {
      marks += LineMark(x, axes.y.Place(point.y - point.deviation), x,
                        axes.y.Place(point.y + point.deviation), color);
    }
    if (markers) {
      absl::StrAppendFormat(
          &marks, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n",
          x, y, color);
    }
  }
  return absl::StrFormat(
      "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>"
      "\n%s",
      path, color, marks);
}

}  // namespace

std::string RenderSvg(const LinePlot& plot) {
  const Axes axes = AxesFor(plot);
  std::string svg = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" "
      "viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" font-size=\"13\">\n"
      "<rect width=\"%g\" height=\"%g\" fill=\"white\"/>\n",
      kWidth, kHeight, kWidth, kHeight, kWidth, kHeight);
  svg +=
      Text((kLeft + kRight) / 2, 26, "middle", plot.title, " font-size=\"15\"");
  svg += DrawAxes(plot, axes);
  if (plot.diagonal) {
    svg += LineMark(axes.x.Place(0), axes.y.Place(0), axes.x.Place(1),
                    axes.y.Place(1), "#888888", " stroke-dasharray=\"5 4\"");
  }
  for (size_t i = 0; i < plot.series.size(); ++i) {
    svg += DrawSeries(plot.series[i], axes, ColorOf(i), plot.markers);
    const double y = kTop + 12 + 22 * static_cast<double>(i);
    svg += LineMark(kRight + 18, y - 4, kRight + 42, y - 4, ColorOf(i),
                    " stroke-width=\"2\"");
    svg += Text(kRight + 48, y, "start", plot.series[i].name);
  }
  return svg + "</svg>\n";
}

}  // namespace embed
