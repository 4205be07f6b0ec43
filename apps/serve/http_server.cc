#include "apps/serve/http_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "apps/serve/http_session.h"
#include "apps/serve/http_sessions.h"
#include "embed/base/parallel.h"

namespace embed {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr int kBacklog = 1024;
// After an accept that failed for want of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kLogInterval{1};
constexpr std::chrono::milliseconds kShortestTick{10};
constexpr std::chrono::milliseconds kLongestTick{1000};
// Files that are open beside the connections.
constexpr size_t kOtherFiles = 64;

// Lets this process have as many files open as the connections take, as far as
// it may.
void RaiseFileLimit(size_t connections) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = connections + kOtherFiles;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

bool IsIgnored(int signal) {
  struct sigaction action = {};
  sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

}  // namespace

// An io_context that one thread runs, and the connections that live on it. A
// connection stays on its thread, so that nothing of it needs a lock or is
// handed over.
struct HttpServer::Loop {
  void Tick(std::chrono::milliseconds interval) {
    tick.expires_after(interval);
    tick.async_wait([this, interval](Error cancelled) {
      if (cancelled || ended) return;
      const auto now = std::chrono::steady_clock::now();
      for (const auto& session : sessions.All()) session->CloseIfLate(now);
      Tick(interval);
    });
  }

  // On its thread. A call that is due already cannot be cancelled: it must not
  // wait anew.
  void End() {
    ended = true;
    tick.cancel();
    work.reset();
  }

  // Calls that never ended are dropped with the io_context, and the sessions
  // with them, which use what is declared before it.
  HttpSessions sessions;
  asio::io_context io{/*concurrency_hint=*/1};
  asio::executor_work_guard<asio::io_context::executor_type> work{
      io.get_executor()};
  asio::steady_timer tick{io};
  bool ended = false;
  // The system may have given no thread.
  std::atomic<bool> runs{false};
};

struct HttpServer::State {
  State(const HttpOptions& options, ServeApi* api, ServeMetrics* metrics,
        AccessLog* log)
      : loops(OneLoop()) {
    context.options = options;
    context.api = api;
    context.metrics = metrics;
    context.log = log;
  }

  static std::vector<std::unique_ptr<Loop>> OneLoop() {
    std::vector<std::unique_ptr<Loop>> loops;
    loops.push_back(std::make_unique<Loop>());
    return loops;
  }

  asio::io_context& io() { return loops[0]->io; }

  // Slow peers are found within a quarter of what they may take.
  std::chrono::milliseconds TickInterval() const {
    const HttpOptions& options = context.options;
    return std::clamp(
        std::min(options.request_timeout, options.idle_timeout) / 4,
        kShortestTick, kLongestTick);
  }

  // Where there are the fewest connections.
  Loop& NextLoop() {
    Loop* next = loops[0].get();  // this one
    for (const auto& loop : loops) {
      if (loop->runs && loop->sessions.size() < next->sessions.size()) {
        next = loop.get();
      }
    }
    return *next;
  }

  void Accept() {
    Loop& loop = NextLoop();
    acceptor.async_accept(
        loop.io, [this, &loop](Error error, HttpSession::Socket socket) {
          OnAccept(error, std::move(socket), &loop);
        });
  }

  void OnAccept(Error error, HttpSession::Socket socket, Loop* loop) {
    if (!acceptor.is_open()) return;
    if (error) {
      pause.expires_after(kAcceptPause);
      pause.async_wait([this](Error cancelled) {
        if (!cancelled && acceptor.is_open()) Accept();
      });
      return;
    }
    const bool full = ++context.open > context.options.max_connections;
    ++context.metrics->connections_total;
    if (full) ++context.metrics->refused_total;
    const auto session = std::make_shared<HttpSession>(
        std::move(socket), &context, &loop->sessions);
    asio::dispatch(loop->io, [session, full] {
      if (full) {
        session->Refuse();
      } else {
        session->Start();
      }
    });
    Accept();
  }

