#include "embed/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace embed {

int AvailableThreads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    return std::max(1, CPU_COUNT(&set));
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void RunThreads(int threads, const std::function<void(int thread)>& body) {
  std::vector<std::thread> others;
  others.reserve(std::max(0, threads - 1));
  for (int thread = 1; thread < threads; ++thread) {
    others.emplace_back(body, thread);
  }
  body(0);
  for (std::thread& other : others) other.join();
}

void ParallelFor(
    int threads, uint64_t count,
    const std::function<void(uint64_t begin, uint64_t end)>& body) {
  const uint64_t parts =
      std::min<uint64_t>(std::max(1, threads), std::max<uint64_t>(1, count));
  RunThreads(static_cast<int>(parts), [&](int part) {
    const uint64_t size = count / parts;
    const uint64_t extra = count % parts;
    const uint64_t index = static_cast<uint64_t>(part);
    const uint64_t begin = index * size + std::min(index, extra);
    const uint64_t end = begin + size + (index < extra ? 1 : 0);
    if (begin < end) body(begin, end);
  });
}

}  // namespace embed
