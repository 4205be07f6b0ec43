#include "apps/serve/serve_command.h"

#include <gflags/gflags.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/common/running_flags.h"
#include "apps/serve/access_log.h"
#include "apps/serve/api.h"
#include "apps/serve/http_server.h"
#include "apps/serve/metrics.h"
#include "apps/serve/token.h"
#include "embed/base/status_macros.h"

DECLARE_string(index);
DECLARE_string(model);
DEFINE_string(
    host, "127.0.0.1",
    "address to listen on; 0.0.0.0 or :: for all of the machine, then "
    "best with --token_file");
DEFINE_int32(port, 8080,
             "port to listen on; 0: any free one, which is printed");
DEFINE_string(
    map, "",
    "places of the keys on the page's map: a table that embedeval map "
    "--out wrote; without it the first two principal components");
DEFINE_string(token_file, "",
              "a file whose first line is the token that requests must carry "
              "(Authorization: Bearer TOKEN)");
DEFINE_bool(writable, false,
            "take POST /v1/items and DELETE /v1/items/KEY: items are added, "
            "get other vectors or go, on the disk before the answer");
DEFINE_string(allowed_hosts, "",
              "names, with commas between them, by which requests may call "
              "the service (Host) beside its address and localhost; without "
              "--token_file others are refused");
DEFINE_string(access_log, "",
              "file to which a line of JSON for each request is appended; -: "
              "standard output");
DEFINE_uint64(queue, 1024,
              "requests that may wait for a thread; more are answered 503");
DEFINE_uint64(max_connections, 4096, "open connections");
DEFINE_uint64(max_body, 4194304, "bytes of the body of a request");
DEFINE_double(request_timeout, 30,
              "seconds that a request may take to arrive, and its answer to be "
              "taken");
DEFINE_double(idle_timeout, 75,
              "seconds after which a connection without requests is closed");

namespace embed {
namespace {

constexpr uint64_t kMostWaiting = 1000000;
constexpr uint64_t kMostConnections = 1000000;
constexpr uint64_t kLargestBody = uint64_t{1} << 30;
constexpr double kLongestTimeout = 86400;

struct ServePlan {
  ServeApiOptions api;
  HttpOptions http;
};

absl::Status CheckRange(const char* flag, uint64_t value, uint64_t most) {
  if (value >= 1 && value <= most) return absl::OkStatus();
  return UsageError(
      absl::StrCat("--", flag, ": ", value, " is not in 1 .. ", most));
}

absl::StatusOr<std::chrono::milliseconds> Timeout(const char* flag,
                                                  double seconds) {
  if (!(seconds >= 0.001 && seconds <= kLongestTimeout)) {
    return UsageError(absl::StrCat("--", flag, ": ", seconds,
                                   " is not in 0.001 .. ", kLongestTimeout));
  }
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

absl::StatusOr<ServePlan> ReadServeFlags(const Arguments& arguments) {
  ServePlan plan;
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("\"", arguments[0],
                                   "\" is no flag; embedserve takes no other "
                                   "arguments"));
  }
  if (!IsFlagSet("index") || FLAGS_index.empty()) {
    return UsageError("--index FILE is needed");
  }
  if (FLAGS_port < 0 || FLAGS_port > 65535) {
    return UsageError(
        absl::StrCat("--port: ", FLAGS_port, " is not in 0 .. 65535"));
  }
  EMBED_RETURN_IF_ERROR(CheckRange("queue", FLAGS_queue, kMostWaiting));
  EMBED_RETURN_IF_ERROR(
      CheckRange("max_connections", FLAGS_max_connections, kMostConnections));
  EMBED_RETURN_IF_ERROR(CheckRange("max_body", FLAGS_max_body, kLargestBody));
  plan.api.files = {FLAGS_index, FLAGS_model, FLAGS_map};
  plan.api.queue = FLAGS_queue;
  EMBED_ASSIGN_OR_RETURN(plan.api.threads, ApplyRunningFlags());
  plan.api.writable = FLAGS_writable;
  if (FLAGS_writable && !FLAGS_model.empty()) {
    return UsageError(
        "--writable does not go with --model: vectors are composed for the "
        "items that the model was trained with");
  }
  plan.api.hosts.address = FLAGS_host;
  for (const absl::string_view name :
       absl::StrSplit(FLAGS_allowed_hosts, ',', absl::SkipWhitespace())) {
    plan.api.hosts.names.push_back(
        absl::AsciiStrToLower(absl::StripAsciiWhitespace(name)));
  }
  plan.http.host = FLAGS_host;
  plan.http.port = FLAGS_port;
  plan.http.max_connections = FLAGS_max_connections;
  plan.http.max_body = FLAGS_max_body;
  EMBED_ASSIGN_OR_RETURN(plan.http.request_timeout,
                         Timeout("request_timeout", FLAGS_request_timeout));
  EMBED_ASSIGN_OR_RETURN(plan.http.idle_timeout,
                         Timeout("idle_timeout", FLAGS_idle_timeout));
  return plan;
}

void PrintPlan(const ServePlan& plan, const ItemIndex& index) {
  const char* way = index.has_lists() ? "through lists" : "flat";
  if (index.has_graph()) way = "through a graph";
  std::fprintf(stderr,
               "serving %llu items of dim %d from %s, %s; threads: %d%s%s\n",
               static_cast<unsigned long long>(index.num_items()), index.dim(),
               FLAGS_index.c_str(), way, plan.api.threads,
               plan.api.writable ? "; writable" : "",
               plan.api.token.empty() ? "; no token is asked for" : "");
}

void ReloadBySignal(ServeApi* api, AccessLog* log) {
  if (log != nullptr) {
    const absl::Status status = log->Reopen();
    if (!status.ok()) PrintError("embedserve", status.message());
  }
  api->Reload([api](const absl::Status& status) {
    if (!status.ok()) {
      PrintError("embedserve", absl::StrCat("reload: ", status.message()));
      return;
    }
    const auto now = api->served();
    std::fprintf(stderr, "reloaded: %llu items\n",
                 static_cast<unsigned long long>(now->index().num_items()));
  });
}

}  // namespace

