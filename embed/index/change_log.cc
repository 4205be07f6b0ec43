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
// Nowhere else in a batch are these bytes, so that what starts with them behind
// an unfinished batch is another one, whatever keys and vectors hold.
constexpr char kMark[] =
    "\x89"
    "EMBL\r\n";
constexpr size_t kMarkBytes = sizeof(kMark) - 1;
// The forms of a batch. Changes that hold the mark are stuffed: a zero stands
// before and behind them, and one in them before the last byte of each mark.
constexpr uint8_t kPlainForm = 0;
constexpr uint8_t kStuffedForm = 1;
constexpr uint16_t kNoType = 0xFFFF;

struct BatchHeader {
  char mark[kMarkBytes];
  uint8_t form;
  uint64_t number;         // from 1
  uint64_t payload_bytes;  // of the changes
  uint64_t changes;
  uint64_t previous_hash;
};
static_assert(sizeof(BatchHeader) == 40);

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
  if (std::memcmp(header.mark, kMark, kMarkBytes) != 0 ||
      header.form > kStuffedForm ||
      header.payload_bytes > bytes.size() - sizeof(header) - kLogHashBytes) {
    return std::nullopt;
  }
  const uint64_t hashed = sizeof(header) + header.payload_bytes;
  uint64_t hash = 0;
  std::memcpy(&hash, bytes.data() + hashed, sizeof(hash));
  if (hash != Hash64(bytes.data(), hashed)) return std::nullopt;
  return header;
}

// Where the mark stands from `from` on; bytes.size(): nowhere.
size_t FindMark(absl::Span<const uint8_t> bytes, size_t from) {
  return static_cast<size_t>(
      std::search(
          bytes.begin() + from, bytes.end(), kMark, kMark + kMarkBytes,
          [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); }) -
      bytes.begin());
}

absl::Span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// The bytes without the mark. Equal parts of the mark never overlap, so that
// one look at each byte is enough.
std::string Stuffed(absl::string_view bytes) {
  const absl::string_view start(kMark, kMarkBytes - 1);
  std::string stuffed(1, '\0');
  for (size_t at = 0; at < bytes.size();) {
    const size_t found = std::min(bytes.find(start, at), bytes.size());
    const size_t end = std::min(found + start.size(), bytes.size());
    stuffed.append(bytes.data() + at, end - at);
    if (found < bytes.size()) stuffed.push_back('\0');
    at = end;
  }
  stuffed.push_back('\0');
  return stuffed;
}

// Undoes it; nullopt: that did not make these bytes.
std::optional<std::string> Unstuffed(absl::string_view bytes) {
  const absl::string_view start(kMark, kMarkBytes - 1);
  if (bytes.size() < 2 || bytes.front() != 0 || bytes.back() != 0) {
    return std::nullopt;
  }
  bytes = bytes.substr(1, bytes.size() - 2);
  std::string plain;
  while (true) {
    const size_t found = bytes.find(start);
    if (found == absl::string_view::npos) break;
    const size_t end = found + start.size();
    if (end == bytes.size() || bytes[end] != 0) return std::nullopt;
    plain.append(bytes.data(), end);
    bytes.remove_prefix(end + 1);
  }
  plain.append(bytes.data(), bytes.size());
  return plain;
}

