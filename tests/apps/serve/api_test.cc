// The API over a real socket: answers against the index itself, and errors.
#include "apps/serve/api.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "apps/query.h"
#include "embed/index/index_writer.h"
#include "embed/math/metric.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/serve/http_client.h"
#include "tests/apps/serve/serve_test_server.h"
#include "tests/embed/math/concat_ranking.h"

namespace embed {
namespace api_test {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// What the service should answer: the library asked directly.
Json Expected(const ItemIndex& index, const Query& query, uint64_t k) {
  AnswerOptions options;
  options.k = k;
  const SearchHits hits =
      Answer(index, {Resolve(query, index)}, options).value();
  Json neighbors = Json::array();
  for (const SearchHit& hit : hits[0]) {
    neighbors.push_back({{"key", std::string(index.key(hit.id))},
                         {"score", std::round(hit.score * 1e6) / 1e6},
                         {"type", std::string(index.type(hit.id))}});
  }
  return neighbors;
}

// Equal but for the last digit of a score.
void ExpectSame(const Json& found, const Json& expected) {
  ASSERT_EQ(found.size(), expected.size()) << found;
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(found[i]["key"], expected[i]["key"]) << i;
    EXPECT_EQ(found[i]["type"], expected[i]["type"]) << i;
    EXPECT_NEAR(found[i]["score"].get<double>(),
                expected[i]["score"].get<double>(), 2e-6);
  }
}

class ApiTest : public testing::Test {
 protected:
  HttpAnswer MapWhenMade() {
    HttpAnswer answer = client_.Get("/v1/map");
    for (int i = 0; i < 200 && answer.status == 202; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      answer = client_.Get("/v1/map");
    }
    return answer;
  }

  const ItemIndex index_ = ServeTestIndex(400);
  ServeTestServer server_;
  HttpClient client_{server_.port()};
};

TEST_F(ApiTest, NeighborsAreThoseOfTheIndex) {
  for (const auto& [path, key] :
       std::vector<std::pair<std::string, std::string>>{
           {"17", "17"},
           {"new%20york", "new york"},
           {"a%2Fb%3Fc", "a/b?c"},
           {"a/b%3fc", "a/b?c"},
           {"%22q%22%5C", "\"q\"\\"},
           {"%E6%BC%A2%E5%AD%97", "漢字"}}) {
    const HttpAnswer answer =
        client_.Get(absl::StrCat("/v1/neighbors/", path, "?k=7"));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    EXPECT_EQ(answer.json()["query"], key);
    ExpectSame(answer.json()["neighbors"],
               Expected(index_, ParsePooled(key), 7));
  }
}

TEST_F(ApiTest, QueriesOfEveryKind) {
  const Json history =
      client_.Post("/v1/query", R"({"keys":["5","9","漢字"],"k":4})").json();
  EXPECT_EQ(history["query"], Json({"5", "9", "漢字"}));
  ExpectSame(history["neighbors"],
             Expected(index_, ParsePooled("5\t9\t漢字"), 4));

  const Json analogy =
      client_.Post("/v1/query", R"({"analogy":["5","9","30"]})").json();
  ExpectSame(analogy["neighbors"],
             Expected(index_, ParseAnalogy("5 9 30").value(), 10));

  Query minus = ParsePooled("5");
  Subtract("9", &minus);
  ExpectSame(client_.Post("/v1/query", R"({"key":"5","minus":["9"]})")
                 .json()["neighbors"],
             Expected(index_, minus, 10));

  // The vector of a key: itself first, as no key of it was named.
  const Json vector = client_.Get("/v1/vectors/33").json();
  ASSERT_EQ(vector["vector"].size(), 12u);
  EXPECT_EQ(vector["type"], "odd");
  const Json asked = {{"vector", vector["vector"]}, {"k", 3}};
  const Json by_vector = client_.Post("/v1/query", asked.dump()).json();
  EXPECT_EQ(by_vector["query"], nullptr);
  EXPECT_EQ(by_vector["neighbors"][0]["key"], "33");
  EXPECT_NEAR(by_vector["neighbors"][0]["score"].get<double>(), 1, 1e-5);
}

TEST_F(ApiTest, FiltersAndScores) {
  const auto all = [&](const std::string& target) {
    return client_.Get(target).json()["neighbors"];
  };
  const Json of_type = all("/v1/neighbors/17?type=even&k=50");
  ASSERT_EQ(of_type.size(), 50u);
  for (const Json& hit : of_type) EXPECT_EQ(hit["type"], "even");
  const Json prefix = all("/v1/neighbors/17?prefix=3&k=500");
  EXPECT_EQ(prefix.size(), 110u);  // 30 to 39, 300 to 399; 3 is another key
  for (const Json& hit : prefix) {
    EXPECT_TRUE(absl::StartsWith(hit["key"].get<std::string>(), "3"));
  }
  const Json both = client_
                        .Post("/v1/query",
                              R"({"key":"17","k":500,
                    "filter":{"type":["even","odd"],"prefix":"39"}})")
                        .json();
  EXPECT_EQ(both["neighbors"].size(), 11u);
  const Json unfiltered = all("/v1/neighbors/17?k=100");
  const double floor = unfiltered[20]["score"].get<double>() - 1e-6;
  const Json scored =
      all(absl::StrCat("/v1/neighbors/17?k=100&min_score=", floor));
  EXPECT_GE(scored.size(), 20u);
  EXPECT_LE(scored.size(), 23u);
}

