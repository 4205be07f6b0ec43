#include "embed/index/faiss_export.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/exceptions.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/faiss8_codec.h"
#include "embed/io/atomic_file.h"
#include "embed/kernels/int8_rows.h"
#include "faiss/IndexHNSW.h"
#include "faiss/IndexPreTransform.h"
#include "faiss/IndexScalarQuantizer.h"
#include "faiss/VectorTransform.h"
#include "faiss/impl/io.h"
#include "faiss/index_io.h"
#include "nlohmann/json.hpp"

namespace embed {
namespace {

using Json = nlohmann::json;

constexpr char kExportMagic[] = "EMBEDKEY";

// FAISS's bytes to an AtomicFile, whose first error it keeps.
class FileWriter : public faiss::IOWriter {
 public:
  explicit FileWriter(AtomicFile* file) : file_(file) {}
  size_t operator()(const void* data, size_t size, size_t count) override {
    status_.Update(file_->Write(data, size * count));
    return count;
  }
  const absl::Status& status() const { return status_; }

 private:
  AtomicFile* file_;
  absl::Status status_;
};

std::unique_ptr<faiss::IndexScalarQuantizer> QuantizerOf(
    const Faiss8Codec& codec, const MatrixView& vectors, int threads) {
  const size_t dim = static_cast<size_t>(vectors.dim);
  auto index = std::make_unique<faiss::IndexScalarQuantizer>(
      vectors.dim, faiss::ScalarQuantizer::QT_8bit,
      faiss::METRIC_INNER_PRODUCT);
  // A byte u stands for trained[j] + trained[dim + j] * (u + 0.5) / 255.
  index->sq.trained.resize(2 * dim);
  for (size_t j = 0; j < dim; ++j) {
    const double step = codec.step;
    index->sq.trained[j] = static_cast<float>(codec.parts.mean[j] -
                                              (kInt8CodeOffset + 0.5) * step);
    index->sq.trained[dim + j] = static_cast<float>(255 * step);
  }
  index->codes.resize(vectors.rows * dim);
  ParallelFor(threads, vectors.rows, [&](uint64_t begin, uint64_t end) {
    std::vector<float> unit(dim);
    std::vector<int8_t> codes(dim);
    for (uint64_t i = begin; i < end; ++i) {
      codec.parts.codec().ToUnit(vectors.row(i), absl::MakeSpan(unit));
      EncodeFaiss8Row(codec, unit, absl::MakeSpan(codes));
      for (size_t j = 0; j < dim; ++j) {
        index->codes[i * dim + j] =
            static_cast<uint8_t>(codes[j] + kInt8CodeOffset);
      }
    }
  });
  index->ntotal = static_cast<int64_t>(vectors.rows);
  index->is_trained = true;
  return index;
}

// The links of `graph` as FAISS holds them.
void CopyGraph(const HnswGraph& graph, int ef_construction, faiss::HNSW* hnsw) {
  const HnswGraph::Parts& parts = graph.parts();
  const size_t m = static_cast<size_t>(parts.m);
  std::vector<int> neighbors;
  const auto append = [&](const LinkList& list, size_t places) {
    const size_t end = neighbors.size() + places;
    for (const uint32_t link : list.UpToNone()) {
      neighbors.push_back(static_cast<int>(link));
    }
    neighbors.resize(end, -1);
  };
  hnsw->efConstruction = ef_construction;
  hnsw->efSearch = parts.ef_search;
  hnsw->entry_point = static_cast<int>(parts.entry_point);
  hnsw->max_level = static_cast<int>(graph.max_level());
  hnsw->offsets.assign(1, 0);
  for (uint32_t row = 0; row < parts.rows; ++row) {
    append(graph.Links(row), 2 * m);
    const uint32_t levels = graph.UpperLevels(row);
    for (uint32_t level = 1; level <= levels; ++level) {
      append(graph.UpperLinks(row, level), m);
    }
    hnsw->levels.push_back(static_cast<int>(levels) + 1);
    hnsw->offsets.push_back(neighbors.size());
  }
  hnsw->neighbors = std::move(neighbors);
}

// The graph is that of an Int8Table of the same vectors: it ranks by cosine.
absl::StatusOr<std::unique_ptr<faiss::Index>> WithGraph(
    std::unique_ptr<faiss::IndexScalarQuantizer> rows,
    const MatrixView& vectors, const ItemIndexOptions& options) {
  Int8TableOptions table_options;
  table_options.seed = options.seed;
  table_options.rotation = options.rotation;
  table_options.threads = options.threads;
  table_options.layout = Int8Layout::kRows;
  EMBED_ASSIGN_OR_RETURN(const Int8Table table,
                         Int8Table::Build(vectors, table_options));
  EMBED_ASSIGN_OR_RETURN(const HnswGraph graph,
                         HnswGraph::Build(table, *options.hnsw));
  auto index = std::make_unique<faiss::IndexHNSWSQ>();
  index->d = rows->d;
  index->ntotal = rows->ntotal;
  index->metric_type = rows->metric_type;
  index->is_trained = true;
  index->hnsw = faiss::HNSW(options.hnsw->m);
  CopyGraph(graph, options.hnsw->ef_construction, &index->hnsw);
  index->storage = rows.release();
  index->own_fields = true;
  return std::unique_ptr<faiss::Index>(std::move(index));
}

// Rows and queries are turned first.
std::unique_ptr<faiss::Index> Turned(absl::Span<const float> rotation,
                                     std::unique_ptr<faiss::Index> index) {
  const size_t dim = static_cast<size_t>(index->d);
  auto turn = std::make_unique<faiss::RandomRotationMatrix>(index->d, index->d);
  // FAISS multiplies by a matrix whose row i gives value i of the result.
  turn->A.resize(dim * dim);
  for (size_t i = 0; i < dim; ++i) {
    for (size_t j = 0; j < dim; ++j) {
      turn->A[j * dim + i] = rotation[i * dim + j];
    }
  }
  turn->is_trained = true;
  const int64_t rows = index->ntotal;
  auto turned = std::make_unique<faiss::IndexPreTransform>(turn.release(),
                                                           index.release());
  turned->own_fields = true;
  turned->ntotal = rows;
  return turned;
}

std::string Trailer(const Vocabulary& vocabulary,
                    const ItemIndexOptions& options) {
  Json keys = Json::array();
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    keys.push_back(std::string(vocabulary.key(id)));
  }
  Json json = {{"codec", "faiss8"}, {"info", Json(options.info)}};
  json["keys"] = std::move(keys);
  if (!vocabulary.type_names().empty()) {
    json["types"] = vocabulary.type_names();
    json["type_of"] = std::vector<uint16_t>(vocabulary.types().begin(),
                                            vocabulary.types().end());
  }
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  const uint64_t size = text.size();
  for (int byte = 0; byte < 8; ++byte) {
    text.push_back(static_cast<char>(size >> (8 * byte) & 0xFF));
  }
  return text.append(kExportMagic);
}

}  // namespace

