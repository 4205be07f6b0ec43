// Text that threads make in pieces, written in the order of the pieces.
#ifndef EMBED_APPS_COMMON_TEXT_OUTPUT_H_
#define EMBED_APPS_COMMON_TEXT_OUTPUT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/io/atomic_file.h"

namespace embed {

// A file appears whole or not at all. Errors of writing name the path.
class TextOutput {
 public:
  // path: a file, or "-" for standard output.
  static absl::StatusOr<TextOutput> Open(const std::string& path);

  // Writes pieces 0 to count - 1. make(i, &text) sets piece i, called from
  // `threads` threads at a time; the same bytes for any number of them. An
  // error of `make` ends the writing.
  absl::Status Write(
      uint64_t count, int threads,
      absl::FunctionRef<absl::Status(uint64_t, std::string*)> make);

  // To be called once, in the end.
  absl::Status Close();

 private:
  explicit TextOutput(std::unique_ptr<AtomicFile> file)
      : file_(std::move(file)) {}

  absl::Status WriteOne(const std::string& text);

  std::unique_ptr<AtomicFile> file_;  // null: standard output
  bool begun_ = false;                // something has been written
};

}  // namespace embed

#endif  // EMBED_APPS_COMMON_TEXT_OUTPUT_H_
