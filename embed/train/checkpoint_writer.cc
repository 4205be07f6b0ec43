#include "embed/train/checkpoint_writer.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {

CheckpointWriter::CheckpointWriter(CheckpointSink* sink,
                                   std::vector<TrainedArray> arrays,
                                   int threads)
    : sink_(sink), arrays_(std::move(arrays)), threads_(threads) {}

absl::Status CheckpointWriter::Prepare() {
  for (const TrainedArray& array : arrays_) {
    const uint64_t bytes = array.values.size() * sizeof(float);
    EMBED_ASSIGN_OR_RETURN(AlignedBuffer buffer, AlignedBuffer::Create(bytes));
    const auto data = static_cast<float*>(buffer.data());
    ParallelFor(threads_, array.values.size(),
                [&](uint64_t begin, uint64_t end) {
                  std::memset(data + begin, 0, (end - begin) * sizeof(float));
                });
    copy_.arrays.push_back(
        {array.name, absl::MakeConstSpan(data, array.values.size())});
    copies_.push_back(std::move(buffer));
  }
  return absl::OkStatus();
}

void CheckpointWriter::WriteCopy(const TrainingPosition& position) {
  Wait();
  for (size_t i = 0; i < arrays_.size(); ++i) {
    const absl::Span<const float> from = arrays_[i].values;
    const auto to = static_cast<float*>(copies_[i].data());
    ParallelFor(threads_, from.size(), [&](uint64_t begin, uint64_t end) {
      std::memcpy(to + begin, from.data() + begin,
                  (end - begin) * sizeof(float));
    });
  }
  copy_.position = position;
  copy_.extra = sink_->Extra();
  busy_.store(true, std::memory_order_relaxed);
  const auto write = [this] {
    const absl::Cleanup done = [this] {
      busy_.store(false, std::memory_order_release);
    };
    sink_->Write(copy_);
  };
  absl::StatusOr<std::future<void>> writer = StartThread(write);
  if (writer.ok()) {
    writer_ = *std::move(writer);
  } else {
    write();  // better a pause than no checkpoint
  }
}

void CheckpointWriter::WriteNow(const TrainingPosition& position) {
  Wait();
  Checkpoint checkpoint;
  checkpoint.position = position;
  for (const TrainedArray& array : arrays_) {
    checkpoint.arrays.push_back({array.name, array.values});
  }
  checkpoint.extra = sink_->Extra();
  sink_->Write(checkpoint);
}

void CheckpointWriter::Wait() {
  if (writer_.valid()) writer_.get();
}

}  // namespace embed
