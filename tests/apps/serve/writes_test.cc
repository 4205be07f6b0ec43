// Writes over a real socket: what readers see, what a restart finds, errors.
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/index/index_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/serve/http_client.h"
#include "tests/apps/serve/serve_test_server.h"

namespace embed {
namespace writes_test {

using Json = nlohmann::json;
using ::testing::HasSubstr;

ServeApiOptions Writable() {
  ServeApiOptions options;
  options.writable = true;
  return options;
}

// Points the way of one axis, a little off it.
Json AxisVector(int axis, double off = 0.01) {
  Json vector = Json::array();
  for (int i = 0; i < 12; ++i) vector.push_back(i == axis ? 3.0 : off);
  return vector;
}

Json Item(const std::string& key, const Json& vector,
          const std::string& type = "odd") {
  return {{"key", key}, {"vector", vector}, {"type", type}};
}

class WritesTest : public testing::Test {
 protected:
  std::string Nearest(const Json& vector) {
    const Json asked = {{"vector", vector}, {"k", 1}};
    return client_.Post("/v1/query", asked.dump())
        .json()["neighbors"][0]["key"];
  }

  ServeTestServer server_{{}, Writable()};
  HttpClient client_{server_.port()};
};

TEST_F(WritesTest, ReadersSeeWhatWasWritten) {
  const Json added =
      client_.Post("/v1/items", Item("new/one", AxisVector(2)).dump()).json();
  EXPECT_EQ(added["added"], 1);
  EXPECT_EQ(added["updated"], 0);
  EXPECT_EQ(added["items"], 401);
  EXPECT_EQ(added["generation"], 2);
  EXPECT_EQ(Nearest(AxisVector(2)), "new/one");
  EXPECT_EQ(client_.Get("/v1/vectors/new/one").json()["type"], "odd");
  EXPECT_EQ(
      client_.Get("/v1/neighbors/new%2Fone?k=3").json()["neighbors"].size(),
      3u);

  // The same key again gets another vector, and keeps its type.
  const Json again = {{"key", "new/one"}, {"vector", AxisVector(7)}};
  const Json updated = client_.Post("/v1/items", again.dump()).json();
  EXPECT_EQ(updated["added"], 0);
  EXPECT_EQ(updated["updated"], 1);
  EXPECT_EQ(updated["items"], 401);
  EXPECT_EQ(Nearest(AxisVector(7)), "new/one");
  EXPECT_NE(Nearest(AxisVector(2)), "new/one");
  EXPECT_EQ(client_.Get("/v1/vectors/new/one").json()["type"], "odd");

  const Json deleted = client_.Delete("/v1/items/new%2Fone").json();
  EXPECT_EQ(deleted["deleted"], 1);
  EXPECT_EQ(deleted["items"], 400);
  EXPECT_NE(Nearest(AxisVector(7)), "new/one");
  EXPECT_EQ(client_.Get("/v1/vectors/new/one").status, 404);
  const HttpAnswer gone = client_.Delete("/v1/items/new%2Fone");
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.json()["type"], "urn:embedserve:unknown-key");
  EXPECT_EQ(gone.json()["key"], "new/one");
}

TEST_F(WritesTest, SeveralItemsAreWrittenTogetherOrNotAtAll) {
  Json items = {Item("a", AxisVector(1)), Item("5", AxisVector(3)),
                Item("b", AxisVector(4), "even")};
  const Json written =
      client_.Post("/v1/items", Json{{"items", items}}.dump()).json();
  EXPECT_EQ(written["added"], 2);
  EXPECT_EQ(written["updated"], 1);
  EXPECT_EQ(Nearest(AxisVector(3)), "5");
  items = {Item("c", AxisVector(6)), Item("d", AxisVector(8), "venue")};
  const HttpAnswer refused =
      client_.Post("/v1/items", Json{{"items", items}}.dump());
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("even, odd"));
  EXPECT_EQ(client_.Get("/v1/vectors/c").status, 404);
  EXPECT_EQ(client_.Get("/v1/info").json()["items"], 402);
}

TEST_F(WritesTest, BadBodiesAreProblems) {
  struct Case {
    std::string body;
    int status;
    std::string pointer;
  };
  const std::string numbers = "1,1,1,1,1,1,1,1,1,1,1";
  const std::string good = "[" + numbers + ",1]";
  const std::vector<Case> cases = {
      {"", 400, ""},
      {"{\"key\":\"a\",\"vector\":[" + numbers + ",NaN]}", 400, ""},
      {"{\"key\":\"a\",\"vector\":[" + numbers + ",1e999]}", 400, ""},
      {"{\"key\":\"a\",\"vector\":[" + numbers + ",1e39]}", 422, "/vector/11"},
      {"{\"key\":\"a\",\"vector\":[" + numbers + ",null]}", 422, "/vector/11"},
      {"{\"key\":\"a\",\"vector\":[" + numbers + "]}", 422, "/vector"},
      {"{\"key\":\"a\",\"vector\":[]}", 422, "/vector"},
      {"{\"key\":\"\",\"vector\":" + good + "}", 422, "/key"},
      {"{\"key\":7,\"vector\":" + good + "}", 422, "/key"},
      {"{\"key\":\"" + std::string(70000, 'k') + "\",\"vector\":" + good + "}",
       422, "/key"},
      {"{\"key\":\"a\"}", 422, ""},
      {"{\"vector\":" + good + "}", 422, ""},
      {"{\"key\":\"a\",\"vector\":" + good + "}", 422, ""},  // has no type
      {"{\"key\":\"a\",\"vector\":" + good + ",\"n\":1}", 422, "/n"},
      {"{\"items\":[]}", 422, "/items"},
      {"{\"items\":[7]}", 422, "/items/0"},
      {"{\"items\":[{\"key\":\"a\",\"vector\":" + good +
           ",\"type\":\"odd\"},{\"key\":\"b\",\"vector\":[1]}]}",
       422, "/items/1/vector"},
      {"[]", 422, ""},
  };
  for (const Case& bad : cases) {
    const HttpAnswer answer = client_.Post("/v1/items", bad.body);
    EXPECT_EQ(answer.status, bad.status) << bad.body << "\n" << answer.body;
    EXPECT_EQ(answer.json().value("pointer", ""), bad.pointer) << answer.body;
  }
  EXPECT_EQ(client_.Delete("/v1/items/").status, 404);
  EXPECT_EQ(client_.Get("/v1/items").status, 405);
  EXPECT_EQ(client_.Get("/v1/items/5").headers.at("allow"), "DELETE");
  EXPECT_EQ(client_.Get("/v1/info").json()["generation"], 1);
}

