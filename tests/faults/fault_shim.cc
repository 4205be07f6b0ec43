// A library for LD_PRELOAD under which one call to the system fails: the n-th
// of its kind that a program makes from main() on.
//
//   EMBED_FAULT=KIND:N        which call fails, once; N = 0: none
//   EMBED_FAULT_COUNTS=FILE   how many there were of each kind, written at the
//                             end as lines "KIND COUNT"
//
// Kinds, and the error they fail with:
//   write   write, pwrite to files, not to pipes and the like (ENOSPC)
//   sync    fsync, fdatasync (EIO)
//   rename  rename (EACCES)
//   open    open, but not of the system's own files (EMFILE)
//   read    read, pread of descriptors above 2 (EIO)
//   memory  malloc, calloc, realloc, aligned ones, mmap without a file (ENOMEM)
//   thread  pthread_create (EAGAIN)
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace {

enum Kind { kWrite, kSync, kRename, kOpen, kRead, kMemory, kThread, kKinds };
constexpr const char* kNames[kKinds] = {"write", "sync",   "rename", "open",
                                        "read",  "memory", "thread"};

// Constant-initialised: malloc is called before any constructor runs.
std::atomic<bool> armed{false};
std::atomic<long> counts[kKinds];
int failing_kind = kKinds;
long failing_number = 0;

// The function of libc that ours stands before.
template <typename Function>
Function* Next(const char* name, std::atomic<Function*>* known) {
  Function* function = known->load(std::memory_order_relaxed);
  if (function == nullptr) {
    function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
    known->store(function, std::memory_order_relaxed);
  }
  return function;
}

// Counts a call; true: it is the one that fails, and errno says why.
bool Fails(Kind kind, int error) {
  if (!armed.load(std::memory_order_relaxed)) return false;
  const long number = counts[kind].fetch_add(1) + 1;
  if (kind != failing_kind || number != failing_number) return false;
  errno = error;
  return true;
}

// Threads wake one another by writes to descriptors of other kinds.
bool IsFile(int descriptor) {
  struct stat info = {};
  return descriptor > 2 && fstat(descriptor, &info) == 0 &&
         S_ISREG(info.st_mode);
}

void ReadEnvironment() {
  const char* fault = std::getenv("EMBED_FAULT");
  const char* colon = fault == nullptr ? nullptr : std::strchr(fault, ':');
  if (colon == nullptr) return;
  const size_t length = static_cast<size_t>(colon - fault);
  for (int kind = 0; kind < kKinds; ++kind) {
    if (std::strlen(kNames[kind]) == length &&
        std::strncmp(kNames[kind], fault, length) == 0) {
      failing_kind = kind;
    }
  }
  failing_number = std::strtol(colon + 1, nullptr, 10);
}

void WriteCounts() {
  armed = false;
  const char* path = std::getenv("EMBED_FAULT_COUNTS");
  std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
  if (file == nullptr) return;
  for (int kind = 0; kind < kKinds; ++kind) {
    std::fprintf(file, "%s %ld\n", kNames[kind], counts[kind].load());
  }
  std::fclose(file);
}

bool IsOfTheSystem(const char* path) {
  for (const char* folder : {"/proc/", "/sys/", "/etc/", "/usr/"}) {
    if (std::strncmp(path, folder, std::strlen(folder)) == 0) return true;
  }
  return false;
}

using Main = int(int, char**, char**);
Main* program = nullptr;

int ArmedMain(int argc, char** argv, char** environment) {
  ReadEnvironment();
  std::atexit(WriteCounts);
  armed = true;
  const int result = program(argc, argv, environment);
  armed = false;
  return result;
}

}  // namespace

