// Whether a protocol is in force on a day, and why.
//
// Pure: the day is passed in. Thread-safe.
#ifndef SLUIS_POLICIES_PROTOCOL_STATE_H_
#define SLUIS_POLICIES_PROTOCOL_STATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "policies/protocol.h"
#include "policies/protocol_signatures.h"

namespace sluis::policies {

// What is not signed by all is a draft or waiting, whatever the day.
enum class ProtocolPhase {
  kDraft,          // nobody signed
  kWaiting,        // for signatures
  kNotYetInForce,  // signed by all, before its first day
  kActive,
  kPastReview,     // the day of review is over: still in force until the end of the grace
  kReviewOverdue,  // and the grace as well: new disclosures stop
  kEnded,          // after its last day
};
inline constexpr std::size_t kProtocolPhases = 7;
// "draft", "waiting", "not_yet_in_force", "active", "past_review", "review_overdue", "ended".
std::string_view ProtocolPhaseName(ProtocolPhase phase);

struct ProtocolReason {
  enum class Kind {
    kOtherText,    // the signatures are under another text: none of them counts
    kNoParty,      // a signature of an organisation that is no party
    kDoesNotHold,  // a signature by no key that this organisation had on that day
    kSignedLater,  // a signature of a day that is still to come
    kSignedEarly,  // a signature from before the advices and the assessment were there: see `day`
    kMissing,      // a party that has not signed
    kBeginsOn,     // the first day
    kReviewedOn,   // the day of review is over
    kStopsAfter,   // the last day of the grace
    kEndsAfter,    // the last day
  };
  Kind kind = Kind::kMissing;
  std::string about;     // an organisation, or a day
  std::string day = {};  // of kSignedEarly: the first on which that organisation could sign
  bool operator==(const ProtocolReason&) const = default;
};
inline constexpr std::size_t kProtocolReasons = 10;
// "other_text", "no_party", ...
std::string_view ProtocolReasonName(ProtocolReason::Kind kind);

struct ProtocolStanding {
  ProtocolPhase phase = ProtocolPhase::kDraft;
  bool new_disclosures = false;        // kActive and kPastReview only
  std::vector<std::string> signed_by;  // whose signature holds, ascending
  std::vector<ProtocolReason> reasons;
};

// The first day on which the text can be signed: that of the last advice of an officer, of the
// supervisor where it gave one, or of the impact assessment.
std::string_view FirstDayToSign(const Protocol& protocol);

// Whether its own days let anything new be disclosed on that day, whoever signed: from its first
// day until its last, or the end of the grace after the review where that is earlier.
bool DaysHold(const Protocol& protocol, std::string_view day);

// `keys` are the identity keys that manifests give the parties. `day` is yyyy-mm-dd, legal time.
ProtocolStanding ProtocolState(const Protocol& protocol, const ProtocolSignatures& signatures,
                               const std::vector<PartyKey>& keys, std::string_view day);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_STATE_H_
