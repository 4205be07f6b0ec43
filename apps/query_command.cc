#include "apps/query_command.h"

#include <fcntl.h>
#include <gflags/gflags.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "apps/common/binary_kind.h"
#include "apps/common/format_flag.h"
#include "apps/common/key_list.h"
#include "apps/common/line_reader.h"
#include "apps/common/pool_flags.h"
#include "apps/common/running_flags.h"
#include "apps/query.h"
#include "apps/query_output.h"
#include "apps/query_vectors.h"
#include "apps/unseen_words.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/index/item_filter.h"
#include "embed/index/item_index.h"
#include "embed/io/os_error.h"

DECLARE_string(index);
DECLARE_string(model);
DECLARE_uint64(k);
DEFINE_string(analogy, "",
              "\"a b c\": what is to c as b is to a; tabs between keys that "
              "hold blanks");
DEFINE_string(minus, "", "a key whose vector is taken from every query");
DEFINE_string(filter, "",
              "prefix=TEXT: only keys that start with TEXT; type=NAME: only "
              "nodes of this type");
DEFINE_string(query_file, "",
              "a file of queries: vectors (.npy, .vec, .bin, .embed, and with "
              ".gz or .zst), or lines as those of standard input (any other "
              "name)");
DEFINE_string(allow, "", "a file of keys, one a line: only they are answers");
DEFINE_string(deny, "", "a file of keys, one a line: they are no answers");
DEFINE_double(mmr, 1,
              "L from 0 to 1: answers that differ from one another, as L "
              "times the score less 1 - L times the score with the nearest "
              "answer before (maximal marginal relevance)");
DEFINE_uint64(csls, 0,
              "N: scores that take down what is near to everything, by the N "
              "nearest neighbors of the query and of each item (CSLS); 0: "
              "plain scores");
DEFINE_double(min_score, 0,
              "only answers of at least this score, of an index by l2 at most; "
              "without --k all of them; exact");
DEFINE_bool(exact, false,
            "look at every item, not through the index's graph or lists");
DEFINE_int32(ef_search, 0,
             "items that a search through the graph keeps in view: more find "
             "more and take longer; 0: what the index holds");
DEFINE_int32(nprobe, 0,
             "lists that a search of an ivf index reads: more find more and "
             "take longer; 0: what the index holds");

