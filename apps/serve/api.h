// What the service answers, whatever carries requests and answers: routes,
// rights, queries, reloads. openapi.json describes it.
#ifndef EMBED_APPS_SERVE_API_H_
#define EMBED_APPS_SERVE_API_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/serve/metrics.h"
#include "apps/serve/query_body.h"
#include "apps/serve/reply.h"
#include "apps/serve/served_index.h"
#include "apps/serve/target.h"
#include "apps/serve/work_queue.h"

namespace embed {

struct ServeApiOptions {
  ServedFiles files;
  int threads = 1;      // that search
  size_t queue = 1024;  // requests that may wait for them
  std::string token;    // empty: everybody may ask
};

// Thread-safe, but for Stop() and the destructor.
class ServeApi {
 public:
  // Loads the files. metrics must outlive this.
  static absl::StatusOr<std::unique_ptr<ServeApi>> Create(
      const ServeApiOptions& options, ServeMetrics* metrics);
  ~ServeApi() { Stop(); }

  // Calls done(reply) once: before it returns, or later on another thread.
  using Done = std::function<void(Reply)>;
  void Handle(ServeRequest request, Done done);

  // Loads the files again, in the background, and puts them in place of the old
  // ones; where that fails, the old ones stay. Calls that come while a load is
  // waiting share it. done may be called on another thread, or at once.
  void Reload(std::function<void(const absl::Status&)> done);

  std::shared_ptr<const ServedIndex> served() const;

  // From now on /readyz says no, so that a balancer sends nothing more.
  void SetStopping() { stopping_ = true; }

  // Answers what waits, then ends the threads.
  void Stop();

 private:
  struct Route;
  struct Job {
    const Route* route;
    ServeRequest request;
    Target target;
    Done done;
  };
  struct Pending;
  using Handler = absl::StatusOr<Reply> (ServeApi::*)(const ServeRequest&,
                                                      const Target&);

  ServeApi(const ServeApiOptions& options, ServeMetrics* metrics);

  static absl::Span<const Route> Routes();
  static const Route* FindRoute(const Target& target);
  absl::Status CheckRights(const Route& route,
                           const ServeRequest& request) const;
  void Dispatch(Job job);
  void ReloadRequest(const Job& job);

  // On the threads of the queue.
  void Work(std::vector<Job> jobs);
  absl::StatusOr<ServeQueries> ParseQueries(const Job& job) const;
  Pending Prepare(const ServedIndex& served, Job job) const;
  absl::Status Search(std::vector<Pending>* pending) const;

  absl::StatusOr<Reply> Health(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Ready(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Metrics(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Asset(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Info(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Map(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Vector(const ServeRequest&, const Target&);
  absl::StatusOr<Reply> Keys(const ServeRequest&, const Target&);

  absl::Status LoadOnce();

  const ServeApiOptions options_;
  ServeMetrics* const metrics_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;  // of what follows
  std::shared_ptr<const ServedIndex> served_;
  std::vector<std::function<void(const absl::Status&)>> reload_waiters_;
  uint64_t map_asked_ = 0;  // the generation whose map is being made
  absl::Status map_error_;  // why it has none

  WorkQueue<Job> queue_;
  WorkQueue<std::function<void()>> background_;  // loads and maps
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_API_H_
