#include "embed/math/metric.h"

#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/math/cosine.h"

namespace embed {
namespace {

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kDot, Metric::kL2};
// Of cosines; of other scores in proportion to the vectors' lengths.
constexpr double kTie = 1e-7;

double Dot(absl::Span<const float> a, absl::Span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

}  // namespace

absl::string_view MetricName(Metric metric) {
  switch (metric) {
    case Metric::kCosine:
      return "cosine";
    case Metric::kDot:
      return "dot";
    case Metric::kL2:
      return "l2";
  }
  return "";
}

absl::StatusOr<Metric> MetricFromName(absl::string_view name) {
  for (const Metric metric : kMetrics) {
    if (MetricName(metric) == name) return metric;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\" is none of cosine, dot, l2"));
}

double Nearness(Metric metric, absl::Span<const float> a,
                absl::Span<const float> b) {
  EMBED_DCHECK(a.size() == b.size());
  if (metric == Metric::kDot) return Dot(a, b);
  if (metric == Metric::kCosine) return Cosine(a, b);
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = double{a[i]} - b[i];
    sum += difference * difference;
  }
  return -sum;
}

double NearnessTie(Metric metric, absl::Span<const float> a,
                   absl::Span<const float> b) {
  switch (metric) {
    case Metric::kCosine:
      return kTie;
    case Metric::kDot:
      return kTie * std::sqrt(Dot(a, a) * Dot(b, b));
    case Metric::kL2:
      return kTie * (Dot(a, a) + Dot(b, b));
  }
  return 0;
}

}  // namespace embed
