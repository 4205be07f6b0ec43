// Objects whose memory is too large to ask for at every use, kept for the next.
#ifndef EMBED_BASE_SPARE_POOL_H_
#define EMBED_BASE_SPARE_POOL_H_

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace embed {

// Thread-safe. At most as many as were taken at a time are kept.
template <typename T>
class SparePool {
 public:
  // One that was returned, as it was left, or a new one made of `arguments`.
  template <typename... Arguments>
  std::unique_ptr<T> Take(const Arguments&... arguments) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!spare_.empty()) {
        std::unique_ptr<T> object = std::move(spare_.back());
        spare_.pop_back();
        return object;
      }
    }
    return std::make_unique<T>(arguments...);
  }

  void Return(std::unique_ptr<T> object) {
    const std::lock_guard<std::mutex> lock(mutex_);
    spare_.push_back(std::move(object));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> spare_;
};

}  // namespace embed

#endif  // EMBED_BASE_SPARE_POOL_H_
