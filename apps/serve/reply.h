// A request and its answer, whatever carries them.
#ifndef EMBED_APPS_SERVE_REPLY_H_
#define EMBED_APPS_SERVE_REPLY_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace embed {

// What the service reads of a request.
struct ServeRequest {
  std::string method;  // "GET"
  std::string target;  // path and query as sent, percent-encoded
  std::string body;
  std::string content_type;
  std::string content_encoding;
  std::string authorization;
  std::string if_none_match;
  std::string host;        // Host: what the client calls the service
  std::string origin;      // Origin: of the page whose script sent it
  std::string fetch_site;  // Sec-Fetch-Site: how a browser came to send it
};

struct Reply {
  int status = 200;
  // A text that lives as long as the program, as the route does.
  absl::string_view content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  const char* route = "other";  // for the metrics
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_REPLY_H_
