// Whose requests are answered where no token tells: not those that a page of
// somebody else makes a browser send.
#ifndef EMBED_APPS_SERVE_CALLER_H_
#define EMBED_APPS_SERVE_CALLER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "apps/serve/reply.h"

namespace embed {

// By what the Host header may call the service. A page whose own name was made
// to lead here (DNS rebinding) calls it by that name.
struct HostRules {
  std::string address = "127.0.0.1";  // the one that is listened on
  std::vector<std::string> names;     // further names, in lower case
};

// kForbidden: the header names neither a loopback address, localhost, nor what
// the rules say. Where all addresses are listened on, any address is right. No
// header at all (HTTP/1.0) is, too: browsers always send one.
absl::Status CheckHost(const HostRules& rules, absl::string_view host);

// kForbidden: the headers Origin or Sec-Fetch-Site, which scripts cannot set,
// say that a page of another origin sent the request.
absl::Status CheckOrigin(const ServeRequest& request);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_CALLER_H_