extern "C" {

using StartMain = int(Main*, int, char**, void (*)(), void (*)(), void (*)(),
                      void*);

int __libc_start_main(Main* main, int argc, char** argv, void (*init)(),
                      void (*fini)(), void (*rtld_fini)(), void* stack_end) {
  static std::atomic<StartMain*> next{nullptr};
  program = main;
  return Next("__libc_start_main", &next)(ArmedMain, argc, argv, init, fini,
                                          rtld_fini, stack_end);
}

ssize_t write(int file, const void* data, size_t size) {
  static std::atomic<ssize_t (*)(int, const void*, size_t)> next{nullptr};
  if (IsFile(file) && Fails(kWrite, ENOSPC)) return -1;
  return Next("write", &next)(file, data, size);
}

ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
  static std::atomic<ssize_t (*)(int, const void*, size_t, off_t)> next{
      nullptr};
  if (IsFile(file) && Fails(kWrite, ENOSPC)) return -1;
  return Next("pwrite", &next)(file, data, size, offset);
}

ssize_t read(int file, void* data, size_t size) {
  static std::atomic<ssize_t (*)(int, void*, size_t)> next{nullptr};
  if (file > 2 && Fails(kRead, EIO)) return -1;
  return Next("read", &next)(file, data, size);
}

ssize_t pread(int file, void* data, size_t size, off_t offset) {
  static std::atomic<ssize_t (*)(int, void*, size_t, off_t)> next{nullptr};
  if (file > 2 && Fails(kRead, EIO)) return -1;
  return Next("pread", &next)(file, data, size, offset);
}

int fsync(int file) {
  static std::atomic<int (*)(int)> next{nullptr};
  if (Fails(kSync, EIO)) return -1;
  return Next("fsync", &next)(file);
}

int fdatasync(int file) {
  static std::atomic<int (*)(int)> next{nullptr};
  if (Fails(kSync, EIO)) return -1;
  return Next("fdatasync", &next)(file);
}

int rename(const char* from, const char* to) noexcept {
  static std::atomic<int (*)(const char*, const char*)> next{nullptr};
  if (Fails(kRename, EACCES)) return -1;
  return Next("rename", &next)(from, to);
}

int open(const char* path, int flags, ...) {
  static std::atomic<int (*)(const char*, int, ...)> next{nullptr};
  va_list more;
  va_start(more, flags);
  const unsigned mode =
      (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0;
  va_end(more);
  if (!IsOfTheSystem(path) && Fails(kOpen, EMFILE)) return -1;
  return Next("open", &next)(path, flags, mode);
}

int open64(const char* path, int flags, ...) __attribute__((alias("open")));

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*body)(void*), void* argument) noexcept {
  static std::atomic<int (*)(pthread_t*, const pthread_attr_t*,
                             void* (*)(void*), void*)>
      next{nullptr};
  if (Fails(kThread, EAGAIN)) return EAGAIN;
  return Next("pthread_create", &next)(thread, attributes, body, argument);
}

void* mmap(void* address, size_t size, int protection, int flags, int file,
           off_t offset) noexcept {
  static std::atomic<void* (*)(void*, size_t, int, int, int, off_t)> next{
      nullptr};
  if (file < 0 && Fails(kMemory, ENOMEM)) return MAP_FAILED;
  return Next("mmap", &next)(address, size, protection, flags, file, offset);
}

// glibc's own names of its allocator: dlsym() itself may allocate.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) noexcept {
  return Fails(kMemory, ENOMEM) ? nullptr : __libc_malloc(size);
}

void* calloc(size_t count, size_t size) noexcept {
  return Fails(kMemory, ENOMEM) ? nullptr : __libc_calloc(count, size);
}

void* realloc(void* memory, size_t size) noexcept {
  return Fails(kMemory, ENOMEM) ? nullptr : __libc_realloc(memory, size);
}

void* aligned_alloc(size_t alignment, size_t size) noexcept {
  return Fails(kMemory, ENOMEM) ? nullptr : __libc_memalign(alignment, size);
}

int posix_memalign(void** memory, size_t alignment, size_t size) noexcept {
  if (Fails(kMemory, ENOMEM)) return ENOMEM;
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"
