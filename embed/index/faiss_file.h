// An index that FAISS wrote, searched by FAISS itself: Flat, SQ8, HNSW and IVF
// of these, IDMap, and linear transforms before them (faiss_layout.h), metrics
// inner product and L2.
//
// Items are the ids of FAISS in rising order; keys are these ids as text, or,
// of a file of ours (faiss_export.h), those that lie behind FAISS's bytes.
// Scores are FAISS's: inner products, or squared distances (metric() is kL2 and
// lower is nearer). Results are those of FAISS, but equally near items come by
// their number.
//
// Immutable: any number of threads may search.
#ifndef EMBED_INDEX_FAISS_FILE_H_
#define EMBED_INDEX_FAISS_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/int8_table.h"
#include "embed/math/matrix_view.h"

namespace embed {

class FaissFile {
 public:
  // Whether a file starts as one of FAISS; false if it cannot be read.
  static bool Is(const std::string& path);

  // Reads the whole file. DataLoss (naming the path): cut off, damaged, a type
  // that is not read, ids given twice, no items. Errors of opening.
  static absl::StatusOr<std::unique_ptr<FaissFile>> Open(
      const std::string& path);
  ~FaissFile();

  uint64_t size() const;
  int dim() const;
  Metric metric() const;  // kDot or kL2
  bool has_graph() const;
  bool has_lists() const;
  const std::vector<std::string>& keys() const { return keys_; }

  // The vector as the index stores it, [dim].
  absl::StatusOr<std::vector<float>> Vector(uint32_t id) const;

  // The k nearest items that FAISS finds. options.ef_search and nprobe count
  // for graphs and lists, 0: what the file says; options.exact: all items. With
  // options.allowed, a search that finds fewer than k is made once more over
  // all items. InvalidArgument: k is 0, queries of another dim or not finite,
  // allowed too short.
  absl::StatusOr<SearchHits> Search(const MatrixView& queries,
                                    const SearchOptions& options) const;
  // All items with a score of at least min_score, by kL2 at most.
  absl::StatusOr<SearchHits> RangeSearch(const MatrixView& queries,
                                         float min_score,
                                         const SearchOptions& options) const;

 private:
  struct Loaded;
  explicit FaissFile(std::unique_ptr<Loaded> loaded);
  absl::Status CheckQueries(const MatrixView& queries,
                            const SearchOptions& options) const;
  absl::StatusOr<SearchHits> SearchOnce(const MatrixView& queries,
                                        const SearchOptions& options) const;

  std::unique_ptr<Loaded> loaded_;
  std::vector<std::string> keys_;
};

}  // namespace embed

#endif  // EMBED_INDEX_FAISS_FILE_H_
