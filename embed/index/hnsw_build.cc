// Builds an HnswGraph with FAISS, which sees the rows only by distances.
#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/exceptions.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_graph.h"
#include "faiss/impl/AuxIndexStructures.h"
#include "faiss/impl/DistanceComputer.h"
#include "faiss/impl/FaissAssert.h"
#include "faiss/impl/HNSW.h"
#include "faiss/utils/random.h"

namespace embed {
namespace {

// Order of insertion within a level; any fixed number.
constexpr int64_t kOrderSeed = 789;

// The memory of a graph that was built here.
struct GraphRows {
  AlignedBuffer codes;
  std::vector<Int8RowScale> scales;
  std::vector<uint32_t> links;
  std::vector<uint32_t> upper_lists;
  std::vector<uint32_t> upper_links;
};

// The codes of the table row by row.
void CopyGraphRows(const Int8Table& table, int threads, GraphRows* storage) {
  const Int8Table::Parts& parts = table.parts();
  const uint64_t stride = Int8RowStride(parts.dim);
  storage->scales.resize(parts.rows);
  uint8_t* codes = static_cast<uint8_t*>(storage->codes.data());
  ParallelFor(threads, parts.rows, [&](uint64_t begin, uint64_t end) {
    for (uint64_t row = begin; row < end; ++row) {
      uint8_t* out = codes + row * stride;
      for (int j = 0; j < parts.dim; ++j) {
        out[j] = parts.codes[Int8CodeIndex(row, j, parts.dim)];
      }
      std::fill(out + parts.dim, out + stride, uint8_t{128});
      storage->scales[row] = {parts.multipliers[row], parts.weights[row]};
    }
  });
}

// How near two rows are, from their codes and from numbers of each:
//   row i = w_i mean + m_i c_i, so
//   row i . row j = w_i (mean . row j) + m_i (w_j (mean . c_i) + m_j c_i .
//   c_j), of l2 -|row i - row j|^2 / 2 = m_i m_j c_i . c_j + w_i + w_j
class RowSimilarity {
 public:
  RowSimilarity(const Int8Table& table, const Int8RowTable& rows, int threads)
      : rows_(rows), l2_(table.metric() == Metric::kL2), factors_(rows.rows) {
    const absl::Span<const float> mean = table.parts().mean;
    double mean_squared = 0;
    for (const float value : mean) mean_squared += double{value} * value;
    ParallelFor(threads, rows.rows, [&](uint64_t begin, uint64_t end) {
      for (uint64_t i = begin; i < end; ++i) {
        const uint8_t* codes = rows.row(static_cast<uint32_t>(i));
        double dot = 0;
        for (size_t j = 0; j < mean.size(); ++j) {
          dot += double{mean[j]} * (codes[j] - 128);
        }
        const Int8RowScale scale = rows.scales[i];
        factors_[i] = {scale.multiplier, scale.offset, static_cast<float>(dot),
                       static_cast<float>(scale.offset * mean_squared +
                                          scale.multiplier * dot)};
      }
    });
  }

  float operator()(uint32_t i, uint32_t j) const {
    const Factors& a = factors_[i];
    const Factors& b = factors_[j];
    const float dot = static_cast<float>(DotInt8Rows(rows_, i, j));
    if (l2_) return a.multiplier * b.multiplier * dot + a.weight + b.weight;
    return a.weight * b.mean_row +
           a.multiplier * (b.weight * a.mean_codes + b.multiplier * dot);
  }

 private:
  struct Factors {
    float multiplier;
    float weight;
    float mean_codes;  // mean . codes
    float mean_row;    // mean . row
  };
  const Int8RowTable rows_;
  const bool l2_;
  std::vector<Factors> factors_;
};

// From one row to others; a near row has a small number.
class RowDistances : public faiss::DistanceComputer {
 public:
  explicit RowDistances(const RowSimilarity& similarity)
      : similarity_(similarity) {}

  void set_row(uint32_t row) { row_ = row; }
  void set_query(const float* /*x*/) override {
    FAISS_THROW_MSG("rows are compared with rows only");
  }
  float operator()(idx_t i) override {
    return -similarity_(row_, static_cast<uint32_t>(i));
  }
  float symmetric_dis(idx_t i, idx_t j) override {
    return -similarity_(static_cast<uint32_t>(i), static_cast<uint32_t>(j));
  }

 private:
  const RowSimilarity& similarity_;
  uint32_t row_ = 0;
};

// One lock a row, as FAISS wants them.
class RowLocks {
 public:
  explicit RowLocks(uint64_t rows) : locks_(rows) {
    for (omp_lock_t& lock : locks_) omp_init_lock(&lock);
  }
  RowLocks(const RowLocks&) = delete;
  RowLocks& operator=(const RowLocks&) = delete;
  ~RowLocks() {
    for (omp_lock_t& lock : locks_) omp_destroy_lock(&lock);
  }
  std::vector<omp_lock_t>& locks() { return locks_; }

