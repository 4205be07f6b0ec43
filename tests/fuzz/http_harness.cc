// HTTP: the bytes of a connection, answered by a session of embedserve.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "apps/serve/access_log.h"
#include "apps/serve/api.h"
#include "apps/serve/http_session.h"
#include "apps/serve/http_sessions.h"
#include "apps/serve/metrics.h"
#include "embed/index/item_index.h"
#include "embed/math/matrix_view.h"
#include "embed/model/vocabulary.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/harnesses.h"

namespace embed {
namespace {

using Json = nlohmann::json;

constexpr int kDim = 4;
// What the socket takes before anybody reads.
constexpr size_t kMostSent = 65536;
// No request takes a hundredth of it.
constexpr std::chrono::seconds kLongest{20};

// Four keys that need care and "4" .. "15", of types "even" and "odd".
void WriteIndex(const std::string& path, bool graph) {
  std::vector<std::string> keys = {"new york", "a/b?c", "\"q\"\\", "漢字"};
  std::vector<float> values;
  std::vector<uint16_t> types;
  while (keys.size() < 16) keys.push_back(absl::StrCat(keys.size()));
  for (size_t i = 0; i < keys.size() * kDim; ++i) {
    values.push_back(
        static_cast<float>(std::sin(static_cast<double>(i * i) + 1.0)));
  }
  for (size_t i = 0; i < keys.size(); ++i) types.push_back(i % 2);
  absl::StatusOr<Vocabulary> vocabulary =
      Vocabulary::Create(keys, std::vector<uint64_t>(keys.size(), 1));
  FUZZ_CHECK(vocabulary.ok());
  FUZZ_CHECK(vocabulary->SetTypes({"even", "odd"}, types).ok());
  ItemIndexOptions options;
  if (graph) options.hnsw.emplace();
  const absl::StatusOr<ItemIndex> index = ItemIndex::Build(
      *vocabulary, {values.data(), keys.size(), kDim, kDim}, options);
  FUZZ_CHECK(index.ok() && index->Write(path).ok());
}

// An index that is served, and what came of it.
class Service {
 public:
  Service(absl::string_view name, bool writable, bool graph)
      : graph_(graph), log_path_(FuzzOutput(absl::StrCat(name, ".log"))) {
    options_.files.index = FuzzOutput(absl::StrCat(name, ".faiss"));
    options_.writable = writable;
    absl::StatusOr<std::unique_ptr<AccessLog>> log = AccessLog::Open(log_path_);
    FUZZ_CHECK(log.ok());
    log_ = *std::move(log);
    context_.metrics = &metrics_;
    context_.log = log_.get();
  }

  // Each input meets the same index.
  void Begin() {
    if (api_ != nullptr && api_->served()->generation() == 1) return;
    api_.reset();
    WriteIndex(options_.files.index, graph_);
    absl::StatusOr<std::unique_ptr<ServeApi>> api =
        ServeApi::Create(options_, &metrics_);
    FUZZ_CHECK(api.ok());
    api_ = *std::move(api);
    context_.api = api_.get();
  }

  // All that a client is sent who sends these bytes and no more.
  std::string Answers(absl::string_view bytes);
  // A line for each of them.
  std::vector<Json> TakeLog();

