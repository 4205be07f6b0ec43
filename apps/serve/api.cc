#include "apps/serve/api.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "apps/serve/problem.h"
#include "apps/serve/token.h"
#include "embed/base/exceptions.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// Requests to an index without a graph that are searched for together: a scan
// of the table then serves them all.
constexpr size_t kMostJoined = 64;
// What a request that may be answered by the thread that read it has at most:
// see AreShort().
constexpr size_t kShortBody = 1024;
// Longer bodies have many queries, or large ones: they go alone.
constexpr size_t kLongBody = 8192;
// Queries that are worth more than one thread.
constexpr size_t kManyQueries = 64;
constexpr size_t kBackgroundQueue = 64;
// Room for a usual one in the text of an answer.
constexpr size_t kBytesOfQuery = 64;
constexpr size_t kBytesOfAnswer = 48;

constexpr char kCompactPath[] = "/v1/compact";

}  // namespace

// What a path stands for. A path that ends with "/" (but "/") is one for all
// that begin so; the rest is a key.
struct ServeApi::Route {
  enum class Where { kHere, kWorker, kSearch, kBackground, kWrite };

  const char* path;
  const char* method;
  Where where;
  bool open;  // needs no token
  Handler handler;
};

absl::Span<const ServeApi::Route> ServeApi::Routes() {
  using Where = Route::Where;
  static constexpr Route kRoutes[] = {
      {"/v1/query", "POST", Where::kSearch, false, nullptr},
      {"/v1/neighbors/", "GET", Where::kSearch, false, nullptr},
      {"/v1/vectors/", "GET", Where::kWorker, false, &ServeApi::Vector},
      {"/v1/keys", "GET", Where::kWorker, false, &ServeApi::Keys},
      {"/v1/items", "POST", Where::kWrite, false, nullptr},
      {"/v1/items/", "DELETE", Where::kWrite, false, nullptr},
      {"/v1/info", "GET", Where::kHere, false, &ServeApi::Info},
      {"/v1/map", "GET", Where::kWorker, false, &ServeApi::Map},
      {"/v1/reload", "POST", Where::kBackground, false, nullptr},
      {kCompactPath, "POST", Where::kBackground, false, nullptr},
      {"/healthz", "GET", Where::kHere, true, &ServeApi::Health},
      {"/readyz", "GET", Where::kHere, true, &ServeApi::Ready},
      {"/metrics", "GET", Where::kHere, false, &ServeApi::Metrics},
  };
  return kRoutes;
}

void ServeApi::Job::Answer(Reply reply) const {
  reply.route = route->path;
  done(std::move(reply));
}

ServeApi::Done ServeApi::Job::Named() const {
  return [path = route->path, answer = done](Reply reply) {
    reply.route = path;
    answer(std::move(reply));
  };
}

// The answer to a search, which ended so.
Reply ServeApi::Job::Finish(const absl::Status& searched) const {
  if (!queries->ok()) return ProblemReply(queries->status());
  if (!searched.ok()) return ProblemReply(searched);
  const ServeQueries& asked = **queries;
  if (!asked.batch && !tasks[0].ok()) return ProblemReply(tasks[0].status());
  Reply reply;
  size_t answers = 0;
  for (const auto& task : tasks) answers += task.ok() ? task->hits.size() : 1;
  reply.body.reserve(kBytesOfQuery * tasks.size() + kBytesOfAnswer * answers);
  if (asked.batch) reply.body += "{\"results\":[";
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (i > 0) reply.body.push_back(',');
    const ServeQuery& query = asked.queries[i];
    if (tasks[i].ok()) {
      AppendAnswer(query, *tasks[i], &reply.body);
    } else {
      absl::StrAppend(&reply.body, "{\"query\":", query.text_json,
                      ",\"error\":", ProblemJson(tasks[i].status()), "}");
    }
  }
  if (asked.batch) reply.body += "]}";
  return reply;
}

absl::StatusOr<std::unique_ptr<ServeApi>> ServeApi::Create(
    const ServeApiOptions& options, ServeMetrics* metrics) {
  // make_unique has no access to the constructor.
  std::unique_ptr<ServeApi> api(new ServeApi(options, metrics));
  EMBED_RETURN_IF_ERROR(api->LoadOnce());
  return api;
}

ServeApi::ServeApi(const ServeApiOptions& options, ServeMetrics* metrics)
    : options_(options),
      metrics_(metrics),
      queue_(options.threads, options.queue,
             [this](std::vector<Job> jobs) { Work(absl::MakeSpan(jobs)); }),
      background_(1, kBackgroundQueue,
                  [](const std::vector<std::function<void()>>& tasks) {
                    for (const auto& task : tasks) task();
                  }),
      writes_(1, options.queue, [this](std::vector<Write> writes) {
        WriteTogether(absl::MakeSpan(writes));
      }) {}

