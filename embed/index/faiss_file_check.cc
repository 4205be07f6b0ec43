#include "embed/index/faiss_file_check.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/int8_table.h"
#include "faiss/IndexFlat.h"
#include "faiss/IndexHNSW.h"
#include "faiss/IndexIVFFlat.h"
#include "faiss/IndexPreTransform.h"
#include "faiss/IndexScalarQuantizer.h"
#include "faiss/VectorTransform.h"

namespace embed {
namespace {

constexpr int64_t kMaxItems = int64_t{1} << 31;
constexpr int kMaxFaissDim = 65536;
constexpr int kMaxEfSearch = 1 << 20;  // FAISS takes memory for so many

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("damaged index of FAISS: ", what));
}

absl::Status CheckShape(const faiss::Index& index) {
  if (index.d < 1 || index.d > kMaxFaissDim) {
    return Wrong(absl::StrCat("its dim is ", index.d));
  }
  if (index.ntotal < 0 || index.ntotal > kMaxItems) {
    return Wrong(absl::StrCat("it has ", index.ntotal, " items"));
  }
  return index.is_trained ? absl::OkStatus() : Wrong("it is not trained");
}

absl::Status CheckQuantizer(const faiss::ScalarQuantizer& quantizer, int dim) {
  const size_t d = static_cast<size_t>(dim);
  size_t trained = 0;
  size_t bytes = d;
  switch (quantizer.qtype) {
    case faiss::ScalarQuantizer::QT_8bit:
      trained = 2 * d;
      break;
    case faiss::ScalarQuantizer::QT_8bit_uniform:
      trained = 2;
      break;
    case faiss::ScalarQuantizer::QT_fp16:
      bytes = 2 * d;
      break;
    default:
      return Wrong("an unknown scalar quantiser");
  }
  if (quantizer.d != d || quantizer.code_size != bytes ||
      quantizer.trained.size() != trained) {
    return Wrong("its scalar quantiser does not fit its dim");
  }
  return absl::OkStatus();
}

// Flat or scalar quantiser.
absl::Status CheckCodes(const faiss::IndexFlatCodes& index) {
  const auto* quantized =
      dynamic_cast<const faiss::IndexScalarQuantizer*>(&index);
  if (quantized != nullptr) {
    EMBED_RETURN_IF_ERROR(CheckQuantizer(quantized->sq, index.d));
  } else if (dynamic_cast<const faiss::IndexFlat*>(&index) == nullptr) {
    return Wrong("rows of an unknown kind");
  }
  const size_t code_size = quantized != nullptr
                               ? quantized->sq.code_size
                               : static_cast<size_t>(index.d) * sizeof(float);
  if (index.code_size != code_size ||
      index.codes.size() != static_cast<size_t>(index.ntotal) * code_size) {
    return Wrong("its rows do not fit its dim and number");
  }
  return absl::OkStatus();
}

// The lists of a row on all its levels lie behind one another.
absl::Status CheckLevels(const faiss::HNSW& graph, size_t rows) {
  const std::vector<int>& ends = graph.cum_nneighbor_per_level;
  if (ends.size() < 2 || ends[0] != 0) return Wrong("its graph has no levels");
  for (size_t level = 1; level < ends.size(); ++level) {
    if (ends[level] < ends[level - 1]) return Wrong("its levels do not rise");
  }
  if (graph.levels.size() != rows || graph.offsets.size() != rows + 1 ||
      graph.offsets[0] != 0 || graph.offsets[rows] != graph.neighbors.size()) {
    return Wrong("its graph does not fit its rows");
  }
  for (size_t row = 0; row < rows; ++row) {
    const int level = graph.levels[row];
    if (level < 1 || static_cast<size_t>(level) >= ends.size() ||
        graph.offsets[row + 1] < graph.offsets[row] ||
        graph.offsets[row + 1] - graph.offsets[row] !=
            static_cast<size_t>(ends[level])) {
      return Wrong(absl::StrCat("the links of row ", row, " in its graph"));
    }
  }
  return absl::OkStatus();
}

// Later versions of FAISS have no such field, and search as if it were 1.
template <typename Graph>
auto UpperBeam(const Graph& graph, int /*preferred*/)
    -> decltype(graph.upper_beam) {
  return graph.upper_beam;
}
template <typename Graph>
int UpperBeam(const Graph& /*graph*/, long /*otherwise*/) {
  return 1;
}

