// Connections: keep-alive, pipelining, limits, slow peers, load, stops.
#include "apps/serve/http_server.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/apps/serve/http_client.h"
#include "tests/apps/serve/serve_test_server.h"

namespace embed {
namespace http_server_test {

using std::chrono::milliseconds;

constexpr char kHealth[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST(HttpServerTest, KeepsConnectionsUnlessToldNot) {
  ServeTestServer server;
  HttpClient client(server.port());
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.Get("/v1/neighbors/5").status, 200);
  }
  EXPECT_EQ(server.metrics.connections_total, 1u);
  EXPECT_EQ(
      client.Get("/healthz", "Connection: close\r\n").headers.at("connection"),
      "close");
  EXPECT_TRUE(client.ClosesWithin(5));

  HttpClient old(server.port());
  old.Send("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Read()->status, 200);
  EXPECT_TRUE(old.ClosesWithin(5));
}

TEST(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  ServeTestServer server;
  HttpClient client(server.port());
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(
        &requests,
        i % 3 == 0 ? PostText("/v1/query", absl::StrCat("{\"key\":\"", 100 + i,
                                                        "\",\"k\":2}"))
                   : absl::StrCat("GET /v1/neighbors/", 100 + i,
                                  "?k=2 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }
  // In pieces that end anywhere.
  for (size_t at = 0; at < requests.size(); at += 777) {
    ASSERT_TRUE(client.Send(requests.substr(at, 777)));
  }
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.Read();
    ASSERT_TRUE(answer.has_value()) << i;
    EXPECT_EQ(answer->json()["query"], absl::StrCat(100 + i));
  }
}

// The second request waits for a load; the first answer does not wait with it.
TEST(HttpServerTest, PipelinedAnswersGoOutAsSoonAsTheyAreThere) {
  ServeTestServer server;
  std::promise<void> release;
  std::future<void> released = release.get_future();
  server.api->Reload([&](const absl::Status&) { released.wait(); });
  HttpClient client(server.port());
  client.Send(absl::StrCat(kHealth, PostText("/v1/reload", ""), kHealth));
  const auto first = client.Read();
  EXPECT_FALSE(client.ClosesWithin(0));
  release.set_value();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->json()["status"], "alive");
  EXPECT_EQ(client.Read()->json()["items"], 400);
  EXPECT_EQ(client.Read()->json()["status"], "alive");
}

TEST(HttpServerTest, LimitsBodiesAndHeaders) {
  HttpOptions options;
  options.max_body = 1000;
  ServeTestServer server(options);
  HttpClient announced(server.port());
  announced.Send(
      "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
      "1001\r\n\r\n");
  EXPECT_EQ(announced.Read()->status, 413);
  EXPECT_TRUE(announced.ClosesWithin(5));

  HttpClient chunked(server.port());
  chunked.Send(absl::StrCat(
      "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n7d0\r\n",
      std::string(2000, ' '), "\r\n0\r\n\r\n"));
  EXPECT_EQ(chunked.Read()->status, 413);

  HttpClient header(server.port());
  header.Send(absl::StrCat("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ",
                           std::string(20000, 'x'), "\r\n\r\n"));
  EXPECT_EQ(header.Read()->status, 431);

  // A chunk whose extension has no end.
  HttpClient extension(server.port());
  extension.Send(absl::StrCat(
      "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n1;",
      std::string(200000, 'x')));
  EXPECT_EQ(extension.Read()->status, 431);

  HttpClient nameless(server.port());
  nameless.Send("GET /healthz HTTP/1.1\r\n\r\n");
  EXPECT_EQ(nameless.Read()->status, 400);

  HttpClient other(server.port());
  other.Send("hello there\r\n\r\n");
  const auto answer = other.Read();
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(answer->headers.at("content-type"), "application/problem+json");
}

TEST(HttpServerTest, ChunkedBodiesAndExpectations) {
  ServeTestServer server;
  HttpClient client(server.port());
  client.Send(
      "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
      "application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      "6\r\n{\"key\"\r\n5\r\n:\"5\"}\r\n0\r\n\r\n");
  EXPECT_EQ(client.Read()->json()["query"], "5");
  client.Send(
      "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
      "application/json\r\nContent-Length: 11\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_EQ(client.Read()->status, 100);
  client.Send("{\"key\":\"5\"}");
  EXPECT_EQ(client.Read()->status, 200);
}

TEST(HttpServerTest, OtherTransferCodingsAreNotImplemented) {
  ServeTestServer server;
  for (const char* coding :
       {"gzip, chunked", "gzip\r\nTransfer-Encoding: chunked", "gzip"}) {
    HttpClient client(server.port());
    client.Send(absl::StrCat(
        "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nTransfer-Encoding: ",
        coding, "\r\n\r\n6\r\n{\"key\"\r\n5\r\n:\"5\"}\r\n0\r\n\r\n"));
    const auto answer = client.Read();
    ASSERT_TRUE(answer.has_value()) << coding;
    EXPECT_EQ(answer->status, 501) << coding;
    EXPECT_EQ(answer->json()["type"], "urn:embedserve:not-implemented");
    EXPECT_TRUE(client.ClosesWithin(5));
  }
}

TEST(HttpServerTest, SlowPeersAreLeft) {
  HttpOptions options;
  options.request_timeout = milliseconds(300);
  options.idle_timeout = milliseconds(900);
  ServeTestServer server(options);
  const auto start = std::chrono::steady_clock::now();
  HttpClient idle(server.port());
  HttpClient slow(server.port());
  // A byte every 50 ms does not put the end off.
  bool taken = true;
  for (int i = 0; i < 60 && taken; ++i) {
    taken = slow.Send(i == 0 ? "G" : "E");
    std::this_thread::sleep_for(milliseconds(50));
    if (slow.ClosesWithin(0)) break;
  }
  EXPECT_TRUE(slow.ClosesWithin(0));
  EXPECT_GE(server.metrics.timeouts_total, 1u);
  EXPECT_TRUE(idle.ClosesWithin(5));
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - start;
  EXPECT_GE(passed.count(), 0.8);
}

TEST(HttpServerTest, RefusesConnectionsOverTheLimit) {
  HttpOptions options;
  options.max_connections = 3;
  ServeTestServer server(options);
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<HttpClient>(server.port()));
    EXPECT_EQ(clients.back()->Get("/healthz").status, 200);
  }
  HttpClient over(server.port());
  const auto answer = over.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->headers.at("retry-after"), "1");
  EXPECT_TRUE(over.ClosesWithin(5));
  EXPECT_EQ(clients[0]->Get("/healthz").status, 200);
}

TEST(HttpServerTest, FullQueueSaysTryAgain) {
  ServeApiOptions options;
  options.queue = 1;
  ServeTestServer server({}, options, 10000);
  std::vector<std::unique_ptr<HttpClient>> clients;
  std::string body = "{\"k\":1000,\"queries\":[";
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&body, i > 0 ? "," : "", "{\"key\":\"", i + 4, "\"}");
  }
  body += "]}";
  for (int i = 0; i < 12; ++i) {
    clients.push_back(std::make_unique<HttpClient>(server.port()));
    clients.back()->Send(PostText("/v1/query", body));
  }
  int answered = 0;
  int refused = 0;
  for (const auto& client : clients) {
    const auto answer = client->Read();
    ASSERT_TRUE(answer.has_value());
    if (answer->status == 503) {
      EXPECT_EQ(answer->headers.at("retry-after"), "1");
      ++refused;
    } else {
      EXPECT_EQ(answer->status, 200);
      ++answered;
    }
  }
  EXPECT_GE(answered, 1);
  EXPECT_GE(refused, 1);
  EXPECT_EQ(clients[0]->Get("/v1/neighbors/5").status, 200);
}

