#include "apps/serve/http_session.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "apps/serve/http_sessions.h"
#include "apps/serve/problem.h"

namespace embed {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr uint32_t kMaxHeader = 16384;
constexpr size_t kFirstRead = 4096;
// A buffer that one large request left behind is given back.
constexpr size_t kKeptBuffer = 16384;
// What a peer may still send after an answer that ends the connection.
constexpr size_t kMostDrained = size_t{64} << 20;
constexpr std::chrono::seconds kDrainTimeout{2};

absl::string_view View(beast::string_view text) {
  return {text.data(), text.size()};
}

// What a request that could not be read is told; OK: nothing, the peer went
// away or is too slow.
absl::Status ReadProblem(beast::error_code error, uint64_t max_body) {
  if (error == http::error::body_limit) {
    return ProblemError(ProblemKind::kTooLarge,
                        absl::StrCat("a body has at most ", max_body,
                                     " bytes here (--max_body)"));
  }
  if (error == http::error::header_limit ||
      error == http::error::buffer_overflow) {
    return ProblemError(
        ProblemKind::kHeaderTooLarge,
        absl::StrCat("a header has at most ", kMaxHeader, " bytes here"));
  }
  const bool is_http =
      error.category() ==
      http::make_error_code(http::error::bad_method).category();
  if (is_http && error != http::error::end_of_stream &&
      error != http::error::partial_message) {
    return ProblemError(
        ProblemKind::kBadRequest,
        absl::StrCat("not HTTP/1.1 as expected: ", error.message()));
  }
  return absl::OkStatus();
}

// What every answer carries.
template <typename Response>
void SetFields(const Reply& reply, unsigned version, bool keep_alive,
               Response* response) {
  response->version(version);
  response->result(static_cast<unsigned>(reply.status));
  response->set(http::field::server, "embedserve");
  response->set("X-Content-Type-Options", "nosniff");
  if (reply.status != 304) {
    response->set(http::field::content_type, reply.content_type);
  }
  bool cached = false;
  for (const auto& [name, value] : reply.headers) {
    response->set(name, value);
    cached = cached || name == "Cache-Control";
  }
  if (!cached) response->set(http::field::cache_control, "no-store");
  response->keep_alive(keep_alive);
}

}  // namespace

HttpSession::HttpSession(asio::ip::tcp::socket socket,
                         const HttpContext& context)
    : context_(context),
      stream_(std::move(socket)),
      work_(stream_.get_executor()) {
  beast::error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto peer = stream_.socket().remote_endpoint(ignored);
  if (!ignored) client_ = peer.address().to_string();
  ++context_.metrics->connections;
}

HttpSession::~HttpSession() {
  --context_.metrics->connections;
  context_.sessions->Remove(this);
}

void HttpSession::Start() {
  asio::dispatch(stream_.get_executor(),
                 [self = shared_from_this()] { self->AwaitRequest(); });
}

void HttpSession::Refuse() {
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
    self->stopping_ = true;
    self->asked_ = Clock::now();
    self->Write(ProblemReply(ProblemError(
        ProblemKind::kOverloaded,
        absl::StrCat("all ", self->context_.options.max_connections,
                     " connections are in use"))));
  });
}

void HttpSession::StopSoon() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->stopping_ = true;
    if (self->idle_) self->Close();
  });
}

void HttpSession::AwaitRequest() {
  parser_.reset();
  response_.reset();
  bodyless_.reset();
  if (buffer_.size() > 0) return ReadHeader();
  if (stopping_) return Close();
  if (buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
  idle_ = true;
  stream_.expires_after(context_.options.idle_timeout);
  stream_.async_read_some(
      buffer_.prepare(kFirstRead),
      [self = shared_from_this()](Error error, size_t bytes) {
        self->idle_ = false;
        if (error) return self->Close();
        self->buffer_.commit(bytes);
        self->ReadHeader();
      });
}

void HttpSession::ReadHeader() {
  parser_.emplace();
  parser_->header_limit(kMaxHeader);
  parser_->body_limit(context_.options.max_body);
  method_.clear();
  target_.clear();
  // For the whole of the request: a trickle of bytes does not put it off.
  stream_.expires_after(context_.options.request_timeout);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](Error error, size_t) {
                            self->OnHeader(error);
                          });
}

