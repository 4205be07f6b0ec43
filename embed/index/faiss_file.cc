#include "embed/index/faiss_file.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/faiss_file_check.h"
#include "embed/index/faiss_layout.h"
#include "embed/index/hit_order.h"
#include "embed/index/int8_codec.h"
#include "embed/index/openmp_threads.h"
#include "embed/io/mapped_file.h"
#include "faiss/IndexHNSW.h"
#include "faiss/IndexIDMap.h"
#include "faiss/IndexIVF.h"
#include "faiss/IndexPreTransform.h"
#include "faiss/impl/IDSelector.h"
#include "faiss/impl/io.h"
#include "faiss/index_io.h"
#include "nlohmann/json.hpp"

namespace embed {
namespace {

constexpr char kAppendedMagic[] = "EMBEDKEY";
constexpr size_t kAppendedMagicBytes = 8;

// What FAISS throws, and memory that is not there, as a status.
absl::Status CatchFaiss(const std::function<absl::Status()>& body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("not enough memory");
  } catch (const std::exception& error) {
    // Its messages span lines.
    std::string text = error.what();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return absl::InvalidArgumentError(text);
  }
}

class SpanReader : public faiss::IOReader {
 public:
  explicit SpanReader(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}
  size_t operator()(void* data, size_t size, size_t count) override {
    if (size == 0) return count;
    const size_t read = std::min(count, bytes_.size() / size);
    if (read > 0) std::memcpy(data, bytes_.data(), read * size);
    bytes_.remove_prefix(read * size);
    return read;
  }

 private:
  absl::Span<const uint8_t> bytes_;
};

// The keys behind FAISS's bytes; none if there are no such.
std::vector<std::string> TrailingKeys(absl::Span<const uint8_t> bytes) {
  constexpr size_t kTail = kAppendedMagicBytes + 8;
  if (bytes.size() < kTail ||
      std::memcmp(bytes.data() + bytes.size() - kAppendedMagicBytes,
                  kAppendedMagic, kAppendedMagicBytes) != 0) {
    return {};
  }
  uint64_t size = 0;
  for (size_t byte = 0; byte < 8; ++byte) {
    size |= uint64_t{bytes[bytes.size() - kTail + byte]} << (8 * byte);
  }
  if (size > bytes.size() - kTail) return {};
  const uint8_t* end = bytes.data() + bytes.size() - kTail;
  const auto json = nlohmann::json::parse(end - size, end, nullptr, false);
  if (!json.is_object() || !json.contains("keys") || !json["keys"].is_array()) {
    return {};
  }
  std::vector<std::string> keys;
  for (const auto& key : json["keys"]) {
    if (!key.is_string()) return {};
    keys.push_back(key.get<std::string>());
  }
  return keys;
}

}  // namespace

struct FaissFile::Loaded {
  // In the order of labels.
  struct Item {
    int64_t label;   // as users of the file know it
    int64_t inner;   // as `base` knows it
    uint64_t place;  // row of base, or list << 32 | place in the list
  };

  // Sets `base` to what is within ids and transforms.
  absl::Status Unwrap();
  absl::Status ListItems();

  // The item that `base` calls `inner`.
  uint32_t ItemOf(int64_t inner) const {
    if (by_inner.empty()) return static_cast<uint32_t>(inner);
    return std::lower_bound(by_inner.begin(), by_inner.end(),
                            std::make_pair(inner, uint32_t{0}))
        ->second;
  }

  std::unique_ptr<faiss::Index> owner;
  const faiss::IndexIDMap* ids = nullptr;            // or none
  const faiss::IndexPreTransform* turned = nullptr;  // or none
  const faiss::Index* base = nullptr;
  const faiss::IndexHNSW* graph = nullptr;  // base, if it is one
  const faiss::IndexIVF* lists = nullptr;   // base, if it is one
  std::vector<Item> items;
  // Sorted; empty if items are numbered as in base.
  std::vector<std::pair<int64_t, uint32_t>> by_inner;

  // The items that a bitmap allows, by their names in base.
  class Allowed : public faiss::IDSelector {
   public:
    Allowed(const Loaded& loaded, absl::Span<const uint64_t> bits)
        : loaded_(loaded), bits_(bits) {}
    bool is_member(int64_t inner) const override {
      const uint32_t item = loaded_.ItemOf(inner);
      return (bits_[item / 64] >> (item % 64) & 1) != 0;
    }

   private:
    const Loaded& loaded_;
    const absl::Span<const uint64_t> bits_;
  };
};

absl::Status FaissFile::Loaded::Unwrap() {
  base = owner.get();
  ids = dynamic_cast<const faiss::IndexIDMap*>(base);
  if (ids != nullptr) {
    base = ids->index;
    if (base == nullptr || base->d != ids->d || base->ntotal != ids->ntotal ||
        ids->id_map.size() != static_cast<size_t>(ids->ntotal)) {
      return absl::InvalidArgumentError(
          "damaged index of FAISS: its ids do not fit its rows");
    }
  }
  turned = dynamic_cast<const faiss::IndexPreTransform*>(base);
  if (turned != nullptr) {
    EMBED_RETURN_IF_ERROR(CheckFaissTransforms(*turned));
    base = turned->index;
  }
  graph = dynamic_cast<const faiss::IndexHNSW*>(base);
  lists = dynamic_cast<const faiss::IndexIVF*>(base);
  EMBED_RETURN_IF_ERROR(CheckFaissIndex(*base));
  if (base->ntotal > 0) return absl::OkStatus();
  return absl::InvalidArgumentError("an index of FAISS without items");
}