// The bytes behind the last whole batch, which ends at `end`, are those of one
// that was not finished: its start, or zeros in that place. Damage: something
// else, or a whole later batch after.
absl::Status CheckRest(absl::Span<const uint8_t> rest,
                       const ChangeLogEnd& end) {
  // The disk may have got the later bytes of an unfinished batch only.
  const size_t known = std::min(rest.size(), kMarkBytes);
  size_t same = 0;
  while (same < known && rest[same] == static_cast<uint8_t>(kMark[same])) {
    ++same;
  }
  if (std::any_of(rest.begin() + same, rest.begin() + known,
                  [](uint8_t byte) { return byte != 0; })) {
    return Damaged(end.offset, "expected a batch of changes");
  }
  // Batches lie behind one another, so their hashes take one look at the bytes;
  // only the changes of older programs may hold marks, and each of those leads
  // to a look of its own.
  constexpr uint64_t kMostLooks = 64;
  uint64_t left = kMostLooks * rest.size();
  for (size_t at = 1; (at = FindMark(rest, at)) < rest.size(); ++at) {
    const absl::Span<const uint8_t> there = rest.subspan(at);
    BatchHeader header;
    if (there.size() < sizeof(header)) break;
    std::memcpy(&header, there.data(), sizeof(header));
    // Not a number of those that are whole, nor none (zeros).
    if (header.number <= end.batches || header.payload_bytes > there.size()) {
      continue;
    }
    if (header.payload_bytes > left || WholeBatch(there).has_value()) {
      return Damaged(end.offset, "a batch does not match its checksum");
    }
    left -= header.payload_bytes;
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

std::string BatchBytes(uint8_t form, absl::string_view payload,
                       uint64_t changes, const ChangeLogEnd& end) {
  BatchHeader header = {{},      form,    end.batches + 1, payload.size(),
                        changes, end.hash};
  std::memcpy(header.mark, kMark, kMarkBytes);
  std::string bytes;
  bytes.reserve(sizeof(header) + payload.size() + kLogHashBytes);
  AppendBytes(header, &bytes);
  bytes.append(payload.data(), payload.size());
  AppendBytes(Hash64(bytes), &bytes);
  return bytes;
}

// Adds the changes of a whole batch. InvalidArgument: what is wrong.
absl::Status ReadBatchChanges(const BatchHeader& header,
                              absl::Span<const uint8_t> payload, int dim,
                              const std::vector<std::string>& type_names,
                              std::vector<ItemChange>* changes) {
  std::optional<std::string> unstuffed;
  if (header.form == kStuffedForm) {
    unstuffed = Unstuffed(
        {reinterpret_cast<const char*>(payload.data()), payload.size()});
    if (!unstuffed.has_value()) {
      return absl::InvalidArgumentError("its changes are not stuffed");
    }
    payload = BytesOf(*unstuffed);
  }
  PayloadReader reader(payload, dim, type_names);
  for (uint64_t i = 0; i < header.changes; ++i) {
    changes->emplace_back();
    EMBED_RETURN_IF_ERROR(reader.Next(&changes->back()));
  }
  if (reader.AtEnd()) return absl::OkStatus();
  return absl::InvalidArgumentError("a batch is too long for its changes");
}

}  // namespace

std::string EncodeChanges(absl::Span<const ItemChange> changes,
                          const std::vector<std::string>& type_names,
                          const ChangeLogEnd& end) {
  std::string payload;
  for (const ItemChange& change : changes) {
    AppendBytes(ChangeHeader{static_cast<uint32_t>(change.key.size()),
                             TypeNumber(change.type, type_names),
                             static_cast<uint8_t>(change.kind), 0},
                &payload);
    payload += change.key;
    if (change.kind != ItemChange::Kind::kPut) continue;
    payload.append(reinterpret_cast<const char*>(change.vector.data()),
                   change.vector.size() * sizeof(float));
  }
  std::string bytes = BatchBytes(kPlainForm, payload, changes.size(), end);
  if (FindMark(BytesOf(bytes), 1) == bytes.size()) return bytes;
  return BatchBytes(kStuffedForm, Stuffed(payload), changes.size(), end);
}

absl::StatusOr<ChangeLog> ReadChangeLog(
    absl::Span<const uint8_t> bytes, int dim,
    const std::vector<std::string>& type_names, const ChangeLogEnd& start) {
  ChangeLog log;
  log.end = start;
  while (!bytes.empty()) {
    const std::optional<BatchHeader> header = WholeBatch(bytes);
    if (!header.has_value()) {
      EMBED_RETURN_IF_ERROR(CheckRest(bytes, log.end));
      break;
    }
    if (header->number != log.end.batches + 1 ||
        header->previous_hash != log.end.hash) {
      return Damaged(log.end.offset,
                     absl::StrCat("batch ", header->number,
                                  " of another index or place, expected ",
                                  log.end.batches + 1));
    }
    const absl::Status status = ReadBatchChanges(
        *header, bytes.subspan(sizeof(BatchHeader), header->payload_bytes), dim,
        type_names, &log.changes);
    if (!status.ok()) return Damaged(log.end.offset, status.message());
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
