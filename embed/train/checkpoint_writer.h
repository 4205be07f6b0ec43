// Hands checkpoints to a sink without keeping the training waiting: the arrays
// are copied while no unit runs, and the copy is written by a thread of its own
// while training goes on. Internal to Trainer.
#ifndef EMBED_TRAIN_CHECKPOINT_WRITER_H_
#define EMBED_TRAIN_CHECKPOINT_WRITER_H_

#include <atomic>
#include <future>
#include <vector>

#include "absl/status/status.h"
#include "embed/base/aligned_buffer.h"
#include "embed/train/checkpoint.h"
#include "embed/train/objective.h"

namespace embed {

// All functions are for the thread of Trainer::Run(), between units.
class CheckpointWriter {
 public:
  // threads: that copy. The sink must outlive this.
  CheckpointWriter(CheckpointSink* sink, std::vector<TrainedArray> arrays,
                   int threads);
  // Waits for the write under way.
  ~CheckpointWriter() = default;
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  // Takes the memory for the copy, as much as the arrays, and touches it: the
  // first copy shall not take longer than the others. ResourceExhausted.
  absl::Status Prepare();

  // Until the last copy is written; throws what the sink threw.
  void Wait();
  // True while the last copy is being written.
  bool busy() const { return busy_.load(std::memory_order_acquire); }
  // Copies the arrays and returns; the sink gets the copy in the background.
  // Prepare() was called; not busy().
  void WriteCopy(const TrainingPosition& position);
  // Waits for a write under way, then gives the sink the arrays themselves.
  void WriteNow(const TrainingPosition& position);

 private:
  CheckpointSink* const sink_;
  const std::vector<TrainedArray> arrays_;
  const int threads_;
  std::vector<AlignedBuffer> copies_;
  Checkpoint copy_;  // of which arrays are views of copies_
  std::atomic<bool> busy_{false};
  std::future<void> writer_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_CHECKPOINT_WRITER_H_
