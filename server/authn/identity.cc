#include "server/authn/identity.h"

#include <algorithm>

namespace sluis::authn {
namespace {

constexpr std::string_view kScheme = "spiffe://";
constexpr std::string_view kNodePath = "node";
constexpr std::string_view kUserPath = "user/";

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

absl::Status Refused() {
  return absl::UnauthenticatedError(
      "the certificate must hold exactly one URI of the form spiffe://<organisation>/user/<id>; "
      "ask for a new certificate from your own node");
}

}  // namespace

bool IsUserId(std::string_view text) {
  if (text.size() < 2 || text.size() > 32) return false;
  if (text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '.' || c == '-'; });
}

bool IsOrganisationId(std::string_view text) {
  if (text.size() < 3 || text.size() > 120) return false;
  // A label neither begins nor ends with a hyphen.
  char before = '.';
  for (char c : text) {
    const bool border = before == '.' || before == '-';
    if (c == '.' ? border : !IsLowerOrDigit(c) && (c != '-' || before == '.')) return false;
    before = c;
  }
  return before != '.' && before != '-';
}

absl::StatusOr<Identity> IdentityOf(std::span<const std::string> uris) {
  if (uris.size() != 1) return Refused();
  std::string_view rest = uris[0];
  if (!rest.starts_with(kScheme)) return Refused();
  rest.remove_prefix(kScheme.size());
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return Refused();
  Identity identity{.organisation = std::string(rest.substr(0, slash)), .user_id = {}};
  if (!IsOrganisationId(identity.organisation)) return Refused();
  const std::string_view path = rest.substr(slash + 1);
  if (path == kNodePath) return identity;
  if (!path.starts_with(kUserPath)) return Refused();
  identity.user_id = std::string(path.substr(kUserPath.size()));
  if (!IsUserId(identity.user_id)) return Refused();
  return identity;
}

std::string NodeUri(std::string_view organisation) {
  return std::string(kScheme) + std::string(organisation) + "/" + std::string(kNodePath);
}

std::string UserUri(std::string_view organisation, std::string_view user_id) {
  return std::string(kScheme) + std::string(organisation) + "/" + std::string(kUserPath) +
         std::string(user_id);
}

}  // namespace sluis::authn
