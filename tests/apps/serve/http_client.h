// A client that sends what a test wants, also what no proper client would.
#ifndef EMBED_TESTS_APPS_SERVE_HTTP_CLIENT_H_
#define EMBED_TESTS_APPS_SERVE_HTTP_CLIENT_H_

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace embed {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  // Discarded where the body is not JSON.
  nlohmann::json json() const {
    return nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  }
};

// One connection to 127.0.0.1. Not thread-safe.
class HttpClient {
 public:
  explicit HttpClient(int port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  bool connected() const { return socket_ >= 0; }
  // False: the peer does not take it.
  bool Send(absl::string_view bytes);
  // The next answer; nullopt: the connection ended before, or 20 s passed, or
  // what came is not HTTP. of_head: it has no body, whatever its length says.
  std::optional<HttpAnswer> Read(bool of_head = false);
  // Whether the peer closes within `seconds`.
  bool ClosesWithin(double seconds);
  void CloseSending();

  HttpAnswer Get(absl::string_view target, absl::string_view headers = "");
  HttpAnswer Post(absl::string_view target, absl::string_view json,
                  absl::string_view headers = "");
  HttpAnswer Delete(absl::string_view target, absl::string_view headers = "");

 private:
  // Waits for bytes and adds them to input_; false at the end.
  bool Fill(double seconds);

  int socket_ = -1;
  std::string input_;
};

// "POST target HTTP/1.1" with a JSON body and its length.
std::string PostText(absl::string_view target, absl::string_view json,
                     absl::string_view headers = "");

}  // namespace embed

#endif  // EMBED_TESTS_APPS_SERVE_HTTP_CLIENT_H_
