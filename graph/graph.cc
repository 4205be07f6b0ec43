#include "graph/graph.h"

#include <utility>

#include "embed/base/check.h"

namespace embed {

Graph::Graph(std::vector<uint64_t> rows, std::vector<uint32_t> targets,
             std::vector<float> weights, bool undirected)
    : weights_(std::move(weights)), undirected_(undirected) {
  EMBED_DCHECK(!rows.empty() && rows.back() == targets.size());
  EMBED_DCHECK(weights_.empty() || weights_.size() == targets.size());
  // Boost's constructors copy the edges; its two arrays, public for such uses,
  // are ours already.
  csr_.m_forward.m_rowstart = std::move(rows);
  csr_.m_forward.m_column = std::move(targets);
}

}  // namespace embed
