#include "policies/protocol_state.h"

#include <algorithm>
#include <array>

namespace sluis::policies {
namespace {

using Kind = ProtocolReason::Kind;

constexpr std::array<std::string_view, kProtocolPhases> kPhases = {
    "draft", "waiting", "not_yet_in_force", "active", "past_review", "review_overdue", "ended"};
constexpr std::array<std::string_view, kProtocolReasons> kReasons = {
    "other_text", "no_party",  "does_not_hold", "signed_later", "signed_early",
    "missing",    "begins_on", "reviewed_on",   "stops_after",  "ends_after"};

void CountSignatures(const Protocol& protocol, const ProtocolSignatures& signatures,
                     const std::vector<PartyKey>& keys, std::string_view day,
                     ProtocolStanding& standing) {
  const bool same_text = signatures.digest == protocol.digest;
  if (!same_text && !signatures.signatures.empty()) {
    standing.reasons.push_back({Kind::kOtherText, ""});
  }
  for (const ProtocolSignature& one : signatures.signatures) {
    if (!same_text) break;
    if (protocol.FindParty(one.organisation) == nullptr) {
      standing.reasons.push_back({Kind::kNoParty, one.organisation});
    } else if (one.day > day) {
      standing.reasons.push_back({Kind::kSignedLater, one.organisation});
    } else if (!SignatureHolds(protocol.digest, one, keys)) {
      standing.reasons.push_back({Kind::kDoesNotHold, one.organisation});
    } else if (one.day < FirstDayToSign(protocol)) {
      standing.reasons.push_back(
          {Kind::kSignedEarly, one.organisation, std::string(FirstDayToSign(protocol))});
    } else {
      standing.signed_by.push_back(one.organisation);
    }
  }
  for (const ProtocolParty& party : protocol.parties) {
    const auto& by = standing.signed_by;
    if (std::find(by.begin(), by.end(), party.organisation.text) == by.end()) {
      standing.reasons.push_back({Kind::kMissing, party.organisation.text});
    }
  }
}

std::string LastOfGrace(const Protocol& protocol) {
  return DayAfter(protocol.review.text, protocol.grace_days);
}

ProtocolPhase PhaseOn(const Protocol& protocol, std::string_view day, std::string_view stops) {
  if (day > protocol.until.text) return ProtocolPhase::kEnded;
  if (day < protocol.from.text) return ProtocolPhase::kNotYetInForce;
  if (day > stops) return ProtocolPhase::kReviewOverdue;
  return day > protocol.review.text ? ProtocolPhase::kPastReview : ProtocolPhase::kActive;
}

bool LetsDisclose(ProtocolPhase phase) {
  return phase == ProtocolPhase::kActive || phase == ProtocolPhase::kPastReview;
}

}  // namespace

std::string_view ProtocolPhaseName(ProtocolPhase phase) {
  return kPhases[static_cast<std::size_t>(phase)];
}

std::string_view ProtocolReasonName(Kind kind) { return kReasons[static_cast<std::size_t>(kind)]; }

std::string_view FirstDayToSign(const Protocol& protocol) {
  std::string_view last = protocol.dpia_day;
  for (const DpoAdvice& advice : protocol.advices) {
    last = std::max(last, std::string_view(advice.day));
  }
  if (!protocol.supervisor_advice) return last;
  return std::max(last, std::string_view(protocol.supervisor_advice->day));
}

bool DaysHold(const Protocol& protocol, std::string_view day) {
  return LetsDisclose(PhaseOn(protocol, day, LastOfGrace(protocol)));
}

ProtocolStanding ProtocolState(const Protocol& protocol, const ProtocolSignatures& signatures,
                               const std::vector<PartyKey>& keys, std::string_view day) {
  ProtocolStanding standing;
  CountSignatures(protocol, signatures, keys, day, standing);
  const std::string stops = LastOfGrace(protocol);
  standing.phase = PhaseOn(protocol, day, stops);
  switch (standing.phase) {
    case ProtocolPhase::kNotYetInForce:
      standing.reasons.push_back({Kind::kBeginsOn, protocol.from.text});
      break;
    case ProtocolPhase::kPastReview:
    case ProtocolPhase::kReviewOverdue:
      standing.reasons.push_back({Kind::kReviewedOn, protocol.review.text});
      standing.reasons.push_back({Kind::kStopsAfter, std::min(stops, protocol.until.text)});
      break;
    default:
      standing.reasons.push_back({Kind::kEndsAfter, protocol.until.text});
  }
  if (standing.signed_by.size() < protocol.parties.size()) {
    standing.phase = standing.signed_by.empty() ? ProtocolPhase::kDraft : ProtocolPhase::kWaiting;
  }
  standing.new_disclosures = LetsDisclose(standing.phase);
  return standing;
}

}  // namespace sluis::policies
