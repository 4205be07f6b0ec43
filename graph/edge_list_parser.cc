#include "graph/edge_list_parser.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "embed/model/vocabulary.h"
#include "graph/line_blocks.h"

namespace embed {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Takes the next field off *line; empty when there is none.
absl::string_view TakeField(absl::string_view* line) {
  const char* begin = line->data();
  const char* const end = begin + line->size();
  while (begin != end && IsBlank(*begin)) ++begin;
  const char* stop = begin;
  while (stop != end && !IsBlank(*stop)) ++stop;
  *line = absl::string_view(stop, static_cast<size_t>(end - stop));
  return absl::string_view(begin, static_cast<size_t>(stop - begin));
}

bool IsComment(absl::string_view field) {
  return field[0] == '#' || field[0] == '%';
}

// `text` in quotes, cut and with '?' for control characters, for messages.
std::string Quoted(absl::string_view text) {
  constexpr size_t kShown = 60;
  std::string shown(text.substr(0, kShown));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  }
  return absl::StrCat("'", shown, text.size() > kShown ? "...'" : "'");
}

}  // namespace

absl::Status EdgeListParser::Error(uint64_t line,
                                   absl::string_view message) const {
  return absl::InvalidArgumentError(
      absl::StrCat(name_, ":", line, ": ", message));
}

absl::Status EdgeListParser::KeyError(uint64_t line,
                                      absl::string_view key) const {
  return Error(line, absl::StrCat(KeyProblem(key),
                                  ": this does not look like an edge list in "
                                  "UTF-8 text"));
}

absl::Status EdgeListParser::ReadEdges(const std::string& path) {
  EMBED_RETURN_IF_ERROR(ReadLines(path, &EdgeListParser::ParseEdge));
  edge_lines_ = line_;
  return absl::OkStatus();
}

absl::Status EdgeListParser::ReadNodes(const std::string& path) {
  return ReadLines(path, &EdgeListParser::ParseNode);
}

absl::Status EdgeListParser::ReadLines(const std::string& path,
                                       ParseLine parse_line) {
  name_ = InputName(path);
  line_ = 0;
  EMBED_ASSIGN_OR_RETURN(LineBlocks blocks, LineBlocks::Open(path));
  for (;;) {
    EMBED_ASSIGN_OR_RETURN(absl::string_view block, blocks.Next());
    if (block.empty()) return absl::OkStatus();
    bytes_ += block.size();
    while (!block.empty()) {
      ++line_;
      const absl::string_view line = TakeLine(&block);
      if (line.size() > LineBlocks::kMaxLineBytes) {
        return Error(line_, absl::StrCat("a line of more than ",
                                         LineBlocks::kMaxLineBytes,
                                         " bytes: this does not look like an "
                                         "edge list"));
      }
      absl::Status status = (this->*parse_line)(line);
      if (!status.ok()) {
        // A key of an earlier line, still queued, may be wrong: it comes first.
        EMBED_RETURN_IF_ERROR(InternBatch());
        return status;
      }
    }
    // What is queued points into the block.
    EMBED_RETURN_IF_ERROR(parse_line == &EdgeListParser::ParseEdge
                              ? FlushEdges()
                              : InternBatch());
    queued_ = 0;
  }
}

absl::Status EdgeListParser::ParseEdge(absl::string_view line) {
  const absl::string_view source = TakeField(&line);
  if (source.empty() || IsComment(source)) return absl::OkStatus();
  const absl::string_view target = TakeField(&line);
  if (target.empty()) {
    if (!KeyProblem(source).empty()) return KeyError(line_, source);
    return Error(line_, absl::StrCat("only one field, ", Quoted(source),
                                     "; expected two nodes with blanks or a "
                                     "tab (no comma) between them"));
  }
  const absl::string_view third = TakeField(&line);
  float weight = 1;
  if (weighted_) {
    EMBED_RETURN_IF_ERROR(ParseWeight(third, &weight));
  } else if (!third.empty()) {
    ++ignored_weights_;
  }
  if (queued_ == kBatch) EMBED_RETURN_IF_ERROR(FlushEdges());
  queued_weights_[queued_ / 2] = weight;
  EMBED_RETURN_IF_ERROR(AddKey(source));
  return AddKey(target);
}

absl::Status EdgeListParser::ParseNode(absl::string_view line) {
  const absl::string_view key = TakeField(&line);
  if (key.empty() || IsComment(key)) return absl::OkStatus();
  if (!TakeField(&line).empty()) {
    return Error(line_, absl::StrCat("a second field after ", Quoted(key),
                                     "; a node list has one node a line"));
  }
  if (queued_ == kBatch) {
    EMBED_RETURN_IF_ERROR(InternBatch());
    queued_ = 0;
  }
  return AddKey(key);
}

absl::Status EdgeListParser::ParseWeight(absl::string_view field,
                                         float* weight) const {
  if (field.empty()) {
    return Error(line_,
                 "no weight; expected a third field with a number above 0 (or "
                 "read the list as unweighted)");
  }
  absl::string_view digits = field;
  if (digits.size() > 1 && digits[0] == '+') digits.remove_prefix(1);
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const std::from_chars_result result =
      std::from_chars(digits.data(), end, value);
  const std::string shown = absl::StrCat("the weight ", Quoted(field));
  if (result.ec == std::errc::invalid_argument || result.ptr != end) {
    return Error(line_, absl::StrCat(shown, " is not a number"));
  }
  if (!std::isnan(value) && value < 0) {
    return Error(line_, absl::StrCat(shown,
                                     " is negative; weights must be "
                                     "above 0"));
  }
  *weight = static_cast<float>(value);
  if (result.ec == std::errc() && value == 0) {
    return Error(line_, absl::StrCat(shown,
                                     " is zero; drop the edge from the "
                                     "list instead"));
  }
  if (result.ec == std::errc::result_out_of_range || !std::isfinite(*weight) ||
      *weight == 0) {
    return Error(line_, absl::StrCat(shown,
                                     " is not a finite number within the "
                                     "range of float"));
  }
  return absl::OkStatus();
}

absl::Status EdgeListParser::AddKey(absl::string_view key) {
  if (key.size() > Vocabulary::kMaxKeyBytes) {
    return Error(line_,
                 absl::StrCat("a key of ", key.size(), " bytes (", Quoted(key),
                              "); at most ", Vocabulary::kMaxKeyBytes));
  }
  queued_keys_[queued_] = key;
  queued_lines_[queued_] = line_;
  ++queued_;
  return absl::OkStatus();
}

absl::Status EdgeListParser::InternBatch() {
  const size_t done = keys_.Intern(
      absl::MakeConstSpan(queued_keys_).first(queued_), ids_.data());
  if (done < queued_) return KeyError(queued_lines_[done], queued_keys_[done]);
  if (keys_.size() > Vocabulary::kMaxSize) {
    return Error(line_,
                 absl::StrCat("more than ", Vocabulary::kMaxSize, " nodes"));
  }
  return absl::OkStatus();
}

absl::Status EdgeListParser::FlushEdges() {
  EMBED_RETURN_IF_ERROR(InternBatch());
  for (size_t i = 0; i < queued_; i += 2) {
    arcs_.Append({ids_[i], ids_[i + 1]}, queued_weights_[i / 2]);
  }
  queued_ = 0;
  return absl::OkStatus();
}

}  // namespace embed
