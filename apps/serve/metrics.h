// What the service counts, as Prometheus reads it (text format 0.0.4).
#ifndef EMBED_APPS_SERVE_METRICS_H_
#define EMBED_APPS_SERVE_METRICS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace embed {

// Values of the moment, which others keep.
struct ServeGauges {
  uint64_t items = 0;
  int dim = 0;
  uint64_t generation = 0;
  size_t waiting = 0;
  uint64_t further_rows = 0;
};

// Thread-safe.
class ServeMetrics {
 public:
  // A request of a route (a string that lives as long as the program) that was
  // answered after `seconds`.
  void CountRequest(const char* route, int status, double seconds);

  // Queries of one search.
  void CountSearch(size_t queries);

  std::atomic<int64_t> connections{0};         // open now
  std::atomic<uint64_t> connections_total{0};  // accepted
  std::atomic<uint64_t> refused_total{0};      // over the limit
  std::atomic<uint64_t> timeouts_total{0};     // closed for being slow
  std::atomic<uint64_t> reloads_total{0};
  std::atomic<uint64_t> failed_reloads_total{0};
  std::atomic<uint64_t> changes_total{0};  // of items, written
  std::atomic<uint64_t> write_batches_total{0};
  std::atomic<uint64_t> compactions_total{0};

  std::string Text(const ServeGauges& gauges) const;

 private:
  static constexpr size_t kBuckets = 14;
  // Upper ends in seconds; beyond is a last one.
  static constexpr std::array<double, kBuckets> kEnds = {
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
      0.025,  0.05,    0.1,    0.25,  0.5,    1,     2.5};

  struct Histogram {
    std::array<uint64_t, kBuckets + 1> counts = {};
    double seconds = 0;
    uint64_t count = 0;
  };

  // Requests of one route. There are few, so they are looked through.
  struct RouteCounts {
    const char* route;
    Histogram latencies;
    std::vector<std::pair<int, uint64_t>> statuses;
  };

  mutable std::mutex mutex_;  // of what follows
  std::vector<RouteCounts> routes_;
  uint64_t searches_ = 0;
  uint64_t queries_ = 0;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_METRICS_H_