TEST_F(WritesTest, OneWriterAndAReloadGoTogether) {
  EXPECT_EQ(IndexWriter::Open(ServeTestServer::IndexPath()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_EQ(client_.Post("/v1/items", Item("a", AxisVector(1)).dump()).status,
            200);
  EXPECT_EQ(client_.Post("/v1/reload", "").json()["items"], 401);
  ASSERT_EQ(client_.Post("/v1/items", Item("b", AxisVector(2)).dump()).status,
            200);
  EXPECT_EQ(Nearest(AxisVector(1)), "a");

  // Another file in its place: writes wait for the reload that opens it.
  ASSERT_TRUE(ServeTestIndex(500, 2).Write(ServeTestServer::IndexPath()).ok());
  const HttpAnswer refused =
      client_.Post("/v1/items", Item("c", AxisVector(3)).dump());
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(client_.Get("/v1/vectors/c").status, 404);
  EXPECT_EQ(client_.Get("/v1/vectors/b").status, 200);
  EXPECT_EQ(client_.Post("/v1/reload", "").json()["items"], 500);
  EXPECT_EQ(client_.Post("/v1/items", Item("c", AxisVector(3)).dump())
                .json()["items"],
            501);
}

TEST_F(WritesTest, ManyWritersShareSyncsAndLoseNothing) {
  constexpr int kWriters = 8;
  constexpr int kEach = 25;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      HttpClient client(server_.port());
      for (int i = 0; i < kEach; ++i) {
        const std::string key = absl::StrCat("w", w, "-", i);
        EXPECT_EQ(client.Post("/v1/items", Item(key, AxisVector(w)).dump())
                      .json()["added"],
                  1);
        // It is there as soon as it is acknowledged, and one more deletion of
        // what is not does not harm those it was joined with.
        EXPECT_EQ(client.Get("/v1/vectors/" + key).status, 200);
        EXPECT_EQ(client.Delete("/v1/items/nobody").status, 404);
        if (i % 5 == 4) {
          EXPECT_EQ(client.Delete("/v1/items/" + key).status, 200);
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(client_.Get("/v1/info").json()["items"], 400 + kWriters * 20);
  EXPECT_EQ(server_.metrics.changes_total, kWriters * 30u);
  EXPECT_LT(server_.metrics.write_batches_total, kWriters * 30u);
  EXPECT_EQ(ItemIndex::Open(ServeTestServer::IndexPath()).value().num_items(),
            400u + kWriters * 20);
}

TEST(WritesRightsTest, NotWritableUnlessToldSo) {
  ServeTestServer server;
  HttpClient client(server.port());
  const HttpAnswer answer =
      client.Post("/v1/items", Item("a", AxisVector(1)).dump());
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, HasSubstr("--writable"));
  EXPECT_EQ(client.Delete("/v1/items/5").status, 403);
  EXPECT_EQ(client.Get("/v1/vectors/5").status, 200);
  EXPECT_TRUE(IndexWriter::Open(ServeTestServer::IndexPath()).ok());
}

TEST(WritesRightsTest, PagesOfOthersAndStrangersCannotWrite) {
  {
    ServeTestServer server({}, Writable());
    HttpClient client(server.port());
    for (const char* header :
         {"Origin: http://evil.example\r\n", "Origin: null\r\n",
          "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n"}) {
      EXPECT_EQ(client.Delete("/v1/items/5", header).status, 403) << header;
    }
    client.Send("DELETE /v1/items/5 HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    EXPECT_EQ(client.Read()->status, 403);
    EXPECT_EQ(client.Get("/v1/vectors/5").status, 200);
    EXPECT_EQ(
        client.Delete("/v1/items/5", "Origin: http://localhost\r\n").status,
        200);
  }
  ServeApiOptions options = Writable();
  options.token = "0123456789abcdef";
  ServeTestServer server({}, options);
  HttpClient client(server.port());
  EXPECT_EQ(client.Delete("/v1/items/5").status, 401);
  EXPECT_EQ(
      client.Delete("/v1/items/5", "Authorization: Bearer 0123456789abcdef\r\n")
          .status,
      200);
}

}  // namespace writes_test
}  // namespace embed
