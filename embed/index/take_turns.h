// Several tasks on one thread, a step of each in turn: what one waits for in
// memory comes while the others compute.
#ifndef EMBED_INDEX_TAKE_TURNS_H_
#define EMBED_INDEX_TAKE_TURNS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace embed {

// Does the work of numbers [begin, end) by at most `most` tasks, at least 1.
// make() returns a unique_ptr to one, which has void Begin(uint64_t number) and
// bool Step(): called until it returns false, after which the task begins with
// another number.
template <typename Make>
void TakeTurns(uint64_t begin, uint64_t end, size_t most, const Make& make) {
  std::vector<decltype(make())> tasks;
  while (tasks.size() < most && begin < end) {
    tasks.push_back(make());
    tasks.back()->Begin(begin++);
  }
  while (!tasks.empty()) {
    for (size_t i = 0; i < tasks.size();) {
      if (tasks[i]->Step()) {
        ++i;
      } else if (begin < end) {
        tasks[i++]->Begin(begin++);
      } else {
        tasks[i].swap(tasks.back());
        tasks.pop_back();
      }
    }
  }
}

}  // namespace embed

#endif  // EMBED_INDEX_TAKE_TURNS_H_
