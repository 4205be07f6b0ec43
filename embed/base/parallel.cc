#include "embed/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace embed {

int AvailableThreads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    return std::max(1, CPU_COUNT(&set));
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

absl::StatusOr<std::future<void>> StartThread(std::function<void()> body) {
  try {
    return std::async(std::launch::async, std::move(body));
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot start a thread: ", error.code().message(),
                     " (too little memory, or as many threads as the system "
                     "allows)"));
  }
}

void RunThreads(int threads, const std::function<void(int thread)>& body) {
  // Their destructors wait, also when this thread's own call throws.
  std::vector<std::future<void>> others;
  others.reserve(static_cast<size_t>(std::max(0, threads - 1)));
  int next = 1;
  for (; next < threads; ++next) {
    absl::StatusOr<std::future<void>> other =
        StartThread([&body, next] { body(next); });
    if (!other.ok()) break;
    others.push_back(*std::move(other));
  }
  body(0);
  for (; next < threads; ++next) body(next);
  for (std::future<void>& other : others) other.get();
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
