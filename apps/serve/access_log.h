// A line of JSON for each request, appended to a file.
#ifndef EMBED_APPS_SERVE_ACCESS_LOG_H_
#define EMBED_APPS_SERVE_ACCESS_LOG_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

struct AccessRecord {
  std::chrono::system_clock::time_point time;
  absl::string_view client;  // address
  absl::string_view method;
  absl::string_view target;
  int status = 0;
  uint64_t bytes = 0;  // of the answer's body
  double seconds = 0;
};

// Thread-safe. Lines are kept for up to 64 KiB or until Flush().
class AccessLog {
 public:
  // path: a file, or "-" for standard output. Errors: the file cannot be
  // opened.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(
      const std::string& path);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  void Add(const AccessRecord& record);
  void Flush();
  // Goes on in a new file of the same name, after somebody moved the old one
  // away. With an error it goes on in the old one.
  absl::Status Reopen();

 private:
  AccessLog(std::string path, int file) : path_(std::move(path)), file_(file) {}
  void FlushLocked();

  const std::string path_;
  std::mutex mutex_;
  int file_;
  std::string lines_;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_ACCESS_LOG_H_