namespace embed {
namespace {

// Queries answered together: enough to read the table once for many.
constexpr size_t kQueryBatch = 256;
constexpr uint64_t kSuggestions = 3;
// Looking for similar keys reads them all, so it ends after some.
constexpr int kMostSuggestions = 100;

struct QueryPlan {
  QueryFormat format = QueryFormat::kTsv;
  AnswerOptions answer;
  QueryPooling pooling;
  ItemFilter filter;
};

absl::Status CheckPooling(const PoolOptions& pool) {
  if (pool.pooling == Pooling::kSif && CountsPath().empty()) {
    return UsageError(
        "--pool sif needs --counts FILE: an index holds no counts");
  }
  if (IsFlagSet("analogy") && IsFlagSet("pool")) {
    return UsageError("--pool is for lines of several keys; --analogy is none");
  }
  return absl::OkStatus();
}

// How far to look: --ef_search, --nprobe, --exact, --min_score.
absl::Status ReadSearchFlags(AnswerOptions* options) {
  if (IsFlagSet("ef_search") && FLAGS_ef_search < 1) {
    return UsageError(
        absl::StrCat("--ef_search: ", FLAGS_ef_search, " is not at least 1"));
  }
  if (IsFlagSet("min_score")) {
    options->min_score = static_cast<float>(FLAGS_min_score);
    if (!IsFlagSet("k")) options->k = std::numeric_limits<uint64_t>::max();
  }
  if (IsFlagSet("nprobe") && FLAGS_nprobe < 1) {
    return UsageError(
        absl::StrCat("--nprobe: ", FLAGS_nprobe, " is not at least 1"));
  }
  options->exact = FLAGS_exact || options->min_score.has_value();
  options->ef_search = FLAGS_ef_search;
  options->nprobe = FLAGS_nprobe;
  if ((options->ef_search > 0 || options->nprobe > 0) && options->exact) {
    return UsageError(absl::StrCat(
        options->ef_search > 0 ? "--ef_search" : "--nprobe",
        " goes neither with --exact nor with --min_score: both look at every "
        "item"));
  }
  return absl::OkStatus();
}

// Whether the index can have such scores at all.
absl::Status CheckMinScore(const ItemIndex& index) {
  if (!IsFlagSet("min_score")) return absl::OkStatus();
  const bool cosine = index.metric() == Metric::kCosine;
  const double least = cosine                          ? -1
                       : index.metric() == Metric::kL2 ? 0
                                                       : -HUGE_VAL;
  const double most = cosine ? 1 : HUGE_VAL;
  if (FLAGS_min_score >= least && FLAGS_min_score <= most) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat("--min_score: ", FLAGS_min_score,
                                 " is not in ", least, " .. ", most));
}

// --mmr, --csls.
absl::Status ReadChoiceFlags(AnswerOptions* options) {
  if (IsFlagSet("mmr")) {
    if (!(FLAGS_mmr >= 0 && FLAGS_mmr <= 1)) {
      return UsageError(
          absl::StrCat("--mmr: ", FLAGS_mmr, " is not in 0 .. 1"));
    }
    options->mmr = static_cast<float>(FLAGS_mmr);
  }
  options->csls = FLAGS_csls;
  return AsUsageError(options->Validate());
}

// --filter, --allow, --deny.
absl::StatusOr<ItemFilter> ReadFilterFlags() {
  ItemFilter filter;
  absl::string_view text = FLAGS_filter;
  if (absl::ConsumePrefix(&text, "prefix=")) {
    filter.prefix = std::string(text);
  } else if (absl::ConsumePrefix(&text, "type=")) {
    filter.types = {std::string(text)};
    if (text.empty()) return UsageError("--filter: type= needs a NAME");
  } else if (!text.empty()) {
    return UsageError(
        absl::StrCat("--filter: \"", FLAGS_filter,
                     "\" is not of the form prefix=TEXT or type=NAME"));
  }
  if (!FLAGS_allow.empty()) {
    EMBED_ASSIGN_OR_RETURN(filter.allow, ReadKeyList(FLAGS_allow));
  }
  if (!FLAGS_deny.empty()) {
    EMBED_ASSIGN_OR_RETURN(filter.deny, ReadKeyList(FLAGS_deny));
  }
  return filter;
}

// The bits of the items that the filter lets through. Lists often name what an
// index lacks, so that is only noted.
absl::StatusOr<std::vector<uint64_t>> AllowedItems(const ItemIndex& index,
                                                   const ItemFilter& filter) {
  EMBED_ASSIGN_OR_RETURN(FilteredItems items,
                         WithPrefix(absl::StrCat("--filter: ", FLAGS_index),
                                    FilterItems(index, filter)));
  if (!items.unknown.empty()) {
    std::fprintf(stderr,
                 "note: %zu keys of --allow and --deny are not in %s, the "
                 "first \"%s\"\n",
                 items.unknown.size(), FLAGS_index.c_str(),
                 items.unknown[0].c_str());
  }
  return std::move(items.bits);
}

// Standard input has one reader. from_lines: the queries are its lines.
absl::Status CheckStandardInput(bool from_lines) {
  std::vector<std::string> readers;
  if (FLAGS_allow == "-") readers.emplace_back("--allow");
  if (FLAGS_deny == "-") readers.emplace_back("--deny");
  if (CountsPath() == "-") readers.emplace_back("--counts");
  if (FLAGS_query_file == "-") readers.emplace_back("--query_file");
  if (from_lines) readers.emplace_back("the queries");
  if (readers.size() <= 1) return absl::OkStatus();
  return UsageError(absl::StrCat(absl::StrJoin(readers, " and "),
                                 " cannot all be read from standard input"));
}

absl::StatusOr<QueryPlan> ReadQueryFlags(const Arguments& arguments) {
  QueryPlan plan;
  if (!IsFlagSet("index") || FLAGS_index.empty()) {
    return UsageError("--index FILE is needed");
  }
  if (FLAGS_k < 1) return UsageError("--k: 0 is not at least 1");
  const absl::StatusOr<QueryFormat> format =
      QueryFormatFromName(OutputFormatFlag());
  if (!format.ok()) return AsUsageError(format.status());
  plan.format = *format;
  if (IsFlagSet("analogy") && !arguments.empty()) {
    return UsageError("--analogy is a query itself; leave out the KEYs");
  }
  if (!FLAGS_query_file.empty() &&
      (IsFlagSet("analogy") || !arguments.empty())) {
    return UsageError(
        "--query_file is for a file in place of KEYs and --analogy");
  }
  if (IsVectorFile(FLAGS_query_file) &&
      (!FLAGS_minus.empty() || IsFlagSet("pool"))) {
    return UsageError(
        absl::StrCat("--minus and --pool are for queries of keys, ",
                     FLAGS_query_file, " has vectors"));
  }
  EMBED_RETURN_IF_ERROR(CheckStandardInput(
      arguments.empty() && !IsFlagSet("analogy") && FLAGS_query_file.empty()));
  EMBED_ASSIGN_OR_RETURN(plan.pooling.options, ReadPoolFlag());
  EMBED_RETURN_IF_ERROR(CheckPooling(plan.pooling.options));
  plan.answer.k = FLAGS_k;
  EMBED_RETURN_IF_ERROR(ReadSearchFlags(&plan.answer));
  EMBED_RETURN_IF_ERROR(ReadChoiceFlags(&plan.answer));
  EMBED_ASSIGN_OR_RETURN(plan.filter, ReadFilterFlags());
  EMBED_ASSIGN_OR_RETURN(plan.answer.threads, ApplyRunningFlags());
  return plan;
}

// Answers batches of queries on standard output, and remembers unknown keys and
// queries that cannot be answered.
class QuerySession {
 public:
  // unseen: null, or what makes vectors of unknown keys.
  QuerySession(const ItemIndex& index, const UnseenWords* unseen,
               QueryPlan plan)
      : index_(index), unseen_(unseen), plan_(std::move(plan)) {}

