// Where the graph of a mode stays while it is trained on.
#ifndef EMBED_APPS_GRAPH_BACKING_H_
#define EMBED_APPS_GRAPH_BACKING_H_

#include <memory>
#include <utility>

#include "apps/mode.h"

namespace embed {

template <class G>
struct GraphBacking : public SourceBacking {
  G graph;
};

// Moves what was loaded (graph, vocabulary and notes, typed or not) into
// `input`; the graph that it returns lives as long as input's backing.
template <class Loaded>
const auto& KeepGraph(Loaded loaded, TrainingInput* input) {
  auto backing = std::make_unique<GraphBacking<decltype(loaded.graph)>>();
  backing->graph = std::move(loaded.graph);
  const auto& graph = backing->graph;
  input->notes = std::move(loaded.notes);
  input->vocabulary = std::move(loaded.vocabulary);
  input->backing = std::move(backing);
  return graph;
}

}  // namespace embed

#endif  // EMBED_APPS_GRAPH_BACKING_H_
