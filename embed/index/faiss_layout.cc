#include "embed/index/faiss_layout.h"

#include <cstring>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// An IDMap of a transform of lists with a quantizer is the deepest that is
// made.
constexpr int kMaxDepth = 5;
constexpr int kMaxTransforms = 4;

// faiss::ScalarQuantizer::QuantizerType and the last RangeStat.
constexpr int32_t kSq8Bit = 0;
constexpr int32_t kSq8BitUniform = 2;
constexpr int32_t kSqFp16 = 4;
constexpr int32_t kLastRangeStat = 3;

class Walker {
 public:
  explicit Walker(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  uint64_t place() const { return place_; }

  absl::Status Index(int depth = 0) {
    if (depth > kMaxDepth) return Wrong("indexes within indexes too deep");
    EMBED_ASSIGN_OR_RETURN(const std::string type, Name());
    EMBED_RETURN_IF_ERROR(Header());
    if (type == "IxFI" || type == "IxF2" || type == "IxFl") return Vector(4);
    if (type == "IxSQ") {
      EMBED_RETURN_IF_ERROR(Quantizer());
      return Vector(1);
    }
    if (type == "IHNf" || type == "IHNs") {
      EMBED_RETURN_IF_ERROR(Graph());
      return Index(depth + 1);
    }
    if (type == "IwFl" || type == "IwSq") return Lists(type, depth);
    if (type == "IxMp" || type == "IxM2") {
      EMBED_RETURN_IF_ERROR(Index(depth + 1));
      return Vector(8);
    }
    if (type == "IxPT") {
      EMBED_RETURN_IF_ERROR(Transforms());
      return Index(depth + 1);
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "an index of FAISS of type \"", type,
        "\"; read are Flat, SQ8, HNSW and IVF of these, IDMap, and linear "
        "transforms before them"));
  }