  // Expects about so many queries.
  void PlanFor(uint64_t queries) { plan_.answer.together = queries; }

  absl::Status Run(std::vector<Query> queries) {
    std::vector<ResolvedQuery> resolved;
    for (Query& query : queries) {
      if (query.terms.empty()) continue;  // an empty line
      if (!FLAGS_minus.empty()) Subtract(FLAGS_minus, &query);
      resolved.push_back(Resolve(query, index_, unseen_));
      for (const std::string& key : resolved.back().unknown) Report(key);
    }
    return Print(std::move(resolved));
  }

  absl::Status RunLines(const std::vector<std::string>& lines) {
    std::vector<Query> queries;
    queries.reserve(lines.size());
    for (const std::string& line : lines) {
      queries.push_back(ParseLine(line, index_, plan_.pooling));
    }
    return Run(std::move(queries));
  }

  // Queries that are vectors already.
  absl::Status Print(std::vector<ResolvedQuery> resolved) {
    for (ResolvedQuery& query : resolved) CheckVector(&query);
    EMBED_ASSIGN_OR_RETURN(const SearchHits hits, AnswerAll(resolved));
    std::string text;
    for (size_t i = 0; i < resolved.size(); ++i) {
      if (resolved[i].vector.empty()) continue;
      absl::StrAppend(&text,
                      FormatAnswer(index_, resolved[i], hits[i], plan_.format));
    }
    return PrintText(text);
  }

