// One connection of an HttpServer.
//
// What the thread of the connection can answer at once costs two system calls,
// one to read and one to write; there is no timer of its own (CloseIfLate()).
// Answers go out in the order of the requests, each as soon as it is there.
#ifndef EMBED_APPS_SERVE_HTTP_SESSION_H_
#define EMBED_APPS_SERVE_HTTP_SESSION_H_

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "apps/serve/http_request.h"
#include "apps/serve/http_server.h"
#include "apps/serve/reply.h"

namespace embed {

class HttpSessions;

// What all sessions share.
struct HttpContext {
  HttpOptions options;
  ServeApi* api = nullptr;
  ServeMetrics* metrics = nullptr;
  AccessLog* log = nullptr;  // or null
  std::atomic<size_t> open{0};
  std::atomic<bool> stopping{false};
};

// Lives as long as a call of its own is under way. Its functions run on the
// one thread that runs the io_context of its socket.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  using Executor = boost::asio::io_context::executor_type;
  using Socket =
      boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
  using Clock = std::chrono::steady_clock;

  // context->open counts it already. It is one of `sessions` from its first
  // call on.
  HttpSession(Socket socket, HttpContext* context, HttpSessions* sessions);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void Start();
  // Answers 503 and closes.
  void Refuse();
  // Closes as soon as nothing is under way.
  void StopSoon();
  // Closes if the peer had until before `now` to send, or to take an answer.
  void CloseIfLate(Clock::time_point now);

 private:
  using Error = boost::system::error_code;
  enum class State { kIdle, kReading, kAsking, kWriting, kDraining, kClosed };

  void SetState(State state);
  void Read();
  void OnRead(Error error, size_t bytes);
  // Does what can be done with the bytes that are here.
  void Advance();
  bool ParseSome();
  Error CheckHeader();
  void FailRead(Error error);
  void FailRequest(const absl::Status& problem);
  void Ask();
  void OnReply(Reply reply);
  void Answer(Reply reply);
  void Flush();
  void OnFlushed(Error error);
  void Drain();
  void Close();

  HttpContext& context_;
  HttpSessions& sessions_;
  Socket socket_;
  // Keeps the server running while a request is with the workers.
  boost::asio::executor_work_guard<Executor> work_;
  // Bounded, as the parser bounds neither extensions of chunks nor trailers.
  static constexpr size_t kMostBuffered = 65536;
  boost::beast::flat_buffer buffer_{kMostBuffered};
  std::optional<HttpRequestParser> parser_;
  bool header_checked_ = false;
  bool waits_ = false;  // the request did not come whole at once
  // The answer to be sent: the text, and behind it a large body.
  std::string text_;
  std::string large_body_;
  std::string client_;
  std::string method_;
  std::string target_;  // for the log
  unsigned version_ = 11;
  State state_ = State::kIdle;
  Clock::time_point deadline_;
  Clock::time_point asked_;
  bool within_ask_ = false;     // Ask() is on the stack
  std::optional<Reply> reply_;  // that came meanwhile
  bool keep_alive_ = true;
  bool stopping_ = false;  // after the answer under way, no more
  size_t drained_ = 0;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_HTTP_SESSION_H_