TEST_F(ApiTest, BatchAnswersEachAlone) {
  const Json batch =
      client_
          .Post("/v1/query",
                R"({"k":3,"queries":[{"key":"5"},{"key":"nobody"},
                    {"key":"6","k":1}]})")
          .json();
  ASSERT_EQ(batch["results"].size(), 3u);
  ExpectSame(batch["results"][0]["neighbors"],
             Expected(index_, ParsePooled("5"), 3));
  EXPECT_EQ(batch["results"][1]["error"]["type"], "urn:embedserve:unknown-key");
  EXPECT_EQ(batch["results"][1]["error"]["pointer"], "/queries/1");
  ExpectSame(batch["results"][2]["neighbors"],
             Expected(index_, ParsePooled("6"), 1));
}

TEST_F(ApiTest, UnknownKeysOfAHistoryAreLeftOut) {
  const Json answer =
      client_.Post("/v1/query", R"({"keys":["5","nobody"],"k":2})").json();
  EXPECT_EQ(answer["unknown"], Json({"nobody"}));
  EXPECT_EQ(answer["neighbors"].size(), 2u);
}

TEST_F(ApiTest, WhatLacksAKeyItNeedsHasNoAnswer) {
  for (const char* body : {R"({"analogy":["5","nobody","6"]})",
                           R"({"key":"nobody","minus":["6"]})",
                           R"({"keys":["nobody"],"minus":["6"]})",
                           R"({"key":"5","minus":["6","nobody"]})"}) {
    const HttpAnswer answer = client_.Post("/v1/query", body);
    EXPECT_EQ(answer.status, 404) << body;
    EXPECT_EQ(answer.json()["key"], "nobody");
  }
}

