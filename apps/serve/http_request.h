// What an HTTP session reads: a request, as Boost.Beast's parser tells it.
#ifndef EMBED_APPS_SERVE_HTTP_REQUEST_H_
#define EMBED_APPS_SERVE_HTTP_REQUEST_H_

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/optional.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "apps/serve/reply.h"

namespace embed {

// Keeps of a request what the service looks at; of a header that stands twice,
// the first. Fields behind the body (trailers) are none of the header.
class HttpRequestParser : public boost::beast::http::basic_parser<true> {
 public:
  const ServeRequest& request() const { return request_; }
  ServeRequest TakeRequest() { return std::move(request_); }
  unsigned version() const { return version_; }  // 11: HTTP/1.1
  // How often the header Host stands.
  int hosts() const { return hosts_; }
  // Whether the body has a transfer coding beside chunked.
  bool has_other_coding() const { return has_other_coding_; }
  // Whether the client waits for "100 Continue" before it sends the body.
  bool expects_continue() const { return expects_continue_; }

 private:
  using Error = boost::beast::error_code;
  using View = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb verb, View method, View target,
                       int version, Error& error) override;
  void on_response_impl(int code, View reason, int version,
                        Error& error) override;
  void on_field_impl(boost::beast::http::field name, View name_text, View value,
                     Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<uint64_t>& length,
                         Error& error) override;
  size_t on_body_impl(View body, Error& error) override;
  void on_chunk_header_impl(uint64_t size, View extensions,
                            Error& error) override;
  size_t on_chunk_body_impl(uint64_t left, View body, Error& error) override;
  void on_finish_impl(Error& error) override;

  ServeRequest request_;
  unsigned version_ = 11;
  int hosts_ = 0;
  bool expects_continue_ = false;
  bool has_other_coding_ = false;
  bool in_header_ = true;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_HTTP_REQUEST_H_
