// How ServeApi comes by what it serves: loads, writes of items, compactions.
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "apps/serve/api.h"
#include "apps/serve/item_body.h"
#include "apps/serve/problem.h"
#include "embed/base/exceptions.h"
#include "embed/base/hash_table.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// Requests that share a sync of the disk.
constexpr size_t kMostWrittenTogether = 64;
// And the bytes of their changes: more than one request has as a rule.
constexpr size_t kMostBytesTogether = size_t{8} << 20;

using Kind = ItemChange::Kind;

// What the writer says, as a problem.
absl::Status WriteProblem(const absl::Status& error,
                          absl::Span<const ItemChange> changes) {
  switch (error.code()) {
    case absl::StatusCode::kOk:
      return error;
    case absl::StatusCode::kInvalidArgument:
      return ProblemError(ProblemKind::kInvalidValue, error.message());
    case absl::StatusCode::kNotFound:
      return UnknownKeyError(changes[0].key, {});
    case absl::StatusCode::kFailedPrecondition:
      return ProblemError(
          ProblemKind::kConflict,
          absl::StrCat("nothing was written: ", error.message(),
                       "; a POST to /v1/reload opens the file anew"));
    default:
      return ProblemError(
          ProblemKind::kWriteFailed,
          absl::StrCat("nothing was written: ", error.message(),
                       "; where that goes on, a POST to /v1/reload opens the "
                       "file anew"));
  }
}

// How many of the keys are new to `index`, of each list in turn; `written`
// holds those that the lists before it added (true) or deleted.
size_t CountNew(const ItemIndex& index, absl::Span<const ItemChange> changes,
                HashMap<std::string, bool>* written) {
  size_t count = 0;
  for (const ItemChange& change : changes) {
    const bool there = change.kind == Kind::kPut;
    const auto [place, first] = written->emplace(change.key, there);
    const bool before =
        first ? index.Find(change.key).has_value() : place->second;
    place->second = there;
    count += there && !before;
  }
  return count;
}

size_t BytesOfChanges(absl::Span<const ItemChange> changes) {
  size_t bytes = 0;
  for (const ItemChange& change : changes) {
    bytes += sizeof(change) + change.key.size() +
             change.vector.size() * sizeof(float);
  }
  return bytes;
}

// Items can go from any index.
absl::Status CheckTakesVectors(const ItemIndex& index) {
  const RowCodec codec = index.table().row_codec();
  if (codec == RowCodec::kInt8) return absl::OkStatus();
  return ProblemError(
      ProblemKind::kConflict,
      absl::StrCat("the index is of codec ", RowCodecName(codec),
                   ", vectors can be added to one of int8 only"));
}

// Of changes the kind and the number count.
Reply WrittenReply(const ServedIndex& now, absl::Span<const ItemChange> changes,
                   size_t added) {
  Reply reply;
  if (changes[0].kind == Kind::kDelete) {
    reply.body = "{\"deleted\":1";
  } else {
    absl::StrAppend(&reply.body, "{\"added\":", added,
                    ",\"updated\":", changes.size() - added);
  }
  absl::StrAppend(&reply.body, ",\"items\":", now.index().num_items(),
                  ",\"generation\":", now.generation(), "}");
  return reply;
}

}  // namespace

absl::StatusOr<std::vector<ItemChange>> ServeApi::ParseChanges(
    const Job& job) const {
  if (job.request.method == "POST") {
    EMBED_RETURN_IF_ERROR(CheckMediaType(job.request));
    const std::shared_ptr<const ServedIndex> now = served();
    EMBED_RETURN_IF_ERROR(CheckTakesVectors(now->index()));
    return ParseItemBody(job.request.body, now->index().dim());
  }
  const absl::string_view key =
      absl::StripPrefix(absl::string_view(job.target.path), "/v1/items/");
  if (key.empty()) {
    return ProblemError(ProblemKind::kNoSuchPage, "the path names no key");
  }
  return std::vector<ItemChange>{{Kind::kDelete, std::string(key), {}, ""}};
}