// Asks until `stop`, each answer compared with the first; returns how many.
int AskUntil(const std::atomic<bool>& stop, int port) {
  HttpClient client(port);
  const std::string expected = client.Get("/v1/neighbors/5?k=5").body;
  EXPECT_FALSE(expected.empty());
  int asked = 0;
  while (!stop) {
    const HttpAnswer answer = client.Get("/v1/neighbors/5?k=5");
    EXPECT_EQ(answer.status, 200) << answer.body;
    if (answer.status != 200) break;
    EXPECT_EQ(answer.body, expected);
    ++asked;
  }
  return asked;
}

TEST(HttpServerTest, ReloadsUnderLoadWithoutAFailedRequest) {
  ServeTestServer server;
  std::atomic<bool> stop{false};
  std::atomic<int> asked{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] { asked += AskUntil(stop, server.port()); });
  }
  HttpClient admin(server.port());
  for (int i = 0; i < 20; ++i) {
    const HttpAnswer answer = admin.Post("/v1/reload", "");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json()["generation"], i + 2);
  }
  // A file that cannot be loaded leaves the old one in place.
  // (Renamed to its place: a mapped file must not be cut.)
  const std::string bad = ServeTestServer::IndexPath() + ".bad";
  { std::ofstream(bad) << "no index"; }
  ASSERT_EQ(std::rename(bad.c_str(), ServeTestServer::IndexPath().c_str()), 0);
  const HttpAnswer failed = admin.Post("/v1/reload", "");
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.json()["type"], "urn:embedserve:reload-failed");
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(asked, 0);
  EXPECT_EQ(server.metrics.failed_reloads_total, 1u);
  EXPECT_EQ(server.api->served()->generation(), 21u);
}

