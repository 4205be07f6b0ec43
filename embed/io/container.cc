#include "embed/io/container.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "embed/base/checked_math.h"
#include "embed/base/hash.h"
#include "embed/base/status_macros.h"
#include "embed/io/atomic_file.h"

namespace embed {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "files hold the numbers of the machine: little-endian");

constexpr uint32_t kEndianMark = 0x01020304;
constexpr uint32_t kSwappedEndianMark = 0x04030201;
constexpr uint64_t kPartAlignment = 64;
constexpr uint64_t kMaxSections = 1024;  // far above any use, small to check
constexpr size_t kContainerMagicBytes = 8;

// The high bit of the first byte and the line ends are lost or changed when a
// file is copied as text.
constexpr char kModelMagic[] =
    "\x89"
    "EMBM\r\n\x1a";
constexpr char kIndexMagic[] =
    "\x89"
    "EMBI\r\n\x1a";
constexpr char kCheckpointMagic[] =
    "\x89"
    "EMBC\r\n\x1a";

// The start of a file.
struct FixedHeader {
  char magic[kContainerMagicBytes];
  uint32_t version;
  uint32_t endian_mark;
  uint64_t header_bytes;  // from the start of the file to the first section
  uint64_t file_bytes;
  uint64_t section_count;
};
static_assert(sizeof(FixedHeader) == 40);

struct TableEntry {
  char name[24];  // padded with zeros, the last byte always zero
  uint64_t offset;
  uint64_t size;
  uint64_t hash;
};
static_assert(sizeof(TableEntry) == 48);

constexpr uint64_t kPartHashBytes = sizeof(uint64_t);

uint64_t HeaderBytes(uint64_t sections) {
  return sizeof(FixedHeader) + sections * sizeof(TableEntry) + kPartHashBytes;
}

struct KindInfo {
  const char* magic;
  const char* name;
  uint32_t newest_version;
};

// In the order of ContainerKind.
constexpr KindInfo kKinds[] = {
    {kModelMagic, "a model", 1},
    {kIndexMagic, "an index", 3},
    {kCheckpointMagic, "a checkpoint", 1},
};

