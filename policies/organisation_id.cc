#include "policies/organisation_id.h"

#include <algorithm>

namespace sluis::policies {
namespace {

constexpr std::size_t kLeast = 3;
constexpr std::size_t kMost = 120;

bool IsLabel(std::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace

bool IsOrganisationId(std::string_view text) {
  if (text.size() < kLeast || text.size() > kMost) return false;
  for (std::size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    if (!IsLabel(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return IsLabel(text);
}

}  // namespace sluis::policies
