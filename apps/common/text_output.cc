#include "apps/common/text_output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"

namespace embed {
namespace {

absl::Status OutputError() {
  return absl::UnavailableError(
      absl::StrCat("standard output: ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<TextOutput> TextOutput::Open(const std::string& path) {
  if (path == "-") return TextOutput(nullptr);
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<AtomicFile> file,
                         AtomicFile::Create(path));
  return TextOutput(std::move(file));
}

absl::Status TextOutput::Write(
    uint64_t count, int threads,
    absl::FunctionRef<absl::Status(uint64_t, std::string*)> make) {
  const auto together = static_cast<uint64_t>(threads) * 4;
  for (uint64_t first = 0; first < count; first += together) {
    std::vector<std::string> texts(std::min(together, count - first));
    std::mutex mutex;
    absl::Status status;
    ParallelFor(threads, texts.size(), [&](uint64_t begin, uint64_t end) {
      for (uint64_t i = begin; i < end; ++i) {
        const absl::Status made = make(first + i, &texts[i]);
        const std::lock_guard<std::mutex> lock(mutex);
        status.Update(made);
      }
    });
    EMBED_RETURN_IF_ERROR(status);
    for (const std::string& text : texts) {
      EMBED_RETURN_IF_ERROR(WriteOne(text));
    }
  }
  return absl::OkStatus();
}

absl::Status TextOutput::WriteOne(const std::string& text) {
  if (text.empty()) return absl::OkStatus();
  if (!std::exchange(begun_, true)) {
    EMBED_RETURN_IF_ERROR(WriteOne(std::string(MarkBefore(text))));
  }
  if (file_ != nullptr) return file_->Write(text);
  const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  return written == text.size() ? absl::OkStatus() : OutputError();
}

absl::Status TextOutput::Close() {
  if (file_ != nullptr) return file_->Commit();
  return std::fflush(stdout) == 0 ? absl::OkStatus() : OutputError();
}

}  // namespace embed
