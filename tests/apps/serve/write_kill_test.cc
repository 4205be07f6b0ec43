// embedserve --writable killed in the middle of writes and compactions, again
// and again: what was acknowledged is there afterwards, and nothing else has
// changed.
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/philox.h"
#include "gtest/gtest.h"
#include "tests/apps/serve/http_client.h"
#include "tests/apps/serve/serve_process.h"
#include "tests/apps/serve/serve_test_server.h"

namespace embed {
namespace write_kill_test {

using Json = nlohmann::json;

constexpr int kVectorDim = 12;
constexpr uint64_t kWriters = 3;
constexpr uint64_t kKeysEach = 30;

int Kills() {
  const char* const text = std::getenv("EMBED_SERVE_KILLS");
  return text == nullptr ? 10 : std::atoi(text);
}

// The vector that the write of this number gives, of length 1.
std::vector<double> VectorOf(uint64_t number) {
  Philox random(7, RandomPurpose::kTest, 1, number);
  std::vector<double> vector;
  double square = 0;
  for (int i = 0; i < kVectorDim; ++i) {
    vector.push_back(static_cast<double>(random.Below(2001)) - 1000);
    square += vector.back() * vector.back();
  }
  for (double& value : vector) value /= std::sqrt(square);
  return vector;
}

// A key is absent (nullopt) or has the vector of a write.
using Version = std::optional<uint64_t>;

bool Matches(const HttpAnswer& answer, Version version) {
  if (!version.has_value()) return answer.status == 404;
  if (answer.status != 200) return false;
  const std::vector<double> expected = VectorOf(*version);
  const Json found = answer.json()["vector"];
  double cosine = 0;
  for (int i = 0; i < kVectorDim; ++i) {
    cosine += expected[i] * found[i].get<double>();
  }
  return cosine > 0.999;
}

// Writes its own keys, one request after another, and remembers what it knows.
class Writer {
 public:
  explicit Writer(uint64_t number)
      : number_(number), random_(number, RandomPurpose::kTest, 2, 0) {}

  // Until the service is gone.
  void WriteOn(int port) {
    HttpClient client(port);
    while (true) {
      pending_.clear();
      const uint64_t kind = random_.Below(5);
      const std::string key = AnyKey();
      std::string request;
      if (kind == 0 && known_[key].has_value()) {
        pending_[key] = std::nullopt;
        request = absl::StrCat("DELETE /v1/items/", key,
                               " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      } else {
        Json items = {Put(key)};
        if (kind == 1) items.push_back(Put(AnyKey()));
        request = PostText("/v1/items", Json{{"items", items}}.dump());
      }
      if (!client.Send(request)) return;
      const auto answer = client.Read();
      if (!answer.has_value()) return;
      EXPECT_EQ(answer->status, 200) << answer->body;
      for (const auto& [written, version] : pending_) known_[written] = version;
      ++acknowledged_;
    }
  }

  // What was under way may be there or not, but whole.
  void Check(int port) {
    HttpClient client(port);
    int there = 0;
    for (const auto& [key, version] : pending_) {
      there += Matches(client.Get("/v1/vectors/" + key), version);
    }
    EXPECT_TRUE(there == 0 || there == static_cast<int>(pending_.size()));
    if (there > 0) {
      for (const auto& [key, version] : pending_) known_[key] = version;
    }
    pending_.clear();
    for (const auto& [key, version] : known_) {
      const HttpAnswer answer = client.Get("/v1/vectors/" + key);
      EXPECT_TRUE(Matches(answer, version)) << key << " " << answer.body;
      if (!version.has_value()) continue;
      const Json asked = {{"vector", VectorOf(*version)}, {"k", 1}};
      const Json found = client.Post("/v1/query", asked.dump()).json();
      EXPECT_EQ(found["neighbors"][0]["key"], key) << found;
    }
  }

  int Present() const {
    int count = 0;
    for (const auto& [key, version] : known_) count += version.has_value();
    return count;
  }
  int acknowledged() const { return acknowledged_; }

 private:
  std::string AnyKey() {
    return absl::StrCat("w", number_, "-", random_.Below(kKeysEach));
  }

  Json Put(const std::string& key) {
    const uint64_t write = (++writes_) * kWriters + number_;
    pending_[key] = write;
    return {{"key", key}, {"vector", VectorOf(write)}, {"type", "odd"}};
  }

  const uint64_t number_;
  Philox random_;
  uint64_t writes_ = 0;
  int acknowledged_ = 0;
  std::map<std::string, Version> known_;
  std::map<std::string, Version> pending_;  // of the request under way
};

// Until the service is gone.
void CompactOn(int port) {
  HttpClient client(port);
  while (client.Send(PostText("/v1/compact", ""))) {
    const auto answer = client.Read();
    if (!answer.has_value()) return;
    EXPECT_EQ(answer->status, 200) << answer->body;
  }
}

TEST(WriteKillTest, NoAcknowledgedWriteIsLost) {
  const ToolRunner runner;
  ASSERT_TRUE(ServeTestIndex(300).Write(runner.Path("i.faiss")).ok());
  ServeProcess process(runner);
  std::vector<Writer> writers;
  for (uint64_t i = 0; i < kWriters; ++i) writers.emplace_back(i);
  Philox random(1, RandomPurpose::kTest, 3, 0);
  std::string untouched;
  const int kills = Kills();
  for (int kill = 0; kill <= kills; ++kill) {
    ASSERT_NO_FATAL_FAILURE(process.Start({"--writable", "--threads", "2"}));
    int present = 300;
    for (Writer& writer : writers) {
      writer.Check(process.port());
      present += writer.Present();
    }
    HttpClient client(process.port());
    EXPECT_EQ(client.Get("/v1/info").json()["items"], present);
    const std::string vector = client.Get("/v1/vectors/5").body;
    if (kill == 0) untouched = vector;
    EXPECT_EQ(vector, untouched);
    if (kill == kills) break;
    std::vector<std::thread> threads;
    for (Writer& writer : writers) {
      threads.emplace_back([&] { writer.WriteOn(process.port()); });
    }
    // Every second one while the index is written anew, again and again.
    if (kill % 2 == 1) {
      threads.emplace_back([&] { CompactOn(process.port()); });
    }
    std::this_thread::sleep_for(
        std::chrono::microseconds(20000 + random.Below(80000)));
    process.Signal(SIGKILL);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(process.Wait().exit_code, 128 + SIGKILL);
  }
  HttpClient client(process.port());
  EXPECT_EQ(client.Post("/v1/compact", "").status, 200);
  for (Writer& writer : writers) writer.Check(process.port());
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().exit_code, 0);
  for (const Writer& writer : writers) {
    EXPECT_GT(writer.acknowledged(), 0);
  }
}

}  // namespace write_kill_test
}  // namespace embed
