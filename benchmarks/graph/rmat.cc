#include "benchmarks/graph/rmat.h"

#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "graph/arc_list.h"
#include "graph/graph_assembly.h"
#include "graph/graph_builder.h"

namespace embed {

Graph MakeRmat(const RmatOptions& options) {
  const uint32_t nodes = uint32_t{1} << options.scale;
  const auto bound = [](double share) {
    return static_cast<uint32_t>(share * 0x1.0p32);
  };
  const uint32_t a = bound(options.a);
  const uint32_t ab = bound(options.a + options.b);
  const uint32_t abc = bound(options.a + options.b + options.c);
  std::vector<uint32_t> words(static_cast<size_t>(options.scale) + 1);
  ArcList arcs(options.weighted);
  for (uint64_t edge = 0; edge < options.edges; ++edge) {
    FillRandom(PhiloxStream(options.seed, RandomPurpose::kTest, 1, edge), 0,
               absl::MakeSpan(words));
    uint32_t source = 0;
    uint32_t target = 0;
    for (int level = 0; level < options.scale; ++level) {
      const uint32_t word = words[static_cast<size_t>(level)];
      const bool right = (word >= a && word < ab) || word >= abc;
      source = source * 2 + (word >= ab);
      target = target * 2 + right;
    }
    if (source == target) continue;
    const auto weight = static_cast<float>((words.back() >> 28) + 1) / 16;
    arcs.Append({source, target}, weight);
  }
  const GraphBuildOptions build = {nodes, false, options.threads};
  ArcRows rows = *GatherRows(std::move(arcs), build);
  std::vector<uint64_t> degrees(nodes);
  for (uint32_t v = 0; v < nodes; ++v) {
    degrees[v] = rows.size(v);
  }
  return ArrangeRows(std::move(rows), FallingOrder(degrees), build);
}

}  // namespace embed