void ServeApi::StartWrite(const Job& job) {
  Write write = {{}, 0, job.Named()};
  const absl::Status status = CatchExceptions([&]() -> absl::Status {
    EMBED_ASSIGN_OR_RETURN(write.changes, ParseChanges(job));
    return absl::OkStatus();
  });
  if (!status.ok()) return job.Answer(ProblemReply(status));
  write.bytes = BytesOfChanges(write.changes);
  if (!writes_.Push(&write, kMostWrittenTogether)) {
    job.Answer(ProblemReply(ProblemError(
        ProblemKind::kOverloaded,
        absl::StrCat(options_.queue,
                     " writes wait already; try again a little later"))));
  }
}

absl::Status ServeApi::ApplyChanges(absl::Span<const ItemChange> changes) {
  if (writer_ == nullptr) {
    return absl::FailedPreconditionError(
        "the index file could not be opened for changes");
  }
  EMBED_RETURN_IF_ERROR(CatchExceptions(
      [&]() -> absl::Status { return writer_->Apply(changes); }));
  ++metrics_->write_batches_total;
  metrics_->changes_total += changes.size();
  const auto before = served();
  SetServed(before->Changed(writer_->index(), before->generation() + 1));
  return absl::OkStatus();
}

// An answer goes out when the changes are on the disk and readers see them.
void ServeApi::WriteTogether(absl::Span<Write> writes) {
  while (!writes.empty()) {
    size_t count = 1;
    size_t bytes = writes[0].bytes;
    while (count < writes.size() &&
           writes[count].bytes <=
               kMostBytesTogether - std::min(kMostBytesTogether, bytes)) {
      bytes += writes[count++].bytes;
    }
    const absl::Span<Write> next = writes.subspan(0, count);
    const std::lock_guard<std::mutex> changing(changing_);
    if (count == 1 || !WriteJoined(next)) {
      for (const Write& write : next) write.done(WriteAlone(write.changes));
    }
    writes.remove_prefix(count);
  }
}

// Writes all or, returning false, none, and nobody is answered.
bool ServeApi::WriteJoined(absl::Span<Write> writes) {
  std::vector<ItemChange> all;
  std::vector<Reply> replies;
  bool applied = false;
  const absl::Status status = CatchExceptions([&]() -> absl::Status {
    const auto before = served();
    HashMap<std::string, bool> written;
    std::vector<size_t> added;
    size_t count = 0;
    for (const Write& write : writes) {
      count += write.changes.size();
      added.push_back(CountNew(before->index(), write.changes, &written));
    }
    replies.reserve(writes.size());
    all.reserve(count);
    for (Write& write : writes) {
      std::move(write.changes.begin(), write.changes.end(),
                std::back_inserter(all));
    }
    EMBED_RETURN_IF_ERROR(ApplyChanges(all));
    applied = true;
    const auto now = served();
    for (size_t i = 0; i < writes.size(); ++i) {
      replies.push_back(WrittenReply(*now, writes[i].changes, added[i]));
    }
    return absl::OkStatus();
  });
  if (!applied) {
    // They were moved as they are, so they go back the same way.
    auto from = all.begin();
    for (Write& write : writes) {
      for (size_t i = 0; i < write.changes.size() && from != all.end(); ++i) {
        write.changes[i] = std::move(*from++);
      }
    }
    return false;
  }
  for (size_t i = 0; i < writes.size(); ++i) {
    writes[i].done(i < replies.size() ? std::move(replies[i])
                                      : ProblemReply(status));
  }
  return true;
}

