#include "server/envelope/joined_conditions.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "server/envelope/form.h"
#include "server/envelope/terms.h"

namespace sluis::envelope {
namespace {

using peer::v1::Conditions;
using peer::v1::Marks;
using peer::v1::OnwardLimit;
using Texts = std::set<std::string>;

constexpr std::string_view kRetention = "retention=P";

Texts SetOf(const Repeated<std::string>& texts) { return {texts.begin(), texts.end()}; }

void Put(const Texts& texts, Repeated<std::string>* into) {
  for (const std::string& text : texts) *into->Add() = text;
}

Texts Both(const Repeated<std::string>& a, const Repeated<std::string>& b) {
  Texts both = SetOf(a);
  both.insert(b.begin(), b.end());
  return both;
}

// Days of "retention=P90D"; nothing for any other text.
std::optional<uint32_t> RetentionDays(std::string_view text) {
  if (!text.starts_with(kRetention) || !text.ends_with("D")) return std::nullopt;
  text.remove_prefix(kRetention.size());
  text.remove_suffix(1);
  uint32_t days = 0;
  const auto read = std::from_chars(text.begin(), text.end(), days);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.end()) return std::nullopt;
  return days;
}

// Of several retentions the shortest; each other obligation of both.
Texts JoinObligations(const Conditions& a, const Conditions& b) {
  Texts joined;
  std::optional<std::pair<uint32_t, std::string>> shortest;
  for (const std::string& text : Both(a.obligations(), b.obligations())) {
    const std::optional<uint32_t> days = RetentionDays(text);
    if (!days) {
      joined.insert(text);
    } else if (!shortest || *days < shortest->first) {
      shortest.emplace(*days, text);
    }
  }
  if (shortest) joined.insert(shortest->second);
  return joined;
}

void JoinMarks(const Marks& a, const Marks& b, Marks& joined) {
  joined.set_tlp(std::max(a.tlp(), b.tlp()));
  joined.set_secret(a.secret() || b.secret());
  joined.set_no_evidence(a.no_evidence() || b.no_evidence());
  joined.set_no_onward(a.no_onward() || b.no_onward());
}

void JoinOnward(const OnwardLimit& a, const OnwardLimit& b, OnwardLimit& joined) {
  joined.set_none(a.none() || b.none());
  joined.set_originator_consent(a.originator_consent() || b.originator_consent());
  // Unspecified is no limit.
  const bool limited =
      a.tlp_max() != record::v1::TLP_UNSPECIFIED && b.tlp_max() != record::v1::TLP_UNSPECIFIED;
  joined.set_tlp_max(limited ? std::min(a.tlp_max(), b.tlp_max())
                             : std::max(a.tlp_max(), b.tlp_max()));
}

}  // namespace

std::optional<Conditions> JoinConditions(const Conditions& a, const Conditions& b) {
  Conditions joined;
  JoinMarks(a.marks(), b.marks(), *joined.mutable_marks());
  Put(JoinObligations(a, b), joined.mutable_obligations());
  joined.set_retention_until(std::min(a.retention_until(), b.retention_until()));
  if (a.has_onward() || b.has_onward()) {
    JoinOnward(a.onward(), b.onward(), *joined.mutable_onward());
  }
  const Texts of_a = SetOf(a.fields()), of_b = SetOf(b.fields());
  Texts fields;
  std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                        std::inserter(fields, fields.end()));
  Put(fields, joined.mutable_fields());
  Put(Both(a.reduced_fields(), b.reduced_fields()), joined.mutable_reduced_fields());
  if (!AreConditions(joined)) return std::nullopt;
  return joined;
}

}  // namespace sluis::envelope
