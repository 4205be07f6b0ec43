// How ServeApi comes by what it serves: loads, and writes of items.
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
      return ProblemError(ProblemKind::kWriteFailed, error.message());
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
    return ParseItemBody(job.request.body, served()->index().dim());
  }
  const absl::string_view key =
      absl::StripPrefix(absl::string_view(job.target.path), "/v1/items/");
  if (key.empty()) {
    return ProblemError(ProblemKind::kNoSuchPage, "the path names no key");
  }
  return std::vector<ItemChange>{{Kind::kDelete, std::string(key), {}, ""}};
}

void ServeApi::StartWrite(const Job& job) {
  Write write = {{}, job.done};
  const absl::Status status = CatchExceptions([&]() -> absl::Status {
    EMBED_ASSIGN_OR_RETURN(write.changes, ParseChanges(job));
    return absl::OkStatus();
  });
  if (!status.ok()) return job.done(ProblemReply(status));
  if (!writes_.Push(&write, kMostWrittenTogether)) {
    job.done(ProblemReply(ProblemError(
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
  SetServed(ServedIndex::OfChanged(options_.files, writer_->index(),
                                   served()->generation() + 1));
  return absl::OkStatus();
}

// An answer goes out when the changes are on the disk and readers see them.
void ServeApi::WriteTogether(const std::vector<Write>& writes) {
  const std::lock_guard<std::mutex> changing(changing_);
  const auto before = served();
  std::vector<ItemChange> all;
  for (const Write& write : writes) {
    all.insert(all.end(), write.changes.begin(), write.changes.end());
  }
  absl::Status status = ApplyChanges(all);
  const bool together = status.ok() || writes.size() == 1;
  HashMap<std::string, bool> written;
  for (const Write& write : writes) {
    if (!together) status = ApplyChanges(write.changes);
    if (!status.ok()) {
      write.done(ProblemReply(WriteProblem(status, write.changes)));
      continue;
    }
    const size_t added = CountNew(before->index(), write.changes, &written);
    write.done(WrittenReply(*served(), write.changes, added));
  }
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
    writer_.reset();  // and its lock with it
    EMBED_ASSIGN_OR_RETURN(opened, IndexWriter::Open(files.index));
  }
  const IndexWriter& writer = opened == nullptr ? *writer_ : *opened;
  std::shared_ptr<const ServedIndex> next =
      ServedIndex::OfChanged(files, writer.index(), generation);
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

}  // namespace embed