TEST_F(ApiTest, ZeroVectorsAreNearNothing) {
  const HttpAnswer answer =
      client_.Post("/v1/query", R"({"key":"5","minus":["5"]})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr("a zero vector is near nothing"));
  // One of several leaves the others.
  const Json batch =
      client_
          .Post("/v1/query",
                R"({"queries":[{"key":"5","minus":["5"]},{"key":"6"}]})")
          .json();
  EXPECT_EQ(batch["results"][0]["error"]["status"], 422);
  EXPECT_EQ(batch["results"][1]["neighbors"].size(), 10u);
}

TEST_F(ApiTest, CompletesKeysCommonestFirst) {
  const Json answer = client_.Get("/v1/keys?prefix=3&limit=3").json();
  EXPECT_EQ(answer["total"], 110);
  EXPECT_EQ(answer["keys"], Json({{{"key", "30"}, {"type", "even"}},
                                  {{"key", "31"}, {"type", "odd"}},
                                  {{"key", "32"}, {"type", "even"}}}));
  EXPECT_EQ(client_.Get("/v1/keys?prefix=%E6%BC%A2").json()["total"], 1);
  EXPECT_EQ(client_.Get("/v1/keys?limit=2").json()["total"], 400);
  EXPECT_EQ(client_.Get("/v1/keys?prefix=zz").json()["keys"], Json::array());
}

struct BadRequest {
  std::string body;
  int status;
  std::string pointer;
};

TEST_F(ApiTest, BadBodiesAreProblems) {
  const std::string zeros = "0,0,0,0,0,0,0,0,0,0,0,";
  const std::vector<BadRequest> cases = {
      {"", 400, ""},
      {"{", 400, ""},
      {"{\"key\":\"\xff\"}", 400, ""},
      {"{\"key\":\"\xed\xa0\x80\"}", 400, ""},
      {std::string(100, '['), 400, ""},
      {R"({"vector":[NaN]})", 400, ""},
      {"[1]", 422, ""},
      {"{}", 422, ""},
      {R"({"key":"5","keys":["6"]})", 422, ""},
      {R"({"key":5})", 422, "/key"},
      {R"({"key":""})", 422, "/key"},
      {R"({"keys":[]})", 422, "/keys"},
      {R"({"keys":["5",6]})", 422, "/keys/1"},
      {R"({"analogy":["5","6"]})", 422, "/analogy"},
      {R"({"key":"5","k":0})", 422, "/k"},
      {R"({"key":"5","k":1001})", 422, "/k"},
      {R"({"key":"5","k":-1})", 422, "/k"},
      {R"({"key":"5","k":2.5})", 422, "/k"},
      {R"({"key":"5","k":18446744073709551615})", 422, "/k"},
      {R"({"key":"5","exact":1})", 422, "/exact"},
      {R"({"key":"5","min_score":2})", 422, "/min_score"},
      {R"({"key":"5","ef_search":50})", 422, "/ef_search"},
      {R"({"key":"5","filter":{"type":"none"}})", 422, "/filter/type"},
      {R"({"key":"5","filter":{"a/b":"x"}})", 422, "/filter/a~1b"},
      {R"({"key":"5","pool":"sif"})", 422, "/pool"},
      {R"({"key":"5","limit":3})", 422, "/limit"},
      {R"({"vector":[1,2,3]})", 422, "/vector"},
      {"{\"vector\":[" + zeros + "1e39]}", 422, "/vector/11"},
      {"{\"vector\":[" + zeros + "1e999]}", 400, ""},
      {"{\"vector\":[" + zeros + "null]}", 422, "/vector/11"},
      {"{\"vector\":[" + zeros + "0]}", 422, "/vector"},
      {R"({"queries":[]})", 422, "/queries"},
      {R"({"queries":[{"key":"5"},{"k":3}]})", 422, "/queries/1"},
      {R"({"queries":[{"key":"5","k":"3"}]})", 422, "/queries/0/k"},
      {R"({"queries":[{"key":"5"}],"key":"5"})", 422, "/key"},
  };
  for (const BadRequest& bad : cases) {
    const HttpAnswer answer = client_.Post("/v1/query", bad.body);
    EXPECT_EQ(answer.status, bad.status) << bad.body << "\n" << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
    const Json problem = answer.json();
    EXPECT_EQ(problem["status"], bad.status);
    EXPECT_EQ(problem.value("pointer", ""), bad.pointer) << bad.body;
    EXPECT_FALSE(problem["detail"].get<std::string>().empty());
  }
}

TEST_F(ApiTest, TooManyAnswersTogetherAreRefused) {
  std::string body = "{\"k\":1000,\"queries\":[{\"key\":\"5\"}";
  for (int i = 0; i < 100; ++i) body += ",{\"key\":\"6\"}";
  const HttpAnswer answer = client_.Post("/v1/query", body + "]}");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.json()["pointer"], "/queries");
}

TEST_F(ApiTest, BadTargetsAreProblems) {
  const std::vector<std::pair<std::string, int>> cases = {
      {"/v1/neighbors/nobody", 404}, {"/v1/neighbors/", 404},
      {"/v1/vectors/nobody", 404},   {"/v1/neighbors/5%", 400},
      {"/v1/neighbors/5%f", 400},    {"/v1/neighbors/%ff", 400},
      {"/v1/neighbors/5?k=x", 422},  {"/v1/neighbors/5?k=5&k=6", 400},
      {"/v1/neighbors/5?n=6", 422},  {"/v1/keys?limit=0", 422},
      {"/v1/keys?limit=1001", 422},  {"/nothing", 404},
      {"/../../etc/passwd", 404},    {"/%2e%2e/%2e%2e/etc/passwd", 404},
      {"//etc/passwd", 404},         {"/v1/query", 405},
      {"/v1/reload", 405},
  };
  for (const auto& [target, status] : cases) {
    const HttpAnswer answer = client_.Get(target);
    EXPECT_EQ(answer.status, status) << target << "\n" << answer.body;
    EXPECT_EQ(answer.json()["status"], status) << target;
  }
  const Json unknown = client_.Get("/v1/neighbors/3999").json();
  EXPECT_EQ(unknown["key"], "3999");
  EXPECT_EQ(unknown["nearest"], Json({"399"}));
  EXPECT_EQ(client_.Post("/healthz", "{}").headers.at("allow"), "GET, HEAD");
  EXPECT_EQ(client_.Post("/", "{}").status, 405);
}

