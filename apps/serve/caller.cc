#include "apps/serve/caller.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "apps/serve/problem.h"

namespace embed {
namespace {

namespace ip = boost::asio::ip;

// "name" of "name:80", "::1" of "[::1]:80", in lower case.
std::string NameOf(absl::string_view host) {
  if (absl::StartsWith(host, "[")) {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.rfind(':'));
  }
  return absl::AsciiStrToLower(host);
}

bool IsRight(const HostRules& rules, const std::string& name) {
  if (name == "localhost") return true;
  boost::system::error_code error;
  const ip::address called = ip::make_address(name, error);
  if (error) {
    return std::find(rules.names.begin(), rules.names.end(), name) !=
           rules.names.end();
  }
  if (called.is_loopback()) return true;
  const ip::address listened = ip::make_address(rules.address, error);
  return !error && (listened.is_unspecified() || listened == called);
}

}  // namespace

absl::Status CheckHost(const HostRules& rules, absl::string_view host) {
  if (host.empty() || IsRight(rules, NameOf(host))) return absl::OkStatus();
  return ProblemError(
      ProblemKind::kForbidden,
      absl::StrCat("the header Host calls this service \"", host,
                   "\"; names beside its address are to be given with "
                   "--allowed_hosts"));
}

absl::Status CheckOrigin(const ServeRequest& request) {
  const absl::string_view site = request.fetch_site;
  const absl::string_view origin = request.origin;
  // "http://localhost:8080" against "localhost:8080"; "null" is of no site.
  const size_t scheme = origin.find("://");
  const bool own =
      scheme != absl::string_view::npos &&
      absl::EqualsIgnoreCase(origin.substr(scheme + 3), request.host);
  // What the browser itself says counts, as a proxy may have changed the host.
  if (site.empty() ? origin.empty() || own
                   : site == "same-origin" || site == "none") {
    return absl::OkStatus();
  }
  return ProblemError(ProblemKind::kForbidden,
                      "requests from pages of other sites are not answered");
}

}  // namespace embed