 private:
  absl::Status Wrong(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("damaged index of FAISS: ", what, " at byte ", place_));
  }

  absl::Status Skip(uint64_t size) {
    if (size > bytes_.size() - place_) return Wrong("ends too early");
    place_ += size;
    return absl::OkStatus();
  }

  template <typename T>
  absl::StatusOr<T> Read() {
    T value;
    const uint64_t from = place_;
    EMBED_RETURN_IF_ERROR(Skip(sizeof(T)));
    std::memcpy(&value, bytes_.data() + from, sizeof(T));
    return value;
  }

  absl::StatusOr<std::string> Name() {
    const uint64_t from = place_;
    EMBED_RETURN_IF_ERROR(Skip(4));
    std::string name(reinterpret_cast<const char*>(bytes_.data()) + from, 4);
    for (char& c : name) {
      if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
    }
    return name;
  }

  absl::Status Truth() {
    EMBED_ASSIGN_OR_RETURN(const uint8_t value, Read<uint8_t>());
    return value <= 1 ? absl::OkStatus() : Wrong("neither true nor false");
  }

  // A number of elements, then these.
  absl::Status Vector(uint64_t element_size) {
    EMBED_ASSIGN_OR_RETURN(const uint64_t count, Read<uint64_t>());
    return Elements(count, element_size);
  }
  absl::Status Elements(uint64_t count, uint64_t element_size) {
    if (element_size > 0 && count > (bytes_.size() - place_) / element_size) {
      return Wrong("a length beyond its end");
    }
    return Skip(count * element_size);
  }

  absl::Status Header() {
    // d, ntotal, two unused numbers.
    EMBED_RETURN_IF_ERROR(Skip(4 + 3 * 8));
    EMBED_RETURN_IF_ERROR(Truth());  // is_trained
    EMBED_ASSIGN_OR_RETURN(const int32_t metric, Read<int32_t>());
    if (metric == 0 || metric == 1) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("an index of FAISS with metric ", metric,
                     ", expected 0 (inner product) or 1 (L2)"));
  }

  // Other numbers than those of FAISS's enumerations must not reach it.
  absl::Status Quantizer() {
    EMBED_ASSIGN_OR_RETURN(const int32_t type, Read<int32_t>());
    if (type != kSq8Bit && type != kSq8BitUniform && type != kSqFp16) {
      return absl::InvalidArgumentError(
          absl::StrCat("an index of FAISS with a scalar quantiser of type ",
                       type, "; read are 8 bits, 8 bits uniform and fp16"));
    }
    EMBED_ASSIGN_OR_RETURN(const int32_t range, Read<int32_t>());
    if (range < 0 || range > kLastRangeStat) {
      return Wrong("a scalar quantiser of an unknown range");
    }
    // rangestat_arg, d, code_size, then `trained`.
    EMBED_RETURN_IF_ERROR(Skip(4 + 2 * 8));
    return Vector(4);
  }

  absl::Status Graph() {
    // assign_probas, cum_nneighbor_per_level, levels, offsets, neighbors.
    for (const uint64_t element_size : {8, 4, 4, 8, 4}) {
      EMBED_RETURN_IF_ERROR(Vector(element_size));
    }
    // entry_point, max_level, efConstruction, efSearch, upper_beam.
    return Skip(uint64_t{5} * 4);
  }

  absl::Status Transforms() {
    EMBED_ASSIGN_OR_RETURN(const int32_t count, Read<int32_t>());
    if (count < 0 || count > kMaxTransforms) {
      return Wrong("too many transforms");
    }
    for (int32_t i = 0; i < count; ++i) {
      EMBED_ASSIGN_OR_RETURN(const std::string type, Name());
      if (type == "Pcam") {
        EMBED_RETURN_IF_ERROR(Components());
      } else if (type != "LTra" && type != "rrot") {
        return absl::InvalidArgumentError(
            absl::StrCat("an index of FAISS behind a transform of type \"",
                         type, "\", expected a linear one"));
      }
      EMBED_RETURN_IF_ERROR(Truth());                // have_bias
      EMBED_RETURN_IF_ERROR(Vector(4));              // A
      EMBED_RETURN_IF_ERROR(Vector(4));              // b
      EMBED_RETURN_IF_ERROR(Skip(uint64_t{2} * 4));  // d_in, d_out
      EMBED_RETURN_IF_ERROR(Truth());                // is_trained
    }
    return absl::OkStatus();
  }

  // What PCA has before the fields of any linear transform.
  absl::Status Components() {
    EMBED_ASSIGN_OR_RETURN(const float eigen_power, Read<float>());
    // FAISS does not turn these vectors back.
    if (eigen_power != 0) {
      return absl::InvalidArgumentError(
          "an index of FAISS behind PCA with whitening, expected PCA without");
    }
    EMBED_RETURN_IF_ERROR(Skip(4));  // epsilon
    EMBED_RETURN_IF_ERROR(Truth());  // random_rotation
    EMBED_RETURN_IF_ERROR(Skip(4));  // balanced_bins
    for (int i = 0; i < 3; ++i) {    // mean, eigenvalues, PCAMat
      EMBED_RETURN_IF_ERROR(Vector(4));
    }
    return absl::OkStatus();
  }

  absl::Status Lists(const std::string& type, int depth) {
    EMBED_RETURN_IF_ERROR(Skip(uint64_t{2} * 8));  // nlist, nprobe
    EMBED_RETURN_IF_ERROR(Index(depth + 1));
    // The map from ids to places.
    EMBED_ASSIGN_OR_RETURN(const uint8_t map, Read<uint8_t>());
    if (map > 2) return Wrong("an unknown map of ids");
    EMBED_RETURN_IF_ERROR(Vector(8));
    if (map == 2) EMBED_RETURN_IF_ERROR(Vector(16));
    if (type == "IwSq") {
      EMBED_RETURN_IF_ERROR(Quantizer());
      EMBED_RETURN_IF_ERROR(Skip(8));  // code_size
      EMBED_RETURN_IF_ERROR(Truth());  // by_residual
    }
    return InvertedLists();
  }

  absl::Status InvertedLists() {
    EMBED_ASSIGN_OR_RETURN(const std::string type, Name());
    if (type != "ilar") return Wrong("lists that are not in the file");
    EMBED_ASSIGN_OR_RETURN(const uint64_t lists, Read<uint64_t>());
    EMBED_ASSIGN_OR_RETURN(const uint64_t code_size, Read<uint64_t>());
    EMBED_ASSIGN_OR_RETURN(const std::string kind, Name());
    const bool sparse = kind == "sprs";
    if (!sparse && kind != "full") return Wrong("lists of an unknown kind");
    EMBED_ASSIGN_OR_RETURN(const uint64_t count, Read<uint64_t>());
    const uint64_t sizes = place_;
    EMBED_RETURN_IF_ERROR(Elements(count, 8));
    if (sparse ? count % 2 != 0 : count != lists) {
      return Wrong("another number of lists than said");
    }
    // Even empty lists take memory.
    if (lists > bytes_.size()) return Wrong("more lists than bytes");
    for (uint64_t i = sparse ? 1 : 0; i < count; i += sparse ? 2 : 1) {
      uint64_t number = 0;
      uint64_t size = 0;
      std::memcpy(&size, bytes_.data() + sizes + 8 * i, 8);
      if (sparse) std::memcpy(&number, bytes_.data() + sizes + 8 * (i - 1), 8);
      if (number >= lists && sparse) return Wrong("a list that is not there");
      EMBED_RETURN_IF_ERROR(Elements(size, code_size));
      EMBED_RETURN_IF_ERROR(Elements(size, 8));
    }
    return absl::OkStatus();
  }

  const absl::Span<const uint8_t> bytes_;
  uint64_t place_ = 0;
};

}  // namespace

bool LooksLikeFaiss(absl::Span<const uint8_t> bytes) {
  if (bytes.size() < 4 || bytes[0] != 'I') return false;
  // IxF2, IHNf, IwFl, IBwF and so on.
  return bytes[1] == 'x' || bytes[1] == 'H' || bytes[1] == 'w' ||
         bytes[1] == 'B' || bytes[1] == 'v' || bytes[1] == 'r' ||
         bytes[1] == 'N' || bytes[1] == '2';
}

absl::StatusOr<uint64_t> FaissIndexBytes(absl::Span<const uint8_t> bytes) {
  Walker walker(bytes);
  EMBED_RETURN_IF_ERROR(walker.Index());
  return walker.place();
}

}  // namespace embed
