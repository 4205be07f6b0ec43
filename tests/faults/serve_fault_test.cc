// embedserve --writable on a disk that fails: what was answered as failed is
// never seen, and nothing is written behind it until the file is opened anew.
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/apps/serve/http_client.h"
#include "tests/apps/serve/serve_process.h"
#include "tests/apps/serve/serve_test_server.h"

namespace embed {
namespace serve_fault_test {

using Json = nlohmann::json;

std::string Item(const std::string& key, int axis) {
  Json vector = Json::array();
  for (int i = 0; i < 12; ++i) vector.push_back(i == axis ? 1.0 : 0.01);
  return Json{{"key", key}, {"vector", vector}, {"type", "odd"}}.dump();
}

class ServeFaultTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::strlen(EMBED_SANITIZERS) > 0) {
      GTEST_SKIP() << "sanitizers bear no other library before theirs";
    }
    ASSERT_TRUE(ServeTestIndex(300).Write(runner_.Path("i.faiss")).ok());
  }

  // With the call of this kind and number to fail.
  void StartWith(const std::string& fault) {
    process_.Start({"--writable"}, {"env", "LD_PRELOAD=" EMBED_FAULT_SHIM,
                                    absl::StrCat("EMBED_FAULT=", fault)});
  }

  void Restart() {
    process_.Signal(SIGTERM);
    EXPECT_EQ(process_.Wait().exit_code, 0);
    process_.Start({"--writable"});
  }

  ToolRunner runner_;
  ServeProcess process_{runner_};
};

// The first two syncs are of the file as it was opened and of its folder.
TEST_F(ServeFaultTest, BatchWhoseSyncFailedIsTakenBack) {
  ASSERT_NO_FATAL_FAILURE(StartWith("sync:4"));
  HttpClient client(process_.port());
  ASSERT_EQ(client.Post("/v1/items", Item("good", 1)).status, 200);
  const HttpAnswer failed = client.Post("/v1/items", Item("bad", 2));
  EXPECT_EQ(failed.status, 500) << failed.body;
  EXPECT_EQ(client.Get("/v1/vectors/bad").status, 404);
  // Nothing follows what may be on the disk or not.
  EXPECT_EQ(client.Post("/v1/items", Item("more", 3)).status, 500);
  EXPECT_EQ(client.Get("/v1/vectors/good").status, 200);
  // Other programs do not find it either, nor does a reload.
  EXPECT_EQ(ItemIndex::Open(runner_.Path("i.faiss"))->num_items(), 301u);
  EXPECT_EQ(client.Post("/v1/reload", "").json()["items"], 301);
  EXPECT_EQ(client.Get("/v1/vectors/bad").status, 404);
  EXPECT_EQ(client.Post("/v1/items", Item("again", 4)).status, 200);
  ASSERT_NO_FATAL_FAILURE(Restart());
  HttpClient later(process_.port());
  for (const char* key : {"good", "again"}) {
    EXPECT_EQ(later.Get(absl::StrCat("/v1/vectors/", key)).status, 200);
  }
  for (const char* key : {"bad", "more"}) {
    EXPECT_EQ(later.Get(absl::StrCat("/v1/vectors/", key)).status, 404);
  }
  process_.Signal(SIGTERM);
  EXPECT_EQ(process_.Wait().exit_code, 0);
}

TEST_F(ServeFaultTest, WritesGoOnAfterAFullDisk) {
  int failures = 0;
  for (int number = 1; number <= 6; ++number) {
    ASSERT_TRUE(ServeTestIndex(300).Write(runner_.Path("i.faiss")).ok());
    ASSERT_NO_FATAL_FAILURE(StartWith(absl::StrCat("write:", number)));
    HttpClient client(process_.port());
    std::vector<int> answers;
    for (int i = 0; i < 6; ++i) {
      answers.push_back(
          client.Post("/v1/items", Item(absl::StrCat("new", i), i)).status);
    }
    ASSERT_NO_FATAL_FAILURE(Restart());
    HttpClient later(process_.port());
    for (int i = 0; i < 6; ++i) {
      const int found = later.Get(absl::StrCat("/v1/vectors/new", i)).status;
      EXPECT_TRUE(answers[i] == 200 || answers[i] == 500) << answers[i];
      EXPECT_EQ(found, answers[i] == 200 ? 200 : 404) << number << " " << i;
      failures += answers[i] == 500;
    }
    process_.Signal(SIGTERM);
    EXPECT_EQ(process_.Wait().exit_code, 0);
  }
  EXPECT_EQ(failures, 6);
}

// Wherever it fails, the index stays as it was, and all that was written.
TEST_F(ServeFaultTest, CompactionThatFailsLosesNothing) {
  int failures = 0;
  // The last of the syncs is that of the folder with the new file in place.
  for (const char* fault : {"write:2", "write:3", "sync:4", "sync:5", "sync:6",
                            "sync:7", "sync:8", "rename:1", "rename:2"}) {
    ASSERT_TRUE(ServeTestIndex(300).Write(runner_.Path("i.faiss")).ok());
    ASSERT_NO_FATAL_FAILURE(StartWith(fault));
    HttpClient client(process_.port());
    int items = 300;
    items += client.Post("/v1/items", Item("good", 1)).status == 200;
    const int compacted = client.Post("/v1/compact", "").status;
    EXPECT_TRUE(compacted == 200 || compacted == 500) << fault;
    failures += compacted == 500;
    // A folder that could not be synced may bring the old file back.
    if (client.Post("/v1/items", Item("more", 2)).status != 200) {
      EXPECT_EQ(client.Post("/v1/reload", "").status, 200) << fault;
      EXPECT_EQ(client.Post("/v1/items", Item("more", 2)).status, 200);
    }
    ++items;
    EXPECT_EQ(client.Get("/v1/info").json()["items"], items) << fault;
    EXPECT_EQ(client.Post("/v1/compact", "").status, 200) << fault;
    ASSERT_NO_FATAL_FAILURE(Restart());
    HttpClient later(process_.port());
    EXPECT_EQ(later.Get("/v1/info").json()["items"], items) << fault;
    process_.Signal(SIGTERM);
    EXPECT_EQ(process_.Wait().exit_code, 0);
  }
  EXPECT_GE(failures, 8);
}

}  // namespace serve_fault_test
}  // namespace embed
