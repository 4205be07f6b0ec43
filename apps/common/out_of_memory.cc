#include "apps/common/out_of_memory.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

namespace embed {
namespace {

std::terminate_handler saved_handler = nullptr;

// Asks for no memory itself.
[[noreturn]] void SayOutOfMemory() {
  char message[] = ": error: out of memory\n";
  iovec parts[] = {{program_invocation_short_name,
                    std::strlen(program_invocation_short_name)},
                   {message, sizeof(message) - 1}};
  // Nothing is left to do if even that fails.
  const ssize_t ignored = writev(STDERR_FILENO, parts, 2);
  static_cast<void>(ignored);
  _exit(1);
}

[[noreturn]] void OnTerminate() {
  if (const std::exception_ptr thrown = std::current_exception()) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::bad_alloc&) {
      SayOutOfMemory();
    } catch (...) {
      // Anything else is told by the handler before this one.
    }
  }
  if (saved_handler != nullptr) saved_handler();
  std::abort();
}

}  // namespace

void EndCleanlyWithoutMemory() {
  static const bool once = [] {
    saved_handler = std::set_terminate(OnTerminate);
    return true;
  }();
  static_cast<void>(once);
}

}  // namespace embed
