// Writes over a real socket: what readers see, what a restart finds, errors.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <future>
#include <map>
#include <new>
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

// Sanitizers have an allocator of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EMBED_SANITIZED
#endif

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

// Memory that a test has refused: allocations of a multiple of this size, from
// the third on; 0: none.
std::atomic<size_t> refused_size{0};
std::atomic<int> refusals{0};

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

TEST_F(WritesTest, VectorsAreAddedToInt8Only) {
  ItemIndexOptions options;
  options.codec = RowCodec::kUint8;
  ASSERT_TRUE(ItemIndex::Build(ServeTestKeys(400),
                               ClusteredVectors(400, 12, 1, 1).view(), options)
                  .value()
                  .Write(ServeTestServer::IndexPath())
                  .ok());
  ASSERT_EQ(client_.Post("/v1/reload", "").status, 200);
  const HttpAnswer refused =
      client_.Post("/v1/items", Item("new", AxisVector(2)).dump());
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("codec uint8"));
  EXPECT_EQ(client_.Delete("/v1/items/5").status, 200);
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

// Holds up the thread that writes until it is let go, then has all that waits
// written.
class HeldWritesTest : public WritesTest {
 protected:
  void Hold() {
    Handle(Item("first", AxisVector(0)).dump(), [this](const Reply& reply) {
      EXPECT_EQ(reply.status, 200);
      released_.get_future().wait();
    });
    while (server_.metrics.write_batches_total == 0) std::this_thread::yield();
  }
  void Handle(const std::string& body, ServeApi::Done done) {
    ServeRequest request;
    request.method = "POST";
    request.target = "/v1/items";
    request.content_type = "application/json";
    request.body = body;
    server_.api->Handle(std::move(request), std::move(done));
  }
  // Then nearly all of the requests wait to be written.
  void AwaitWorkers() {
    const std::string none = "\nembedserve_waiting_requests 0\n";
    while (client_.Get("/metrics").body.find(none) == std::string::npos) {
      std::this_thread::yield();
    }
  }
  // Items of a key each that is so long.
  static std::string Items(const std::string& start, int count, size_t length) {
    Json items = Json::array();
    for (int i = 0; i < count; ++i) {
      items.push_back(Item(absl::StrCat(start, i, std::string(length, 'k')),
                           AxisVector(i % 12)));
    }
    return Json{{"items", items}}.dump();
  }

  std::promise<void> released_;
};

TEST_F(HeldWritesTest, WhatIsWrittenTogetherHasABound) {
  Hold();
  constexpr int kRequests = 12;
  std::vector<std::promise<Reply>> replies(kRequests);
  for (int i = 0; i < kRequests; ++i) {
    // 2 MB each.
    Handle(Items(absl::StrCat("r", i, "-"), 40, 50000),
           [&, i](Reply reply) { replies[i].set_value(std::move(reply)); });
  }
  AwaitWorkers();
  released_.set_value();
  for (std::promise<Reply>& reply : replies) {
    const Reply got = reply.get_future().get();
    EXPECT_EQ(got.status, 200) << got.body;
    EXPECT_THAT(got.body, HasSubstr("{\"added\":40,\"updated\":0"));
  }
  EXPECT_GE(server_.metrics.write_batches_total, 4u);
  EXPECT_EQ(client_.Get("/v1/info").json()["items"], 401 + kRequests * 40);
}

// Each of them alone takes less: only what they would need together is refused.
TEST_F(HeldWritesTest, MemoryThatLacksForAllIsNotNeededForEach) {
#ifdef EMBED_SANITIZED
  GTEST_SKIP() << "the allocator is that of a sanitizer";
#endif
  Hold();
  constexpr int kRequests = 20;
  std::vector<std::promise<Reply>> replies(kRequests);
  for (int i = 0; i < kRequests; ++i) {
    Handle(Items(absl::StrCat("r", i, "-"), 1000, 1),
           [&, i](Reply reply) { replies[i].set_value(std::move(reply)); });
  }
  AwaitWorkers();
  refused_size = 1000 * sizeof(ItemChange);
  released_.set_value();
  for (std::promise<Reply>& reply : replies) {
    const Reply got = reply.get_future().get();
    EXPECT_EQ(got.status, 200) << got.body;
  }
  EXPECT_GT(refusals, 0);
  refused_size = 0;
  EXPECT_EQ(client_.Get("/v1/info").json()["items"], 401 + kRequests * 1000);
}

