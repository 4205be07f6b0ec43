// Runs the same function on several threads and waits for them.
#ifndef EMBED_BASE_PARALLEL_H_
#define EMBED_BASE_PARALLEL_H_

#include <cstdint>
#include <functional>
#include <future>

#include "absl/status/statusor.h"

namespace embed {

// The number of hardware threads this process may use, at least 1.
int AvailableThreads();

// Runs `body` on a new thread. The future's get() waits for its end and throws
// what it threw; its destructor waits, too. ResourceExhausted: the system gives
// no more threads (a limit on processes, or no memory for a stack).
absl::StatusOr<std::future<void>> StartThread(std::function<void()> body);

// Calls body(thread) for thread = 0 .. threads - 1, each on its own thread (the
// caller's own for thread 0), and returns when all have returned. Where the
// system gives fewer threads, the caller's makes the missing calls itself,
// after its own: calls must not wait for one another. What a call throws is
// thrown again when all have ended.
void RunThreads(int threads, const std::function<void(int thread)>& body);

// Cuts [0, count) into contiguous parts of nearly equal size, one a thread,
// and calls body(begin, end) on each. Parts depend on `count` and `threads`
// only; parts of no elements are not called.
void ParallelFor(int threads, uint64_t count,
                 const std::function<void(uint64_t begin, uint64_t end)>& body);

}  // namespace embed

#endif  // EMBED_BASE_PARALLEL_H_