absl::Status WriteFaissIndex(const Vocabulary& vocabulary,
                             const MatrixView& vectors,
                             const ItemIndexOptions& options,
                             const std::string& path) {
  EMBED_RETURN_IF_ERROR(CheckIndexInput(vocabulary, vectors, options.threads));
  if (options.metric != Metric::kCosine) {
    return absl::InvalidArgumentError(
        absl::StrCat("an index of codec faiss8 by ", MetricName(options.metric),
                     ", expected cosine: it holds unit vectors"));
  }
  return CatchExceptions([&]() -> absl::Status {
    const Faiss8Codec codec = FitFaiss8Codec(vectors, options.rotation,
                                             options.seed, options.threads);
    auto rows = QuantizerOf(codec, vectors, options.threads);
    std::unique_ptr<faiss::Index> index;
    if (options.hnsw.has_value()) {
      EMBED_ASSIGN_OR_RETURN(index,
                             WithGraph(std::move(rows), vectors, options));
    } else {
      index = std::move(rows);
    }
    if (!codec.parts.rotation.empty()) {
      index = Turned(codec.parts.rotation, std::move(index));
    }
    EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<AtomicFile> file,
                           AtomicFile::Create(path));
    FileWriter writer(file.get());
    faiss::write_index(index.get(), &writer);
    EMBED_RETURN_IF_ERROR(writer.status());
    EMBED_RETURN_IF_ERROR(file->Write(Trailer(vocabulary, options)));
    return file->Commit();
  });
}

}  // namespace embed