 private:
  std::vector<omp_lock_t> locks_;
};

// Rows by falling level, in random order within a level: FAISS wants the
// highest first, and neighbours in the table must not come one after another.
std::vector<int> InsertionOrder(const faiss::HNSW& graph) {
  const size_t rows = graph.levels.size();
  std::vector<int> order(rows);
  faiss::rand_perm(order.data(), rows, kOrderSeed);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return graph.levels[a] > graph.levels[b];
  });
  return order;
}

// Inserts order[begin, end), all on one level.
void InsertRows(const std::vector<int>& order, size_t begin, size_t end,
                const RowSimilarity& similarity, int threads, RowLocks* locks,
                std::vector<faiss::VisitedTable>* visited, faiss::HNSW* graph) {
  std::atomic<size_t> next{begin};
  RunThreads(threads, [&](int thread) {
    RowDistances distances(similarity);
    for (size_t i = next++; i < end; i = next++) {
      const int row = order[i];
      distances.set_row(static_cast<uint32_t>(row));
      graph->add_with_locks(distances, graph->levels[row] - 1, row,
                            locks->locks(), (*visited)[thread]);
    }
  });
}

void Insert(const RowSimilarity& similarity, int threads, faiss::HNSW* graph) {
  const std::vector<int> order = InsertionOrder(*graph);
  RowLocks locks(order.size());
  std::vector<faiss::VisitedTable> visited(
      threads, faiss::VisitedTable(static_cast<int>(order.size())));
  for (size_t begin = 0; begin < order.size();) {
    const int level = graph->levels[order[begin]];
    size_t end = begin;
    while (end < order.size() && graph->levels[order[end]] == level) ++end;
    // The first becomes the entry point of the others.
    if (begin == 0) {
      InsertRows(order, 0, 1, similarity, 1, &locks, &visited, graph);
      begin = 1;
    }
    InsertRows(order, begin, end, similarity, threads, &locks, &visited, graph);
    begin = end;
  }
}

// FAISS holds the lists of all levels of a row behind one another; here level 0
// is apart, so that its lists are found without an array of offsets.
void CopyLinks(const faiss::HNSW& graph, int m, GraphRows* storage) {
  const size_t rows = graph.levels.size();
  storage->links.reserve(rows * 2 * m);
  storage->upper_lists.reserve(rows + 1);
  const auto append = [](const int* begin, const int* end,
                         std::vector<uint32_t>* out) {
    // FAISS's -1 for "none" becomes kNoRow.
    for (; begin < end; ++begin) out->push_back(static_cast<uint32_t>(*begin));
  };
  for (size_t row = 0; row < rows; ++row) {
    const int* lists = graph.neighbors.data() + graph.offsets[row];
    append(lists, lists + 2 * m, &storage->links);
    storage->upper_lists.push_back(
        static_cast<uint32_t>(storage->upper_links.size() / m));
    append(lists + 2 * m, graph.neighbors.data() + graph.offsets[row + 1],
           &storage->upper_links);
  }
  storage->upper_lists.push_back(
      static_cast<uint32_t>(storage->upper_links.size() / m));
}

}  // namespace

absl::StatusOr<HnswGraph> HnswGraph::Build(const Int8Table& table,
                                           const HnswOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  auto storage = std::make_shared<GraphRows>();
  Parts parts;
  parts.rows = table.rows();
  parts.dim = table.dim();
  parts.m = options.m;
  EMBED_ASSIGN_OR_RETURN(
      storage->codes,
      AlignedBuffer::Create(parts.rows * Int8RowStride(parts.dim)));
  EMBED_RETURN_IF_ERROR(CatchExceptions([&] {
    const int threads = std::max(1, options.threads);
    CopyGraphRows(table, threads, storage.get());
    const Int8RowTable rows = {
        static_cast<const uint8_t*>(storage->codes.data()),
        storage->scales.data(), parts.rows, parts.dim};
    const RowSimilarity similarity(table, rows, threads);
    faiss::HNSW graph(options.m);
    graph.efConstruction = options.ef_construction;
    graph.prepare_level_tab(parts.rows);
    Insert(similarity, threads, &graph);
    CopyLinks(graph, options.m, storage.get());
    parts.entry_point = static_cast<uint32_t>(graph.entry_point);
    return absl::OkStatus();
  }));
  parts.codes = {static_cast<const uint8_t*>(storage->codes.data()),
                 storage->codes.size()};
  parts.scales = storage->scales;
  parts.links = storage->links;
  parts.upper_lists = storage->upper_lists;
  parts.upper_links = storage->upper_links;
  return HnswGraph(parts, std::move(storage));
}

}  // namespace embed