Reply ServeApi::WriteAlone(absl::Span<const ItemChange> changes) {
  Reply reply;
  const absl::Status status = CatchExceptions([&]() -> absl::Status {
    HashMap<std::string, bool> written;
    const size_t added = CountNew(served()->index(), changes, &written);
    const absl::Status applied = ApplyChanges(changes);
    if (!applied.ok()) return WriteProblem(applied, changes);
    reply = WrittenReply(*served(), changes, added);
    return absl::OkStatus();
  });
  return status.ok() ? std::move(reply) : ProblemReply(status);
}

void ServeApi::SetServed(std::shared_ptr<const ServedIndex> next) {
  const std::lock_guard<std::mutex> lock(mutex_);
  served_.swap(next);  // the old one ends after the lock does
}

absl::StatusOr<std::shared_ptr<const ServedIndex>> ServeApi::LoadFiles(
    uint64_t generation) {
  const ServedFiles& files = options_.files;
  if (!options_.writable) {
    return ServedIndex::Open(files, options_.threads, generation);
  }
  std::unique_ptr<IndexWriter> opened;
  if (writer_ == nullptr || !writer_->IsCurrent()) {
    // What was answered as failed must not be read now.
    if (writer_ != nullptr) EMBED_RETURN_IF_ERROR(writer_->TakeBack());
    writer_.reset();  // and its lock with it
    EMBED_ASSIGN_OR_RETURN(opened, IndexWriter::Open(files.index));
  }
  const IndexWriter& writer = opened == nullptr ? *writer_ : *opened;
  std::shared_ptr<const ServedIndex> next =
      ServedIndex::OfIndex(files, writer.index(), generation);
  // A bad file of places is an error now.
  if (!files.map.empty()) {
    EMBED_RETURN_IF_ERROR(next->MakePlaces(options_.threads));
  }
  // Not before: a write would put what is not served yet in place.
  if (opened != nullptr) writer_ = std::move(opened);
  return next;
}

absl::Status ServeApi::LoadOnce() {
  const std::lock_guard<std::mutex> changing(changing_);
  const auto before = served();
  const uint64_t generation = before == nullptr ? 1 : before->generation() + 1;
  std::shared_ptr<const ServedIndex> next;
  EMBED_RETURN_IF_ERROR(CatchExceptions([&]() -> absl::Status {
    EMBED_ASSIGN_OR_RETURN(next, LoadFiles(generation));
    return absl::OkStatus();
  }));
  SetServed(std::move(next));
  return absl::OkStatus();
}

absl::Status ServeApi::ReloadOnce() {
  absl::Status status = LoadOnce();
  ++(status.ok() ? metrics_->reloads_total : metrics_->failed_reloads_total);
  if (status.ok()) return status;
  return ProblemError(
      ProblemKind::kReloadFailed,
      absl::StrCat("the old index is still served: ", status.message()));
}

// Only this and loads, which run on the same thread, replace the writer, so
// that it stays while it prepares the new file.
absl::Status ServeApi::CompactOnce() {
  IndexWriter* writer;
  {
    const std::lock_guard<std::mutex> changing(changing_);
    writer = writer_.get();
  }
  absl::Status status = CatchExceptions([&]() -> absl::Status {
    if (writer == nullptr) {
      return absl::FailedPreconditionError(
          "the index file could not be opened for changes");
    }
    EMBED_RETURN_IF_ERROR(
        writer->PrepareCompaction(std::max(1, options_.threads / 2)));
    const std::lock_guard<std::mutex> changing(changing_);
    EMBED_RETURN_IF_ERROR(writer->FinishCompaction());
    const auto before = served();
    if (&before->index() == writer->index().get()) return absl::OkStatus();
    ++metrics_->compactions_total;
    // The map, where one is wanted, is made anew: ids have changed.
    SetServed(ServedIndex::OfIndex(options_.files, writer->index(),
                                   before->generation() + 1));
    return absl::OkStatus();
  });
  if (status.ok()) return status;
  return ProblemError(
      absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status)
          ? ProblemKind::kConflict
          : ProblemKind::kWriteFailed,
      absl::StrCat("the index stays as it was: ", status.message()));
}

}  // namespace embed
