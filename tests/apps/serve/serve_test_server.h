// A service within the test, on a free port.
#ifndef EMBED_TESTS_APPS_SERVE_SERVE_TEST_SERVER_H_
#define EMBED_TESTS_APPS_SERVE_SERVE_TEST_SERVER_H_

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/serve/api.h"
#include "apps/serve/http_server.h"
#include "apps/serve/metrics.h"
#include "embed/index/item_index.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {

// Keys "0" .. and some that need care in URLs and in JSON; of types "even" and
// "odd" by id.
inline Vocabulary ServeTestKeys(uint64_t rows) {
  std::vector<std::string> keys = {"new york", "a/b?c", "\"q\"\\", "漢字"};
  while (keys.size() < rows) keys.push_back(absl::StrCat(keys.size()));
  std::vector<uint16_t> types;
  for (uint64_t i = 0; i < rows; ++i) types.push_back(i % 2);
  Vocabulary vocabulary =
      Vocabulary::Create(keys, std::vector<uint64_t>(rows, 1)).value();
  EXPECT_TRUE(vocabulary.SetTypes({"even", "odd"}, types).ok());
  return vocabulary;
}

inline ItemIndex ServeTestIndex(uint64_t rows, uint64_t seed = 1) {
  ItemIndexOptions options;
  return ItemIndex::Build(ServeTestKeys(rows),
                          ClusteredVectors(rows, 12, 1, seed).view(), options)
      .value();
}

class ServeTestServer {
 public:
  static std::string IndexPath() {
    return absl::StrCat(
        testing::TempDir(), "/serve_",
        testing::UnitTest::GetInstance()->current_test_info()->name(),
        ".faiss");
  }

  explicit ServeTestServer(HttpOptions http = {}, ServeApiOptions options = {},
                           uint64_t rows = 400) {
    EXPECT_TRUE(ServeTestIndex(rows).Write(IndexPath()).ok());
    options.files.index = IndexPath();
    if (options.threads == 1) options.threads = 2;
    api = ServeApi::Create(options, &metrics).value();
    server = HttpServer::Listen(http, api.get(), &metrics, nullptr).value();
    thread_ = std::thread([this] { server->Run(1); });
  }
  ~ServeTestServer() {
    server->Stop();
    thread_.join();
    api->Stop();
    std::remove(IndexPath().c_str());
  }
  int port() const { return server->port(); }

  ServeMetrics metrics;
  std::unique_ptr<ServeApi> api;
  std::unique_ptr<HttpServer> server;

 private:
  std::thread thread_;
};

}  // namespace embed

#endif  // EMBED_TESTS_APPS_SERVE_SERVE_TEST_SERVER_H_
