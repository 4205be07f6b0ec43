// How many queries a second embedserve answers, and how fast.
//   serve_load direct INDEX SECONDS THREADS
//     the index asked in this process, one query at a time a thread
//   serve_load http INDEX PORT CONNECTIONS SECONDS RATE [BATCH]
//     GET /v1/neighbors/KEY?k=10 for keys of the index at random. RATE 0: each
//     connection asks again as soon as it is answered. Else so many a second at
//     random moments (Poisson), whatever the service does; the time of each
//     counts from that moment. BATCH: POST /v1/query with so many keys.
// Prints a line: queries/s, then milliseconds of p50, p99, p99.9 and the
// slowest request, and the requests that failed.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "apps/query.h"
#include "embed/base/parallel.h"
#include "embed/index/item_index.h"

namespace embed {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

int Direct(const ItemIndex& index, double seconds, int threads) {
  std::atomic<uint64_t> asked{0};
  const auto start = Clock::now();
  RunThreads(threads, [&](int thread) {
    std::mt19937_64 random(static_cast<uint64_t>(thread));
    uint64_t own = 0;
    while (Seconds(Clock::now() - start) < seconds) {
      const auto id = static_cast<uint32_t>(random() % index.size());
      const Query query = ParsePooled(index.key(id));
      if (!Answer(index, {Resolve(query, index)}, {}).ok()) std::abort();
      ++own;
    }
    asked += own;
  });
  std::printf("%.0f queries/s\n",
              static_cast<double>(asked) / Seconds(Clock::now() - start));
  return 0;
}

struct Connection {
  int socket = -1;
  bool busy = false;
  Clock::time_point due;
  std::string input;
};

// Asks over many connections, on one thread.
class Load {
 public:
  Load(const ItemIndex& index, int port, int batch)
      : index_(index), port_(port), batch_(batch), poll_(epoll_create1(0)) {}

  bool Connect(int count) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connections_.resize(static_cast<size_t>(count));
    for (size_t i = 0; i < connections_.size(); ++i) {
      Connection& one = connections_[i];
      one.socket = socket(AF_INET, SOCK_STREAM, 0);
      if (connect(one.socket, reinterpret_cast<const sockaddr*>(&address),
                  sizeof(address)) != 0) {
        return false;
      }
      const int on = 1;
      setsockopt(one.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      epoll_event event = {};
      event.events = EPOLLIN;
      event.data.u64 = i;
      epoll_ctl(poll_, EPOLL_CTL_ADD, one.socket, &event);
      free_.push_back(i);
    }
    return true;
  }

