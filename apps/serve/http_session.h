// One connection of an HttpServer.
#ifndef EMBED_APPS_SERVE_HTTP_SESSION_H_
#define EMBED_APPS_SERVE_HTTP_SESSION_H_

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "apps/serve/http_server.h"
#include "apps/serve/reply.h"

namespace embed {

class HttpSessions;

// What all sessions share.
struct HttpContext {
  HttpOptions options;
  ServeApi* api;
  ServeMetrics* metrics;
  AccessLog* log;  // or null
  HttpSessions* sessions;
};

// Lives as long as a call of its own is under way. Its functions run on the
// executor of its socket, which is a strand.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(boost::asio::ip::tcp::socket socket, const HttpContext& context);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void Start();
  // Answers 503 and closes.
  void Refuse();
  // Closes as soon as nothing is under way. From any thread.
  void StopSoon();

 private:
  using Error = boost::beast::error_code;
  using Clock = std::chrono::steady_clock;

  void AwaitRequest();
  void ReadHeader();
  void OnHeader(Error error);
  void ReadBody();
  void Ask();
  void FailRead(Error error);
  void Write(Reply reply);
  void OnWritten(Error error);
  void Drain();
  void Close();

  const HttpContext& context_;
  boost::beast::tcp_stream stream_;
  // Keeps the server running while a request is with the workers.
  boost::asio::executor_work_guard<boost::beast::tcp_stream::executor_type>
      work_;
  // Bounded, as the parser bounds neither extensions of chunks nor trailers.
  static constexpr size_t kMostBuffered = 65536;
  boost::beast::flat_buffer buffer_{kMostBuffered};
  std::optional<
      boost::beast::http::request_parser<boost::beast::http::string_body>>
      parser_;
  std::optional<boost::beast::http::response<boost::beast::http::string_body>>
      response_;
  std::optional<boost::beast::http::response<boost::beast::http::empty_body>>
      bodyless_;  // of HEAD and 304, and 100
  std::string client_;
  std::string method_;
  std::string target_;
  const char* route_ = "other";
  unsigned version_ = 11;
  int status_ = 0;
  uint64_t reply_bytes_ = 0;
  Clock::time_point asked_;
  bool keep_alive_ = false;
  bool idle_ = false;      // waits for a request
  bool stopping_ = false;  // after the answer under way, no more
  size_t drained_ = 0;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_HTTP_SESSION_H_
