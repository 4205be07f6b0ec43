#include "apps/change_index.h"

#include <gflags/gflags.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "apps/common/index_flags.h"
#include "apps/common/key_list.h"
#include "apps/common/output_file.h"
#include "apps/common/vector_input.h"
#include "embed/base/hash_table.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/index/index_writer.h"

DEFINE_string(add, "",
              "a file of vectors with keys: added to the index INPUT, or put "
              "in place of the vectors that it has under these keys; for an "
              "index of --codec int8");
DEFINE_string(add_type, "",
              "of an index with types: the type of the vectors of --add; "
              "without it keys that are there keep theirs");
DEFINE_string(delete, "",
              "a file of keys, one a line: deleted from the index INPUT");
DEFINE_bool(compact, false,
            "write the index INPUT anew without what is left of changes, as "
            "OUTPUT or in its place");

namespace embed {
namespace {

struct Counts {
  uint64_t added = 0;
  uint64_t updated = 0;
  uint64_t deleted = 0;
};

absl::Status CheckArguments(const Arguments& arguments) {
  const bool to_other = FLAGS_compact && arguments.size() == 2;
  if (arguments.size() != 1 && !to_other) {
    return UsageError(
        "--add, --delete and --compact change one index: expected its file "
        "and, with --compact, perhaps an output file");
  }
  for (const std::string& path : arguments) {
    if (!absl::EndsWith(path, ".faiss")) {
      return UsageError(absl::StrCat(
          path, ": --add, --delete and --compact are for an index (.faiss)"));
    }
  }
  if (to_other && (!FLAGS_add.empty() || !FLAGS_delete.empty())) {
    return UsageError(
        "--add and --delete change the index INPUT; they take no OUTPUT");
  }
  std::vector<std::string> flags = IndexFlagGroup().flags;
  flags.insert(flags.end(), {"output", "export", "codec"});
  for (const std::string& flag : flags) {
    if (IsFlagSet(flag)) {
      return UsageError(absl::StrCat(
          "--", flag, " does not go with --add, --delete and --compact"));
    }
  }
  if (!FLAGS_add_type.empty() && FLAGS_add.empty()) {
    return UsageError("--add_type is for --add");
  }
  return absl::OkStatus();
}

absl::Status AddDeletions(const ItemIndex& index,
                          std::vector<ItemChange>* changes) {
  EMBED_ASSIGN_OR_RETURN(std::vector<std::string> keys,
                         ReadKeyList(FLAGS_delete));
  HashSet<std::string> seen;
  uint64_t unknown = 0;
  std::string first;
  for (std::string& key : keys) {
    if (!seen.insert(key).second) continue;
    if (!index.Find(key).has_value() && unknown++ == 0) first = key;
    changes->push_back({ItemChange::Kind::kDelete, std::move(key), {}, ""});
  }
  if (unknown == 0) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat(FLAGS_delete, ": ", unknown, " of ", seen.size(),
                   " keys are not in the index, the first ", Quoted(first),
                   "; nothing was changed"));
}

absl::Status AddVectors(std::vector<ItemChange>* changes) {
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors,
                         ReadKeyedVectors(FLAGS_add));
  for (const std::string& sentence : vectors.tolerated) {
    std::fprintf(stderr, "note: %s\n", sentence.c_str());
  }
  for (uint32_t id = 0; id < vectors.vocabulary.size(); ++id) {
    const absl::Span<const float> row = vectors.view().row(id);
    changes->push_back({ItemChange::Kind::kPut,
                        std::string(vectors.vocabulary.key(id)),
                        {row.begin(), row.end()},
                        FLAGS_add_type});
  }
  return absl::OkStatus();
}

Counts Count(const ItemIndex& index, const std::vector<ItemChange>& changes) {
  Counts counts;
  HashSet<std::string> gone;
  for (const ItemChange& change : changes) {
    if (change.kind == ItemChange::Kind::kDelete) {
      gone.insert(change.key);
      ++counts.deleted;
    } else if (index.Find(change.key).has_value() &&
               !gone.contains(change.key)) {
      ++counts.updated;
    } else {
      ++counts.added;
    }
  }
  return counts;
}

absl::Status Apply(const std::string& path, IndexWriter* writer) {
  std::vector<ItemChange> changes;
  const std::shared_ptr<const ItemIndex> before = writer->index();
  if (!FLAGS_delete.empty()) {
    EMBED_RETURN_IF_ERROR(AddDeletions(*before, &changes));
  }
  if (!FLAGS_add.empty()) EMBED_RETURN_IF_ERROR(AddVectors(&changes));
  const absl::Status status = writer->Apply(changes);
  if (!status.ok()) {
    return absl::StrContains(status.message(), path) ? status
                                                     : WithPrefix(path, status);
  }
  const Counts counts = Count(*before, changes);
  const std::shared_ptr<const ItemIndex> after = writer->index();
  const uint64_t beside =
      after->changes() == nullptr ? 0 : after->changes()->num_further();
  std::fprintf(stderr,
               "%s: %llu added, %llu updated, %llu deleted; %llu items, %llu "
               "rows beside the table\n",
               path.c_str(), static_cast<unsigned long long>(counts.added),
               static_cast<unsigned long long>(counts.updated),
               static_cast<unsigned long long>(counts.deleted),
               static_cast<unsigned long long>(after->num_items()),
               static_cast<unsigned long long>(beside));
  return absl::OkStatus();
}

}  // namespace

FlagGroup ChangeFlagGroup() {
  return {"Changes of an index", {"add", "add_type", "delete", "compact"}};
}

bool ChangesIndex() {
  return !FLAGS_add.empty() || !FLAGS_delete.empty() || FLAGS_compact ||
         !FLAGS_add_type.empty();
}

absl::Status ChangeIndex(const Arguments& arguments, int graph_threads) {
  EMBED_RETURN_IF_ERROR(CheckArguments(arguments));
  const std::string& path = arguments[0];
  if (arguments.size() == 2) {
    EMBED_RETURN_IF_ERROR(CheckOutputFile("OUTPUT", arguments[1], {path}));
    EMBED_ASSIGN_OR_RETURN(const ItemIndex index, ItemIndex::Open(path));
    EMBED_ASSIGN_OR_RETURN(const ItemIndex compacted,
                           WithPrefix(path, index.Compacted(graph_threads)));
    return compacted.Write(arguments[1]);
  }
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<IndexWriter> writer,
                         IndexWriter::Open(path));
  if (!FLAGS_add.empty() || !FLAGS_delete.empty()) {
    EMBED_RETURN_IF_ERROR(Apply(path, writer.get()));
  }
  return FLAGS_compact ? writer->Compact(graph_threads) : absl::OkStatus();
}

}  // namespace embed