TEST_F(ApiTest, TargetsMayNameTheHost) {
  EXPECT_EQ(client_.Get("http://localhost/healthz").status, 200);
  EXPECT_EQ(client_.Get("HTTP://localhost:80/v1/keys?limit=2").json()["total"],
            400);
  EXPECT_EQ(client_.Get("http://localhost").status, 200);
  EXPECT_EQ(client_.Get("http://localhost?a=b").status, 200);
  // The name in the target counts, not that in the header.
  EXPECT_EQ(client_.Get("http://evil.example/v1/keys").status, 403);
  EXPECT_EQ(client_.Get("http:///v1/keys").status, 400);
  EXPECT_EQ(client_.Get("http://:80/v1/keys").status, 400);
  EXPECT_EQ(client_.Get("http://me@localhost/v1/keys").status, 400);
  EXPECT_EQ(client_.Get("https://localhost/healthz").status, 400);
}

TEST_F(ApiTest, OtherMediaTypesAndSitesAreRefused) {
  for (const auto& [type, status] : std::vector<std::pair<std::string, int>>{
           {"application/json ; charset=utf-8", 200},
           {"application/json;charset=utf-8", 200},
           {"application/jsonl", 415},
           {"application/json\r\nContent-Encoding: identity", 200},
           {"application/json\r\nContent-Encoding: gzip", 415}}) {
    client_.Send(absl::StrCat(
        "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: ", type,
        "\r\nContent-Length: 11\r\n\r\n{\"key\":\"5\"}"));
    EXPECT_EQ(client_.Read()->status, status) << type;
  }
  client_.Send(
      "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
      "text/plain\r\nContent-Length: 11\r\n\r\n{\"key\":\"5\"}");
  EXPECT_EQ(client_.Read()->status, 415);
  EXPECT_EQ(
      client_.Post("/v1/reload", "", "Sec-Fetch-Site: cross-site\r\n").status,
      403);
  EXPECT_EQ(server_.api->served()->generation(), 1u);
}

TEST_F(ApiTest, DescribesItself) {
  const Json description = client_.Get("/openapi.json").json();
  ASSERT_TRUE(description.contains("paths"));
  std::set<std::string> paths;
  for (const auto& [path, methods] : description["paths"].items()) {
    paths.insert(path);
    const std::string target = path.substr(0, path.find('{'));
    for (const auto& [method, operation] : methods.items()) {
      const HttpAnswer answer = method == "post" ? client_.Post(target, "{}")
                                : method == "delete" ? client_.Delete(target)
                                                     : client_.Get(target);
      EXPECT_NE(answer.status, 405) << path;
      if (target != path) continue;  // a key is missing
      EXPECT_THAT(answer.body, Not(HasSubstr("urn:embedserve:no-such-page")))
          << path;
    }
  }
  EXPECT_EQ(paths.size(), 13u);
  EXPECT_EQ(client_.Get("/healthz").status, 200);
  EXPECT_EQ(client_.Get("/readyz").status, 200);
  const Json info = client_.Get("/v1/info").json();
  EXPECT_EQ(info["items"], 400);
  EXPECT_EQ(info["dim"], 12);
  EXPECT_EQ(info["types"], Json({"even", "odd"}));
}

