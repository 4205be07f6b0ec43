// The user's wish that a command ends: SIGINT (Ctrl-C) and SIGTERM.
#ifndef EMBED_APPS_COMMON_STOP_SIGNAL_H_
#define EMBED_APPS_COMMON_STOP_SIGNAL_H_

namespace embed {

// While it lives, the first SIGINT or SIGTERM is only noted, so that work can
// be brought to a good end; the second ends the process at once, with exit code
// 128 + its number. A signal that was ignored before (nohup, a background job)
// stays so. One at a time.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // The number of the signal that came, 0 if none did. Thread-safe.
  static int Received();
};

}  // namespace embed

#endif  // EMBED_APPS_COMMON_STOP_SIGNAL_H_
