#include "apps/common/plot_axis.h"

#include "absl/strings/str_format.h"

namespace embed {
namespace {

constexpr int kAboutTicks = 6;

}  // namespace

PlotAxis::PlotAxis(const PlotRange& range, double from, double to)
    : from_(from), to_(to) {
  double low = range.low;
  double high = range.high;
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

double PlotAxis::Place(double value) const {
  const double low = first_ * step_;
  const double high = last_ * step_;
  return from_ + (value - low) / (high - low) * (to_ - from_);
}

std::vector<double> PlotAxis::Ticks() const {
  std::vector<double> ticks;
  for (double i = first_; i <= last_; ++i) ticks.push_back(i * step_);
  return ticks;
}

std::string PlotAxis::Label(double tick) const {
  // 3 * 0.1 is 0.30000000000000004.
  const double rounded = std::abs(tick) < step_ / 2 ? 0 : tick;
  return absl::StrFormat("%.6g", rounded);
}

}  // namespace embed
