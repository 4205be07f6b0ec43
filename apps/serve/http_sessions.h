// The open connections of an HttpServer.
#ifndef EMBED_APPS_SERVE_HTTP_SESSIONS_H_
#define EMBED_APPS_SERVE_HTTP_SESSIONS_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace embed {

class HttpSession;

// Thread-safe.
class HttpSessions {
 public:
  void Add(const std::shared_ptr<HttpSession>& session) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sessions_[session.get()] = session;
  }
  void Remove(const HttpSession* session) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sessions_.erase(session);
  }
  size_t size() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return sessions_.size();
  }
  std::vector<std::shared_ptr<HttpSession>> All() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::shared_ptr<HttpSession>> all;
    for (const auto& [address, session] : sessions_) {
      if (auto alive = session.lock()) all.push_back(std::move(alive));
    }
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<const HttpSession*, std::weak_ptr<HttpSession>> sessions_;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_HTTP_SESSIONS_H_