absl::Status FaissFile::Loaded::ListItems() {
  if (lists != nullptr) {
    for (size_t list = 0; list < lists->nlist; ++list) {
      const faiss::InvertedLists::ScopedIds names(lists->invlists, list);
      for (size_t i = 0; i < lists->invlists->list_size(list); ++i) {
        items.push_back({names[i], names[i], list << 32 | i});
      }
    }
  } else {
    for (int64_t row = 0; row < base->ntotal; ++row) {
      items.push_back({row, row, static_cast<uint64_t>(row)});
    }
  }
  if (ids != nullptr) {
    for (Item& item : items) {
      if (item.inner < 0 || item.inner >= ids->ntotal) {
        return absl::InvalidArgumentError(
            "damaged index of FAISS: a row without an id");
      }
      item.label = ids->id_map[static_cast<size_t>(item.inner)];
    }
  }
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.label < b.label; });
  bool same = true;
  for (uint32_t id = 0; id < items.size(); ++id) {
    same = same && items[id].inner == id;
    by_inner.emplace_back(items[id].inner, id);
  }
  if (same) by_inner.clear();
  std::sort(by_inner.begin(), by_inner.end());
  return absl::OkStatus();
}

FaissFile::FaissFile(std::unique_ptr<Loaded> loaded)
    : loaded_(std::move(loaded)) {}
FaissFile::~FaissFile() = default;

bool FaissFile::Is(const std::string& path) {
  const auto file = MappedFile::Open(path);
  return file.ok() && LooksLikeFaiss({(*file)->data(), (*file)->size()});
}

absl::StatusOr<std::unique_ptr<FaissFile>> FaissFile::Open(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file,
                         MappedFile::Open(path));
  const absl::Span<const uint8_t> bytes = {file->data(), file->size()};
  auto loaded = std::make_unique<Loaded>();
  std::vector<std::string> keys;
  const absl::Status status = CatchFaiss([&]() -> absl::Status {
    EMBED_ASSIGN_OR_RETURN(const uint64_t size, FaissIndexBytes(bytes));
    SpanReader reader(bytes.subspan(0, size));
    loaded->owner.reset(faiss::read_index(&reader));
    EMBED_RETURN_IF_ERROR(loaded->Unwrap());
    EMBED_RETURN_IF_ERROR(loaded->ListItems());
    keys = TrailingKeys(bytes.subspan(size));
    return absl::OkStatus();
  });
  if (!status.ok()) {
    const bool memory = absl::IsResourceExhausted(status);
    return absl::Status(memory ? absl::StatusCode::kResourceExhausted
                               : absl::StatusCode::kDataLoss,
                        absl::StrCat(path, ": ", status.message()));
  }
  if (keys.size() != loaded->items.size()) {
    keys.clear();
    for (const Loaded::Item& item : loaded->items) {
      keys.push_back(absl::StrCat(item.label));
    }
  }
  std::unique_ptr<FaissFile> result(new FaissFile(std::move(loaded)));
  result->keys_ = std::move(keys);
  return result;
}

uint64_t FaissFile::size() const { return loaded_->items.size(); }
int FaissFile::dim() const { return loaded_->owner->d; }
Metric FaissFile::metric() const {
  return loaded_->base->metric_type == faiss::METRIC_L2 ? Metric::kL2
                                                        : Metric::kDot;
}
bool FaissFile::has_graph() const { return loaded_->graph != nullptr; }
bool FaissFile::has_lists() const { return loaded_->lists != nullptr; }

absl::StatusOr<std::vector<float>> FaissFile::Vector(uint32_t id) const {
  std::vector<float> vector(static_cast<size_t>(dim()));
  EMBED_RETURN_IF_ERROR(CatchFaiss([&] {
    std::vector<float> inner(static_cast<size_t>(loaded_->base->d));
    const uint64_t place = loaded_->items[id].place;
    if (loaded_->lists != nullptr) {
      loaded_->lists->reconstruct_from_offset(
          static_cast<int64_t>(place >> 32),
          static_cast<int64_t>(place & 0xFFFFFFFF), inner.data());
    } else {
      loaded_->base->reconstruct(static_cast<int64_t>(place), inner.data());
    }
    if (loaded_->turned == nullptr) {
      vector = std::move(inner);
    } else {
      loaded_->turned->reverse_chain(1, inner.data(), vector.data());
    }
    return absl::OkStatus();
  }));
  return vector;
}