CommandInfo ServeCommandInfo() {
  CommandInfo info;
  info.name = "embedserve";
  info.summary = "serves an index over HTTP: a JSON API and a page to explore";
  info.synopsis =
      "embedserve --index FILE [flags]\n"
      "The page is at /, a description of the API at /openapi.json. With "
      "--model, a key\nthat the index does not hold is composed of the n-grams "
      "of that model. SIGHUP loads\nthe files again and puts them in place "
      "without a request lost; SIGTERM and SIGINT\nend the service after what "
      "is under way.";
  info.examples = {
      "embedserve --index karate.faiss --port 8080",
      "embedserve --index karate.faiss --port 0 --access_log -",
  };
  info.flag_texts["index"] = "index file (.faiss) to serve";
  info.flag_texts["model"] =
      "model (.embed) of the index, of mode fasttext or cw2vec, to compose the "
      "vectors of keys that the index lacks";
  info.groups = {{"Files", {"index", "model", "map", "writable"}},
                 {"Network",
                  {"host", "port", "token_file", "allowed_hosts", "access_log",
                   "max_connections", "max_body", "queue", "request_timeout",
                   "idle_timeout"}},
                 RunningFlagGroup()};
  return info;
}

absl::Status RunServe(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(ServePlan plan, ReadServeFlags(arguments));
  if (!FLAGS_token_file.empty()) {
    EMBED_ASSIGN_OR_RETURN(plan.api.token, ReadToken(FLAGS_token_file));
  }
  std::unique_ptr<AccessLog> log;
  if (!FLAGS_access_log.empty()) {
    EMBED_ASSIGN_OR_RETURN(log, AccessLog::Open(FLAGS_access_log));
  }
  ServeMetrics metrics;
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<ServeApi> api,
                         ServeApi::Create(plan.api, &metrics));
  EMBED_ASSIGN_OR_RETURN(
      const std::unique_ptr<HttpServer> server,
      HttpServer::Listen(plan.http, api.get(), &metrics, log.get()));
  server->HandleSignals([&api, &log] { ReloadBySignal(api.get(), log.get()); });
  PrintPlan(plan, api->served()->index());
  std::printf("listening on %s\n", server->url().c_str());
  std::fflush(stdout);
  server->Run(plan.api.threads);
  api->Stop();
  std::fprintf(stderr, "ended\n");
  return absl::OkStatus();
}

}  // namespace embed
