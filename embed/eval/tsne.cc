#include "embed/eval/tsne.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// Points whose sums are added up together; fixed, so that rounding is the same
// for any threads.
constexpr size_t kPointBlock = 512;

// The sum of body(begin, end) over blocks of the points.
double SumOverBlocks(
    size_t points, int threads,
    const std::function<double(size_t begin, size_t end)>& body) {
  std::vector<double> sums((points + kPointBlock - 1) / kPointBlock);
  std::atomic<size_t> next{0};
  RunThreads(threads, [&](int) {
    for (size_t block; (block = next.fetch_add(1)) < sums.size();) {
      sums[block] = body(block * kPointBlock,
                         std::min(points, (block + 1) * kPointBlock));
    }
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

// sum over all other points of w^2 (y - y_j), with w = (1 + d^2)^-1, and to *z
// that of w.
Point Repulsion(const Point& place, double theta_squared,
                absl::Span<const PointTree::Cell> cells, double* z) {
  Point force;
  double sum = 0;
  for (uint32_t i = 0; i < cells.size();) {
    const PointTree::Cell& cell = cells[i];
    const double dx = place.x - cell.center.x;
    const double dy = place.y - cell.center.y;
    const double squared = dx * dx + dy * dy;
    if (cell.width_squared > theta_squared * squared) {
      ++i;  // near: look into it
      continue;
    }
    const double weight = 1 / (1 + squared);
    sum += cell.count * weight;
    const double push = cell.count * weight * weight;
    force.x += push * dx;
    force.y += push * dy;
    i = cell.next;
  }
  // The point itself is in its own cell, at no distance.
  *z += sum - 1;
  return force;
}

// sum of p_ij w_ij (y_i - y_j) over the neighbors of i.
Point Attraction(const Affinities& affinities, absl::Span<const Point> places,
                 uint32_t i) {
  Point force;
  for (uint64_t at = affinities.offsets[i]; at < affinities.offsets[i + 1];
       ++at) {
    const Point& other = places[affinities.ids[at]];
    const double dx = places[i].x - other.x;
    const double dy = places[i].y - other.y;
    const double spread = 1 + dx * dx + dy * dy;
    const double p = affinities.values[at];
    force.x += p / spread * dx;
    force.y += p / spread * dy;
  }
  return force;
}

// Places moved by gradients.
class Descent {
 public:
  Descent(std::vector<Point> start, double rate)
      : places_(std::move(start)),
        speed_(places_.size()),
        gain_(places_.size(), Point{1, 1}),
        rate_(rate) {}

  const std::vector<Point>& places() const { return places_; }
  std::vector<Point> Take() { return std::move(places_); }

  void Step(absl::Span<const Point> gradient, double momentum) {
    for (size_t i = 0; i < places_.size(); ++i) {
      Move(gradient[i].x, momentum, &gain_[i].x, &speed_[i].x, &places_[i].x);
      Move(gradient[i].y, momentum, &gain_[i].y, &speed_[i].y, &places_[i].y);
    }
  }

 private:
  // The gain grows while the direction stays, as in the authors' code (Jacobs
  // 1988).
  void Move(double gradient, double momentum, double* gain, double* speed,
            double* place) const {
    constexpr double kLeastGain = 0.01;
    *gain = (gradient > 0) != (*speed > 0) ? *gain + 0.2 : *gain * 0.8;
    *gain = std::max(*gain, kLeastGain);
    *speed = momentum * *speed - rate_ * *gain * gradient;
    *place += *speed;
  }

  std::vector<Point> places_;
  std::vector<Point> speed_;
  std::vector<Point> gain_;
  const double rate_;
};

// Centred, with a standard deviation of 1e-4 along x. Equal points would never
// part: those get places on a small circle.
std::vector<Point> ScaledStart(absl::Span<const Point> start) {
  constexpr double kDeviation = 1e-4;
  Point mean;
  const double count = static_cast<double>(start.size());
  for (const Point& point : start) {
    mean.x += point.x / count;
    mean.y += point.y / count;
  }
  double square = 0;
  for (const Point& point : start) {
    square += (point.x - mean.x) * (point.x - mean.x) / count;
  }
  const double scale = square > 0 ? kDeviation / std::sqrt(square) : 0;
  std::vector<Point> scaled;
  for (size_t i = 0; i < start.size(); ++i) {
    // The golden angle, for no two alike.
    const double angle = 2.399963229728653 * static_cast<double>(i);
    constexpr double kApart = 1e-3 * kDeviation;
    scaled.push_back(
        {(start[i].x - mean.x) * scale + kApart * std::cos(angle),
         (start[i].y - mean.y) * scale + kApart * std::sin(angle)});
  }
  return scaled;
}

}  // namespace

absl::Status TsneOptions::Validate() const {
  const auto error = [](const char* name, double value, const char* expected) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is ", value, ", expected ", expected));
  };
  if (!(perplexity >= 1) || !(perplexity <= 1000)) {
    return error("perplexity", perplexity, "1 to 1000");
  }
  if (steps < 1) return error("steps", steps, "at least 1");
  if (exaggerated_steps < 0) {
    return error("exaggerated_steps", exaggerated_steps, "0 or more");
  }
  if (!(exaggeration >= 1) || !std::isfinite(exaggeration)) {
    return error("exaggeration", exaggeration, "at least 1");
  }
  if (!(learning_rate >= 0) || !std::isfinite(learning_rate)) {
    return error("learning_rate", learning_rate, "0 or more");
  }
  // Above 0.7 a point could be pushed by a cell that it lies in.
  if (!(theta >= 0 && theta <= 0.7)) return error("theta", theta, "0 to 0.7");
  return absl::OkStatus();
}

TsneForces TsneGradient(const Affinities& affinities,
                        absl::Span<const Point> places, double exaggeration,
                        double theta, int threads, PointTree* tree) {
  tree->Build(places);
  TsneForces forces;
  forces.gradient.resize(places.size());
  std::vector<Point> repulsion(places.size());
  forces.z =
      SumOverBlocks(places.size(), threads, [&](size_t begin, size_t end) {
        double z = 0;
        for (const uint32_t i : tree->order().subspan(begin, end - begin)) {
          forces.gradient[i] = Attraction(affinities, places, i);
          repulsion[i] = Repulsion(places[i], theta * theta, tree->cells(), &z);
        }
        return z;
      });
  forces.z = std::max(forces.z, 1e-300);  // of a single point
  for (size_t i = 0; i < places.size(); ++i) {
    Point& gradient = forces.gradient[i];
    gradient.x = 4 * (exaggeration * gradient.x - repulsion[i].x / forces.z);
    gradient.y = 4 * (exaggeration * gradient.y - repulsion[i].y / forces.z);
  }
  return forces;
}

double TsneDivergence(const Affinities& affinities,
                      absl::Span<const Point> places, double z, int threads) {
  const double log_z = std::log(z);
  return SumOverBlocks(places.size(), threads, [&](size_t begin, size_t end) {
    double sum = 0;
    for (size_t i = begin; i < end; ++i) {
      for (uint64_t at = affinities.offsets[i]; at < affinities.offsets[i + 1];
           ++at) {
        const double p = affinities.values[at];
        if (p == 0) continue;
        const Point& other = places[affinities.ids[at]];
        const double dx = places[i].x - other.x;
        const double dy = places[i].y - other.y;
        sum += p * (std::log(p * (1 + dx * dx + dy * dy)) + log_z);
      }
    }
    return sum;
  });
}

absl::StatusOr<std::vector<Point>> Tsne(const NeighborGraph& graph,
                                        absl::Span<const Point> start,
                                        const TsneOptions& options,
                                        const TsneProgress& progress) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (start.size() + 1 != graph.offsets.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        start.size(), " starts for ", graph.offsets.size() - 1, " points"));
  }
  EMBED_ASSIGN_OR_RETURN(
      const Affinities affinities,
      NeighborAffinities(graph, options.perplexity, options.threads));
  constexpr double kLeastRate = 200;
  const double rate =
      options.learning_rate > 0
          ? options.learning_rate
          : std::max(kLeastRate,
                     static_cast<double>(start.size()) / options.exaggeration);
  Descent descent(ScaledStart(start), rate / 4);
  PointTree tree;
  constexpr int kBetweenDivergences = 50;
  double divergence = 0;
  for (int step = 0; step < options.steps; ++step) {
    const bool early = step < options.exaggerated_steps;
    const TsneForces forces = TsneGradient(
        affinities, descent.places(), early ? options.exaggeration : 1,
        options.theta, options.threads, &tree);
    if (progress &&
        (step % kBetweenDivergences == 0 || step + 1 == options.steps)) {
      divergence = TsneDivergence(affinities, descent.places(), forces.z,
                                  options.threads);
    }
    descent.Step(forces.gradient, early ? 0.5 : 0.8);
    if (progress && !progress(step + 1, options.steps, divergence)) {
      return absl::CancelledError("t-SNE was stopped");
    }
  }
  return descent.Take();
}

}  // namespace embed
