#include "apps/serve/http_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <csignal>
#include <utility>

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

struct HttpServer::State {
  explicit State(const HttpContext& shared) : context(shared) {}

  void Accept() {
    acceptor.async_accept(asio::make_strand(io),
                          [this](Error error, tcp::socket socket) {
                            OnAccept(error, std::move(socket));
                          });
  }

  void OnAccept(Error error, tcp::socket socket) {
    if (!acceptor.is_open()) return;
    if (error) {
      pause.expires_after(kAcceptPause);
      pause.async_wait([this](Error cancelled) {
        if (!cancelled && acceptor.is_open()) Accept();
      });
      return;
    }
    const bool full = sessions.size() >= context.options.max_connections;
    const auto session =
        std::make_shared<HttpSession>(std::move(socket), context);
    ++context.metrics->connections_total;
    sessions.Add(session);
    if (full) {
      ++context.metrics->refused_total;
      session->Refuse();
    } else {
      session->Start();
    }
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
      } else if (stopping.exchange(true)) {
        io.stop();
      } else {
        StopHere();
      }
    });
  }

  // On the strand of the acceptor.
  void StopHere() {
    stopping = true;
    context.api->SetStopping();
    Error ignored;
    acceptor.close(ignored);
    pause.cancel();
    for (const auto& session : sessions.All()) session->StopSoon();
    const auto end =
        std::chrono::steady_clock::now() + context.options.stop_timeout;
    AwaitEnd(end);
  }

  void AwaitEnd(std::chrono::steady_clock::time_point end) {
    const bool late = std::chrono::steady_clock::now() >= end;
    if (late || sessions.size() == 0) {
      // A call that is due already cannot be cancelled: it must not wait anew.
      ended = true;
      tick.cancel();
      signals.cancel();
      if (late) io.stop();
      return;
    }
    pause.expires_after(std::chrono::milliseconds(10));
    pause.async_wait([this, end](Error) { AwaitEnd(end); });
  }

  // Calls that never ended are dropped with the io_context, and the sessions
  // with them, which use what is declared before it.
  HttpSessions sessions;
  HttpContext context;
  asio::io_context io;
  // What belongs to the server itself runs on this.
  asio::strand<asio::io_context::executor_type> strand = asio::make_strand(io);
  tcp::acceptor acceptor{strand};
  asio::steady_timer pause{strand};
  asio::steady_timer tick{strand};
  asio::signal_set signals{strand};
  std::function<void()> on_reload;
  std::atomic<bool> stopping{false};
  bool ended = false;  // on the strand
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Listen(
    const HttpOptions& options, ServeApi* api, ServeMetrics* metrics,
    AccessLog* log) {
  RaiseFileLimit(options.max_connections);
  auto state =
      std::make_unique<State>(HttpContext{options, api, metrics, log, nullptr});
  state->context.sessions = &state->sessions;
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
  asio::post(state_->strand, [state = state_.get()] {
    state->Accept();
    state->Tick();
  });
  RunThreads(threads, [this](int) { state_->io.run(); });
}

void HttpServer::Stop() {
  asio::post(state_->strand, [state = state_.get()] {
    if (!state->stopping.exchange(true)) state->StopHere();
  });
}

}  // namespace embed