TEST_F(ApiTest, CountsWhatItDoes) {
  client_.Get("/v1/neighbors/5");
  client_.Get("/v1/neighbors/nobody");
  const HttpAnswer answer = client_.Get("/metrics");
  EXPECT_THAT(answer.headers.at("content-type"), HasSubstr("version=0.0.4"));
  for (const char* line :
       {"embedserve_requests_total{route=\"/v1/neighbors/\",status=\"200\"} 1",
        "embedserve_requests_total{route=\"/v1/neighbors/\",status=\"404\"} 1",
        "embedserve_request_seconds_bucket{route=\"/v1/neighbors/"
        "\",le=\"+Inf\"}"
        " 2",
        "embedserve_request_seconds_count{route=\"/v1/neighbors/\"} 2",
        "embedserve_queries_total 1", "embedserve_connections 1",
        "embedserve_index_items 400", "# TYPE embedserve_request_seconds"}) {
    EXPECT_THAT(answer.body, HasSubstr(line));
  }
}

TEST_F(ApiTest, PageIsOneOfItsOwnAndNothingElse) {
  const HttpAnswer page = client_.Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.headers.at("content-security-policy"),
              HasSubstr("default-src 'none'"));
  EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(page.headers.at("x-frame-options"), "DENY");
  EXPECT_THAT(page.body, Not(HasSubstr("http")));  // nothing from elsewhere
  for (const char* file : {"/style.css", "/app.js", "/map.js", "/icon.svg"}) {
    EXPECT_EQ(client_.Get(file).status, 200) << file;
  }
  const std::string again =
      absl::StrCat("If-None-Match: ", page.headers.at("etag"), "\r\n");
  EXPECT_EQ(client_.Get("/", again).status, 304);
  client_.Send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto head = client_.Read(/*of_head=*/true);
  EXPECT_EQ(head->headers.at("content-length"), absl::StrCat(page.body.size()));
  EXPECT_EQ(client_.Get("/healthz").status, 200);
}

TEST_F(ApiTest, MapHasAPlaceForEveryItem) {
  const HttpAnswer answer = MapWhenMade();
  ASSERT_EQ(answer.status, 200);
  const Json map = answer.json();
  EXPECT_EQ(map["keys"].size(), 400u);
  EXPECT_EQ(map["keys"][3], "漢字");
  EXPECT_EQ(map["labels"], Json({"even", "odd"}));
  EXPECT_EQ(map["label"][33], 1);
  std::vector<int> x = map["x"].get<std::vector<int>>();
  std::vector<int> y = map["y"].get<std::vector<int>>();
  ASSERT_EQ(x.size(), 400u);
  ASSERT_EQ(y.size(), 400u);
  EXPECT_EQ(std::min(*std::min_element(x.begin(), x.end()),
                     *std::min_element(y.begin(), y.end())),
            0);
  EXPECT_EQ(std::max(*std::max_element(x.begin(), x.end()),
                     *std::max_element(y.begin(), y.end())),
            65535);
}

TEST_F(ApiTest, ChangesOfTheIndexAreServed) {
  const std::vector<ItemChange> changes = {
      {ItemChange::Kind::kDelete, "30", {}, ""},
      {ItemChange::Kind::kDelete, "31", {}, ""},
      {ItemChange::Kind::kPut, "3new", index_.Vector(33), "odd"}};
  const auto writer = IndexWriter::Open(ServeTestServer::IndexPath()).value();
  ASSERT_TRUE(writer->Apply(changes).ok());
  EXPECT_EQ(client_.Post("/v1/reload", "").json()["items"], 399);
  EXPECT_EQ(client_.Get("/v1/info").json()["items"], 399);
  EXPECT_EQ(client_.Get("/v1/neighbors/30").status, 404);
  const Json keys = client_.Get("/v1/keys?prefix=3&limit=2").json();
  EXPECT_EQ(keys["total"], 109);
  EXPECT_EQ(keys["keys"], Json({{{"key", "32"}, {"type", "even"}},
                                {{"key", "33"}, {"type", "odd"}}}));
  EXPECT_EQ(client_.Get("/v1/keys?prefix=3n").json()["total"], 1);
  const Json near = client_.Get("/v1/neighbors/33?prefix=3n").json();
  ASSERT_EQ(near["neighbors"].size(), 1u);
  EXPECT_EQ(near["neighbors"][0]["key"], "3new");
  const Json map = MapWhenMade().json();
  EXPECT_EQ(map["items"], 399);
  EXPECT_EQ(map["keys"].size(), 399u);
  EXPECT_EQ(map["keys"][398], "3new");
  EXPECT_EQ(map["label"][398], 1);
}

