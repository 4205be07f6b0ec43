// Requests mutated from good ones, thousands of them: each is answered or its
// connection closed, and the service goes on.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/philox.h"
#include "gtest/gtest.h"
#include "tests/apps/serve/http_client.h"
#include "tests/apps/serve/serve_test_server.h"

namespace embed {
namespace hostile_test {

// EMBED_SERVE_MUTATIONS: how many.
int Requests() {
  const char* const text = std::getenv("EMBED_SERVE_MUTATIONS");
  return text == nullptr ? 4000 : std::atoi(text);
}

std::vector<std::string> GoodRequests() {
  std::vector<std::string> requests;
  for (const char* target :
       {"/", "/v1/neighbors/5?k=3", "/v1/neighbors/new%20york?type=even",
        "/v1/vectors/5", "/v1/keys?prefix=3&limit=4", "/v1/info", "/v1/map",
        "/metrics", "/openapi.json", "/healthz"}) {
    requests.push_back(
        absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }
  for (const char* body :
       {R"({"key":"5","k":3})", R"({"keys":["5","6"],"pool":"max"})",
        R"({"analogy":["5","6","7"],"exact":true})",
        R"({"vector":[1,2,3,4,5,6,7,8,9,10,11,12]})",
        R"({"queries":[{"key":"5"},{"key":"6"}],"filter":{"type":"odd"}})"}) {
    requests.push_back(PostText("/v1/query", body));
    requests.push_back(PostText("/v1/query", body, "Expect: 100-continue\r\n"));
  }
  requests.push_back(PostText(
      "/v1/items",
      R"({"key":"new","vector":[1,2,3,4,5,6,7,8,9,10,11,12],"type":"odd"})"));
  requests.push_back(
      "DELETE /v1/items/new HTTP/1.1\r\nHost: localhost\r\n\r\n");
  requests.push_back(
      "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
      "application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      "b\r\n{\"key\":\"5\"}\r\n0\r\n\r\n");
  return requests;
}

// An index into `items`, which is not empty.
template <typename Items>
size_t IndexInto(const Items& items, Philox* random) {
  return random->Below(static_cast<uint32_t>(items.size()));
}

// Bytes changed, taken out, doubled, moved from another request, or bits of
// the kinds that parsers trip over put in.
std::string Mutated(std::string text, const std::vector<std::string>& others,
                    Philox* random) {
  static const std::vector<std::string> kPieces = {
      "\r\n",
      "\r\n\r\n",
      "%",
      "%00",
      "\0",
      "{",
      "[[[[[[[[",
      "\"",
      "\\u0000",
      "\\ud800",
      "\xff",
      "-1",
      "1e999",
      "99999999999999999999",
      "NaN",
      ":",
      "Content-Length: 5\r\n",
      "Content-Length: -1\r\n",
      "Transfer-Encoding: chunked\r\n",
      "Connection: upgrade\r\n",
      "../"};
  const uint64_t changes = 1 + random->Below(4);
  for (uint64_t i = 0; i < changes && !text.empty(); ++i) {
    const size_t at = IndexInto(text, random);
    const size_t length = 1 + random->Below(12);
    switch (random->Below(5)) {
      case 0:
        text[at] = static_cast<char>(random->Below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3: {
        const std::string& other = others[IndexInto(others, random)];
        text.insert(at, other.substr(IndexInto(other, random), length));
        break;
      }
      default:
        text.insert(at, kPieces[IndexInto(kPieces, random)]);
    }
  }
  return text;
}

TEST(HostileTest, MutatedRequestsDoNoHarm) {
  HttpOptions options;
  options.request_timeout = std::chrono::milliseconds(500);
  ServeApiOptions api;
  api.writable = true;
  ServeTestServer server(options, api);
  const std::vector<std::string> good = GoodRequests();
  HttpClient steady(server.port());
  const std::string expected = steady.Get("/v1/neighbors/5?k=3").body;
  Philox random(1, RandomPurpose::kTest, 0, 0);
  int answered = 0;
  const int requests = Requests();
  for (int i = 0; i < requests; ++i) {
    const std::string request =
        Mutated(good[IndexInto(good, &random)], good, &random);
    HttpClient client(server.port());
    ASSERT_TRUE(client.connected()) << i;
    client.Send(request);
    // What is not whole is not waited for.
    client.CloseSending();
    while (const auto answer = client.Read()) {
      EXPECT_TRUE((answer->status >= 200 && answer->status < 500) ||
                  answer->status == 100 || answer->status == 501 ||
                  answer->status == 503)
          << answer->status << "\n"
          << request;
      answered += answer->status != 100;
    }
    if (i % 500 == 0) {
      EXPECT_EQ(steady.Get("/v1/neighbors/5?k=3").body, expected);
    }
  }
  EXPECT_GT(answered, requests / 2);
  EXPECT_EQ(HttpClient(server.port()).Get("/v1/neighbors/5?k=3").body,
            expected);
}

}  // namespace hostile_test
}  // namespace embed
