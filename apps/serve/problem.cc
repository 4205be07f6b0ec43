#include "apps/serve/problem.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace embed {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr char kKindPayload[] = "embed/problem_kind";
constexpr char kPointerPayload[] = "embed/problem_pointer";
constexpr char kMembersPayload[] = "embed/problem_members";

struct KindInfo {
  ProblemKind kind;
  int status;
  const char* name;  // of the type URI
  const char* title;
};

constexpr KindInfo kKinds[] = {
    {ProblemKind::kBadRequest, 400, "bad-request", "Bad request"},
    {ProblemKind::kMalformedJson, 400, "malformed-json", "Malformed JSON"},
    {ProblemKind::kUnauthorized, 401, "unauthorized", "Token needed"},
    {ProblemKind::kForbidden, 403, "forbidden", "Forbidden"},
    {ProblemKind::kNoSuchPage, 404, "no-such-page", "No such page"},
    {ProblemKind::kUnknownKey, 404, "unknown-key", "Unknown key"},
    {ProblemKind::kMethodNotAllowed, 405, "method-not-allowed",
     "Method not allowed"},
    {ProblemKind::kConflict, 409, "conflict", "Conflict with the index"},
    {ProblemKind::kTooLarge, 413, "too-large", "Body too large"},
    {ProblemKind::kMediaType, 415, "media-type", "Unsupported media type"},
    {ProblemKind::kInvalidValue, 422, "invalid-value", "Invalid value"},
    {ProblemKind::kHeaderTooLarge, 431, "header-too-large", "Header too large"},
    {ProblemKind::kInternal, 500, "internal", "Internal error"},
    {ProblemKind::kNotImplemented, 501, "not-implemented", "Not implemented"},
    {ProblemKind::kReloadFailed, 500, "reload-failed", "Reload failed"},
    {ProblemKind::kWriteFailed, 500, "write-failed", "Write failed"},
    {ProblemKind::kOverloaded, 503, "overloaded", "Too busy"},
};

const KindInfo& InfoOf(const absl::Status& error) {
  ProblemKind kind = ProblemKind::kInternal;
  int number;
  const auto payload = error.GetPayload(kKindPayload);
  if (payload.has_value() && absl::SimpleAtoi(std::string(*payload), &number)) {
    kind = static_cast<ProblemKind>(number);
  }
  for (const KindInfo& info : kKinds) {
    if (info.kind == kind) return info;
  }
  return kKinds[0];
}

}  // namespace

absl::Status ProblemError(ProblemKind kind, absl::string_view detail,
                          absl::string_view pointer) {
  absl::Status error = absl::InvalidArgumentError(detail);
  error.SetPayload(kKindPayload,
                   absl::Cord(absl::StrCat(static_cast<int>(kind))));
  if (!pointer.empty()) error.SetPayload(kPointerPayload, absl::Cord(pointer));
  return error;
}

absl::Status UnknownKeyError(absl::string_view key,
                             const std::vector<std::string>& nearest,
                             absl::string_view pointer) {
  absl::Status error =
      ProblemError(ProblemKind::kUnknownKey,
                   absl::StrCat("the index has no key \"", key, "\""), pointer);
  OrderedJson members = {{"key", std::string(key)}, {"nearest", nearest}};
  error.SetPayload(kMembersPayload,
                   absl::Cord(members.dump(
                       -1, ' ', false, OrderedJson::error_handler_t::replace)));
  return error;
}

int ProblemStatus(const absl::Status& error) { return InfoOf(error).status; }

std::string ProblemJson(const absl::Status& error) {
  const KindInfo& info = InfoOf(error);
  OrderedJson problem = {{"type", absl::StrCat("urn:embedserve:", info.name)},
                         {"title", info.title},
                         {"status", info.status},
                         {"detail", std::string(error.message())}};
  if (const auto pointer = error.GetPayload(kPointerPayload)) {
    problem["pointer"] = std::string(*pointer);
  }
  if (const auto members = error.GetPayload(kMembersPayload)) {
    problem.update(OrderedJson::parse(std::string(*members)));
  }
  return problem.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

Reply ProblemReply(const absl::Status& error) {
  Reply reply;
  reply.status = ProblemStatus(error);
  reply.content_type = "application/problem+json";
  reply.body = ProblemJson(error);
  if (reply.status == 401) {
    reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  }
  if (reply.status == 503) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

}  // namespace embed
