// The memory that a composed step works in, one for each thread.
#ifndef EMBED_TRAIN_COMPOSED_BUFFERS_H_
#define EMBED_TRAIN_COMPOSED_BUFFERS_H_

#include <cstdint>

#include "embed/base/aligned_buffer.h"
#include "embed/kernels/composed_step.h"

namespace embed {

struct ComposedBuffers {
  explicit ComposedBuffers(uint64_t stride)
      // Two rows; tables of many more are there already.
      : memory(AlignedBuffer::Create(2 * stride * sizeof(float)).value()) {
    scratch.hidden = static_cast<float*>(memory.data());
    scratch.gradient = scratch.hidden + stride;
  }

  AlignedBuffer memory;
  ComposedScratch scratch;
};

}  // namespace embed

#endif  // EMBED_TRAIN_COMPOSED_BUFFERS_H_
