// What harnesses share: the input as a file, and checks that end the process.
#ifndef EMBED_TESTS_FUZZ_FUZZ_INPUT_H_
#define EMBED_TESTS_FUZZ_FUZZ_INPUT_H_

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Ends the process, as a sanitizer does, if `condition` is false.
#define FUZZ_CHECK(condition)                                         \
  do {                                                                \
    if (!(condition)) {                                               \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, \
                   #condition);                                       \
      std::abort();                                                   \
    }                                                                 \
  } while (false)

namespace embed {

// The path of a file of this process that holds `bytes`, always the same one
// for an extension; in memory where the system has /dev/shm.
std::string FuzzFile(absl::string_view bytes, absl::string_view extension);
// A path beside it, of no file yet or of one that may be replaced.
std::string FuzzOutput(absl::string_view extension);

// An error of a reader: one line that names the file and is no fault of ours.
void CheckRefusal(const absl::Status& status, absl::string_view path);

// Choices that are part of the input: its last byte, 0 if it is empty.
inline unsigned ChoiceOf(absl::string_view input) {
  return input.empty() ? 0 : static_cast<unsigned char>(input.back());
}

}  // namespace embed

#endif  // EMBED_TESTS_FUZZ_FUZZ_INPUT_H_
