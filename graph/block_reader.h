// Reads a text block by block: blocks are parsed on several threads, while what
// was parsed before is taken over in order. What comes out is the same for any
// number of threads.
#ifndef EMBED_GRAPH_BLOCK_READER_H_
#define EMBED_GRAPH_BLOCK_READER_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "graph/line_blocks.h"

namespace embed {

// What every parser tells of a block.
struct ParsedLines {
  uint64_t lines = 0;
  // Of the line numbered `lines`, the last one read; empty: none.
  std::string error;
};

// What the taker of parsed blocks is told about the place.
struct BlockPlace {
  absl::string_view text;  // the block; what was parsed may point into it
  uint64_t lines_before;   // lines of the input before it
  uint64_t bytes;          // of the input that it stands for

  // The number, from 1, of the line that holds text[offset].
  uint64_t LineOf(size_t offset) const {
    uint64_t line = lines_before + 1;
    for (const char c : text.substr(0, offset)) line += c == '\n';
    return line;
  }
};

inline absl::Status LineError(const std::string& name, uint64_t line,
                              absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(name, ":", line, ": ", message));
}

// Parsed must derive from ParsedLines.
template <class Parsed>
class BlockReader {
 public:
  // Calls parse(text, &parsed), which must fill in all of `parsed` anew and
  // stops at the first line with an error, for each block on any thread, and
  // take(place, parsed) for each in the order of the input on one thread at a
  // time. The first error in that order ends it: of take(), of parse() (with
  // `name` and line before it) or of reading. Sets *lines to those of the
  // input. threads >= 1.
  template <class Parse, class Take>
  static absl::Status Read(LineBlocks* blocks, const std::string& name,
                           int threads, const Parse& parse, const Take& take,
                           uint64_t* lines) {
    BlockReader reader(blocks, name, threads);
    absl::Status status;
    while (status.ok() && !reader.ended_) status = reader.Round(parse, take);
    *lines = reader.lines_;
    return status;
  }

 private:
  struct Slot {
    LineBlock block;
    Parsed parsed;
  };
  // Blocks that go through the stages together.
  struct Batch {
    std::vector<Slot> slots;
    size_t used = 0;
    bool last = false;    // nothing follows the used ones
    absl::Status status;  // of reading what follows them
  };

  BlockReader(LineBlocks* blocks, std::string name, int threads)
      : blocks_(blocks), name_(std::move(name)), threads_(threads) {
    for (Batch* batch : {&read_, &parsed_, &taken_}) {
      batch->slots.resize(static_cast<size_t>(threads));
    }
  }

  // One batch is taken and a new one read in its place while the one read
  // before is parsed. On one thread each batch is taken at once instead, while
  // it is still in the cache.
  template <class Parse, class Take>
  absl::Status Round(const Parse& parse, const Take& take) {
    if (threads_ == 1) {
      Fill(&read_);
      if (read_.used > 0) ParseSlot(parse, &read_.slots[0]);
      return TakeBatch(read_, take);
    }
    absl::Status status;
    std::atomic<size_t> next{0};
    RunThreads(threads_, [&](int /*thread*/) {
      for (size_t task; (task = next.fetch_add(1)) <= read_.used;) {
        if (task > 0) {
          ParseSlot(parse, &read_.slots[task - 1]);
          continue;
        }
        status = TakeBatch(parsed_, take);
        if (status.ok()) Fill(&taken_);
      }
    });
    std::swap(parsed_, read_);
    std::swap(read_, taken_);
    return status;
  }

  void Fill(Batch* batch) {
    batch->used = 0;
    for (Slot& slot : batch->slots) {
      if (input_ended_) break;
      batch->status = blocks_->Next(&slot.block);
      input_ended_ = !batch->status.ok() || slot.block.text.empty();
      if (!input_ended_) ++batch->used;
    }
    batch->last = input_ended_;
  }

  template <class Parse>
  static void ParseSlot(const Parse& parse, Slot* slot) {
    slot->parsed.lines = 0;
    slot->parsed.error.clear();
    parse(slot->block.text, &slot->parsed);
  }

  template <class Take>
  absl::Status TakeBatch(const Batch& batch, const Take& take) {
    for (size_t i = 0; i < batch.used; ++i) {
      const Slot& slot = batch.slots[i];
      EMBED_RETURN_IF_ERROR(take(
          BlockPlace{slot.block.text, lines_, slot.block.bytes}, slot.parsed));
      lines_ += slot.parsed.lines;
      if (!slot.parsed.error.empty()) {
        return LineError(name_, lines_, slot.parsed.error);
      }
    }
    ended_ = batch.last;
    return batch.status;
  }

  LineBlocks* blocks_;
  std::string name_;
  int threads_;
  Batch read_;
  Batch parsed_;
  Batch taken_;
  uint64_t lines_ = 0;
  bool input_ended_ = false;
  bool ended_ = false;
};

}  // namespace embed

#endif  // EMBED_GRAPH_BLOCK_READER_H_
