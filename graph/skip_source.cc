#include "graph/skip_source.h"

#include <utility>

#include "embed/base/check.h"
#include "embed/base/status_macros.h"

namespace embed {

SkipSource::SkipSource(std::unique_ptr<SequenceSource> source, int skip)
    : source_(std::move(source)), skip_(static_cast<uint64_t>(skip)) {
  EMBED_DCHECK(skip >= 1);
}

absl::Status SkipSource::Read(uint32_t epoch, uint64_t chunk,
                              SequenceBatch* batch) {
  SequenceBatch whole;
  EMBED_RETURN_IF_ERROR(source_->Read(epoch, chunk, &whole));
  batch->Clear(whole.first_sequence * skip_);
  batch->ids.reserve(whole.ids.size());
  for (size_t i = 0; i < whole.num_sequences(); ++i) {
    const absl::Span<const uint32_t> sequence = whole.sequence(i);
    for (uint64_t first = 0; first < skip_; ++first) {
      for (uint64_t place = first; place < sequence.size(); place += skip_) {
        batch->ids.push_back(sequence[place]);
      }
      batch->EndSequence();
    }
  }
  return absl::OkStatus();
}

}  // namespace embed
