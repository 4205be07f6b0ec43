#include "apps/serve/http_reply.h"

#include <boost/beast/http/status.hpp>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace embed {

void AppendReplyHead(const Reply& reply, unsigned version, bool keep_alive,
                     std::string* text) {
  const auto reason = boost::beast::http::obsolete_reason(
      static_cast<boost::beast::http::status>(reply.status));
  absl::StrAppend(text, version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ", reply.status,
                  " ", absl::string_view(reason.data(), reason.size()),
                  "\r\nServer: embedserve\r\nX-Content-Type-Options: "
                  "nosniff\r\n");
  bool cached = false;
  for (const auto& [name, value] : reply.headers) {
    absl::StrAppend(text, name, ": ", value, "\r\n");
    cached = cached || name == "Cache-Control";
  }
  if (!cached) text->append("Cache-Control: no-store\r\n");
  if (!keep_alive) {
    text->append("Connection: close\r\n");
  } else if (version == 10) {
    text->append("Connection: keep-alive\r\n");
  }
  if (reply.status != 304) {
    absl::StrAppend(text, "Content-Type: ", reply.content_type,
                    "\r\nContent-Length: ", reply.body.size(), "\r\n");
  }
  text->append("\r\n");
}

}  // namespace embed
