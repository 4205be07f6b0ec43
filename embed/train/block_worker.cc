#include "embed/train/block_worker.h"

namespace embed {

void BlockWorker::Train(uint32_t epoch, const SequenceBatch& batch,
                        const RateRange& rate, TrainStats* stats) {
  sampler_.Start(epoch, &batch);
  const double tokens = static_cast<double>(batch.ids.size());
  double done = 0.0;
  while (sampler_.Next(&block_)) {
    stats->examples += TrainBlock(block_, rate.At(done));
    done = static_cast<double>(sampler_.tokens_done()) / tokens;
  }
  stats->tokens += batch.ids.size();
  stats->loss += TakeLoss();
}

}  // namespace embed