const KindInfo& InfoOf(ContainerKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

bool IsValidName(absl::string_view name) {
  if (name.empty() || name.size() >= sizeof(TableEntry::name)) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

template <typename T>
T Load(const uint8_t* bytes) {
  T value = {};
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

absl::Status DamagedAt(const MappedFile& file, uint64_t offset,
                       absl::string_view problem) {
  return absl::DataLossError(
      absl::StrCat(file.path(), ": byte ", offset, ": ", problem));
}

absl::Status WrongLength(const MappedFile& file, absl::string_view at_least,
                         uint64_t expected) {
  return absl::DataLossError(absl::StrCat(
      file.path(),
      file.size() < expected ? ": cut off: " : ": too long: ", file.size(),
      " bytes, expected ", at_least, expected, "; copy the file again"));
}

// Is this one of our files, and of the wanted kind?
absl::Status CheckMagic(const MappedFile& file, ContainerKind kind) {
  const size_t present = std::min<uint64_t>(file.size(), kContainerMagicBytes);
  const KindInfo& wanted = InfoOf(kind);
  if (present > 0 && std::memcmp(file.data(), wanted.magic, present) == 0) {
    return absl::OkStatus();
  }
  for (const KindInfo& other : kKinds) {
    if (present == kContainerMagicBytes &&
        std::memcmp(file.data(), other.magic, present) == 0) {
      return absl::DataLossError(absl::StrCat(file.path(), ": is ", other.name,
                                              ", expected ", wanted.name));
    }
  }
  if (present == 0) return WrongLength(file, "at least ", HeaderBytes(0));
  const absl::string_view start(reinterpret_cast<const char*>(file.data()),
                                present);
  return absl::DataLossError(absl::StrCat(
      file.path(), ": is not ", wanted.name, " of this program: it starts ",
      "with '", absl::CHexEscape(start), "'"));
}

// Everything in the fixed header that can be wrong on its own.
absl::StatusOr<FixedHeader> ReadFixedHeader(const MappedFile& file,
                                            ContainerKind kind) {
  EMBED_RETURN_IF_ERROR(CheckMagic(file, kind));
  if (file.size() < HeaderBytes(0)) {
    return WrongLength(file, "at least ", HeaderBytes(0));
  }
  const FixedHeader header = Load<FixedHeader>(file.data());
  if (header.endian_mark != kEndianMark) {
    return DamagedAt(
        file, offsetof(FixedHeader, endian_mark),
        header.endian_mark == kSwappedEndianMark
            ? "written on a machine of the other byte order"
            : absl::StrCat("the byte order mark is ", header.endian_mark,
                           ", expected ", kEndianMark));
  }
  const uint32_t newest = InfoOf(kind).newest_version;
  if (header.version == 0 || header.version > newest) {
    return DamagedAt(
        file, offsetof(FixedHeader, version),
        absl::StrCat("format version ", header.version,
                     header.version > newest
                         ? " is newer than this program, which reads up to "
                         : " does not exist, expected 1 to ",
                     newest));
  }
  if (header.section_count > kMaxSections) {
    return DamagedAt(
        file, offsetof(FixedHeader, section_count),
        absl::StrCat(header.section_count, " sections, expected at most ",
                     kMaxSections));
  }
  const uint64_t expected = HeaderBytes(header.section_count);
  if (header.header_bytes != expected) {
    return DamagedAt(file, offsetof(FixedHeader, header_bytes),
                     absl::StrCat("the header has ", header.header_bytes,
                                  " bytes, expected ", expected, " for ",
                                  header.section_count, " sections"));
  }
  return header;
}

struct Table {
  std::vector<TableEntry> entries;
  uint64_t file_bytes = 0;
  uint64_t hash = 0;  // of the header
};

// The section table, once the header's hash says that it is what was written.
absl::StatusOr<Table> ReadPartTable(const MappedFile& file,
                                    ContainerKind kind) {
  EMBED_ASSIGN_OR_RETURN(const FixedHeader header, ReadFixedHeader(file, kind));
  if (file.size() < header.header_bytes) {
    return WrongLength(file, "at least ", header.header_bytes);
  }
  const uint64_t hashed = header.header_bytes - kPartHashBytes;
  const uint64_t hash = Load<uint64_t>(file.data() + hashed);
  if (Hash64(file.data(), hashed) != hash) {
    return DamagedAt(file, 0, "the header does not match its checksum");
  }
  // Only an index may have a change log behind it.
  if (file.size() < header.file_bytes ||
      (file.size() > header.file_bytes && kind != ContainerKind::kIndex)) {
    return WrongLength(file, "", header.file_bytes);
  }
  Table table = {std::vector<TableEntry>(header.section_count),
                 header.file_bytes, hash};
  if (!table.entries.empty()) {
    std::memcpy(table.entries.data(), file.data() + sizeof(FixedHeader),
                table.entries.size() * sizeof(TableEntry));
  }
  return table;
}

// The name in a table entry, empty if it is not a valid one.
std::string EntryName(const TableEntry& entry) {
  const size_t length = strnlen(entry.name, sizeof(entry.name));
  const std::string name(entry.name, length);
  const bool padded =
      std::all_of(entry.name + length, entry.name + sizeof(entry.name),
                  [](char c) { return c == '\0'; });
  return padded && IsValidName(name) ? name : "";
}

// Sections follow one another, each at the first aligned byte behind the one
// before: so they are aligned, do not overlap, and lie inside the file.
absl::Status CheckPlace(const MappedFile& file, uint64_t file_bytes,
                        uint64_t entry_offset, const TableEntry& entry,
                        uint64_t expected) {
  uint64_t end = 0;
  if (entry.offset != expected) {
    return DamagedAt(file, entry_offset + offsetof(TableEntry, offset),
                     absl::StrCat("a section at byte ", entry.offset,
                                  ", expected ", expected));
  }
  if (!CheckedAdd(entry.offset, entry.size, &end) || end > file_bytes) {
    return DamagedAt(
        file, entry_offset + offsetof(TableEntry, size),
        absl::StrCat("a section of ", entry.size, " bytes at byte ",
                     entry.offset, " of a file of ", file_bytes, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status CheckZero(const MappedFile& file, uint64_t begin, uint64_t end) {
  for (uint64_t i = begin; i < end; ++i) {
    if (file.data()[i] != 0) {
      return DamagedAt(file, i, "padding is not zero; copy the file again");
    }
  }
  return absl::OkStatus();
}

}  // namespace

void ContainerWriter::Add(absl::string_view name, const void* data,
                          uint64_t size) {
  sections_.push_back({std::string(name), data, size});
}

absl::StatusOr<std::string> ContainerWriter::Header() const {
  std::vector<TableEntry> table;
  uint64_t end = HeaderBytes(sections_.size());
  for (const Section& section : sections_) {
    TableEntry entry = {};
    const bool twice =
        std::count_if(sections_.begin(), sections_.end(), [&](const auto& s) {
          return s.name == section.name;
        }) > 1;
    if (!IsValidName(section.name) || twice) {
      return absl::InvalidArgumentError(absl::StrCat(
          "section name '", absl::CHexEscape(section.name),
          "': expected 1 to 23 of a-z, 0-9 and _, each name once"));
    }
    section.name.copy(entry.name, sizeof(entry.name) - 1);
    entry.offset = RoundUp(end, kPartAlignment);
    entry.size = section.size;
    entry.hash = Hash64(section.data, section.size);
    end = entry.offset + entry.size;
    table.push_back(entry);
  }
  FixedHeader fixed = {{},  version_,    kEndianMark, HeaderBytes(table.size()),
                       end, table.size()};
  std::memcpy(fixed.magic, InfoOf(kind_).magic, kContainerMagicBytes);
  std::string header(reinterpret_cast<const char*>(&fixed), sizeof(fixed));
  header.append(reinterpret_cast<const char*>(table.data()),
                table.size() * sizeof(TableEntry));
  const uint64_t hash = Hash64(header);
  header.append(reinterpret_cast<const char*>(&hash), sizeof(hash));
  return header;
}

absl::Status ContainerWriter::Write(const std::string& path) const {
  if (sections_.size() > kMaxSections) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": more than ", kMaxSections, " sections"));
  }
  // First, so that a bad path is told before the checksums are computed.
  EMBED_ASSIGN_OR_RETURN(const auto file, AtomicFile::Create(path));
  EMBED_ASSIGN_OR_RETURN(const std::string header, Header());
  EMBED_RETURN_IF_ERROR(file->Write(header));
  for (const Section& section : sections_) {
    const std::array<char, kPartAlignment> zeros = {};
    EMBED_RETURN_IF_ERROR(file->Write(
        zeros.data(), RoundUp(file->size(), kPartAlignment) - file->size()));
    EMBED_RETURN_IF_ERROR(file->Write(section.data, section.size));
  }
  return file->Commit();
}

absl::StatusOr<Container> Container::Open(const std::string& path,
                                          ContainerKind kind, Verify verify) {
  EMBED_ASSIGN_OR_RETURN(std::shared_ptr<const MappedFile> file,
                         MappedFile::Open(path));
  EMBED_ASSIGN_OR_RETURN(const Table header, ReadPartTable(*file, kind));
  const std::vector<TableEntry>& table = header.entries;
  Container container;
  container.file_ = file;
  container.size_ = header.file_bytes;
  container.header_hash_ = header.hash;
  uint64_t end = HeaderBytes(table.size());
  for (size_t i = 0; i < table.size(); ++i) {
    const TableEntry& entry = table[i];
    const uint64_t entry_offset = sizeof(FixedHeader) + i * sizeof(TableEntry);
    const std::string name = EntryName(entry);
    if (name.empty() || container.Has(name)) {
      return DamagedAt(*file, entry_offset,
                       "a section's name is not valid or given twice");
    }
    EMBED_RETURN_IF_ERROR(CheckPlace(*file, header.file_bytes, entry_offset,
                                     entry, RoundUp(end, kPartAlignment)));
    if (verify == Verify::kAll) {
      EMBED_RETURN_IF_ERROR(CheckZero(*file, end, entry.offset));
    }
    end = entry.offset + entry.size;
    container.sections_.push_back({name, entry.offset, entry.size});
    if (verify == Verify::kAll &&
        Hash64(file->data() + entry.offset, entry.size) != entry.hash) {
      return container.Damaged(
          name, "does not match its checksum; copy the file again");
    }
  }
  if (end != header.file_bytes) return WrongLength(*file, "", end);
  return container;
}

const Container::Section* Container::Find(absl::string_view name) const {
  const auto found =
      std::find_if(sections_.begin(), sections_.end(),
                   [&](const Section& s) { return s.name == name; });
  return found == sections_.end() ? nullptr : &*found;
}

absl::StatusOr<absl::Span<const uint8_t>> Container::Bytes(
    absl::string_view name) const {
  const Section* section = Find(name);
  if (section == nullptr) return Damaged(name, "is missing");
  return absl::MakeConstSpan(file_->data() + section->offset, section->size);
}

absl::StatusOr<absl::Span<const uint8_t>> Container::SizedBytes(
    absl::string_view name, uint64_t count, uint64_t element_size) const {
  EMBED_ASSIGN_OR_RETURN(const auto bytes, Bytes(name));
  uint64_t expected = 0;
  if (!CheckedMultiply(count, element_size, &expected) ||
      bytes.size() != expected) {
    return Damaged(name, absl::StrCat("has ", bytes.size(), " bytes, expected ",
                                      count, " values of ", element_size));
  }
  return bytes;
}

absl::Status Container::Damaged(absl::string_view name,
                                absl::string_view problem) const {
  const Section* section = Find(name);
  const std::string place =
      section == nullptr ? "" : absl::StrCat(" at byte ", section->offset);
  return absl::DataLossError(
      absl::StrCat(file_->path(), ": section ", name, place, ": ", problem));
}

}  // namespace embed
