// Whether an entry names the clause of the protocol that covers what it disclosed.
//
// Guarantee: *fits* means that the text with the digest that the entry names gives this clause for
// what the rules grant, or gives none where the entry says so; of an entry that names no text, that
// by what it holds none was in force. Not guaranteed: that the text was signed by anybody
// (policies/protocol_state.h). Pure; thread-safe. Errors: none. Part of
// client/lib/replay.h. Source: docs/formats.md, "Replaying".
#ifndef SLUIS_CLIENT_LIB_REPLAY_CLAUSE_H_
#define SLUIS_CLIENT_LIB_REPLAY_CLAUSE_H_

#include <map>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "policies/decision.h"
#include "policies/protocol.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::client {

// By digest.
using ProtocolTexts = std::map<crypto::Hash, policies::Protocol>;

// The code of a refusal of what the rules permit and no clause covers.
inline constexpr std::string_view kNotInProtocol = "not_in_protocol";

// Between which organisations; empty where that is not known.
struct Between {
  std::string_view own;   // that of the log
  std::string_view peer;  // as the counterpart part says
};

enum class ClauseFit {
  kFits,
  kDiffers,
  kNoText,   // no text given has this digest; what can be said without it holds
  kPartner,  // it turns on which organisation of a kind it was, which the export does not say
  kUntold,   // in an exercise: on whether a protocol was named and did not hold, which no part says
};

// `refused_unsaid`: refused, and the entry holds nothing that was granted.
ClauseFit JudgeClause(const ProtocolTexts& texts, const policies::Decision& decision,
                      const record::v1::ActPart& act, const record::v1::DecisionPart& part,
                      const Between& between, bool refused_unsaid);

// Whether the text that the entry names lets anything new be disclosed on that day, yyyy-mm-dd;
// true where the entry names none, or the text is not given. A node names a protocol on no other
// day.
bool NamedOnItsDays(const ProtocolTexts& texts, const record::v1::DecisionPart& part,
                    std::string_view day);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_REPLAY_CLAUSE_H_