TEST_F(ApiTest, ByDistanceLowerScoresAreNearer) {
  ItemIndexOptions options;
  options.metric = Metric::kL2;
  ASSERT_TRUE(ItemIndex::Build(ServeTestKeys(400),
                               ClusteredVectors(400, 12, 1, 1).view(), options)
                  .value()
                  .Write(ServeTestServer::IndexPath())
                  .ok());
  ASSERT_EQ(client_.Post("/v1/reload", "").status, 200);
  EXPECT_EQ(client_.Get("/v1/info").json()["metric"], "l2");
  Json asked = {{"key", "17"}, {"k", 5}};
  const Json all = client_.Post("/v1/query", asked.dump()).json()["neighbors"];
  ASSERT_EQ(all.size(), 5u);
  EXPECT_LT(all[2]["score"].get<double>(), all[3]["score"].get<double>());
  asked["min_score"] = all[2]["score"];
  EXPECT_EQ(client_.Post("/v1/query", asked.dump()).json()["neighbors"].size(),
            3u);
  // An unknown key does not shorten the mean.
  Json history = {{"keys", {"17", "nobody"}}, {"k", 5}};
  ExpectSame(client_.Post("/v1/query", history.dump()).json()["neighbors"],
             all);
  const Json zero = {{"vector", std::vector<int>(12)}, {"min_score", 1e6}};
  EXPECT_EQ(client_.Post("/v1/query", zero.dump()).json()["neighbors"].size(),
            10u);
}

TEST_F(ApiTest, ConcatRanksAsTheConcatenations) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    ItemIndexOptions options;
    options.metric = metric;
    const ItemIndex index =
        ItemIndex::Build(ServeTestKeys(400),
                         ClusteredVectors(400, 12, 1, 1).view(), options)
            .value();
    ASSERT_TRUE(index.Write(ServeTestServer::IndexPath()).ok());
    ASSERT_EQ(client_.Post("/v1/reload", "").status, 200);
    const auto vector = [&](const std::string& key) {
      return index.Vector(*index.Find(key));
    };
    const HttpAnswer answer = client_.Post(
        "/v1/query",
        R"({"keys":["5","9","30"],"pool":"concat","k":500,"exact":true})");
    ASSERT_EQ(answer.status, 200) << answer.body;
    TestRows items;
    std::set<std::string> keys;
    const Json answers = answer.json()["neighbors"];
    for (const Json& hit : answers) {
      keys.insert(hit["key"].get<std::string>());
      items.push_back(vector(hit["key"]));
    }
    EXPECT_EQ(keys.size(), 397u);
    ExpectConcatOrder(metric, {vector("5"), vector("9"), vector("30")}, items);
    // One key is itself.
    ExpectSame(client_.Post("/v1/query", R"({"key":"5","pool":"concat"})")
                   .json()["neighbors"],
               client_.Post("/v1/query", R"({"key":"5"})").json()["neighbors"]);
  }
}

TEST(ApiTokenTest, TokenIsAskedFor) {
  ServeApiOptions options;
  options.token = "0123456789abcdef";
  ServeTestServer server({}, options);
  HttpClient client(server.port());
  const HttpAnswer none = client.Get("/v1/neighbors/5");
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.headers.at("www-authenticate"), "Bearer");
  for (const char* wrong :
       {"Bearer 0123456789abcdee", "Bearer 0123456789abcdef0", "Bearer ",
        "Bearer 0123456789abcde", "Basic 0123456789abcdef",
        "0123456789abcdef"}) {
    EXPECT_EQ(client
                  .Get("/v1/neighbors/5",
                       absl::StrCat("Authorization: ", wrong, "\r\n"))
                  .status,
              401)
        << wrong;
  }
  EXPECT_EQ(
      client
          .Get("/v1/neighbors/5", "Authorization: Bearer 0123456789abcdef\r\n")
          .status,
      200);
  EXPECT_EQ(client.Get("/metrics").status, 401);
  // Who has the token may call it by any name.
  client.Send(
      "GET /v1/info HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer "
      "0123456789abcdef\r\n\r\n");
  EXPECT_EQ(client.Read()->status, 200);
  for (const char* open : {"/", "/healthz", "/readyz", "/openapi.json"}) {
    EXPECT_EQ(client.Get(open).status, 200) << open;
  }
}

}  // namespace api_test
}  // namespace embed
