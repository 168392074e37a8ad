#include "client/lib/withheld.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <variant>

namespace sluis::client {
namespace {

using policies::Obligation;
using policies::ObligationKind;

constexpr std::array<std::string_view, 10> kOwnActs = {
    "record", "import", "amend", "withdraw", "erase", "hold", "read", "list", "compel", "audit"};
// The age stops counting here (docs/attributes.md).
constexpr int32_t kMaxAge = 3650;
// By so many days the calendar can differ from the age in whole days of 24 hours.
constexpr int32_t kBorder = 2;

Withheld Stricter(Withheld a, Withheld b) {
  if (a == Withheld::kYes || b == Withheld::kYes) return Withheld::kYes;
  return a == Withheld::kPerhaps || b == Withheld::kPerhaps ? Withheld::kPerhaps : Withheld::kNo;
}

Withheld If(bool withheld) { return withheld ? Withheld::kYes : Withheld::kNo; }

// On the own node.
Withheld OfOwnAct(std::string_view action, const Obligation& obligation) {
  if (std::find(kOwnActs.begin(), kOwnActs.end(), action) == kOwnActs.end()) return Withheld::kYes;
  switch (policies::KindOf(obligation)) {
    case ObligationKind::kFields:
    case ObligationKind::kRetention:
    case ObligationKind::kLog:
      return Withheld::kNo;
    case ObligationKind::kNoEvidence:
      return If(action == "audit");
    case ObligationKind::kOnward: {
      const auto& onward = std::get<policies::Onward>(obligation);
      const bool asks_more =
          onward.tlp_max_rank || !onward.tlp_max.empty() || onward.originator_consent;
      return If(action != "compel" && (action == "audit" || asks_more));
    }
    case ObligationKind::kKAnonymity:
    case ObligationKind::kApproval:
    case ObligationKind::kNotify:
    case ObligationKind::kCoolingOff:
      return Withheld::kYes;
  }
  return Withheld::kYes;
}

// Where something leaves. The person whom a record is about is told by somebody, and whether that
// was done stands in the record.
Withheld OfRelease(const Obligation& obligation, bool about_place) {
  switch (policies::KindOf(obligation)) {
    case ObligationKind::kFields:
    case ObligationKind::kRetention:
    case ObligationKind::kOnward:
    case ObligationKind::kNoEvidence:
    case ObligationKind::kCoolingOff:
    case ObligationKind::kLog:
      return Withheld::kNo;
    case ObligationKind::kNotify: {
      Withheld withheld = Withheld::kNo;
      for (const auto& [party, days] : std::get<policies::Notify>(obligation).days_by_party) {
        if (party == "contributor" || (party == "subject" && about_place)) continue;
        withheld = Stricter(withheld, party == "subject" ? Withheld::kPerhaps : Withheld::kYes);
      }
      return withheld;
    }
    case ObligationKind::kApproval:
    case ObligationKind::kKAnonymity:
      return Withheld::kYes;
  }
  return Withheld::kYes;
}

// Where something is taken. The contributor is told by the sender, as far as the terms say so.
Withheld OfAcceptance(const Obligation& obligation) {
  switch (policies::KindOf(obligation)) {
    case ObligationKind::kFields:
    case ObligationKind::kRetention:
    case ObligationKind::kOnward:
    case ObligationKind::kNoEvidence:
    case ObligationKind::kLog:
      return Withheld::kNo;
    case ObligationKind::kNotify: {
      const auto& parties = std::get<policies::Notify>(obligation).days_by_party;
      const bool others = std::any_of(parties.begin(), parties.end(), [](const auto& party) {
        return party.first != "contributor";
      });
      return others ? Withheld::kYes : Withheld::kPerhaps;
    }
    case ObligationKind::kCoolingOff:
    case ObligationKind::kApproval:
    case ObligationKind::kKAnonymity:
      return Withheld::kYes;
  }
  return Withheld::kYes;
}

// Whether the retention of the record is over, though its last day is from rules of before.
Withheld ByRetention(const policies::Decision& decision, std::string_view action,
                     const ValueOf& value_of) {
  const auto* retention = decision.Find<policies::Retention>();
  if (retention == nullptr || (action != "read" && action != "list" && action != "compel") ||
      value_of("record.held") == "true") {
    return Withheld::kNo;
  }
  const std::optional<std::string> said = value_of("record.age_days");
  if (!said) return Withheld::kPerhaps;
  int32_t age = 0;
  const auto read = std::from_chars(said->data(), said->data() + said->size(), age);
  // `none`, or nothing: about no record, or about one that could not be opened.
  if (read.ec != std::errc() || read.ptr != said->data() + said->size()) return Withheld::kNo;
  const int64_t over = int64_t{age} - retention->days;
  if (over >= kBorder) return value_of("record.held") ? Withheld::kYes : Withheld::kPerhaps;
  return over <= -kBorder && age < kMaxAge ? Withheld::kNo : Withheld::kPerhaps;
}

}  // namespace

Withheld WithheldBy(const policies::Decision& decision, const ValueOf& value_of) {
  const std::string side = value_of("side").value_or("local");
  const std::string action = value_of("action").value_or("");
  Withheld withheld = Withheld::kNo;
  for (const policies::JoinedObligation& joined : decision.obligations) {
    const Obligation& obligation = joined.obligation;
    if (side == "release") {
      withheld =
          Stricter(withheld, OfRelease(obligation, value_of("record.subject_kind") == "place"));
    } else if (side == "accept") {
      withheld = Stricter(withheld, OfAcceptance(obligation));
    } else {
      withheld = Stricter(withheld, OfOwnAct(action, obligation));
    }
  }
  return side == "local" ? Stricter(withheld, ByRetention(decision, action, value_of)) : withheld;
}

}  // namespace sluis::client
