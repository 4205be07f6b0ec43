// The routes of ServeApi that are no searches.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "apps/serve/api.h"
#include "apps/serve/assets.h"
#include "apps/serve/json_text.h"
#include "apps/serve/problem.h"
#include "embed/base/exceptions.h"
#include "embed/base/hash.h"
#include "embed/base/status_macros.h"
#include "embed/math/metric.h"

namespace embed {
namespace {

constexpr uint64_t kMostKeys = 1000;
constexpr uint64_t kKeys = 10;

// What the page may do: load its own files and ask its own service.
constexpr char kContentPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
    "'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// The items whose keys start so. `room` holds them where the index has changes.
absl::Span<const uint32_t> ItemsThatStart(const ItemIndex& index,
                                          absl::string_view prefix,
                                          std::vector<uint32_t>* room) {
  if (index.changes() == nullptr) return index.KeysWithPrefix(prefix);
  const std::vector<uint64_t> bits = index.ItemsWithPrefix(prefix);
  for (uint32_t id = 0; id < index.size(); ++id) {
    if ((bits[id / 64] >> id % 64 & 1) != 0 && index.Has(id)) {
      room->push_back(id);
    }
  }
  return *room;
}

// How a search goes, if it need not be exact.
absl::string_view KindOf(const ItemIndex& index) {
  if (index.has_graph()) return "hnsw";
  return index.has_lists() ? "ivf" : "flat";
}

// The `count` least ids of `ids`, rising.
std::vector<uint32_t> LeastIds(absl::Span<const uint32_t> ids, uint64_t count) {
  std::priority_queue<uint32_t> least;
  for (const uint32_t id : ids) {
    if (least.size() < count) {
      least.push(id);
    } else if (id < least.top()) {
      least.pop();
      least.push(id);
    }
  }
  std::vector<uint32_t> rising(least.size());
  for (size_t i = rising.size(); i > 0; --i) {
    rising[i - 1] = least.top();
    least.pop();
  }
  return rising;
}

void AppendVector(absl::Span<const float> vector, std::string* json) {
  for (size_t i = 0; i < vector.size(); ++i) {
    if (i > 0) json->push_back(',');
    AppendJsonFloat(vector[i], json);
  }
}

}  // namespace

absl::StatusOr<Reply> ServeApi::Health(const ServeRequest&, const Target&) {
  Reply reply;
  reply.body = "{\"status\":\"alive\"}";
  return reply;
}

absl::StatusOr<Reply> ServeApi::Ready(const ServeRequest&, const Target&) {
  if (stopping_) {
    return ProblemError(ProblemKind::kOverloaded, "the service is ending");
  }
  Reply reply;
  reply.body = "{\"status\":\"ready\"}";
  return reply;
}

absl::StatusOr<Reply> ServeApi::Metrics(const ServeRequest&, const Target&) {
  const auto now = served();
  ServeGauges gauges;
  gauges.items = now->index().num_items();
  gauges.dim = now->index().dim();
  gauges.generation = now->generation();
  gauges.waiting = queue_.size();
  const ChangedItems* const changes = now->index().changes();
  if (changes != nullptr) gauges.further_rows = changes->num_further();
  Reply reply;
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = metrics_->Text(gauges);
  return reply;
}

absl::StatusOr<Reply> ServeApi::Asset(const ServeRequest& request,
                                      const Target& target) {
  for (const ServeAsset& asset : ServeAssets()) {
    if (asset.path != target.path) continue;
    if (request.method != "GET" && request.method != "HEAD") {
      return ProblemError(ProblemKind::kMethodNotAllowed,
                          absl::StrCat(target.path, " takes GET"));
    }
    if (options_.token.empty()) {
      EMBED_RETURN_IF_ERROR(CheckHost(options_.hosts, request.host));
    }
    Reply reply;
    reply.route = "page";
    const std::string tag = absl::StrFormat("\"%016x\"", Hash64(asset.bytes));
    reply.headers = {{"ETag", tag},
                     {"Cache-Control", "no-cache"},
                     {"Content-Security-Policy", kContentPolicy},
                     {"X-Frame-Options", "DENY"},
                     {"Referrer-Policy", "no-referrer"}};
    reply.content_type = asset.content_type;
    if (request.if_none_match == tag) {
      reply.status = 304;
    } else {
      reply.body = std::string(asset.bytes);
    }
    return reply;
  }
  return ProblemError(ProblemKind::kNoSuchPage,
                      "nothing is here; /openapi.json says what is where");
}

absl::StatusOr<Reply> ServeApi::Info(const ServeRequest&, const Target&) {
  const auto now = served();
  const ItemIndex& index = now->index();
  Reply reply;
  absl::StrAppend(
      &reply.body, "{\"version\":\"", EMBED_VERSION,
      "\",\"generation\":", now->generation(), ",\"items\":", index.num_items(),
      ",\"dim\":", index.dim(), ",\"metric\":\"", MetricName(index.metric()),
      "\",\"index\":\"", KindOf(index),
      "\",\"composes\":", now->unseen() ? "true" : "false", ",\"types\":[");
  for (size_t i = 0; i < index.type_names().size(); ++i) {
    if (i > 0) reply.body.push_back(',');
    AppendJsonString(index.type_names()[i], &reply.body);
  }
  reply.body += "],\"made\":{";
  bool first = true;
  for (const auto& [name, value] : index.info()) {
    if (!first) reply.body.push_back(',');
    first = false;
    AppendJsonString(name, &reply.body);
    reply.body.push_back(':');
    AppendJsonString(value, &reply.body);
  }
  reply.body += "}}";
  return reply;
}

absl::StatusOr<Reply> ServeApi::Map(const ServeRequest&, const Target&) {
  const auto now = served();
  Reply reply;
  if (const auto places = now->places()) {
    reply.body = *places;
    return reply;
  }
  const uint64_t wanted = now->places_generation();
  bool asked;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    asked = std::exchange(map_asked_, wanted) == wanted;
    if (asked && !map_error_.ok()) {
      if (map_failed_ == now->generation()) return map_error_;
      asked = false;  // changes may have made it possible
    }
    if (!asked) map_error_ = absl::OkStatus();
  }
  // One thread, so that the others go on answering.
  std::function<void()> task = [this, now, wanted] {
    // Otherwise nobody asks for this map any more.
    if (served()->places_generation() != wanted) return;
    const absl::Status status =
        CatchExceptions([&] { return now->MakePlaces(/*threads=*/1); });
    const std::lock_guard<std::mutex> lock(mutex_);
    if (map_asked_ != wanted) return;
    // Items that cannot have places, or have none in the file given by --map,
    // are no fault of the service.
    map_error_ =
        absl::IsInvalidArgument(status)
            ? ProblemError(ProblemKind::kNoSuchPage,
                           absl::StrCat("there is no map: ", status.message()))
            : status;
    map_failed_ = now->generation();
  };
  if (!asked && !background_.Push(&task, 1)) {
    const std::lock_guard<std::mutex> lock(mutex_);
    map_asked_ = 0;  // the next who asks tries again
    return ProblemError(ProblemKind::kOverloaded,
                        "the service is ending, or has too much to load");
  }
  reply.status = 202;
  reply.headers.emplace_back("Retry-After", "1");
  reply.body = "{\"status\":\"the map is being made\"}";
  return reply;
}

