// Sequences whose neighbours lie a fixed distance apart in another source's, as
// Walklets train on (Perozzi, Kulkarni, Chen, Skiena, "Don't walk, skip!",
// ASONAM 2017): with a window of 1 the pairs are those exactly K apart.
#ifndef EMBED_GRAPH_SKIP_SOURCE_H_
#define EMBED_GRAPH_SKIP_SOURCE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "embed/train/sequence_source.h"

namespace embed {

// Cuts each sequence w into `skip`: w[r], w[r + skip], w[r + 2 skip], ... for
// r = 0 .. skip - 1, in this order. Those of a sequence shorter than `skip` may
// be empty, so that numbers stay sequence * skip + r. Thread-safe as the source
// it takes.
class SkipSource : public SequenceSource {
 public:
  // skip >= 1.
  SkipSource(std::unique_ptr<SequenceSource> source, int skip);

  uint64_t num_chunks() const override { return source_->num_chunks(); }
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override;

 private:
  std::unique_ptr<SequenceSource> source_;
  uint64_t skip_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_SKIP_SOURCE_H_
