// R-MAT graphs (Chakrabarti, Zhan, Faloutsos, "R-MAT: a recursive model for
// graph mining", SDM 2004): undirected, with the heavy-tailed degrees of social
// networks, for measuring.
#ifndef EMBED_BENCHMARKS_GRAPH_RMAT_H_
#define EMBED_BENCHMARKS_GRAPH_RMAT_H_

#include <cstdint>

#include "graph/graph.h"

namespace embed {

struct RmatOptions {
  int scale = 20;      // 2^scale nodes, 1 .. 30
  uint64_t edges = 0;  // drawn; self-loops and repeated edges fall away
  // Probabilities of the quadrants of the adjacency matrix; the fourth is what
  // is left to 1. The values of Graph500.
  double a = 0.57;
  double b = 0.19;
  double c = 0.19;
  bool weighted = false;  // weights uniform on {1/16, 2/16, ..., 1}
  uint64_t seed = 42;
  int threads = 1;
};

// Nodes are numbered by falling degree, as all loaders number them. The same
// for any number of threads.
Graph MakeRmat(const RmatOptions& options);

}  // namespace embed

#endif  // EMBED_BENCHMARKS_GRAPH_RMAT_H_
