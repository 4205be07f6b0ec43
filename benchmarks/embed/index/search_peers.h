// Search of this project and of other libraries behind one face, so that they
// are measured alike.
#ifndef EMBED_BENCHMARKS_EMBED_INDEX_SEARCH_PEERS_H_
#define EMBED_BENCHMARKS_EMBED_INDEX_SEARCH_PEERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "embed/math/matrix_view.h"

namespace embed {

struct PeerOptions {
  int m = 16;  // of graphs
  int ef_construction = 100;
  int lists = 0;
  int build_threads = 2;
};

// What a search may be told to look at.
enum class PeerEffort {
  kNone,   // it reads all rows
  kGraph,  // ef_search
  kLists,  // nprobe
};

// Ranks rows of length 1 by dot product. Built once; then any number of
// threads may search.
class SearchPeer {
 public:
  virtual ~SearchPeer() = default;
  // Empty, or why it failed.
  virtual std::string Build(const MatrixView& rows) = 0;
  // The file is removed afterwards; a mapping of it may be kept.
  virtual std::string Write(const std::string& path) = 0;
  virtual PeerEffort effort() const { return PeerEffort::kNone; }
  virtual void SetEffort(int /*effort*/) {}
  // Whether its library takes several queries in one call.
  virtual bool takes_batches() const { return true; }
  // The k nearest rows of each of `count` queries to ids [count * k], best
  // first; as it is given them where there are fewer.
  virtual void Search(const float* queries, uint64_t count, int k,
                      uint32_t* ids) = 0;
};

// Null: `name` is none of theirs, or the library was not there when this was
// built. Names: "embed flat", "embed HNSW", "embed IVF", each with " f16";
// "FAISS " and what its index factory takes, or HNSWFlat, HNSWSQ or IVFFlat for
// those with the numbers of `options`; "hnswlib".
std::unique_ptr<SearchPeer> MakeEmbedPeer(const std::string& name,
                                          const PeerOptions& options);
std::unique_ptr<SearchPeer> MakeFaissPeer(const std::string& name,
                                          const PeerOptions& options);
// hnswlib's header, compiled for this machine.
std::unique_ptr<SearchPeer> MakeHnswlibPeer(const std::string& name,
                                            const PeerOptions& options);

}  // namespace embed

#endif  // EMBED_BENCHMARKS_EMBED_INDEX_SEARCH_PEERS_H_