absl::Status CheckGraph(const faiss::HNSW& graph, size_t rows) {
  EMBED_RETURN_IF_ERROR(CheckLevels(graph, rows));
  const int64_t count = static_cast<int64_t>(rows);
  if (graph.entry_point < 0 || graph.entry_point >= count ||
      graph.max_level != graph.levels[graph.entry_point] - 1 ||
      graph.efSearch < 1 || graph.efSearch > kMaxEfSearch ||
      UpperBeam(graph, 0) != 1) {
    return Wrong("the entry point or the settings of its graph");
  }
  for (size_t row = 0; row < rows; ++row) {
    for (int level = 0; level < graph.levels[row]; ++level) {
      const size_t begin =
          graph.offsets[row] +
          static_cast<size_t>(graph.cum_nneighbor_per_level[level]);
      const size_t end =
          graph.offsets[row] +
          static_cast<size_t>(graph.cum_nneighbor_per_level[level + 1]);
      for (size_t i = begin; i < end; ++i) {
        const int64_t link = graph.neighbors[i];
        if (link == -1) continue;
        // A row is linked on its own levels only.
        if (link < 0 || link >= count || graph.levels[link] <= level) {
          return Wrong(absl::StrCat("a link of row ", row, " to row ", link));
        }
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLists(const faiss::IndexIVF& index) {
  if (index.quantizer == nullptr || index.invlists == nullptr) {
    return Wrong("it has no lists");
  }
  EMBED_RETURN_IF_ERROR(CheckFaissIndex(*index.quantizer));
  size_t code_size = static_cast<size_t>(index.d) * sizeof(float);
  if (const auto* quantized =
          dynamic_cast<const faiss::IndexIVFScalarQuantizer*>(&index)) {
    EMBED_RETURN_IF_ERROR(CheckQuantizer(quantized->sq, index.d));
    code_size = quantized->sq.code_size;
  } else if (dynamic_cast<const faiss::IndexIVFFlat*>(&index) == nullptr) {
    return Wrong("lists of an unknown kind");
  }
  if (index.quantizer->d != index.d || index.nlist == 0 ||
      index.quantizer->ntotal != static_cast<int64_t>(index.nlist) ||
      index.invlists->nlist != index.nlist || index.nprobe < 1 ||
      index.code_size != code_size || index.invlists->code_size != code_size) {
    return Wrong("its lists do not fit their centers");
  }
  size_t rows = 0;
  for (size_t list = 0; list < index.nlist; ++list) {
    rows += index.invlists->list_size(list);
  }
  if (rows == static_cast<size_t>(index.ntotal)) return absl::OkStatus();
  return Wrong(
      absl::StrCat("its lists hold ", rows, " of ", index.ntotal, " items"));
}

}  // namespace

absl::Status CheckFaissIndex(const faiss::Index& index) {
  EMBED_RETURN_IF_ERROR(CheckShape(index));
  if (const auto* codes = dynamic_cast<const faiss::IndexFlatCodes*>(&index)) {
    return CheckCodes(*codes);
  }
  if (const auto* graph = dynamic_cast<const faiss::IndexHNSW*>(&index)) {
    const auto* rows =
        dynamic_cast<const faiss::IndexFlatCodes*>(graph->storage);
    if (rows == nullptr || rows->d != index.d || rows->ntotal != index.ntotal ||
        rows->metric_type != index.metric_type || index.ntotal == 0) {
      return Wrong("its graph is not one of its rows");
    }
    EMBED_RETURN_IF_ERROR(CheckShape(*rows));
    EMBED_RETURN_IF_ERROR(CheckCodes(*rows));
    return CheckGraph(graph->hnsw, static_cast<size_t>(index.ntotal));
  }
  if (const auto* lists = dynamic_cast<const faiss::IndexIVF*>(&index)) {
    return CheckLists(*lists);
  }
  return Wrong("an index within it is of another kind");
}

absl::Status CheckFaissTransforms(const faiss::IndexPreTransform& index) {
  int dim = index.d;
  for (const faiss::VectorTransform* transform : index.chain) {
    const auto* linear = dynamic_cast<const faiss::LinearTransform*>(transform);
    if (linear == nullptr || linear->d_in != dim || linear->d_out < 1 ||
        linear->d_out > kMaxFaissDim || !linear->is_trained ||
        linear->A.size() != static_cast<size_t>(dim) * linear->d_out ||
        linear->b.size() !=
            (linear->have_bias ? static_cast<size_t>(linear->d_out) : 0)) {
      return Wrong("a transform that does not fit its dim");
    }
    dim = linear->d_out;
  }
  if (index.index == nullptr || index.index->d != dim ||
      index.index->ntotal != index.ntotal ||
      index.index->metric_type != index.metric_type) {
    return Wrong("its transforms do not lead to its rows");
  }
  return absl::OkStatus();
}

}  // namespace embed