  void Run(double seconds, double rate) {
    const auto start = Clock::now();
    const auto end = start + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(seconds));
    std::exponential_distribution<double> gap(rate > 0 ? rate : 1);
    auto next = start;
    std::deque<Clock::time_point> waiting;
    while (Clock::now() < end) {
      while (rate > 0 && next <= Clock::now()) {
        waiting.push_back(next);
        next += std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(gap(random_)));
      }
      while (!free_.empty() && (rate == 0 || !waiting.empty())) {
        Ask(rate == 0 ? Clock::now() : waiting.front());
        if (rate > 0) waiting.pop_front();
      }
      Receive(rate == 0 || !waiting.empty() ? end : std::min(next, end));
    }
    Print(Seconds(Clock::now() - start));
  }

 private:
  std::string Request() {
    const auto key = [&] {
      return index_.key(static_cast<uint32_t>(random_() % index_.size()));
    };
    if (batch_ == 0) {
      return absl::StrCat("GET /v1/neighbors/", key(),
                          "?k=10 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    std::string body = "{\"queries\":[";
    for (int i = 0; i < batch_; ++i) {
      absl::StrAppend(&body, i > 0 ? "," : "", "{\"key\":\"", key(), "\"}");
    }
    body += "]}";
    return absl::StrCat(
        "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nContent-Length: ",
        body.size(), "\r\n\r\n", body);
  }

  void Ask(Clock::time_point due) {
    Connection& one = connections_[free_.back()];
    free_.pop_back();
    one.busy = true;
    one.due = due;
    const std::string request = Request();
    if (send(one.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      ++failed_;
    }
  }

  // What comes until then; returns after the first of it.
  void Receive(Clock::time_point until) {
    const auto left = std::max<int64_t>(
        0, std::chrono::nanoseconds(until - Clock::now()).count());
    const timespec patience = {left / 1000000000, left % 1000000000};
    epoll_event events[256];
    const int count = epoll_pwait2(poll_, events, 256, &patience, nullptr);
    for (int i = 0; i < count; ++i) {
      const size_t at = events[i].data.u64;
      Connection& one = connections_[at];
      char bytes[65536];
      const ssize_t got = recv(one.socket, bytes, sizeof(bytes), 0);
      if (got <= 0) {
        ++failed_;
        epoll_ctl(poll_, EPOLL_CTL_DEL, one.socket, nullptr);
        continue;
      }
      one.input.append(bytes, static_cast<size_t>(got));
      if (!IsWhole(one.input)) continue;
      if (one.input.compare(0, 12, "HTTP/1.1 200") != 0) ++failed_;
      times_.push_back(Seconds(Clock::now() - one.due));
      one.input.clear();
      one.busy = false;
      free_.push_back(at);
    }
  }

  static bool IsWhole(const std::string& input) {
    const size_t head = input.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const char* const name = "Content-Length: ";
    const size_t at = input.find(name);
    return at < head && input.size() >= head + 4 +
                                            std::strtoull(input.c_str() + at +
                                                              std::strlen(name),
                                                          nullptr, 10);
  }

  void Print(double seconds) {
    std::sort(times_.begin(), times_.end());
    const auto part = [&](double share) {
      if (times_.empty()) return 0.0;
      return 1000 *
             times_[std::min(times_.size() - 1,
                             static_cast<size_t>(
                                 share * static_cast<double>(times_.size())))];
    };
    std::printf(
        "%.0f queries/s\tp50 %.2f\tp99 %.2f\tp99.9 %.2f\tmax %.2f\tfailed "
        "%llu\n",
        static_cast<double>(times_.size()) * std::max(1, batch_) / seconds,
        part(0.5), part(0.99), part(0.999), part(1),
        static_cast<unsigned long long>(failed_));
  }

  const ItemIndex& index_;
  const int port_;
  const int batch_;
  const int poll_;
  std::mt19937_64 random_{1};
  std::vector<Connection> connections_;
  std::vector<size_t> free_;
  std::vector<double> times_;
  uint64_t failed_ = 0;
};

int Main(int argc, char** argv) {
  const auto number = [&](int i) { return argc > i ? std::atof(argv[i]) : 0; };
  const std::string kind = argc > 4 ? argv[1] : "";
  if (kind != "direct" && (kind != "http" || argc < 7)) {
    std::fprintf(stderr,
                 "serve_load direct INDEX SECONDS THREADS\n"
                 "serve_load http INDEX PORT CONNECTIONS SECONDS RATE "
                 "[BATCH]\n");
    return 2;
  }
  const auto index = ItemIndex::Open(argv[2]);
  if (!index.ok()) {
    std::fprintf(stderr, "%s\n", index.status().ToString().c_str());
    return 1;
  }
  if (kind == "direct") {
    return Direct(*index, number(3), static_cast<int>(number(4)));
  }
  Load load(*index, static_cast<int>(number(3)), static_cast<int>(number(7)));
  if (!load.Connect(static_cast<int>(number(4)))) {
    std::fprintf(stderr, "cannot connect to port %s\n", argv[3]);
    return 1;
  }
  load.Run(number(5), number(6));
  return 0;
}

}  // namespace
}  // namespace embed

int main(int argc, char** argv) { return embed::Main(argc, argv); }