 private:
  const bool graph_;
  const std::string log_path_;
  ServeMetrics metrics_;
  std::unique_ptr<AccessLog> log_;
  ServeApiOptions options_;
  HttpContext context_;
  HttpSessions sessions_;
  boost::asio::io_context io_{1};
  std::unique_ptr<ServeApi> api_;  // whose threads may end a session
};

void ReadSome(int socket, std::string* text) {
  char buffer[65536];
  ssize_t count;
  while ((count = recv(socket, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0) {
    text->append(buffer, static_cast<size_t>(count));
  }
}

std::string Service::Answers(absl::string_view bytes) {
  int ends[2];
  FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  bytes = bytes.substr(0, kMostSent);
  FUZZ_CHECK(send(ends[1], bytes.data(), bytes.size(), MSG_DONTWAIT) ==
             static_cast<ssize_t>(bytes.size()));
  shutdown(ends[1], SHUT_WR);
  std::string answers;
  HttpSession::Socket socket(io_, boost::asio::ip::tcp::v4(), ends[0]);
  ++context_.open;
  boost::asio::post(io_, [session = std::make_shared<HttpSession>(
                              std::move(socket), &context_, &sessions_)] {
    session->Start();
  });
  const auto end = std::chrono::steady_clock::now() + kLongest;
  while (context_.open > 0) {
    FUZZ_CHECK(std::chrono::steady_clock::now() < end);
    io_.restart();
    io_.run_one_for(std::chrono::milliseconds(10));
    ReadSome(ends[1], &answers);
  }
  close(ends[1]);
  return answers;
}

std::vector<Json> Service::TakeLog() {
  log_->Flush();
  std::vector<Json> lines;
  std::ifstream file(log_path_);
  for (std::string line; std::getline(file, line);) {
    lines.push_back(Json::parse(line, nullptr, /*allow_exceptions=*/false));
    FUZZ_CHECK(lines.back().is_object());
  }
  FUZZ_CHECK(truncate(log_path_.c_str(), 0) == 0);
  return lines;
}

// Consumes and returns what is before the next `end`.
absl::string_view Until(absl::string_view end, absl::string_view* text) {
  const size_t size = text->find(end);
  FUZZ_CHECK(size != absl::string_view::npos);
  const absl::string_view taken = text->substr(0, size);
  text->remove_prefix(size + end.size());
  return taken;
}

// The header fields of interest.
struct Head {
  absl::string_view type;
  size_t length = 0;
};

Head ReadHead(absl::string_view* text, int status) {
  absl::string_view lines = Until("\r\n\r\n", text);
  FUZZ_CHECK(absl::ConsumePrefix(&lines, "HTTP/1.1 ") ||
             absl::ConsumePrefix(&lines, "HTTP/1.0 "));
  FUZZ_CHECK(absl::ConsumePrefix(&lines, absl::StrCat(status, " ")));
  Head head;
  bool first = true;
  for (const absl::string_view line : absl::StrSplit(lines, "\r\n")) {
    for (const unsigned char c : line) FUZZ_CHECK(!absl::ascii_iscntrl(c));
    const std::vector<absl::string_view> sides =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    FUZZ_CHECK(first || sides.size() == 2);  // the reason comes first
    if (!first && sides[0] == "Content-Type") head.type = sides[1];
    if (!first && sides[0] == "Content-Length") {
      FUZZ_CHECK(absl::SimpleAtoi(sides[1], &head.length));
    }
    first = false;
  }
  return head;
}

// No 500, which would be our fault, and no 503 of a service with one client;
// 501 is for transfer codings.
bool IsExpected(int status) {
  for (const int expected :
       {200, 202, 304, 400, 403, 404, 405, 409, 413, 415, 422, 431, 501}) {
    if (status == expected) return true;
  }
  return false;
}

void CheckBody(const Head& head, int status, absl::string_view body) {
  const bool is_problem = head.type == "application/problem+json";
  FUZZ_CHECK(is_problem == (status >= 400));
  if (!is_problem && head.type != "application/json") return;
  const Json json = Json::parse(body.begin(), body.end(), nullptr,
                                /*allow_exceptions=*/false);
  FUZZ_CHECK(json.is_object());
  if (!is_problem) return;
  FUZZ_CHECK(json.value("status", 0) == status);
  for (const char* const member : {"type", "title", "detail"}) {
    FUZZ_CHECK(json.contains(member) && json[member].is_string());
  }
}

// One answer after another, each as the log says, and nothing else.
void CheckAnswers(absl::string_view text, const std::vector<Json>& log) {
  const auto skip_continue = [&text] {
    absl::ConsumePrefix(&text, "HTTP/1.1 100 Continue\r\n\r\n");
  };
  for (const Json& line : log) {
    skip_continue();
    const int status = line.value("status", 0);
    FUZZ_CHECK(IsExpected(status));
    const Head head = ReadHead(&text, status);
    const bool bodyless = line.value("method", "") == "HEAD" || status == 304;
    const size_t size = bodyless ? 0 : head.length;
    FUZZ_CHECK(size <= text.size());
    FUZZ_CHECK(line.value("bytes", size_t{1}) == size);
    if (!bodyless) CheckBody(head, status, text.substr(0, size));
    text.remove_prefix(size);
  }
  skip_continue();
  FUZZ_CHECK(text.empty());
}

}  // namespace

void FuzzHttp(absl::string_view input) {
  static Service reads("reads", /*writable=*/false, /*graph=*/true);
  static Service writes("writes", /*writable=*/true, /*graph=*/false);
  for (Service* const service : {&reads, &writes}) {
    service->Begin();
    const std::string answers = service->Answers(input);
    CheckAnswers(answers, service->TakeLog());
  }
}

}  // namespace embed
