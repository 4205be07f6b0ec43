// A loaded graph as text, for comparison.
#ifndef EMBED_TESTS_GRAPH_LOADED_ROWS_H_
#define EMBED_TESTS_GRAPH_LOADED_ROWS_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/loaded_graph.h"

namespace embed {

inline std::vector<std::string> Keys(const LoadedGraph& loaded) {
  std::vector<std::string> keys;
  for (uint32_t id = 0; id < loaded.vocabulary.size(); ++id) {
    keys.emplace_back(loaded.vocabulary.key(id));
  }
  return keys;
}

// "KEY WEIGHT" of each neighbour of a node, "KEY" if unweighted.
inline std::vector<std::string> Row(const LoadedGraph& loaded,
                                    const char* key) {
  const uint32_t node = loaded.vocabulary.Find(key);
  std::vector<std::string> row;
  for (size_t i = 0; i < loaded.graph.Neighbors(node).size(); ++i) {
    row.emplace_back(loaded.vocabulary.key(loaded.graph.Neighbors(node)[i]));
    if (loaded.graph.weighted()) {
      absl::StrAppend(&row.back(), " ", loaded.graph.Weights(node)[i]);
    }
  }
  return row;
}

}  // namespace embed

#endif  // EMBED_TESTS_GRAPH_LOADED_ROWS_H_
