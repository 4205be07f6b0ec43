#include "apps/common/stop_signal.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstddef>

namespace embed {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};
constexpr size_t kNumSignals = sizeof(kSignals) / sizeof(kSignals[0]);

std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free,
              "a signal handler may use it");
struct sigaction saved_actions[kNumSignals];

// Only what a handler may do: a lock-free atomic and _exit().
extern "C" void Note(int number) {
  int none = 0;
  if (!received.compare_exchange_strong(none, number)) _exit(128 + number);
}

}  // namespace

StopSignals::StopSignals() {
  received.store(0);
  for (size_t i = 0; i < kNumSignals; ++i) {
    sigaction(kSignals[i], nullptr, &saved_actions[i]);
    if (saved_actions[i].sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = Note;
    action.sa_flags = SA_RESTART;  // reads and writes under way go on
    sigemptyset(&action.sa_mask);
    sigaction(kSignals[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (size_t i = 0; i < kNumSignals; ++i) {
    sigaction(kSignals[i], &saved_actions[i], nullptr);
  }
}

int StopSignals::Received() { return received.load(std::memory_order_relaxed); }

}  // namespace embed
