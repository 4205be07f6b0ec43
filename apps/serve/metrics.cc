#include "apps/serve/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace embed {
namespace {

void Head(absl::string_view name, absl::string_view type,
          absl::string_view help, std::string* text) {
  absl::StrAppend(text, "# HELP ", name, " ", help, "\n# TYPE ", name, " ",
                  type, "\n");
}

template <typename Number>
void Single(absl::string_view name, absl::string_view type,
            absl::string_view help, Number value, std::string* text) {
  Head(name, type, help, text);
  absl::StrAppend(text, name, " ", value, "\n");
}

// Pages that are in memory, in bytes; 0 where /proc does not tell.
uint64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t pages = 0;
  uint64_t resident = 0;
  file >> pages >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

double CpuSeconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void AppendProcess(std::string* text) {
  Single("process_resident_memory_bytes", "gauge",
         "Memory of the process, with the pages of the mapped index.",
         ResidentBytes(), text);
  Single("process_cpu_seconds_total", "counter", "CPU time of the process.",
         absl::StrFormat("%.2f", CpuSeconds()), text);
}

}  // namespace

void ServeMetrics::CountRequest(const char* route, int status, double seconds) {
  size_t bucket = 0;
  while (bucket < kBuckets && seconds > kEnds[bucket]) ++bucket;
  const std::lock_guard<std::mutex> lock(mutex_);
  auto counts =
      std::find_if(routes_.begin(), routes_.end(),
                   [&](const RouteCounts& one) { return one.route == route; });
  if (counts == routes_.end()) {
    counts = routes_.insert(counts, RouteCounts{route, {}, {}});
  }
  auto of_status =
      std::find_if(counts->statuses.begin(), counts->statuses.end(),
                   [&](const auto& one) { return one.first == status; });
  if (of_status == counts->statuses.end()) {
    of_status = counts->statuses.insert(of_status, {status, 0});
  }
  ++of_status->second;
  Histogram& histogram = counts->latencies;
  ++histogram.counts[bucket];
  ++histogram.count;
  histogram.seconds += seconds;
}

void ServeMetrics::CountSearch(size_t queries) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++searches_;
  queries_ += queries;
}

std::string ServeMetrics::Text(const ServeGauges& gauges) const {
  std::string text;
  const std::lock_guard<std::mutex> lock(mutex_);
  Head("embedserve_requests_total", "counter", "Requests answered.", &text);
  for (const RouteCounts& counts : routes_) {
    for (const auto& [status, count] : counts.statuses) {
      absl::StrAppend(&text, "embedserve_requests_total{route=\"", counts.route,
                      "\",status=\"", status, "\"} ", count, "\n");
    }
  }
  Head("embedserve_request_seconds", "histogram",
       "From a request read whole to its answer ready to be sent.", &text);
  for (const RouteCounts& counts : routes_) {
    const char* const route = counts.route;
    const Histogram& histogram = counts.latencies;
    uint64_t count = 0;
    for (size_t i = 0; i <= kBuckets; ++i) {
      count += histogram.counts[i];
      absl::StrAppend(&text, "embedserve_request_seconds_bucket{route=\"",
                      route, "\",le=\"",
                      i < kBuckets ? absl::StrCat(kEnds[i]) : "+Inf", "\"} ",
                      count, "\n");
    }
    absl::StrAppendFormat(&text,
                          "embedserve_request_seconds_sum{route=\"%s\"} %.6f\n",
                          route, histogram.seconds);
    absl::StrAppend(&text, "embedserve_request_seconds_count{route=\"", route,
                    "\"} ", histogram.count, "\n");
  }
  Single("embedserve_searches_total", "counter",
         "Searches, each of one or more queries.", searches_, &text);
  Single("embedserve_queries_total", "counter", "Queries searched for.",
         queries_, &text);
  Single("embedserve_waiting_requests", "gauge",
         "Requests that wait for a worker.", gauges.waiting, &text);
  Single("embedserve_connections", "gauge", "Open connections.",
         connections.load(), &text);
  Single("embedserve_connections_total", "counter", "Connections accepted.",
         connections_total.load(), &text);
  Single("embedserve_connections_refused_total", "counter",
         "Connections over the limit.", refused_total.load(), &text);
  Single("embedserve_timeouts_total", "counter",
         "Connections closed because a request or a reader was slow.",
         timeouts_total.load(), &text);
  Single("embedserve_reloads_total", "counter", "Reloads that succeeded.",
         reloads_total.load(), &text);
  Single("embedserve_reloads_failed_total", "counter", "Reloads that failed.",
         failed_reloads_total.load(), &text);
  Single("embedserve_changes_total", "counter", "Changes of items written.",
         changes_total.load(), &text);
  Single("embedserve_write_batches_total", "counter",
         "Syncs of the disk for changes.", write_batches_total.load(), &text);
  Single("embedserve_compactions_total", "counter",
         "Times that the index was written anew without its changes.",
         compactions_total.load(), &text);
  Single("embedserve_index_further_rows", "gauge",
         "Rows that changes added and every search scans until the next "
         "compaction.",
         gauges.further_rows, &text);
  Single("embedserve_generation", "gauge",
         "Loads and batches of changes of the index so far.", gauges.generation,
         &text);
  Single("embedserve_index_items", "gauge", "Items of the index.", gauges.items,
         &text);
  Single("embedserve_index_dim", "gauge", "Numbers of a vector.", gauges.dim,
         &text);
  AppendProcess(&text);
  return text;
}

}  // namespace embed
