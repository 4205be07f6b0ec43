// How many threads FAISS's own loops take.
#ifndef EMBED_INDEX_OPENMP_THREADS_H_
#define EMBED_INDEX_OPENMP_THREADS_H_

#include <omp.h>

namespace embed {

// The calling thread's parallel regions have so many threads while this lives.
class OpenMpThreads {
 public:
  explicit OpenMpThreads(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads < 1 ? 1 : threads);
  }
  ~OpenMpThreads() { omp_set_num_threads(before_); }
  OpenMpThreads(const OpenMpThreads&) = delete;
  OpenMpThreads& operator=(const OpenMpThreads&) = delete;

 private:
  int before_;
};

}  // namespace embed

#endif  // EMBED_INDEX_OPENMP_THREADS_H_
