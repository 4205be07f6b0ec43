// How near two vectors are: what searches rank by.
//
//   cosine  a.b / (|a| |b|), 0 if either is zero    larger is nearer
//   dot     a.b                                     larger is nearer
//   l2      |a - b|^2, squared as in FAISS          smaller is nearer
#ifndef EMBED_MATH_METRIC_H_
#define EMBED_MATH_METRIC_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace embed {

enum class Metric { kCosine, kDot, kL2 };

// "cosine", "dot", "l2".
absl::string_view MetricName(Metric metric);
// InvalidArgument: another name.
absl::StatusOr<Metric> MetricFromName(absl::string_view name);

// The score of two vectors of one length, in double, turned so that larger is
// nearer: for l2 -|a - b|^2.
double Nearness(Metric metric, absl::Span<const float> a,
                absl::Span<const float> b);

// What rounding to float32 may change Nearness() of such vectors by: two that
// differ by less are equally near.
double NearnessTie(Metric metric, absl::Span<const float> a,
                   absl::Span<const float> b);

}  // namespace embed

#endif  // EMBED_MATH_METRIC_H_