TEST(HttpServerTest, NewItemsAreServedAfterAReload) {
  ServeTestServer server;
  HttpClient client(server.port());
  EXPECT_EQ(client.Get("/v1/neighbors/450").status, 404);
  ASSERT_TRUE(ServeTestIndex(500, 2).Write(ServeTestServer::IndexPath()).ok());
  EXPECT_EQ(client.Get("/v1/neighbors/450").status, 404);
  EXPECT_EQ(client.Post("/v1/reload", "").json()["items"], 500);
  EXPECT_EQ(client.Get("/v1/neighbors/450").status, 200);
}

TEST(HttpServerTest, JoinedQueriesHaveTheAnswersOfLoneOnes) {
  ServeTestServer server;
  constexpr int kClients = 16;
  std::vector<std::string> alone;
  HttpClient client(server.port());
  const auto target = [](int i) {
    return absl::StrCat("/v1/neighbors/", 20 + i, "?k=", 3 + i % 4);
  };
  for (int i = 0; i < kClients; ++i)
    alone.push_back(client.Get(target(i)).body);
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      HttpClient own(server.port());
      for (int round = 0; round < 40; ++round) {
        EXPECT_EQ(own.Get(target(i)).body, alone[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(HttpServerTest, EndsIfStoppedBeforeItRuns) {
  ServeTestServer other;  // whose api it uses
  const auto server =
      HttpServer::Listen({}, other.api.get(), &other.metrics, nullptr).value();
  server->Stop();
  server->Run(1);
}

TEST(HttpServerTest, StopAnswersWhatHasBegun) {
  auto server = std::make_unique<ServeTestServer>(HttpOptions(),
                                                  ServeApiOptions(), 20000);
  HttpClient idle(server->port());
  EXPECT_EQ(idle.Get("/readyz").status, 200);
  HttpClient half(server->port());
  const std::string request = PostText("/v1/query", "{\"key\":\"5\"}");
  half.Send(request.substr(0, 40));
  HttpClient busy(server->port());
  busy.Send(PostText("/v1/query", "{\"key\":\"5\",\"k\":1000}"));
  std::this_thread::sleep_for(milliseconds(50));
  server->server->Stop();
  EXPECT_TRUE(idle.ClosesWithin(5));
  EXPECT_EQ(busy.Read()->status, 200);
  half.Send(request.substr(40));
  const auto answer = half.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.at("connection"), "close");
  const int port = server->port();
  server.reset();
  EXPECT_FALSE(HttpClient(port).connected());
}

}  // namespace http_server_test
}  // namespace embed
