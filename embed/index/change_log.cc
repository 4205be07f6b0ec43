#include "embed/index/change_log.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"
#include "embed/base/hash.h"
#include "embed/base/status_macros.h"
#include "embed/model/vocabulary.h"

namespace embed {
namespace {

// Before each batch; as that of containers, it survives no copying as text.
constexpr char kLogMagic[] =
    "\x89"
    "EMBL\r\n";  // and the zero behind
constexpr uint16_t kNoType = 0xFFFF;

struct BatchHeader {
  char magic[8];
  uint64_t number;         // from 1
  uint64_t payload_bytes;  // of the changes
  uint64_t changes;
  uint64_t previous_hash;
};
static_assert(sizeof(BatchHeader) == 40 && sizeof(kLogMagic) == 8);

struct ChangeHeader {
  uint32_t key_bytes;
  uint16_t type;
  uint8_t kind;
  uint8_t zero;
};
static_assert(sizeof(ChangeHeader) == 8);

constexpr uint64_t kLogHashBytes = sizeof(uint64_t);

template <typename T>
void AppendBytes(const T& value, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

uint16_t TypeNumber(const std::string& type,
                    const std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), type);
  return found == names.end() ? kNoType
                              : static_cast<uint16_t>(found - names.begin());
}

absl::Status Damaged(uint64_t offset, absl::string_view problem) {
  return absl::DataLossError(absl::StrCat(
      "the change log at byte ", offset, ": ", problem,
      "; copy the file again, or cut it there to lose the changes behind"));
}

// Whether a whole batch of any number starts at `bytes`: its header.
std::optional<BatchHeader> WholeBatch(absl::Span<const uint8_t> bytes) {
  BatchHeader header;
  if (bytes.size() < sizeof(header) + kLogHashBytes) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::memcmp(header.magic, kLogMagic, sizeof(kLogMagic)) != 0 ||
      header.payload_bytes > bytes.size() - sizeof(header) - kLogHashBytes) {
    return std::nullopt;
  }
  const uint64_t hashed = sizeof(header) + header.payload_bytes;
  uint64_t hash = 0;
  std::memcpy(&hash, bytes.data() + hashed, sizeof(hash));
  if (hash != Hash64(bytes.data(), hashed)) return std::nullopt;
  return header;
}

// The bytes behind the last whole batch are those of one that was not finished:
// its start, or zeros in that place. Damage: something else, or a whole batch
// after.
absl::Status CheckRest(absl::Span<const uint8_t> rest, uint64_t offset) {
  // The disk may have got the later bytes of an unfinished batch only.
  const size_t known = std::min(rest.size(), sizeof(kLogMagic));
  size_t same = 0;
  while (same < known && rest[same] == static_cast<uint8_t>(kLogMagic[same])) {
    ++same;
  }
  if (std::any_of(rest.begin() + same, rest.begin() + known,
                  [](uint8_t byte) { return byte != 0; })) {
    return Damaged(offset, "expected a batch of changes");
  }
  // Each look may read all that is left, so they end after some.
  constexpr int kMostLooks = 16;
  int looks = 0;
  auto place = rest.begin();
  while (place != rest.end()) {
    place = std::search(
        place + 1, rest.end(), kLogMagic, kLogMagic + sizeof(kLogMagic),
        [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); });
    if (place == rest.end()) break;
    if (++looks > kMostLooks ||
        WholeBatch({&*place, static_cast<size_t>(rest.end() - place)})) {
      return Damaged(offset, "a batch does not match its checksum");
    }
  }
  return absl::OkStatus();
}

// Reads changes one after another.
class PayloadReader {
 public:
  PayloadReader(absl::Span<const uint8_t> bytes, int dim,
                const std::vector<std::string>& type_names)
      : bytes_(bytes), dim_(dim), type_names_(type_names) {}