  absl::Status Finish() const {
    return unknown_keys_ == 0 && !has_failed_ ? absl::OkStatus()
                                              : ReportedError();
  }

 private:
  // The answers in order; those of composed vectors come from their own space.
  absl::StatusOr<SearchHits> AnswerAll(
      const std::vector<ResolvedQuery>& resolved) const {
    std::vector<ResolvedQuery> known = resolved;
    std::vector<ResolvedQuery> composed = resolved;
    for (size_t i = 0; i < resolved.size(); ++i) {
      (resolved[i].composed.empty() ? composed : known)[i].vector.clear();
    }
    EMBED_ASSIGN_OR_RETURN(SearchHits hits,
                           Answer(index_, known, plan_.answer));
    if (unseen_ == nullptr) return hits;
    EMBED_ASSIGN_OR_RETURN(SearchHits others,
                           Answer(unseen_->space(), composed, plan_.answer));
    for (size_t i = 0; i < resolved.size(); ++i) {
      if (!resolved[i].composed.empty()) hits[i] = std::move(others[i]);
    }
    return hits;
  }

  // Takes the vector of a query that cannot be asked, so that others can.
  void CheckVector(ResolvedQuery* query) {
    const absl::Status status = CheckPoint(*query, index_.metric());
    if (status.ok()) return;
    query->vector.clear();
    has_failed_ = true;
    PrintError("embedquery", absl::StrCat("query \"", QueryLabel(*query),
                                          "\": ", status.message()));
  }

  void Report(const std::string& key) {
    std::vector<std::string> near;
    if (++unknown_keys_ <= kMostSuggestions) {
      for (const uint32_t id : index_.NearestSpellings(key, kSuggestions)) {
        near.emplace_back(index_.key(id));
      }
    }
    PrintError("embedquery",
               absl::StrCat("unknown key \"", key, "\" in ", FLAGS_index,
                            near.empty() ? "" : "; nearest: ",
                            absl::StrJoin(near, ", ")));
  }

  static absl::Status PrintText(const std::string& text) {
    const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
    if (written == text.size() && std::fflush(stdout) == 0) {
      return absl::OkStatus();
    }
    return absl::UnavailableError(
        absl::StrCat("standard output: ", std::strerror(errno)));
  }

  const ItemIndex& index_;
  const UnseenWords* const unseen_;
  QueryPlan plan_;
  int64_t unknown_keys_ = 0;
  bool has_failed_ = false;
};

absl::Status AnswerLines(LineReader reader, QuerySession* session) {
  while (true) {
    EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> lines,
                           reader.Next(kQueryBatch));
    if (lines.empty()) return absl::OkStatus();
    EMBED_RETURN_IF_ERROR(session->RunLines(lines));
  }
}

absl::Status AnswerVectors(const std::string& path, int dim,
                           QuerySession* session) {
  EMBED_ASSIGN_OR_RETURN(const QueryVectors vectors,
                         ReadQueryVectors(path, dim));
  session->PlanFor(vectors.size());
  for (uint64_t begin = 0; begin < vectors.size(); begin += kQueryBatch) {
    std::vector<ResolvedQuery> queries;
    const uint64_t end = std::min(vectors.size(), begin + kQueryBatch);
    for (uint64_t i = begin; i < end; ++i) queries.push_back(vectors.query(i));
    EMBED_RETURN_IF_ERROR(session->Print(std::move(queries)));
  }
  return absl::OkStatus();
}

// --query_file.
absl::Status AnswerFile(const std::string& path, int dim,
                        QuerySession* session) {
  if (IsVectorFile(path)) return AnswerVectors(path, dim, session);
  if (path == "-") return AnswerLines(LineReader(STDIN_FILENO), session);
  session->PlanFor(kQueryBatch);
  const std::string kind = BinaryKind(path);
  if (!kind.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", kind,
                     "; --query_file takes lines, or vectors of a file "
                     "named .npy, .vec, .bin or .embed"));
  }
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return OsError(errno, path, "open");
  absl::Status status = AnswerLines(LineReader(descriptor, path), session);
  close(descriptor);
  return status;
}

}  // namespace

