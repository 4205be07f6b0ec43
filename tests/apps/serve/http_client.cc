#include "tests/apps/serve/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace embed {
namespace {

constexpr double kPatience = 20;

// The status line and headers, without the empty line.
std::optional<HttpAnswer> ParseHead(absl::string_view head) {
  HttpAnswer answer;
  bool first = true;
  for (const absl::string_view line : absl::StrSplit(head, "\r\n")) {
    if (first) {
      if (!absl::StartsWith(line, "HTTP/1.") || line.size() < 12 ||
          !absl::SimpleAtoi(line.substr(9, 3), &answer.status)) {
        return std::nullopt;
      }
      first = false;
      continue;
    }
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    answer.headers[absl::AsciiStrToLower(parts.first)] =
        std::string(parts.second);
  }
  return answer;
}

}  // namespace

HttpClient::HttpClient(int port) {
  socket_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    close(socket_);
    socket_ = -1;
  }
}

HttpClient::~HttpClient() {
  if (socket_ >= 0) close(socket_);
}

bool HttpClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool HttpClient::Fill(double seconds) {
  pollfd wanted = {socket_, POLLIN, 0};
  if (poll(&wanted, 1, static_cast<int>(seconds * 1000)) != 1) return false;
  char bytes[16384];
  const ssize_t got = recv(socket_, bytes, sizeof(bytes), 0);
  if (got <= 0) return false;
  input_.append(bytes, static_cast<size_t>(got));
  return true;
}

std::optional<HttpAnswer> HttpClient::Read(bool of_head) {
  size_t end;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill(kPatience)) return std::nullopt;
  }
  std::optional<HttpAnswer> answer = ParseHead(input_.substr(0, end));
  input_.erase(0, end + 4);
  if (!answer.has_value() || of_head || answer->status == 304 ||
      answer->status == 100) {
    return answer;
  }
  size_t length = 0;
  if (!absl::SimpleAtoi(answer->headers["content-length"], &length)) {
    return std::nullopt;
  }
  while (input_.size() < length) {
    if (!Fill(kPatience)) return std::nullopt;
  }
  answer->body = input_.substr(0, length);
  input_.erase(0, length);
  return answer;
}

bool HttpClient::ClosesWithin(double seconds) {
  pollfd wanted = {socket_, POLLIN, 0};
  while (poll(&wanted, 1, static_cast<int>(seconds * 1000)) == 1) {
    char bytes[4096];
    if (recv(socket_, bytes, sizeof(bytes), 0) <= 0) return true;
  }
  return false;
}

void HttpClient::CloseSending() { shutdown(socket_, SHUT_WR); }

HttpAnswer HttpClient::Get(absl::string_view target,
                           absl::string_view headers) {
  Send(absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: localhost\r\n", headers,
                    "\r\n"));
  return Read().value_or(HttpAnswer());
}

HttpAnswer HttpClient::Post(absl::string_view target, absl::string_view json,
                            absl::string_view headers) {
  Send(PostText(target, json, headers));
  return Read().value_or(HttpAnswer());
}

HttpAnswer HttpClient::Delete(absl::string_view target,
                              absl::string_view headers) {
  Send(absl::StrCat("DELETE ", target, " HTTP/1.1\r\nHost: localhost\r\n",
                    headers, "\r\n"));
  return Read().value_or(HttpAnswer());
}

std::string PostText(absl::string_view target, absl::string_view json,
                     absl::string_view headers) {
  return absl::StrCat("POST ", target,
                      " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                      "application/json\r\nContent-Length: ",
                      json.size(), "\r\n", headers, "\r\n", json);
}

}  // namespace embed
