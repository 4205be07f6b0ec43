// An axis of a plot: values between two round numbers, at pixels between two
// places.
#ifndef EMBED_APPS_COMMON_PLOT_AXIS_H_
#define EMBED_APPS_COMMON_PLOT_AXIS_H_

#include <cmath>
#include <string>
#include <vector>

namespace embed {

struct PlotRange {
  void Include(double value) {
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }

  double low = HUGE_VAL;
  double high = -HUGE_VAL;
};

class PlotAxis {
 public:
  // The range becomes larger, to round numbers; it is finite. The lower end is
  // at the place `from`, the upper one at `to`.
  PlotAxis(const PlotRange& range, double from, double to);

  double Place(double value) const;
  // About six, from end to end.
  std::vector<double> Ticks() const;
  std::string Label(double tick) const;

 private:
  double from_;
  double to_;
  double step_;
  double first_;  // in steps
  double last_;
};

}  // namespace embed

#endif  // EMBED_APPS_COMMON_PLOT_AXIS_H_
