// Keeps programs apart that would write the same files.
//
// The name of a socket that nobody connects to, in Linux's abstract namespace:
// it is in no folder and ends with the process, however that ends. Programs of
// another machine or of a container with a network of its own are not seen.
#ifndef EMBED_APPS_COMMON_OUTPUT_LOCK_H_
#define EMBED_APPS_COMMON_OUTPUT_LOCK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace embed {

class OutputLock {
 public:
  // For the files PREFIX.*, by whatever path their folder is reached.
  // FailedPrecondition, at once: another program, or this one, has it.
  // NotFound: no such folder. Where the system has no such sockets, everyone
  // gets it.
  static absl::StatusOr<std::unique_ptr<OutputLock>> Acquire(
      const std::string& prefix);
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

 private:
  explicit OutputLock(int socket) : socket_(socket) {}

  const int socket_;  // -1: there are none
};

}  // namespace embed

#endif  // EMBED_APPS_COMMON_OUTPUT_LOCK_H_
