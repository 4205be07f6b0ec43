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

// The memory of one block, to be used again and again.
struct LineBlock {
  // Whole lines, each ended by '\n', be it added at the end of the input. At
  // least kSlack bytes, of any value, can be read behind it.
  absl::string_view text;
  size_t bytes = 0;  // of the input that it stands for
  std::vector<char> buffer;
};

// Not thread-safe.
class LineBlocks {
 public:
  static constexpr size_t kMaxLineBytes = size_t{1} << 20;
  static constexpr size_t kSlack = 16;

  // path: as InputStream::Open().
  static absl::StatusOr<LineBlocks> Open(const std::string& path);

  // The next lines; a byte order mark at the start of the input is left out. No
  // text at the end of the input. A line longer than kMaxLineBytes may come in
  // pieces, of which the first is longer than that. Blocks depend on the input
  // only.
  absl::Status Next(LineBlock* block);

 private:
  explicit LineBlocks(std::unique_ptr<InputStream> stream)
      : stream_(std::move(stream)) {}

  std::unique_ptr<InputStream> stream_;
  std::string rest_;   // read, but of a line that was not complete
  bool first_ = true;  // nothing read yet
  bool ended_ = false;
};

}  // namespace embed

#endif  // EMBED_GRAPH_LINE_BLOCKS_H_
