#include "apps/serve/http_session.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/serve/http_reply.h"
#include "apps/serve/http_sessions.h"
#include "apps/serve/problem.h"

namespace embed {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr uint32_t kMaxHeader = 16384;
constexpr size_t kFirstRead = 4096;
constexpr size_t kFurtherRead = 32768;
// Memory that one large request or answer left behind is given back.
constexpr size_t kKeptBuffer = 16384;
// A body above this is not copied behind its header.
constexpr size_t kLargeBody = 16384;
// Room for answers that is kept.
constexpr size_t kKeptText = 32768;
// What a peer may still send after an answer that ends the connection.
constexpr size_t kMostDrained = size_t{64} << 20;
constexpr std::chrono::seconds kDrainTimeout{2};

// What a request that could not be read is told.
absl::Status ReadProblem(boost::system::error_code error, uint64_t max_body) {
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
  return ProblemError(
      ProblemKind::kBadRequest,
      absl::StrCat("not HTTP/1.1 as expected: ", error.message()));
}

}  // namespace

HttpSession::HttpSession(Socket socket, HttpContext* context,
                         HttpSessions* sessions)
    : context_(*context),
      sessions_(*sessions),
      socket_(std::move(socket)),
      work_(socket_.get_executor()) {
  Error ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  if (!ignored) client_ = peer.address().to_string();
  ++context_.metrics->connections;
}

HttpSession::~HttpSession() {
  --context_.metrics->connections;
  sessions_.Remove(this);
  --context_.open;
}

void HttpSession::Start() {
  sessions_.Add(shared_from_this());
  stopping_ = context_.stopping;
  Advance();
}

void HttpSession::Refuse() {
  sessions_.Add(shared_from_this());
  stopping_ = true;
  asked_ = Clock::now();
  Answer(ProblemReply(
      ProblemError(ProblemKind::kOverloaded,
                   absl::StrCat("all ", context_.options.max_connections,
                                " connections are in use"))));
  Flush();
}

void HttpSession::StopSoon() {
  stopping_ = true;
  if (state_ == State::kIdle) Close();
}

void HttpSession::CloseIfLate(Clock::time_point now) {
  const bool waits = state_ != State::kAsking && state_ != State::kClosed;
  if (!waits || now < deadline_) return;
  if (state_ == State::kReading || state_ == State::kWriting) {
    ++context_.metrics->timeouts_total;
  }
  Close();
}

void HttpSession::SetState(State state) {
  state_ = state;
  if (state == State::kAsking) return;
  const HttpOptions& options = context_.options;
  deadline_ = Clock::now() + (state == State::kIdle ? options.idle_timeout
                              : state == State::kDraining
                                  ? std::chrono::milliseconds(kDrainTimeout)
                                  : options.request_timeout);
}

void HttpSession::Read() {
  const size_t room = kMostBuffered - buffer_.size();
  if (room == 0) return FailRead(http::error::buffer_overflow);
  const size_t wanted = state_ == State::kIdle ? kFirstRead : kFurtherRead;
  socket_.async_read_some(
      buffer_.prepare(std::min(room, wanted)),
      [self = shared_from_this()](Error error, size_t bytes) {
        self->OnRead(error, bytes);
      });
}

void HttpSession::OnRead(Error error, size_t bytes) {
  if (state_ == State::kClosed) return;
  if (error) return Close();
  buffer_.commit(bytes);
  Advance();
}

