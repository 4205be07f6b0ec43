// What the service answers, whatever carries requests and answers: routes,
// rights, queries, reloads. openapi.json describes it.
#ifndef EMBED_APPS_SERVE_API_H_
#define EMBED_APPS_SERVE_API_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "apps/serve/answers.h"
#include "apps/serve/caller.h"
#include "apps/serve/metrics.h"
#include "apps/serve/query_body.h"
#include "apps/serve/reply.h"
#include "apps/serve/served_index.h"
#include "apps/serve/target.h"
#include "apps/serve/work_queue.h"
#include "embed/index/change_log.h"
#include "embed/index/index_writer.h"

namespace embed {

struct ServeApiOptions {
  ServedFiles files;
  int threads = 1;      // that search
  size_t queue = 1024;  // requests that may wait for them
  std::string token;    // empty: everybody may ask whom `hosts` let
  HostRules hosts;      // looked at where there is no token
  // Whether items may be written: no model then.
  bool writable = false;
};

// Thread-safe, but for Stop() and the destructor.
class ServeApi {
 public:
  // Loads the files. metrics must outlive this. Errors: those of
  // ServedIndex::Open(), and IndexWriter::Open() if items may be written.
  static absl::StatusOr<std::unique_ptr<ServeApi>> Create(
      const ServeApiOptions& options, ServeMetrics* metrics);
  ~ServeApi() { Stop(); }

  // Calls done(reply) once: before it returns, or later on another thread.
  using Done = std::function<void(Reply)>;
  void Handle(ServeRequest request, Done done);

  // Loads the files again, in the background, and puts them in place of the old
  // ones; where that fails, the old ones stay (an index that was replaced in
  // the meantime takes no more writes). Calls that come while a load is waiting
  // share it. done may be called on another thread, or at once.
  using StatusDone = std::function<void(const absl::Status&)>;
  void Reload(StatusDone done);

  std::shared_ptr<const ServedIndex> served() const;

  // From now on /readyz says no, so that a balancer sends nothing more.
  void SetStopping() { stopping_ = true; }

  // Answers what waits, then ends the threads.
  void Stop();

 private:
  struct Route;
  // A request on its way, and what has been made of it so far.
  struct Job {
    Reply Finish(const absl::Status& searched) const;
    // Calls done with a reply of this route.
    void Answer(Reply reply) const;
    // The same as a function, for when the job is gone.
    Done Named() const;

    const Route* route;
    ServeRequest request;
    Target target;
    Done done;
    // Of a search.
    std::shared_ptr<const ServedIndex> served;
    std::optional<absl::StatusOr<ServeQueries>> queries;
    std::vector<absl::StatusOr<SearchTask>> tasks;  // one a query
  };
  // Changes of one request that wait to be written.
  struct Write {
    std::vector<ItemChange> changes;
    size_t bytes;  // of these
    Done done;
  };
  // Work in the background that calls share while it waits.
  struct SharedTask {
    absl::Status (ServeApi::*run)();
    std::vector<StatusDone> waiters;  // mutex_
  };
  using Handler = absl::StatusOr<Reply> (ServeApi::*)(const ServeRequest&,
                                                      const Target&);

  ServeApi(const ServeApiOptions& options, ServeMetrics* metrics);

  static absl::Span<const Route> Routes();
  static const Route* FindRoute(const Target& target);
  absl::Status CheckRights(const Route& route,
                           const ServeRequest& request) const;
  absl::Status CheckCaller(const Route& route,
                           const ServeRequest& request) const;
  void Dispatch(Job job);
  // Sets `queries`.
  void Parse(Job* job) const;
  void BackgroundRequest(const Job& job);
  void Share(SharedTask* task, StatusDone done);

  // On the threads of the queue.
  void Work(absl::Span<Job> jobs);
  absl::StatusOr<ServeQueries> ParseQueries(const Job& job) const;
  static absl::Status CheckMediaType(const ServeRequest& request);
  absl::Status Search(absl::Span<Job> jobs) const;

  absl::StatusOr<Reply> Health(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Ready(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Metrics(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Asset(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Info(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Map(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Vector(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Keys(const ServeRequest&, const Target&);

  // On the threads of the queue: hands the changes to the thread that writes.
  void StartWrite(const Job& job);
  absl::StatusOr<std::vector<ItemChange>> ParseChanges(const Job& job) const;
  // On the thread that writes: all of them in one batch, so that they share a
  // sync of the disk, or, if one cannot be, each in its own.
  void WriteTogether(absl::Span<Write> writes);
  bool WriteJoined(absl::Span<Write> writes);
  Reply WriteAlone(absl::Span<const ItemChange> changes);
  absl::Status ApplyChanges(absl::Span<const ItemChange> changes);

  absl::Status LoadOnce();
  absl::Status ReloadOnce();
  // Writes the index anew without its changes; reads and writes go on.
  absl::Status CompactOnce();
  absl::StatusOr<std::shared_ptr<const ServedIndex>> LoadFiles(
      uint64_t generation);
  void SetServed(std::shared_ptr<const ServedIndex> next);

  const ServeApiOptions options_;
  ServeMetrics* const metrics_;
  std::atomic<bool> stopping_{false};
  std::mutex changing_;  // held by who loads or writes, before mutex_
  std::unique_ptr<IndexWriter> writer_;  // changing_; null: not writable
  mutable std::mutex mutex_;             // of what follows
  std::shared_ptr<const ServedIndex> served_;
  SharedTask reload_ = {&ServeApi::ReloadOnce, {}};
  SharedTask compaction_ = {&ServeApi::CompactOnce, {}};
  uint64_t map_asked_ = 0;   // whose places are being made: their generation
  absl::Status map_error_;   // why it has none
  uint64_t map_failed_ = 0;  // the generation that it could not be made of

  WorkQueue<Job> queue_;
  WorkQueue<std::function<void()>> background_;  // loads, maps, compactions
  WorkQueue<Write> writes_;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_API_H_
