// The command itself: flags, port, signals, the access log.
#include <csignal>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/serve/http_client.h"
#include "tests/apps/serve/serve_process.h"
#include "tests/apps/serve/serve_test_server.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace embedserve_test {

using ::testing::HasSubstr;

class EmbedserveTest : public testing::Test {
 protected:
  EmbedserveTest() {
    EXPECT_TRUE(ServeTestIndex(300).Write(runner_.Path("i.faiss")).ok());
  }

  const ToolRunner runner_;
  ServeProcess process_{runner_};
};

TEST_F(EmbedserveTest, ServesReloadsAndEndsBySignals) {
  process_.Start({"--access_log", "log", "--threads", "2"});
  HttpClient client(process_.port());
  EXPECT_EQ(client.Get("/v1/neighbors/5?k=2").json()["neighbors"].size(), 2u);
  EXPECT_EQ(client.Get("/v1/neighbors/350").status, 404);
  ASSERT_TRUE(ServeTestIndex(400).Write(runner_.Path("i.faiss")).ok());
  process_.Signal(SIGHUP);
  HttpAnswer answer;
  for (int i = 0; i < 400 && answer.status != 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    answer = client.Get("/v1/neighbors/350");
  }
  EXPECT_EQ(answer.status, 200);
  process_.Signal(SIGTERM);
  EXPECT_TRUE(client.ClosesWithin(10));
  const ToolResult result = process_.Wait();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("serving 300 items of dim 12"));
  EXPECT_THAT(result.err, HasSubstr("reloaded: 400 items"));

  const std::vector<std::string> lines = Lines(runner_.Read("log"));
  ASSERT_GE(lines.size(), 3u);
  for (const std::string& line : lines) {
    const auto record = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(record.is_object()) << line;
    EXPECT_EQ(record["client"], "127.0.0.1");
    EXPECT_GE(record["seconds"].get<double>(), 0);
  }
  const auto first = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(first["method"], "GET");
  EXPECT_EQ(first["target"], "/v1/neighbors/5?k=2");
  EXPECT_EQ(first["status"], 200);
}

TEST_F(EmbedserveTest, NamesOfHostsMayHaveBlanksAround) {
  process_.Start({"--allowed_hosts", " one.example , Two.example, "});
  for (const auto& [host, status] : std::vector<std::pair<std::string, int>>{
           {"one.example", 200}, {"two.example:80", 200}, {"three", 403}}) {
    HttpClient client(process_.port());
    client.Send("GET /v1/info HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    EXPECT_EQ(client.Read()->status, status) << host;
  }
  process_.Signal(SIGTERM);
  EXPECT_EQ(process_.Wait().exit_code, 0);
}

TEST_F(EmbedserveTest, WrongUsageAndBadFiles) {
  struct Case {
    std::vector<std::string> flags;
    int code;
    std::string says;
  };
  runner_.Write("short", "abc\n");
  const std::vector<Case> cases = {
      {{}, 2, "--index FILE is needed"},
      {{"--index", "i.faiss", "more"}, 2, "more"},
      {{"--index", "i.faiss", "--port", "65536"}, 2, "--port"},
      {{"--index", "i.faiss", "--queue", "0"}, 2, "--queue"},
      {{"--index", "i.faiss", "--request_timeout", "0"}, 2, "--request_time"},
      {{"--index", "none.faiss"}, 1, "none.faiss"},
      {{"--index", "short"}, 1, "short"},
      {{"--index", "i.faiss", "--token_file", "short"}, 1, "16 to 1024"},
      {{"--index", "i.faiss", "--host", "localhost"}, 1, "127.0.0.1"},
      {{"--index", "i.faiss", "--map", "short"}, 1, "embedeval map --out"},
      {{"--index", "i.faiss", "--model", "short"}, 1, "short"},
      {{"--index", "i.faiss", "--model", "m", "--writable"}, 2, "--writable"},
      {{"--index", "i.faiss", "--host", "192.0.2.1"}, 1, "cannot listen"},
  };
  for (const Case& bad : cases) {
    std::vector<std::string> command = {"embedserve"};
    command.insert(command.end(), bad.flags.begin(), bad.flags.end());
    const ToolResult result = runner_.Run(command);
    EXPECT_EQ(result.exit_code, bad.code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(bad.says));
    EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  }
}

TEST_F(EmbedserveTest, PlacesOfAMapFileAndATokenOfAFile) {
  runner_.Write("map.tsv",
                "key\tx\ty\tlabel\n5\t-1\t0\tred\n6\t3\t2\t\n"
                "nobody\t9\t9\tblue\n");
  runner_.Write("token", "0123456789abcdef-token\n");
  process_.Start({"--map", "map.tsv", "--token_file", "token"});
  HttpClient client(process_.port());
  EXPECT_EQ(client.Get("/v1/map").status, 401);
  const auto map =
      client.Get("/v1/map", "Authorization: Bearer 0123456789abcdef-token\r\n")
          .json();
  EXPECT_EQ(map["keys"], nlohmann::json({"5", "6"}));
  EXPECT_EQ(map["x"], nlohmann::json({0, 65535}));
  EXPECT_EQ(map["y"], nlohmann::json({0, 32768}));
  EXPECT_EQ(map["labels"], nlohmann::json({"red"}));
  EXPECT_EQ(map["label"], nlohmann::json({0, -1}));
  process_.Signal(SIGINT);
  EXPECT_EQ(process_.Wait().exit_code, 0);
}

TEST_F(EmbedserveTest, ComposesUnseenWords) {
  runner_.Write("corpus.txt", SmallCorpus());
  const ToolResult trained =
      runner_.Run({"embedtrain", "--mode", "fasttext", "--dim", "16",
                   "--epochs", "1", "--buckets", "2000", "--threads", "1",
                   "--min_count", "1", "--output", "i", "corpus.txt"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  process_.Start({"--model", "i.embed"});
  HttpClient client(process_.port());
  const auto answer = client.Get("/v1/neighbors/moonriver?k=2").json();
  EXPECT_EQ(answer["composed"], nlohmann::json({"moonriver"}));
  EXPECT_EQ(answer["neighbors"].size(), 2u);
  const auto vector = client.Get("/v1/vectors/moonriver").json();
  EXPECT_EQ(vector["composed"], true);
  EXPECT_EQ(vector["vector"].size(), 16u);
  process_.Signal(SIGTERM);
  EXPECT_EQ(process_.Wait().exit_code, 0);
}

}  // namespace embedserve_test
}  // namespace embed