  // Once a second: writes the log.
  void Tick() {
    if (ended) return;
    if (context.log != nullptr) context.log->Flush();
    tick.expires_after(kLogInterval);
    tick.async_wait([this](Error cancelled) {
      if (!cancelled) Tick();
    });
  }

  void AwaitSignal() {
    signals.async_wait([this](Error cancelled, int number) {
      if (cancelled || ended) return;
      AwaitSignal();  // first, as a stop may cancel it
      if (number == SIGHUP) {
        on_reload();
      } else if (context.stopping.exchange(true)) {
        for (const auto& loop : loops) loop->io.stop();
      } else {
        StopHere();
      }
    });
  }

  // On the first loop, as all of this.
  void StopHere() {
    context.stopping = true;
    context.api->SetStopping();
    Error ignored;
    acceptor.close(ignored);
    pause.cancel();
    for (const auto& loop : loops) {
      asio::post(loop->io, [loop = loop.get()] {
        for (const auto& session : loop->sessions.All()) session->StopSoon();
      });
    }
    AwaitEnd(std::chrono::steady_clock::now() + context.options.stop_timeout);
  }

  void AwaitEnd(std::chrono::steady_clock::time_point end) {
    const bool late = std::chrono::steady_clock::now() >= end;
    if (!late && context.open > 0) {
      pause.expires_after(std::chrono::milliseconds(10));
      pause.async_wait([this, end](Error) { AwaitEnd(end); });
      return;
    }
    ended = true;
    tick.cancel();
    signals.cancel();
    for (const auto& loop : loops) {
      asio::post(loop->io, [loop = loop.get()] { loop->End(); });
      if (late) loop->io.stop();
    }
  }

  HttpContext context;
  std::vector<std::unique_ptr<Loop>> loops;
  std::function<void()> on_reload;
  bool ended = false;
  // What belongs to the server itself runs on the first loop.
  tcp::acceptor acceptor{io()};
  asio::steady_timer pause{io()};
  asio::steady_timer tick{io()};
  asio::signal_set signals{io()};
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Listen(
    const HttpOptions& options, ServeApi* api, ServeMetrics* metrics,
    AccessLog* log) {
  RaiseFileLimit(options.max_connections);
  auto state = std::make_unique<State>(options, api, metrics, log);
  Error error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--host: \"", options.host,
        "\" is no address; expected one like 127.0.0.1, 0.0.0.0 or ::1"));
  }
  const tcp::endpoint endpoint(address, static_cast<uint16_t>(options.port));
  tcp::acceptor& acceptor = state->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options.host, ", port ", options.port,
                     ": ", error.message(), "; --port 0 takes a free one"));
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

HttpServer::~HttpServer() = default;

int HttpServer::port() const {
  Error ignored;
  return state_->acceptor.local_endpoint(ignored).port();
}

std::string HttpServer::url() const {
  const std::string& host = state_->context.options.host;
  const bool is_v6 = absl::StrContains(host, ':');
  return absl::StrCat("http://", is_v6 ? "[" : "", host, is_v6 ? "]" : "", ":",
                      port());
}

void HttpServer::HandleSignals(std::function<void()> on_reload) {
  state_->on_reload = std::move(on_reload);
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
    if (number == SIGHUP || !IsIgnored(number)) state_->signals.add(number);
  }
  state_->AwaitSignal();
}

void HttpServer::Run(int threads) {
  std::vector<std::unique_ptr<Loop>>& loops = state_->loops;
  while (loops.size() < static_cast<size_t>(threads)) {
    loops.push_back(std::make_unique<Loop>());
  }
  for (const auto& loop : loops) loop->Tick(state_->TickInterval());
  asio::post(state_->io(), [state = state_.get()] {
    if (state->context.stopping) return;
    state->Accept();
    state->Tick();
  });
  RunThreads(static_cast<int>(loops.size()), [&](int thread) {
    Loop& loop = *loops[static_cast<size_t>(thread)];
    loop.runs = true;
    loop.io.run();
  });
}

void HttpServer::Stop() {
  asio::post(state_->io(), [state = state_.get()] {
    if (!state->context.stopping.exchange(true)) state->StopHere();
  });
}

}  // namespace embed
