#include "server/envelope/terms.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "crypto/hash.h"
#include "server/envelope/canonical.h"
#include "server/envelope/fault.h"
#include "server/envelope/form.h"
#include "server/storage/clock.h"

namespace sluis::envelope {
namespace {

using peer::v1::Conditions;
using peer::v1::Marks;
using peer::v1::OnwardLimit;
using peer::v1::Terms;

constexpr std::string_view kTermsLabel = "sluis/terms/v1";
constexpr int kMaxAttributes = 48;
constexpr int kMaxFields = 32;
constexpr int kMaxObligations = 16;
constexpr size_t kMaxObligation = 1024;

bool IsTlp(record::v1::Tlp tlp) { return !TlpWord(tlp).empty(); }

bool AreAttributes(const Terms& terms) {
  const auto& attributes = terms.attributes();
  return !attributes.empty() && attributes.size() <= kMaxAttributes &&
         std::all_of(attributes.begin(), attributes.end(),
                     [](const auto& a) { return IsCode(a.name()) && IsCode(a.value()); }) &&
         std::adjacent_find(attributes.begin(), attributes.end(), [](const auto& a, const auto& b) {
           return a.name() >= b.name();
         }) == attributes.end();
}

std::string_view Bool(bool value) { return value ? "true" : "false"; }

// Marks are stated once for the rules and once for whoever holds the record: both must say the
// same.
bool AgreeWithMarks(const Terms& terms) {
  const Marks& marks = terms.conditions().marks();
  const std::pair<std::string_view, std::string_view> repeated[] = {
      {"record.tlp", TlpWord(marks.tlp())},
      {"record.secret", Bool(marks.secret())},
      {"record.no_evidence", Bool(marks.no_evidence())},
      {"record.no_onward", Bool(marks.no_onward())},
  };
  return std::all_of(std::begin(repeated), std::end(repeated), [&](const auto& row) {
    return AttributeOf(terms, row.first).value_or(row.second) == row.second;
  });
}

// A case that was given is named by its token, and no other.
bool NamesItsCase(const Terms& terms) {
  const std::optional<std::string_view> given = AttributeOf(terms, "case.given");
  return !given || (*given == "given") == !terms.case_token().empty();
}

// "retention=P90D" is of kind "retention".
std::string_view KindOf(std::string_view obligation) {
  return obligation.substr(0, obligation.find('='));
}

std::string_view FieldOf(std::string_view reduction) {
  return reduction.substr(0, reduction.find(':'));
}

bool Contains(const Repeated<std::string>& sorted, const std::string& item) {
  return std::binary_search(sorted.begin(), sorted.end(), item);
}

bool AtLeastAsStrict(const Marks& accepted, const Marks& offered) {
  return accepted.tlp() >= offered.tlp() && accepted.secret() >= offered.secret() &&
         accepted.no_evidence() >= offered.no_evidence() &&
         accepted.no_onward() >= offered.no_onward();
}

bool AtLeastAsStrict(const OnwardLimit& accepted, const OnwardLimit& offered) {
  const bool tlp_holds = offered.tlp_max() == record::v1::TLP_UNSPECIFIED ||
                         (accepted.tlp_max() != record::v1::TLP_UNSPECIFIED &&
                          accepted.tlp_max() <= offered.tlp_max());
  return accepted.none() >= offered.none() &&
         accepted.originator_consent() >= offered.originator_consent() && tlp_holds;
}

}  // namespace

std::string_view TlpWord(record::v1::Tlp tlp) {
  constexpr std::string_view kWords[] = {"", "clear", "green", "amber", "amber+strict", "red"};
  return tlp > 0 && tlp < static_cast<int>(std::size(kWords)) ? kWords[tlp] : "";
}

std::string_view OnlifeWord(record::v1::Onlife onlife) {
  constexpr std::string_view kWords[] = {"", "online", "offline", "both", "not_yet_looked_at"};
  return onlife > 0 && onlife < static_cast<int>(std::size(kWords)) ? kWords[onlife] : "";
}

std::string_view SourceModeWord(record::v1::SourceMode mode) {
  constexpr std::string_view kWords[] = {"", "encountered", "looked_for"};
  return mode > 0 && mode < static_cast<int>(std::size(kWords)) ? kWords[mode] : "";
}

std::string_view AgreesWord(record::v1::ClientAgrees agrees) {
  constexpr std::string_view kWords[] = {"", "yes", "no", "not_asked"};
  return agrees > 0 && agrees < static_cast<int>(std::size(kWords)) ? kWords[agrees] : "";
}

std::string_view AssertionWord(record::v1::Assertion assertion) {
  constexpr std::string_view kWords[] = {"", "fact", "assessment", "hearsay"};
  return assertion > 0 && assertion < static_cast<int>(std::size(kWords)) ? kWords[assertion] : "";
}

bool AreConditions(const Conditions& conditions) {
  const auto& reduced = conditions.reduced_fields();
  return conditions.has_marks() && IsTlp(conditions.marks().tlp()) &&
         AreSortedCodes(conditions.obligations(), kMaxObligations, kMaxObligation) &&
         storage::IsDay(conditions.retention_until()) &&
         (conditions.onward().tlp_max() == record::v1::TLP_UNSPECIFIED ||
          IsTlp(conditions.onward().tlp_max())) &&
         AreSortedCodes(conditions.fields(), kMaxFields, 64) &&
         AreSortedCodes(reduced, kMaxFields, 128) &&
         std::all_of(reduced.begin(), reduced.end(),
                     [](const std::string& r) { return r.find(':') != std::string::npos; });
}

absl::StatusOr<Terms> ReadTerms(crypto::BytesView bytes) {
  Terms terms;
  if (!ReadCanonical(bytes, kMaxTermsBytes, terms) || !AreAttributes(terms) ||
      !terms.has_conditions() || !AreConditions(terms.conditions()) ||
      !(terms.case_token().empty() || terms.case_token().size() == kCaseTokenBytes) ||
      !(terms.corrects().empty() || IsExchangeId(terms.corrects())) ||
      terms.record_version() == 0 || terms.salt().size() != kTermsSaltBytes) {
    return Refuse(Fault::kMalformed);
  }
  if (!AgreeWithMarks(terms) || !NamesItsCase(terms)) return Refuse(Fault::kBinding);
  return terms;
}

crypto::Hash TermsDigest(crypto::BytesView terms) {
  return crypto::Sha256({crypto::Lp(kTermsLabel), terms});
}

std::optional<std::string_view> AttributeOf(const Terms& terms, std::string_view name) {
  const auto& attributes = terms.attributes();
  const auto found = std::lower_bound(
      attributes.begin(), attributes.end(), name,
      [](const auto& attribute, std::string_view n) { return attribute.name() < n; });
  if (found == attributes.end() || found->name() != name) return std::nullopt;
  return found->value();
}

bool AtLeastAsStrict(const Conditions& accepted, const Conditions& offered) {
  if (!AtLeastAsStrict(accepted.marks(), offered.marks()) ||
      !AtLeastAsStrict(accepted.onward(), offered.onward()) ||
      accepted.retention_until() > offered.retention_until()) {
    return false;
  }
  const bool no_field_more =
      std::all_of(accepted.fields().begin(), accepted.fields().end(),
                  [&](const std::string& field) { return Contains(offered.fields(), field); });
  const bool obligations_kept = std::all_of(
      offered.obligations().begin(), offered.obligations().end(), [&](const std::string& wanted) {
        return std::any_of(accepted.obligations().begin(), accepted.obligations().end(),
                           [&](const std::string& held) { return KindOf(held) == KindOf(wanted); });
      });
  const bool reductions_kept =
      std::all_of(offered.reduced_fields().begin(), offered.reduced_fields().end(),
                  [&](const std::string& wanted) {
                    return std::any_of(
                        accepted.reduced_fields().begin(), accepted.reduced_fields().end(),
                        [&](const std::string& held) { return FieldOf(held) == FieldOf(wanted); });
                  });
  return no_field_more && obligations_kept && reductions_kept;
}

}  // namespace sluis::envelope