absl::StatusOr<Reply> ServeApi::Vector(const ServeRequest&,
                                       const Target& target) {
  const absl::string_view key =
      absl::StripPrefix(absl::string_view(target.path), "/v1/vectors/");
  const auto now = served();
  const ItemIndex& index = now->index();
  const std::optional<uint32_t> id = index.Find(key);
  std::optional<std::vector<float>> vector;
  if (id.has_value()) {
    vector = index.Vector(*id);
  } else if (now->unseen() != nullptr) {
    vector = now->unseen()->Vector(key);
  }
  if (!vector.has_value()) return UnknownKeyError(key, {});
  Reply reply;
  reply.body = "{\"key\":";
  AppendJsonString(key, &reply.body);
  if (!id.has_value()) reply.body += ",\"composed\":true";
  if (id.has_value() && !index.type_names().empty()) {
    reply.body += ",\"type\":";
    AppendJsonString(index.type(*id), &reply.body);
  }
  reply.body += ",\"vector\":[";
  AppendVector(*vector, &reply.body);
  reply.body += "]}";
  return reply;
}

absl::StatusOr<Reply> ServeApi::Keys(const ServeRequest&,
                                     const Target& target) {
  std::string prefix;
  uint64_t limit = kKeys;
  for (const auto& [name, value] : target.parameters) {
    if (name == "prefix") {
      prefix = value;
    } else if (name == "limit") {
      if (!absl::SimpleAtoi(value, &limit) || limit < 1 || limit > kMostKeys) {
        return ProblemError(
            ProblemKind::kInvalidValue,
            absl::StrCat("limit: expected a whole number, 1 to ", kMostKeys));
      }
    } else {
      return ProblemError(ProblemKind::kInvalidValue,
                          absl::StrCat("no such parameter: ", name,
                                       "; there are prefix and limit"));
    }
  }
  const auto now = served();
  const ItemIndex& index = now->index();
  std::vector<uint32_t> room;
  const absl::Span<const uint32_t> found = ItemsThatStart(index, prefix, &room);
  Reply reply;
  absl::StrAppend(&reply.body, "{\"total\":", found.size(), ",\"keys\":[");
  const bool typed = !index.type_names().empty();
  bool first = true;
  for (const uint32_t id : LeastIds(found, limit)) {
    absl::StrAppend(&reply.body, first ? "" : ",", "{\"key\":");
    first = false;
    AppendJsonString(index.key(id), &reply.body);
    if (typed) {
      reply.body += ",\"type\":";
      AppendJsonString(index.type(id), &reply.body);
    }
    reply.body.push_back('}');
  }
  reply.body += "]}";
  return reply;
}

}  // namespace embed
