#include "apps/serve/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apps/serve/json_text.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr size_t kMostKept = 65536;

absl::StatusOr<int> OpenFile(const std::string& path) {
  if (path == "-") return STDOUT_FILENO;
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) {
    return absl::UnavailableError(absl::StrCat(
        path, ": cannot open for appending: ", std::strerror(errno)));
  }
  return file;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const int file, OpenFile(path));
  return std::unique_ptr<AccessLog>(new AccessLog(path, file));
}

AccessLog::~AccessLog() {
  FlushLocked();
  if (file_ != STDOUT_FILENO) close(file_);
}

void AccessLog::Add(const AccessRecord& record) {
  std::string line = absl::StrCat(
      "{\"time\":\"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromChrono(record.time),
                       absl::UTCTimeZone()),
      "\",\"client\":");
  AppendJsonString(record.client, &line);
  absl::StrAppend(&line, ",\"method\":");
  AppendJsonString(record.method, &line);
  absl::StrAppend(&line, ",\"target\":");
  AppendJsonString(record.target, &line);
  absl::StrAppend(&line, ",\"status\":", record.status,
                  ",\"bytes\":", record.bytes, ",\"seconds\":");
  AppendJsonNumber(record.seconds, &line);
  absl::StrAppend(&line, "}\n");
  const std::lock_guard<std::mutex> lock(mutex_);
  lines_ += line;
  if (lines_.size() >= kMostKept) FlushLocked();
}

void AccessLog::Flush() {
  const std::lock_guard<std::mutex> lock(mutex_);
  FlushLocked();
}

absl::Status AccessLog::Reopen() {
  const std::lock_guard<std::mutex> lock(mutex_);
  FlushLocked();
  if (file_ == STDOUT_FILENO) return absl::OkStatus();
  EMBED_ASSIGN_OR_RETURN(const int file, OpenFile(path_));
  close(file_);
  file_ = file;
  return absl::OkStatus();
}

// A log that cannot be written (a full disk) must not stop the service: what
// does not fit is dropped.
void AccessLog::FlushLocked() {
  size_t done = 0;
  while (done < lines_.size()) {
    const ssize_t written =
        write(file_, lines_.data() + done, lines_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += static_cast<size_t>(written);
  }
  lines_.clear();
}

}  // namespace embed
