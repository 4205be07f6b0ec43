// Cuts an input into blocks of whole lines, which a parser then walks through
// without copying them.
#ifndef EMBED_GRAPH_LINE_BLOCKS_H_
#define EMBED_GRAPH_LINE_BLOCKS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/io/input_stream.h"

namespace embed {

// Not thread-safe.
class LineBlocks {
 public:
  static constexpr size_t kMaxLineBytes = size_t{1} << 20;

  // path: as InputStream::Open().
  static absl::StatusOr<LineBlocks> Open(const std::string& path);

  // The next lines, each ended by '\n' but perhaps the last of the input; a
  // byte order mark at the start of the input is left out. Valid until the next
  // call; empty at the end of the input. A line longer than kMaxLineBytes may
  // come in pieces, of which the first is longer than that.
  absl::StatusOr<absl::string_view> Next();

 private:
  explicit LineBlocks(std::unique_ptr<InputStream> stream)
      : stream_(std::move(stream)), buffer_(4 * kMaxLineBytes) {}

  std::unique_ptr<InputStream> stream_;
  std::vector<char> buffer_;
  size_t used_ = 0;    // bytes in the buffer
  size_t given_ = 0;   // of them, given out
  bool first_ = true;  // nothing read yet
  bool ended_ = false;
};

// Takes the first line off *block and returns it without its "\n" or "\r\n".
absl::string_view TakeLine(absl::string_view* block);

}  // namespace embed

#endif  // EMBED_GRAPH_LINE_BLOCKS_H_
