#include "graph/edge_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "embed/model/vocabulary.h"
#include "graph/line_cursor.h"

namespace embed {

double LoadWatch::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

void LoadWatch::Report(uint64_t bytes, uint64_t edges) {
  if (!observer_) return;
  const double now = seconds();
  if (now < next_) return;
  next_ = now + 1;
  observer_({bytes, edges, now});
}

absl::Status EdgeReader::ReadEdgeList(const std::string& path) {
  return Read(
      path,
      [this](absl::string_view text, ParsedEdges* parsed) {
        ParseEdgeLines(text, edges_->arcs.weighted(), parsed);
      },
      &edges_->stats.lines);
}

absl::Status EdgeReader::ReadAdjacencyList(const std::string& path) {
  return Read(path, ParseAdjacencyLines, &edges_->stats.lines);
}

absl::Status EdgeReader::ReadNodeList(const std::string& path) {
  uint64_t lines;
  return Read(path, ParseNodeLines, &lines);
}

absl::Status EdgeReader::Read(const std::string& path, const Parse& parse,
                              uint64_t* lines) {
  name_ = InputName(path);
  EMBED_ASSIGN_OR_RETURN(LineBlocks blocks, LineBlocks::Open(path));
  return BlockReader<ParsedEdges>::Read(
      &blocks, name_, threads_, parse,
      [this](const BlockPlace& place, const ParsedEdges& parsed) {
        return TakeBlock(place, parsed);
      },
      lines);
}

absl::Status EdgeReader::TakeBlock(const BlockPlace& place,
                                   const ParsedEdges& parsed) {
  for (size_t first = 0; first < parsed.keys.size(); first += kBatch) {
    const size_t count = std::min(kBatch, parsed.keys.size() - first);
    EMBED_RETURN_IF_ERROR(NumberKeys(place, parsed, first, count));
  }
  edges_->stats.bytes += place.bytes;
  edges_->stats.ignored_weights += parsed.ignored_weights;
  edges_->stats.ignored_texts += parsed.ignored_texts;
  edges_->stats.long_lines += parsed.long_lines;
  watch_.Report(edges_->stats.bytes, edges_->arcs.size());
  return absl::OkStatus();
}

absl::Status EdgeReader::NumberKeys(const BlockPlace& place,
                                    const ParsedEdges& parsed, size_t first,
                                    size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const KeyPlace key = parsed.keys[first + i];
    batch_[i] = absl::string_view(place.text.data() + key.begin, key.size);
  }
  const size_t done = edges_->keys.Intern(
      absl::MakeConstSpan(batch_).first(count), ids_.data());
  if (done < count) {
    return LineError(name_, place.LineOf(parsed.keys[first + done].begin),
                     NotUtf8Text(KeyProblem(batch_[done])));
  }
  if (edges_->keys.size() > Vocabulary::kMaxSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ": more than ", Vocabulary::kMaxSize, " nodes"));
  }
  ArcList& arcs = edges_->arcs;
  for (size_t i = 0; i < count; i += 2) {
    if (batch_[i + 1].empty()) continue;  // a node alone
    const float weight = arcs.weighted() ? parsed.weights[(first + i) / 2] : 1;
    arcs.Append({ids_[i], ids_[i + 1]}, weight);
  }
  return absl::OkStatus();
}

}  // namespace embed