void HttpSession::OnHeader(Error error) {
  if (error) return FailRead(error);
  const auto& request = parser_->get();
  // RFC 9112, 3.2.
  if (request.version() == 11 && request.count(http::field::host) != 1) {
    return FailRead(http::error::bad_field);
  }
  if (parser_->is_done()) return Ask();
  if (request.version() != 11 ||
      !absl::EqualsIgnoreCase(View(request[http::field::expect]),
                              "100-continue")) {
    return ReadBody();
  }
  bodyless_.emplace(http::status::continue_, 11);
  http::async_write(stream_, *bodyless_,
                    [self = shared_from_this()](Error failed, size_t) {
                      if (failed) return self->Close();
                      self->bodyless_.reset();
                      self->ReadBody();
                    });
}

void HttpSession::ReadBody() {
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](Error error, size_t) {
                     if (error) return self->FailRead(error);
                     self->Ask();
                   });
}

void HttpSession::FailRead(Error error) {
  asked_ = Clock::now();
  if (error == beast::error::timeout) ++context_.metrics->timeouts_total;
  const absl::Status problem = ReadProblem(error, context_.options.max_body);
  if (problem.ok()) return Close();
  if (parser_->is_header_done()) {
    method_ = std::string(View(parser_->get().method_string()));
    target_ = std::string(View(parser_->get().target()));
  }
  keep_alive_ = false;
  Write(ProblemReply(problem));
}

void HttpSession::Ask() {
  asked_ = Clock::now();
  stream_.expires_never();
  http::request<http::string_body> message = parser_->release();
  const auto field = [&](http::field name) {
    return std::string(View(message[name]));
  };
  keep_alive_ = message.keep_alive();
  version_ = message.version() == 10 ? 10 : 11;
  ServeRequest request;
  request.method = std::string(View(message.method_string()));
  request.target = std::string(View(message.target()));
  request.content_type = field(http::field::content_type);
  request.authorization = field(http::field::authorization);
  request.if_none_match = field(http::field::if_none_match);
  request.fetch_site = std::string(View(message["Sec-Fetch-Site"]));
  request.body = std::move(message.body());
  method_ = request.method;
  if (context_.log != nullptr) target_ = request.target;
  context_.api->Handle(
      std::move(request), [self = shared_from_this()](Reply reply) {
        asio::dispatch(self->stream_.get_executor(),
                       [self, reply = std::move(reply)]() mutable {
                         self->Write(std::move(reply));
                       });
      });
}

void HttpSession::Write(Reply reply) {
  status_ = reply.status;
  route_ = reply.route;
  reply_bytes_ = reply.body.size();
  keep_alive_ = keep_alive_ && !stopping_;
  stream_.expires_after(context_.options.request_timeout);
  auto done = [self = shared_from_this()](Error error, size_t) {
    self->OnWritten(error);
  };
  if (method_ == "HEAD" || reply.status == 304) {
    bodyless_.emplace();
    SetFields(reply, version_, keep_alive_, &*bodyless_);
    if (reply.status != 304) bodyless_->content_length(reply.body.size());
    reply_bytes_ = 0;
    http::async_write(stream_, *bodyless_, std::move(done));
    return;
  }
  response_.emplace();
  SetFields(reply, version_, keep_alive_, &*response_);
  response_->body() = std::move(reply.body);
  response_->prepare_payload();
  http::async_write(stream_, *response_, std::move(done));
}

void HttpSession::OnWritten(Error error) {
  const std::chrono::duration<double> passed = Clock::now() - asked_;
  context_.metrics->CountRequest(route_, status_, passed.count());
  if (context_.log != nullptr) {
    context_.log->Add({std::chrono::system_clock::now(), client_, method_,
                       target_, status_, reply_bytes_, passed.count()});
  }
  if (error == beast::error::timeout) ++context_.metrics->timeouts_total;
  if (error) return Close();
  if (keep_alive_) return AwaitRequest();
  // A close with bytes unread would take the answer from the peer.
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) return Close();
  stream_.expires_after(kDrainTimeout);
  buffer_.clear();
  Drain();
}

void HttpSession::Drain() {
  stream_.async_read_some(
      buffer_.prepare(kFirstRead),
      [self = shared_from_this()](Error error, size_t bytes) {
        self->drained_ += bytes;
        if (error || self->drained_ > kMostDrained) return self->Close();
        self->Drain();
      });
}

void HttpSession::Close() {
  Error ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
}

}  // namespace embed