CommandInfo QueryCommandInfo() {
  CommandInfo info;
  info.name = "embedquery";
  info.summary = "finds the items of an index that are nearest to given ones";
  info.synopsis =
      "embedquery --index FILE [flags] [KEY ...]\n"
      "Without KEY, queries are the lines of standard input. Keys joined by "
      "tabs are\none query (--pool), whose own members are not answers. A line "
      "of the answer:\nquery, rank, key, score; tabs and line feeds of keys "
      "are "
      "\\t and \\n. With --model,\na key that the index does not hold is "
      "composed of the n-grams of that model, and\nthe query is marked "
      "\"(composed)\".";
  info.examples = {
      "embedquery --index karate.faiss --k 5 1 34",
      "embedquery --index karate.faiss --analogy \"1 2 34\" --output_format "
      "json",
  };
  info.flag_texts["index"] = "index file (.faiss) to search";
  info.groups = {
      {"Queries",
       {"index", "model", "query_file", "k", "analogy", "minus", "min_score",
        "exact", "ef_search", "nprobe", "output_format"}},
      {"Which answers", {"filter", "allow", "deny", "mmr", "csls"}},
      {"Several keys", {"pool", "pool_window", "sif_a", "counts"}},
      RunningFlagGroup()};
  return info;
}

absl::Status RunQuery(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(QueryPlan plan, ReadQueryFlags(arguments));
  std::vector<Query> analogy;
  if (IsFlagSet("analogy")) {
    absl::StatusOr<Query> query = ParseAnalogy(FLAGS_analogy);
    if (!query.ok()) {
      return UsageError(absl::StrCat("--analogy: ", query.status().message()));
    }
    analogy.push_back(*std::move(query));
  }
  if (plan.pooling.options.pooling == Pooling::kSif) {
    EMBED_ASSIGN_OR_RETURN(KeyCounts counts, KeyCounts::Read(CountsPath()));
    plan.pooling.weight = [counts = std::move(counts)](absl::string_view key) {
      return counts.SifWeight(key, SifA());
    };
  }
  EMBED_ASSIGN_OR_RETURN(const ItemIndex index, ItemIndex::Open(FLAGS_index));
  if (FLAGS_ef_search > 0 && !index.has_graph()) {
    return UsageError(
        absl::StrCat("--ef_search: ", FLAGS_index, " has no graph"));
  }
  if (FLAGS_nprobe > 0 && !index.has_lists()) {
    return UsageError(absl::StrCat("--nprobe: ", FLAGS_index, " has no lists"));
  }
  EMBED_RETURN_IF_ERROR(CheckMinScore(index));
  std::vector<uint64_t> allowed;
  if (!plan.filter.empty()) {
    EMBED_ASSIGN_OR_RETURN(allowed, AllowedItems(index, plan.filter));
    plan.answer.allowed = allowed;
  }
  std::unique_ptr<UnseenWords> unseen;
  if (!FLAGS_model.empty()) {
    EMBED_ASSIGN_OR_RETURN(
        unseen, UnseenWords::Open(FLAGS_model, index, plan.answer.threads));
  }
  QuerySession session(index, unseen.get(), std::move(plan));
  if (!analogy.empty()) {
    EMBED_RETURN_IF_ERROR(session.Run(std::move(analogy)));
  } else if (!arguments.empty()) {
    EMBED_RETURN_IF_ERROR(session.RunLines(arguments));
  } else if (!FLAGS_query_file.empty()) {
    EMBED_RETURN_IF_ERROR(AnswerFile(FLAGS_query_file, index.dim(), &session));
  } else {
    EMBED_RETURN_IF_ERROR(AnswerLines(LineReader(STDIN_FILENO), &session));
  }
  return session.Finish();
}

}  // namespace embed