absl::Status FaissFile::CheckQueries(const MatrixView& queries,
                                     const SearchOptions& options) const {
  if (queries.dim != dim()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "queries have dim ", queries.dim, ", the index has ", dim()));
  }
  const auto bad = FirstNonFiniteRow(queries, options.threads);
  if (bad.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "query ", *bad, " has a value that is not a finite number"));
  }
  if (!options.allowed.empty() && options.allowed.size() < (size() + 63) / 64) {
    return absl::InvalidArgumentError(
        absl::StrCat("the bitmap of allowed rows has ", options.allowed.size(),
                     " words, expected ", (size() + 63) / 64));
  }
  if (options.ef_search < 0 || options.nprobe < 0) {
    return absl::InvalidArgumentError(
        "ef_search or nprobe is negative, expected at least 1");
  }
  return absl::OkStatus();
}

// options: checked, k from 1 to size().
absl::StatusOr<SearchHits> FaissFile::SearchOnce(
    const MatrixView& queries, const SearchOptions& options) const {
  const OpenMpThreads openmp(options.threads);
  std::vector<float> values;
  for (uint64_t i = 0; i < queries.rows; ++i) {
    const absl::Span<const float> row = queries.row(i);
    values.insert(values.end(), row.begin(), row.end());
  }
  const int64_t count = static_cast<int64_t>(queries.rows);
  const float* x = values.data();
  std::unique_ptr<const float[]> turned;
  if (loaded_->turned != nullptr && !loaded_->turned->chain.empty()) {
    turned.reset(loaded_->turned->apply_chain(count, x));
    x = turned.get();
  }
  Loaded::Allowed allowed(*loaded_, options.allowed);
  faiss::SearchParameters flat;
  faiss::SearchParametersHNSW graph;
  faiss::SearchParametersIVF lists;
  faiss::SearchParameters* params = &flat;
  const faiss::Index* searched = loaded_->base;
  if (loaded_->lists != nullptr) {
    params = &lists;
    lists.nprobe = options.exact        ? loaded_->lists->nlist
                   : options.nprobe > 0 ? static_cast<size_t>(options.nprobe)
                                        : loaded_->lists->nprobe;
  } else if (loaded_->graph != nullptr && options.exact) {
    searched = loaded_->graph->storage;
  } else if (loaded_->graph != nullptr) {
    params = &graph;
    // More than there are rows only takes memory.
    const uint64_t ef = static_cast<uint64_t>(
        options.ef_search > 0 ? options.ef_search
                              : loaded_->graph->hnsw.efSearch);
    graph.efSearch = static_cast<int>(std::min(ef, size()));
  }
  if (!options.allowed.empty()) params->sel = &allowed;
  const size_t k = options.k;
  std::vector<float> distances(queries.rows * k);
  std::vector<int64_t> labels(queries.rows * k);
  searched->search(count, x, static_cast<int64_t>(k), distances.data(),
                   labels.data(), params);
  SearchHits hits(queries.rows);
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    hits[i / k].push_back({loaded_->ItemOf(labels[i]), distances[i]});
  }
  for (std::vector<SearchHit>& found : hits) {
    std::sort(found.begin(), found.end(), HitOrder{metric()});
  }
  return hits;
}

absl::StatusOr<SearchHits> FaissFile::Search(
    const MatrixView& queries, const SearchOptions& options) const {
  EMBED_RETURN_IF_ERROR(CheckQueries(queries, options));
  if (options.k == 0) {
    return absl::InvalidArgumentError("k is 0, expected at least 1");
  }
  SearchOptions in_range = options;
  in_range.k = std::min(options.k, size());
  SearchHits hits;
  EMBED_RETURN_IF_ERROR(CatchFaiss([&]() -> absl::Status {
    EMBED_ASSIGN_OR_RETURN(hits, SearchOnce(queries, in_range));
    if (options.exact || options.allowed.empty()) return absl::OkStatus();
    in_range.exact = true;
    for (uint64_t i = 0; i < queries.rows; ++i) {
      if (hits[i].size() >= in_range.k) continue;
      const MatrixView query = {queries.row(i).data(), 1, queries.dim,
                                queries.stride};
      EMBED_ASSIGN_OR_RETURN(SearchHits found, SearchOnce(query, in_range));
      hits[i] = std::move(found[0]);
    }
    return absl::OkStatus();
  }));
  return hits;
}

absl::StatusOr<SearchHits> FaissFile::RangeSearch(
    const MatrixView& queries, float min_score,
    const SearchOptions& options) const {
  SearchOptions all = options;
  all.exact = true;
  all.k = size();
  SearchHits hits;
  for (uint64_t i = 0; i < queries.rows; ++i) {
    const MatrixView query = {queries.row(i).data(), 1, queries.dim,
                              queries.stride};
    EMBED_ASSIGN_OR_RETURN(SearchHits found, Search(query, all));
    const auto wanted = [&](float score) {
      return metric() == Metric::kL2 ? score <= min_score : score >= min_score;
    };
    while (!found[0].empty() && !wanted(found[0].back().score)) {
      found[0].pop_back();
    }
    hits.push_back(std::move(found[0]));
  }
  return hits;
}

}  // namespace embed