// Requests are answered one after another. An answer is sent before the next
// request is looked at, which may take long to come or to be answered.
void HttpSession::Advance() {
  while (state_ != State::kAsking && state_ != State::kClosed) {
    if (!text_.empty()) return Flush();
    if (!parser_.has_value()) {
      if (buffer_.size() == 0) {
        if (stopping_) return Close();
        if (buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
        SetState(State::kIdle);
        return Read();
      }
      parser_.emplace();
      parser_->header_limit(kMaxHeader);
      parser_->body_limit(context_.options.max_body);
      header_checked_ = false;
      waits_ = false;
      state_ = State::kReading;
    }
    if (!ParseSome()) return;
  }
}

// Returns false if the request is not here whole, and what comes next is under
// way.
bool HttpSession::ParseSome() {
  while (!parser_->is_done()) {
    Error error = http::error::need_more;
    if (buffer_.size() > 0) {
      const size_t used = parser_->put(buffer_.cdata(), error);
      buffer_.consume(used);
      if (used == 0 && !error) error = http::error::need_more;
    }
    if (error && error != http::error::need_more) {
      FailRead(error);
      return false;
    }
    if (!header_checked_ && parser_->is_header_done()) {
      header_checked_ = true;
      parser_->eager(true);
      if (parser_->has_other_coding()) {
        FailRequest(ProblemError(
            ProblemKind::kNotImplemented,
            "a body is read chunked or with its length, in no other transfer "
            "coding"));
        return false;
      }
      if (const Error wrong = CheckHeader()) {
        FailRead(wrong);
        return false;
      }
    }
    if (error) {
      // The time it may take counts from its first bytes.
      if (!waits_) SetState(State::kReading);
      waits_ = true;
      // 100 Continue must not wait for the rest.
      if (text_.empty()) {
        Read();
      } else {
        Flush();
      }
      return false;
    }
  }
  Ask();
  return true;
}

HttpSession::Error HttpSession::CheckHeader() {
  // RFC 9112, 3.2.
  if (parser_->version() == 11 && parser_->hosts() != 1) {
    return http::error::bad_field;
  }
  if (!parser_->is_done() && parser_->version() == 11 &&
      parser_->expects_continue() && buffer_.size() == 0) {
    text_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  return {};
}

void HttpSession::FailRead(Error error) {
  FailRequest(ReadProblem(error, context_.options.max_body));
}

void HttpSession::FailRequest(const absl::Status& problem) {
  asked_ = Clock::now();
  method_ = parser_->request().method;
  target_ = parser_->request().target;
  keep_alive_ = false;
  Answer(ProblemReply(problem));
  Flush();
}

void HttpSession::Ask() {
  asked_ = Clock::now();
  SetState(State::kAsking);
  keep_alive_ = parser_->keep_alive();
  version_ = parser_->version();
  ServeRequest request = parser_->TakeRequest();
  parser_.reset();
  method_ = request.method;
  if (context_.log != nullptr) target_ = request.target;
  within_ask_ = true;
  context_.api->Handle(
      std::move(request), [self = shared_from_this()](Reply reply) {
        // Only the session's own thread sees within_ask_.
        const Executor executor = self->socket_.get_executor();
        if (executor.running_in_this_thread() && self->within_ask_) {
          self->reply_ = std::move(reply);
          return;
        }
        asio::post(executor, [self, reply = std::move(reply)]() mutable {
          self->OnReply(std::move(reply));
        });
      });
  within_ask_ = false;
  if (!reply_.has_value()) return;  // the workers have it
  Reply reply = *std::exchange(reply_, std::nullopt);
  state_ = State::kReading;
  Answer(std::move(reply));
}

void HttpSession::OnReply(Reply reply) {
  if (state_ == State::kClosed) return;
  state_ = State::kReading;
  Answer(std::move(reply));
  Advance();
}

// Adds the reply to what is to be sent.
void HttpSession::Answer(Reply reply) {
  keep_alive_ = keep_alive_ && !stopping_;
  const bool bodyless = method_ == "HEAD" || reply.status == 304;
  AppendReplyHead(reply, version_, keep_alive_, &text_);
  if (!bodyless && reply.body.size() > kLargeBody) {
    large_body_ = std::move(reply.body);
  } else if (!bodyless) {
    text_ += reply.body;
  }
  const std::chrono::duration<double> passed = Clock::now() - asked_;
  context_.metrics->CountRequest(reply.route, reply.status, passed.count());
  if (context_.log != nullptr) {
    const size_t bytes =
        bodyless ? 0 : std::max(large_body_.size(), reply.body.size());
    context_.log->Add({std::chrono::system_clock::now(), client_, method_,
                       target_, reply.status, bytes, passed.count()});
  }
}

// Mostly the socket takes all of it at once.
void HttpSession::Flush() {
  Error error;
  const std::array<asio::const_buffer, 2> all = {asio::buffer(text_),
                                                 asio::buffer(large_body_)};
  size_t sent = socket_.write_some(all, error);
  if (error == asio::error::would_block) error = {};
  if (error || sent == text_.size() + large_body_.size()) {
    return OnFlushed(error);
  }
  SetState(State::kWriting);
  const size_t of_text = std::min(sent, text_.size());
  sent -= of_text;
  const std::array<asio::const_buffer, 2> rest = {
      asio::buffer(text_) + of_text, asio::buffer(large_body_) + sent};
  asio::async_write(socket_, rest,
                    [self = shared_from_this()](Error failed, size_t) {
                      self->OnFlushed(failed);
                    });
}

void HttpSession::OnFlushed(Error error) {
  if (state_ == State::kClosed) return;
  if (error) return Close();
  text_.clear();
  if (text_.capacity() > kKeptText) text_.shrink_to_fit();
  large_body_ = std::string();
  if (!keep_alive_) {
    // A close with bytes unread would take the answer from the peer.
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error) return Close();
    SetState(State::kDraining);
    buffer_.clear();
    return Drain();
  }
  state_ = State::kReading;
  if (buffer_.size() == 0) return parser_.has_value() ? Read() : Advance();
  // The time of the request before may be over when others come in between.
  SetState(State::kReading);
  asio::post(socket_.get_executor(),
             [self = shared_from_this()] { self->Advance(); });
}

void HttpSession::Drain() {
  socket_.async_read_some(
      buffer_.prepare(kFirstRead),
      [self = shared_from_this()](Error error, size_t bytes) {
        self->drained_ += bytes;
        if (error || self->drained_ > kMostDrained) return self->Close();
        self->Drain();
      });
}

void HttpSession::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  Error ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace embed