  // InvalidArgument: what is wrong.
  absl::Status Next(ItemChange* change) {
    ChangeHeader header;
    if (!Take(sizeof(header), &header)) return Short();
    const bool put =
        header.kind == static_cast<uint8_t>(ItemChange::Kind::kPut);
    if ((!put &&
         header.kind != static_cast<uint8_t>(ItemChange::Kind::kDelete)) ||
        header.zero != 0) {
      return absl::InvalidArgumentError("an unknown kind of change");
    }
    if (header.key_bytes == 0 || header.key_bytes > Vocabulary::kMaxKeyBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("a key of ", header.key_bytes, " bytes"));
    }
    if (header.type != kNoType && header.type >= type_names_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("type ", header.type, " of ", type_names_.size()));
    }
    if (header.key_bytes > bytes_.size()) return Short();
    change->kind = static_cast<ItemChange::Kind>(header.kind);
    change->key.resize(header.key_bytes);
    Take(header.key_bytes, change->key.data());
    if (header.type != kNoType) change->type = type_names_[header.type];
    if (!put) return absl::OkStatus();
    if (bytes_.size() < dim_ * sizeof(float)) return Short();
    change->vector.resize(dim_);
    Take(dim_ * sizeof(float), change->vector.data());
    for (const float value : change->vector) {
      if (!std::isfinite(value)) {
        return absl::InvalidArgumentError("a value that is no finite number");
      }
    }
    return absl::OkStatus();
  }

  bool AtEnd() const { return bytes_.empty(); }

 private:
  static absl::Status Short() {
    return absl::InvalidArgumentError("a batch is too short for its changes");
  }

  bool Take(size_t size, void* to) {
    if (size > bytes_.size()) return false;
    std::memcpy(to, bytes_.data(), size);
    bytes_.remove_prefix(size);
    return true;
  }

  absl::Span<const uint8_t> bytes_;
  const size_t dim_;
  const std::vector<std::string>& type_names_;
};

}  // namespace

std::string EncodeChanges(absl::Span<const ItemChange> changes,
                          const std::vector<std::string>& type_names,
                          const ChangeLogEnd& end) {
  BatchHeader header = {{}, end.batches + 1, 0, changes.size(), end.hash};
  std::memcpy(header.magic, kLogMagic, sizeof(kLogMagic));
  std::string bytes(sizeof(header), '\0');
  for (const ItemChange& change : changes) {
    AppendBytes(ChangeHeader{static_cast<uint32_t>(change.key.size()),
                             TypeNumber(change.type, type_names),
                             static_cast<uint8_t>(change.kind), 0},
                &bytes);
    bytes += change.key;
    if (change.kind != ItemChange::Kind::kPut) continue;
    bytes.append(reinterpret_cast<const char*>(change.vector.data()),
                 change.vector.size() * sizeof(float));
  }
  header.payload_bytes = bytes.size() - sizeof(header);
  std::memcpy(bytes.data(), &header, sizeof(header));
  AppendBytes(Hash64(bytes), &bytes);
  return bytes;
}

absl::StatusOr<ChangeLog> ReadChangeLog(
    absl::Span<const uint8_t> bytes, int dim,
    const std::vector<std::string>& type_names, const ChangeLogEnd& start) {
  ChangeLog log;
  log.end = start;
  while (!bytes.empty()) {
    const std::optional<BatchHeader> header = WholeBatch(bytes);
    if (!header.has_value()) {
      EMBED_RETURN_IF_ERROR(CheckRest(bytes, log.end.offset));
      break;
    }
    if (header->number != log.end.batches + 1 ||
        header->previous_hash != log.end.hash) {
      return Damaged(log.end.offset,
                     absl::StrCat("batch ", header->number,
                                  " of another index or place, expected ",
                                  log.end.batches + 1));
    }
    PayloadReader reader(
        bytes.subspan(sizeof(BatchHeader), header->payload_bytes), dim,
        type_names);
    for (uint64_t i = 0; i < header->changes; ++i) {
      log.changes.emplace_back();
      const absl::Status status = reader.Next(&log.changes.back());
      if (!status.ok()) return Damaged(log.end.offset, status.message());
    }
    if (!reader.AtEnd()) {
      return Damaged(log.end.offset, "a batch is too long for its changes");
    }
    const uint64_t size =
        sizeof(BatchHeader) + header->payload_bytes + kLogHashBytes;
    std::memcpy(&log.end.hash, bytes.data() + size - kLogHashBytes,
                kLogHashBytes);
    log.end.offset += size;
    ++log.end.batches;
    bytes.remove_prefix(size);
  }
  return log;
}

}  // namespace embed