void ServeApi::Stop() {
  background_.Stop();
  queue_.Stop();
  writes_.Stop();  // last, as the threads of the queue fill it
}

std::shared_ptr<const ServedIndex> ServeApi::served() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return served_;
}

const ServeApi::Route* ServeApi::FindRoute(const Target& target) {
  for (const Route& route : Routes()) {
    const absl::string_view path = route.path;
    if (target.path == path ||
        (absl::EndsWith(path, "/") && absl::StartsWith(target.path, path))) {
      return &route;
    }
  }
  return nullptr;
}

absl::Status ServeApi::CheckRights(const Route& route,
                                   const ServeRequest& request) const {
  const bool head =
      request.method == "HEAD" && absl::string_view(route.method) == "GET";
  if (request.method != route.method && !head) {
    return ProblemError(ProblemKind::kMethodNotAllowed,
                        absl::StrCat(route.path, " takes ", route.method));
  }
  if (!options_.token.empty() && !route.open &&
      !IsBearer(request.authorization, options_.token)) {
    return ProblemError(
        ProblemKind::kUnauthorized,
        "expected the header Authorization: Bearer with the token of the "
        "service");
  }
  EMBED_RETURN_IF_ERROR(CheckCaller(route, request));
  const bool writes = route.where == Route::Where::kWrite ||
                      absl::string_view(route.path) == kCompactPath;
  if (writes && !options_.writable) {
    return ProblemError(
        ProblemKind::kForbidden,
        "items cannot be written here: the service runs without --writable");
  }
  return absl::OkStatus();
}

// A page of somebody else must not make a browser ask or post for it.
absl::Status ServeApi::CheckCaller(const Route& route,
                                   const ServeRequest& request) const {
  if (options_.token.empty() && !route.open) {
    EMBED_RETURN_IF_ERROR(CheckHost(options_.hosts, request.host));
  }
  if (absl::string_view(route.method) == "GET") return absl::OkStatus();
  return CheckOrigin(request);
}

void ServeApi::Handle(ServeRequest request, Done done) {
  absl::StatusOr<std::string> path = OriginForm(request.target, &request.host);
  if (!path.ok()) return done(ProblemReply(path.status()));
  request.target = *std::move(path);
  absl::StatusOr<Target> target = ParseTarget(request.target);
  if (!target.ok()) return done(ProblemReply(target.status()));
  const Route* const route = FindRoute(*target);
  if (route == nullptr) {
    absl::StatusOr<Reply> asset = Asset(request, *target);
    Reply reply = asset.ok() ? *std::move(asset) : ProblemReply(asset.status());
    if (reply.status == 405) reply.headers.emplace_back("Allow", "GET, HEAD");
    return done(std::move(reply));
  }
  const absl::Status rights = CheckRights(*route, request);
  if (!rights.ok()) {
    Reply reply = ProblemReply(rights);
    reply.route = route->path;
    if (reply.status == 405) {
      reply.headers.emplace_back(
          "Allow", absl::string_view(route->method) == "GET" ? "GET, HEAD"
                                                             : route->method);
    }
    return done(std::move(reply));
  }
  Dispatch({route,
            std::move(request),
            *std::move(target),
            std::move(done),
            nullptr,
            std::nullopt,
            {}});
}

void ServeApi::Dispatch(Job job) {
  const Route& route = *job.route;
  if (route.where == Route::Where::kBackground) return BackgroundRequest(job);
  if (route.where == Route::Where::kHere) {
    absl::StatusOr<Reply> reply =
        (this->*route.handler)(job.request, job.target);
    return job.Answer(reply.ok() ? *std::move(reply)
                                 : ProblemReply(reply.status()));
  }
  const size_t length = job.request.body.size();
  const bool searches = route.where == Route::Where::kSearch;
  if (searches) job.served = served();
  const bool has_graph = searches && job.served->index().has_graph();
  if (has_graph && length <= kShortBody) {
    Parse(&job);
    if (!job.queries->ok() || AreShort(*job.served, **job.queries)) {
      return Work({&job, 1});
    }
  }
  // Those that are searched for together ask the same state of the index.
  if (!job.queries.has_value()) job.served.reset();
  const bool joined = searches && !has_graph && length <= kLongBody;
  if (!queue_.Push(&job, joined ? kMostJoined : 1)) {
    job.Answer(ProblemReply(ProblemError(
        ProblemKind::kOverloaded,
        absl::StrCat(options_.queue,
                     " requests wait already; try again a little later"))));
  }
}

