// HTTP/1.1 over TCP by Boost.Beast: connections, limits, timeouts, and the way
// of requests to a ServeApi and back. Requests of one connection are answered
// in their order, also if they come before the answers went out (pipelining).
#ifndef EMBED_APPS_SERVE_HTTP_SERVER_H_
#define EMBED_APPS_SERVE_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/serve/access_log.h"
#include "apps/serve/api.h"
#include "apps/serve/metrics.h"

namespace embed {

struct HttpOptions {
  std::string host = "127.0.0.1";  // an address, not a name
  int port = 0;                    // 0: any that is free
  size_t max_connections = 4096;
  uint64_t max_body = uint64_t{4} << 20;  // bytes
  // For a request to arrive, and for an answer to be taken. A slower peer is
  // left.
  std::chrono::milliseconds request_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);
  // How long a stop waits for what is under way.
  std::chrono::milliseconds stop_timeout = std::chrono::seconds(30);
};

// Thread-safe after Listen().
class HttpServer {
 public:
  // api and metrics, and log if there is one, must outlive the server; the api
  // is to be stopped before the server ends. Errors: the address cannot be
  // parsed or taken; what is at fault is named.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Listen(
      const HttpOptions& options, ServeApi* api, ServeMetrics* metrics,
      AccessLog* log);
  ~HttpServer();

  int port() const;
  // "http://127.0.0.1:8080", brackets around an address of IPv6.
  std::string url() const;

  // Calls on_reload at SIGHUP and stops at SIGINT or SIGTERM, at a second one
  // at once. A SIGINT that was ignored before stays so. Before Run().
  void HandleSignals(std::function<void()> on_reload);

  // Serves on `threads` threads, the caller's included, until Stop() and the
  // end of what was under way. Once.
  void Run(int threads);

  // Takes no more connections and requests; answers those that have begun.
  void Stop();

 private:
  struct Loop;
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_HTTP_SERVER_H_
