#include "embed/io/word2vec_binary.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/buffered_input.h"
#include "embed/io/vector_collector.h"
#include "embed/io/word2vec_header.h"

namespace embed {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "files hold the numbers of the machine: little-endian");

constexpr size_t kMaxHeaderBytes = 256;
constexpr int kMaxBlanksInKey = 64;

// Whether the bytes are text, not numbers that happen to hold a blank.
bool IsText(absl::string_view bytes) {
  return ValidUtf8Prefix(bytes) == bytes.size() &&
         std::none_of(bytes.begin(), bytes.end(), [](char c) {
           return static_cast<uint8_t>(c) < ' ' || c == '\x7F';
         });
}

// A key ends at a blank, so one with a blank within shifts all that follows.
// Files whose rows end in a line feed show it: the feed is not where it should
// be, but is where a later blank as the key's end would have it.
class BinaryReader {
 public:
  BinaryReader(std::string name, std::unique_ptr<InputStream> stream)
      : input_(std::move(stream)), rows_(std::move(name), "vector") {}

  absl::StatusOr<KeyedVectors> Read() {
    EMBED_ASSIGN_OR_RETURN(const uint64_t promised, ReadHeader());
    while (true) {
      EMBED_ASSIGN_OR_RETURN(const bool at_end, SkipLineFeeds());
      if (at_end) return rows_.Finish(promised);
      ++number_;
      EMBED_RETURN_IF_ERROR(ReadRow());
    }
  }

 private:
  enum class LineFeeds { kUnknown, kBehindRows, kNone };

  absl::StatusOr<uint64_t> ReadHeader() {
    absl::StatusOr<absl::string_view> line =
        input_.Until('\n', kMaxHeaderBytes);
    if (!line.ok() && !absl::IsOutOfRange(line.status())) return line.status();
    std::optional<Word2vecHeader> header;
    if (line.ok()) {
      if (absl::ConsumePrefix(&*line, kByteOrderMark)) {
        rows_.Note(Oddity::kMarkAtStart, number_);
      }
      header = ParseWord2vecHeader(*line);
    }
    if (!header.has_value() || header->rows < 0) {
      return rows_.Damaged(
          "line 1",
          "expected the number of vectors and their dimension, as word2vec "
          "writes them; a text file must not have a name that ends in .bin");
    }
    const uint64_t rows = static_cast<uint64_t>(header->rows);
    EMBED_RETURN_IF_ERROR(rows_.Start(rows, header->dim));
    return rows;
  }

  absl::StatusOr<bool> SkipLineFeeds() {
    while (true) {
      EMBED_ASSIGN_OR_RETURN(const absl::string_view next, input_.Peek(1));
      if (next != "\n") return next.empty();
      EMBED_RETURN_IF_ERROR(input_.Skip('\n'));
    }
  }

  // What is left of the file, if no longer than `size`, else its start.
  absl::Status Look(size_t size) {
    EMBED_ASSIGN_OR_RETURN(row_, input_.Peek(size));
    return absl::OkStatus();
  }

  // Where the first blank is, from `begin` on; npos: none within a key's bytes.
  absl::StatusOr<size_t> FindBlank(size_t begin) {
    for (const size_t size : {begin + kUsualKeyBytes, kLongestKey + 1}) {
      EMBED_RETURN_IF_ERROR(Look(std::max(size, row_.size())));
      const size_t blank = row_.find(' ', begin);
      if (blank != absl::string_view::npos) return blank;
    }
    return absl::string_view::npos;
  }

  // Whether a line feed follows the numbers of a key that ends at `blank`;
  // looks as far as that.
  absl::StatusOr<bool> LineFeedBehind(size_t blank) {
    const size_t size = blank + 1 + NumberBytes();
    EMBED_RETURN_IF_ERROR(Look(std::max(size + 1, row_.size())));
    return row_.size() > size && row_[size] == '\n';
  }

  // The bytes of the key that the row starts with.
  absl::StatusOr<size_t> FindKey() {
    row_ = absl::string_view();
    EMBED_ASSIGN_OR_RETURN(const size_t first, FindBlank(0));
    if (first == absl::string_view::npos) {
      return rows_.Damaged(number_, "no blank that ends a key");
    }
    if (line_feeds_ == LineFeeds::kNone) return first;
    size_t blank = first;
    for (int i = 0; i < kMaxBlanksInKey; ++i) {
      EMBED_ASSIGN_OR_RETURN(const bool feed, LineFeedBehind(blank));
      if (feed) line_feeds_ = LineFeeds::kBehindRows;
      // The last row may end with the file; of a key with blanks that is sure
      // only where line feeds were seen.
      const bool last = row_.size() == blank + 1 + NumberBytes() &&
                        (i == 0 || line_feeds_ == LineFeeds::kBehindRows);
      if (feed || last) return blank;
      const size_t begin = blank + 1;
      EMBED_ASSIGN_OR_RETURN(blank, FindBlank(begin));
      if (blank == absl::string_view::npos ||
          !IsText(row_.substr(begin, blank - begin))) {
        break;
      }
    }
    if (line_feeds_ == LineFeeds::kBehindRows) {
      return rows_.Damaged(number_,
                           "no line feed behind its numbers, as the vectors "
                           "before it have: cut off or of another dimension");
    }
    line_feeds_ = LineFeeds::kNone;
    return first;
  }

  absl::Status ReadRow() {
    EMBED_ASSIGN_OR_RETURN(const size_t key_bytes, FindKey());
    EMBED_ASSIGN_OR_RETURN(float* const values, rows_.NextRow());
    EMBED_ASSIGN_OR_RETURN(const absl::string_view row,
                           input_.Bytes(key_bytes + 1 + NumberBytes()));
    if (row.size() < key_bytes + 1 + NumberBytes()) {
      return rows_.Damaged(number_, "the file ends within it");
    }
    std::memcpy(values, row.data() + key_bytes + 1, NumberBytes());
    const absl::string_view key = row.substr(0, key_bytes);
    if (absl::StrContains(key, ' ')) {
      rows_.Note(Oddity::kBlankInKey, number_, key);
    }
    return rows_.Add(key, number_);
  }

  size_t NumberBytes() const {
    return static_cast<size_t>(rows_.dim()) * sizeof(float);
  }

  static constexpr size_t kUsualKeyBytes = 64;
  static constexpr size_t kLongestKey = Vocabulary::kMaxKeyBytes;

  BufferedInput input_;
  VectorCollector rows_;
  uint64_t number_ = 0;  // of the vector, from 1
  LineFeeds line_feeds_ = LineFeeds::kUnknown;
  absl::string_view row_;  // of the input: the bytes looked at so far
};

}  // namespace

absl::StatusOr<KeyedVectors> ReadWord2vecBinary(
    std::string name, std::unique_ptr<InputStream> stream) {
  return BinaryReader(std::move(name), std::move(stream)).Read();
}

}  // namespace embed
