// A bounded queue of jobs and the threads that do them.
//
// A thread that is free takes several waiting jobs at once where that pays: its
// share of those that wait, so that a lone job never waits for others to come
// and no thread is idle while another has them all.
#ifndef EMBED_APPS_SERVE_WORK_QUEUE_H_
#define EMBED_APPS_SERVE_WORK_QUEUE_H_

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace embed {

// Thread-safe, but for Stop() and the destructor.
template <typename Job>
class WorkQueue {
 public:
  // Does one or more jobs; must not throw.
  using Worker = std::function<void(std::vector<Job> jobs)>;

  // threads, capacity: at least 1. Throws std::system_error where the system
  // gives no more threads.
  WorkQueue(int threads, size_t capacity, Worker worker)
      : capacity_(capacity), worker_(std::move(worker)) {
    try {
      for (int i = 0; i < threads; ++i) {
        threads_.emplace_back([this] { Run(); });
      }
    } catch (...) {
      Stop();  // those that run must end before they are destroyed
      throw;
    }
  }
  ~WorkQueue() { Stop(); }
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // Returns false, and leaves *job as it is, if the queue is full or stopped.
  // most: jobs that may be done with this one, at least 1.
  bool Push(Job* job, size_t most) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stopped_ || jobs_.size() >= capacity_) return false;
      jobs_.push_back({std::move(*job), most});
    }
    wake_.notify_one();
    return true;
  }

  // Jobs that wait.
  size_t size() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return jobs_.size();
  }

  // Has the jobs that wait done, and ends the threads.
  void Stop() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  struct Waiting {
    Job job;
    size_t most;
  };

  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      std::vector<Job> taken = Take();
      lock.unlock();
      worker_(std::move(taken));
      lock.lock();
    }
  }

  // At least one; the mutex is held.
  std::vector<Job> Take() {
    const size_t threads = threads_.size();
    size_t count = (jobs_.size() + threads - 1) / std::max<size_t>(threads, 1);
    std::vector<Job> taken;
    for (size_t i = 0; i < std::max<size_t>(count, 1); ++i) {
      if (i > 0 && jobs_.front().most <= i) break;
      count = std::min(count, jobs_.front().most);
      taken.push_back(std::move(jobs_.front().job));
      jobs_.pop_front();
    }
    return taken;
  }

  const size_t capacity_;
  const Worker worker_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> jobs_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_WORK_QUEUE_H_