class MapOfWritesTest : public WritesTest {
 protected:
  // Waits until it is made.
  Json Map() {
    HttpAnswer answer = client_.Get("/v1/map");
    for (int i = 0; i < 200 && answer.status == 202; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      answer = client_.Get("/v1/map");
    }
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  static std::map<std::string, std::pair<int, int>> Places(const Json& map) {
    std::map<std::string, std::pair<int, int>> places;
    for (size_t i = 0; i < map["keys"].size(); ++i) {
      places[map["keys"][i]] = {map["x"][i], map["y"][i]};
    }
    EXPECT_EQ(map["x"].size(), places.size());
    EXPECT_EQ(map["label"].size(), places.size());
    return places;
  }
};

TEST_F(MapOfWritesTest, PlacesOutliveWrites) {
  auto places = Places(Map());
  EXPECT_EQ(places.size(), 400u);
  const Json items = {Item("new", AxisVector(1)), Item("5", AxisVector(2))};
  ASSERT_EQ(client_.Post("/v1/items", Json{{"items", items}}.dump()).status,
            200);
  ASSERT_EQ(client_.Delete("/v1/items/7").status, 200);
  places.erase("5");
  places.erase("7");
  const HttpAnswer at_once = client_.Get("/v1/map");
  ASSERT_EQ(at_once.status, 200);
  EXPECT_EQ(Places(at_once.json()), places);
  EXPECT_EQ(at_once.json()["items"], 400);
  // A load makes it anew, with all items.
  ASSERT_EQ(client_.Post("/v1/reload", "").status, 200);
  const auto anew = Places(Map());
  EXPECT_EQ(anew.size(), 400u);
  EXPECT_EQ(anew.count("new"), 1u);
  EXPECT_EQ(anew.count("5"), 1u);
}

// Which is no fault of the service.
TEST(NoMapTest, WhereEveryItemIsDeleted) {
  ServeApiOptions options;
  options.writable = true;
  ServeTestServer server({}, options, /*rows=*/4);
  HttpClient client(server.port());
  for (const char* const key :
       {"new%20york", "a%2Fb%3Fc", "%22q%22%5C", "%E6%BC%A2%E5%AD%97"}) {
    ASSERT_EQ(client.Delete(absl::StrCat("/v1/items/", key)).status, 200);
  }
  HttpAnswer answer = client.Get("/v1/map");
  for (int i = 0; i < 200 && answer.status == 202; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    answer = client.Get("/v1/map");
  }
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("every item is deleted"));
  const HttpAnswer compacted = client.Post("/v1/compact", "");
  EXPECT_EQ(compacted.status, 409);
  EXPECT_EQ(compacted.json()["title"], "Conflict with the index");
}

// Rows that are gone are dropped, and those behind them get other ids.
TEST_F(MapOfWritesTest, ItIsMadeAnewWithOtherIds) {
  for (const char* key : {"first", "second"}) {
    ASSERT_EQ(client_.Post("/v1/items", Item(key, AxisVector(1)).dump()).status,
              200);
  }
  EXPECT_EQ(Places(Map()).size(), 402u);
  ASSERT_EQ(client_.Delete("/v1/items/first").status, 200);
  const Json again = Item("again", AxisVector(2));
  const std::string items = Json{{"items", Json(600, again)}}.dump();
  ASSERT_EQ(client_.Post("/v1/items", items).status, 200);
  EXPECT_EQ(client_.Get("/v1/map").status, 200);
  ASSERT_EQ(client_.Post("/v1/items", items).status, 200);
  EXPECT_THAT(client_.Get("/metrics").body,
              HasSubstr("\nembedserve_index_further_rows 2\n"));
  EXPECT_EQ(client_.Get("/v1/map").status, 202);
  EXPECT_EQ(Places(Map()).count("again"), 1u);
}

TEST_F(MapOfWritesTest, CompactionGoesOnBesideReadsAndWrites) {
  Places(Map());
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(client_
                  .Post("/v1/items",
                        Item(absl::StrCat("new", i), AxisVector(i % 12)).dump())
                  .status,
              200);
  }
  ASSERT_EQ(client_.Delete("/v1/items/5").status, 200);
  EXPECT_THAT(client_.Get("/metrics").body,
              HasSubstr("\nembedserve_index_further_rows 20\n"));
  std::atomic<bool> ended{false};
  std::thread writer([&] {
    HttpClient client(server_.port());
    for (int i = 0; !ended; ++i) {
      const std::string key = absl::StrCat("meanwhile", i % 10);
      EXPECT_EQ(
          client.Post("/v1/items", Item(key, AxisVector(3)).dump()).status,
          200);
      EXPECT_EQ(client.Get("/v1/vectors/" + key).status, 200);
      EXPECT_EQ(client.Get("/v1/vectors/5").status, 404);
    }
  });
  for (int i = 0; i < 5; ++i) {
    const HttpAnswer answer = client_.Post("/v1/compact", "");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_GE(answer.json()["items"], 419);
  }
  ended = true;
  writer.join();
  EXPECT_EQ(client_.Post("/v1/compact", "").status, 200);
  EXPECT_THAT(client_.Get("/metrics").body,
              HasSubstr("\nembedserve_index_further_rows 0\n"));
  EXPECT_EQ(Nearest(AxisVector(7)).substr(0, 3), "new");
  const Json info = client_.Get("/v1/info").json();
  EXPECT_EQ(Places(Map()).size(), info["items"]);
  const ItemIndex index = ItemIndex::Open(ServeTestServer::IndexPath()).value();
  EXPECT_EQ(index.num_items(), info["items"]);
  EXPECT_EQ(index.changes(), nullptr);
  // Nothing to do is no new generation.
  EXPECT_EQ(client_.Post("/v1/compact", "").json()["generation"],
            info["generation"]);
  EXPECT_EQ(
      client_.Post("/v1/items", Item("last", AxisVector(1)).dump()).status,
      200);
}

TEST(WritesRightsTest, NotWritableUnlessToldSo) {
  ServeTestServer server;
  HttpClient client(server.port());
  const HttpAnswer answer =
      client.Post("/v1/items", Item("a", AxisVector(1)).dump());
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, HasSubstr("--writable"));
  EXPECT_EQ(client.Delete("/v1/items/5").status, 403);
  EXPECT_EQ(client.Post("/v1/compact", "").status, 403);
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

#ifndef EMBED_SANITIZED
// Those of this program, which a test may have fail. Inlined, one of a pair
// would be taken for a mistake.
[[gnu::noinline]] void* operator new(size_t size) {
  namespace test = embed::writes_test;
  const size_t refused = test::refused_size;
  if (refused > 0 && size >= 3 * refused && size % refused == 0) {
    ++test::refusals;
    throw std::bad_alloc();
  }
  void* const memory = std::malloc(std::max<size_t>(size, 1));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}
#endif
#undef EMBED_SANITIZED
