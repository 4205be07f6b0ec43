// By what name, and from which pages, the service may be asked without a token.
#include "apps/serve/caller.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/apps/serve/http_client.h"
#include "tests/apps/serve/serve_test_server.h"

namespace embed {
namespace caller_test {

TEST(CallerTest, OtherNamesAndOriginsAreRefused) {
  ServeTestServer server;
  HttpClient client(server.port());
  const auto get = [&](const std::string& host, const std::string& target) {
    client.Send(
        absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
    return client.Read()->status;
  };
  for (const char* host : {"localhost", "LocalHost:8080", "127.0.0.1",
                           "127.9.9.9:1", "[::1]:8080"}) {
    EXPECT_EQ(get(host, "/v1/info"), 200) << host;
  }
  for (const char* host : {"evil.example", "evil.example:8080",
                           "localhost.evil.example", "127.0.0.1.evil.example",
                           "192.0.2.1", "[2001:db8::1]", "[", "]:", ":"}) {
    for (const char* target :
         {"/v1/info", "/v1/neighbors/5", "/", "/metrics"}) {
      EXPECT_EQ(get(host, target), 403) << host << target;
    }
    EXPECT_EQ(get(host, "/healthz"), 200) << host;
  }
  const std::string body = R"({"key":"5"})";
  EXPECT_EQ(
      client.Post("/v1/query", body, "Origin: http://localhost\r\n").status,
      200);
  // A proxy in front may call the service otherwise than the browser does.
  EXPECT_EQ(client
                .Post("/v1/query", body,
                      "Origin: https://service.example\r\n"
                      "Sec-Fetch-Site: same-origin\r\n")
                .status,
            200);
  for (const char* origin : {"null", "http://evil.example", "http://127.0.0.1",
                             "http://localhost:1", "localhost"}) {
    EXPECT_EQ(
        client.Post("/v1/query", body, absl::StrCat("Origin: ", origin, "\r\n"))
            .status,
        403)
        << origin;
  }
}

TEST(CallerTest, NamesMayBeGivenAndAnyAddressWhereAllAreListenedOn) {
  ServeApiOptions options;
  options.hosts.address = "0.0.0.0";
  options.hosts.names = {"service.example"};
  ServeTestServer server({}, options);
  HttpClient client(server.port());
  for (const auto& [host, status] :
       std::vector<std::pair<std::string, int>>{{"service.example:80", 200},
                                                {"Service.Example", 200},
                                                {"192.0.2.1:8080", 200},
                                                {"[2001:db8::1]", 200},
                                                {"other.example", 403}}) {
    client.Send(
        absl::StrCat("GET /v1/info HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
    EXPECT_EQ(client.Read()->status, status) << host;
  }
}

}  // namespace caller_test
}  // namespace embed