void ServeApi::BackgroundRequest(const Job& job) {
  const bool compacts = absl::string_view(job.route->path) == kCompactPath;
  Share(compacts ? &compaction_ : &reload_,
        [this, done = job.Named()](const absl::Status& status) {
          if (!status.ok()) return done(ProblemReply(status));
          const auto now = served();
          Reply reply;
          reply.body =
              absl::StrCat("{\"generation\":", now->generation(),
                           ",\"items\":", now->index().num_items(), "}");
          done(std::move(reply));
        });
}

void ServeApi::Reload(StatusDone done) { Share(&reload_, std::move(done)); }

void ServeApi::Share(SharedTask* task, StatusDone done) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    task->waiters.push_back(std::move(done));
    if (task->waiters.size() > 1) return;
  }
  const auto take_waiters = [this, task] {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(task->waiters, {});
  };
  std::function<void()> run = [this, task, take_waiters] {
    // Those who ask from now on want what the files are later.
    const auto waiters = take_waiters();
    const absl::Status status = (this->*task->run)();
    for (const auto& waiter : waiters) waiter(status);
  };
  if (background_.Push(&run, 1)) return;
  const absl::Status busy = ProblemError(
      ProblemKind::kOverloaded, "the service is ending, or loading already");
  for (const auto& waiter : take_waiters()) waiter(busy);
}

absl::Status ServeApi::CheckMediaType(const ServeRequest& request) {
  const absl::string_view type = request.content_type;
  const absl::string_view coding = request.content_encoding;
  if (!coding.empty() && !absl::EqualsIgnoreCase(coding, "identity")) {
    return ProblemError(ProblemKind::kMediaType,
                        absl::StrCat("expected a body without a coding, found "
                                     "the header Content-Encoding: ",
                                     coding));
  }
  if (absl::EqualsIgnoreCase(
          absl::StripAsciiWhitespace(type.substr(0, type.find(';'))),
          "application/json")) {
    return absl::OkStatus();
  }
  return ProblemError(
      ProblemKind::kMediaType,
      absl::StrCat("expected the header Content-Type: application/json, "
                   "found \"",
                   type, "\""));
}

absl::StatusOr<ServeQueries> ServeApi::ParseQueries(const Job& job) const {
  const absl::string_view path = job.target.path;
  if (absl::string_view(job.route->method) == "GET") {
    const absl::string_view key = absl::StripPrefix(path, job.route->path);
    if (key.empty()) {
      return ProblemError(ProblemKind::kNoSuchPage, "the path names no key");
    }
    return NeighborQuery(key, job.target);
  }
  EMBED_RETURN_IF_ERROR(CheckMediaType(job.request));
  return ParseQueryBody(job.request.body);
}

void ServeApi::Parse(Job* job) const {
  const absl::Status status = CatchExceptions([&]() -> absl::Status {
    job->queries = ParseQueries(*job);
    return absl::OkStatus();
  });
  if (!status.ok()) job->queries = status;
}

absl::Status ServeApi::Search(absl::Span<Job> jobs) const {
  return CatchExceptions([&]() -> absl::Status {
    std::vector<SearchTask*> tasks;
    for (Job& job : jobs) {
      if (job.route->where != Route::Where::kSearch || !job.queries->ok()) {
        continue;
      }
      const std::vector<ServeQuery>& queries = (*job.queries)->queries;
      for (const ServeQuery& query : queries) {
        job.tasks.push_back(ResolveTask(*job.served, query, queries.size()));
      }
      for (absl::StatusOr<SearchTask>& task : job.tasks) {
        if (task.ok()) tasks.push_back(&*task);
      }
    }
    if (tasks.empty()) return absl::OkStatus();
    metrics_->CountSearch(tasks.size());
    return RunSearches(tasks,
                       tasks.size() >= kManyQueries ? options_.threads : 1);
  });
}

void ServeApi::Work(absl::Span<Job> jobs) {
  std::shared_ptr<const ServedIndex> now;  // the same for all of them
  for (Job& job : jobs) {
    if (job.route->where == Route::Where::kSearch) {
      if (job.queries.has_value()) continue;
      if (now == nullptr) now = served();
      job.served = now;
      Parse(&job);
      continue;
    }
    if (job.route->where == Route::Where::kWrite) {
      StartWrite(job);
      continue;
    }
    Reply reply;
    const absl::Status status = CatchExceptions([&]() -> absl::Status {
      EMBED_ASSIGN_OR_RETURN(
          reply, (this->*job.route->handler)(job.request, job.target));
      return absl::OkStatus();
    });
    job.Answer(status.ok() ? std::move(reply) : ProblemReply(status));
  }
  const absl::Status searched = Search(jobs);
  for (const Job& job : jobs) {
    if (job.route->where == Route::Where::kSearch) {
      job.Answer(job.Finish(searched));
    }
  }
}

}  // namespace embed
