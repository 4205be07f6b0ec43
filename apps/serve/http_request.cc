#include "apps/serve/http_request.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace embed {
namespace {

namespace http = boost::beast::http;

// Memory that is asked for before the bytes have come.
constexpr uint64_t kMostReserved = 65536;

absl::string_view ToView(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

void SetFirst(boost::beast::string_view value, std::string* text) {
  if (text->empty()) text->assign(value.data(), value.size());
}

}  // namespace

void HttpRequestParser::on_request_impl(http::verb /*verb*/, View method,
                                        View target, int version,
                                        Error& /*error*/) {
  request_.method.assign(method.data(), method.size());
  request_.target.assign(target.data(), target.size());
  version_ = version == 10 ? 10 : 11;
}

void HttpRequestParser::on_response_impl(int /*code*/, View /*reason*/,
                                         int /*version*/, Error& /*error*/) {}

void HttpRequestParser::on_field_impl(http::field name, View name_text,
                                      View value, Error& /*error*/) {
  if (!in_header_) return;
  switch (name) {
    case http::field::host:
      ++hosts_;
      return SetFirst(value, &request_.host);
    case http::field::content_type:
      return SetFirst(value, &request_.content_type);
    case http::field::content_encoding:
      return SetFirst(value, &request_.content_encoding);
    case http::field::transfer_encoding:
      has_other_coding_ = has_other_coding_ ||
                          !absl::EqualsIgnoreCase(ToView(value), "chunked");
      return;
    case http::field::authorization:
      return SetFirst(value, &request_.authorization);
    case http::field::if_none_match:
      return SetFirst(value, &request_.if_none_match);
    case http::field::origin:
      return SetFirst(value, &request_.origin);
    case http::field::expect:
      expects_continue_ = absl::EqualsIgnoreCase(ToView(value), "100-continue");
      return;
    case http::field::unknown:
      if (absl::EqualsIgnoreCase(ToView(name_text), "Sec-Fetch-Site")) {
        SetFirst(value, &request_.fetch_site);
      }
      return;
    default:
      return;
  }
}

void HttpRequestParser::on_header_impl(Error& /*error*/) { in_header_ = false; }

void HttpRequestParser::on_body_init_impl(
    const boost::optional<uint64_t>& length, Error& /*error*/) {
  if (length.has_value()) {
    request_.body.reserve(std::min(*length, kMostReserved));
  }
}

size_t HttpRequestParser::on_body_impl(View body, Error& /*error*/) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

void HttpRequestParser::on_chunk_header_impl(uint64_t /*size*/,
                                             View /*extensions*/,
                                             Error& /*error*/) {}

size_t HttpRequestParser::on_chunk_body_impl(uint64_t /*left*/, View body,
                                             Error& /*error*/) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

void HttpRequestParser::on_finish_impl(Error& /*error*/) {}

}  // namespace embed
