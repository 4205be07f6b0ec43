#include "graph/typed_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "embed/model/vocabulary.h"
#include "graph/line_cursor.h"

namespace embed {

absl::Status TypedReader::ReadEdges(const std::string& path) {
  const bool weighted = edges_.arcs.weighted();
  return Read(
      path,
      [weighted](absl::string_view text, ParsedTypedEdges* parsed) {
        ParseTypedLines(text, weighted, parsed);
      },
      &stats_->lines);
}

absl::Status TypedReader::ReadNodes(const std::string& path) {
  uint64_t lines;
  return Read(path, ParseTypedNodeLines, &lines);
}

TypedEdges TypedReader::TakeEdges() {
  for (NodesOfType& nodes : nodes_of_) {
    nodes.keys->EndLookup();
    nodes.numbers = std::vector<uint32_t>();
  }
  edges_.node_type_names = node_types_.names;
  edges_.edge_type_names = edge_types_.names;
  edges_.types_of_node = types_;
  return std::move(edges_);
}

template <class Parse>
absl::Status TypedReader::Read(const std::string& path, const Parse& parse,
                               uint64_t* lines) {
  name_ = InputName(path);
  EMBED_ASSIGN_OR_RETURN(LineBlocks blocks, LineBlocks::Open(path));
  return BlockReader<ParsedTypedEdges>::Read(
      &blocks, name_, threads_, parse,
      [this](const BlockPlace& place, const ParsedTypedEdges& parsed) {
        return TakeBlock(place, parsed);
      },
      lines);
}

void TypedReader::NumberTypes(const BlockPlace& place, const BlockNames& block,
                              size_t most, absl::string_view what, Names* known,
                              std::vector<uint16_t>* numbers,
                              Problem* problem) {
  numbers->clear();
  for (const absl::string_view name : block.names()) {
    const auto next = static_cast<uint16_t>(known->names.size());
    const auto [entry, added] = known->numbers.try_emplace(name, next);
    if (added) {
      std::string text = KeyProblem(name);
      if (!text.empty()) {
        text = NotUtf8Text(text);
      } else if (next == most) {
        text = absl::StrCat("more than ", most, " ", what,
                            ": are the fields in the right order?");
      }
      if (!text.empty()) {
        const auto offset =
            static_cast<size_t>(name.data() - place.text.data());
        if (offset < problem->offset) *problem = {offset, std::move(text)};
        return;
      }
      known->names.emplace_back(name);
    }
    numbers->push_back(entry->second);
  }
}

absl::Status TypedReader::TakeBlock(const BlockPlace& place,
                                    const ParsedTypedEdges& parsed) {
  Problem problem;
  NumberTypes(place, parsed.node_types, kMaxNodeTypes, "node types",
              &node_types_, &block_node_types_, &problem);
  NumberTypes(place, parsed.edge_types, kMaxEdgeTypes, "edge types",
              &edge_types_, &block_edge_types_, &problem);
  while (nodes_of_.size() < node_types_.names.size()) {
    nodes_of_.emplace_back();
    nodes_of_.back().keys = std::make_unique<KeyInterner>();
  }
  absl::Span<const TypedLine> lines = parsed.edges;
  if (!problem.text.empty()) {
    // Lines before the one with the problem may have others, which are told
    // first.
    const auto after = std::partition_point(
        lines.begin(), lines.end(), [&](const TypedLine& line) {
          return line.source.begin < problem.offset;
        });
    lines = lines.first(static_cast<size_t>(after - lines.begin()) - 1);
  }
  absl::Span<const float> weights = parsed.weights;
  for (size_t first = 0; first < lines.size(); first += kBatch) {
    EMBED_RETURN_IF_ERROR(
        TakeLines(place, lines.subspan(first, kBatch),
                  weights.empty() ? weights : weights.subspan(first)));
  }
  if (!problem.text.empty()) {
    return LineError(name_, place.LineOf(problem.offset), problem.text);
  }
  stats_->bytes += place.bytes;
  stats_->ignored_weights += parsed.ignored_weights;
  watch_.Report(stats_->bytes, edges_.arcs.size());
  return absl::OkStatus();
}

absl::Status TypedReader::TakeLines(const BlockPlace& place,
                                    absl::Span<const TypedLine> lines,
                                    absl::Span<const float> weights) {
  for (size_t i = 0; i < lines.size(); ++i) {
    const TypedLine& line = lines[i];
    Want(line.source, block_node_types_[line.source_type], 2 * i);
    if (line.target.size == 0) continue;
    Want(line.target, block_node_types_[line.target_type], 2 * i + 1);
  }
  Problem problem;
  for (const uint16_t type : types_wanted_) NumberNodes(place, type, &problem);
  types_wanted_.clear();
  if (!problem.text.empty()) {
    return LineError(name_, place.LineOf(problem.offset), problem.text);
  }
  if (places_.size() > Vocabulary::kMaxSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ": more than ", Vocabulary::kMaxSize, " nodes"));
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].target.size == 0) continue;
    edges_.arcs.Append({ids_[2 * i], ids_[2 * i + 1]},
                       weights.empty() ? 1 : weights[i]);
    edges_.edge_types.push_back(block_edge_types_[lines[i].edge_type]);
  }
  return absl::OkStatus();
}

void TypedReader::Want(KeyPlace key, uint16_t type, size_t index) {
  keys_[index] = key;
  std::vector<uint32_t>& wanted = nodes_of_[type].wanted;
  if (wanted.empty()) types_wanted_.push_back(type);
  wanted.push_back(static_cast<uint32_t>(index));
}

// Nodes of one type get their numbers in the order of the text, which is all
// that the order of the graph's nodes depends on.
void TypedReader::NumberNodes(const BlockPlace& place, uint16_t type,
                              Problem* problem) {
  NodesOfType& nodes = nodes_of_[type];
  std::array<absl::string_view, KeyInterner::kMaxBatch> keys;
  std::array<uint32_t, KeyInterner::kMaxBatch> found;
  absl::Span<const uint32_t> wanted = nodes.wanted;
  while (!wanted.empty()) {
    const size_t count = std::min(wanted.size(), keys.size());
    for (size_t i = 0; i < count; ++i) {
      const KeyPlace key = keys_[wanted[i]];
      keys[i] = absl::string_view(place.text.data() + key.begin, key.size);
    }
    const size_t done = nodes.keys->Intern(
        absl::MakeConstSpan(keys).first(count), found.data());
    for (size_t i = 0; i < done; ++i) {
      if (found[i] == nodes.numbers.size()) {
        nodes.numbers.push_back(static_cast<uint32_t>(places_.size()));
        places_.push_back(found[i]);
        types_.push_back(type);
      }
      ids_[wanted[i]] = nodes.numbers[found[i]];
    }
    if (done < count) {
      const size_t offset = keys_[wanted[done]].begin;
      if (offset < problem->offset) {
        *problem = {offset, NotUtf8Text(KeyProblem(keys[done]))};
      }
      break;
    }
    wanted.remove_prefix(count);
  }
  nodes.wanted.clear();
}

}  // namespace embed
