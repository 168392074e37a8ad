// What the entries about an evaluation hold: counterpart parts, which both sides open to each
// other, and the asker's subject part, which only its privacy officer opens.
//
//   asker    before: subject (match keys, blinds), counterpart (id, key, count, blinded digest)
//            after:  subject (digests of the answers put together), the same counterpart
//   holder   before it tells or takes anything else (ActPart): kind, outcome, asker, key, digest
//   holder   before it answers: counterpart (id, key, count, blinded digest, digest of the request,
//            leaf hash that it rests on)
//
// Guarantee: the blinded digest is the same in all of them, so an opened counterpart part shows
// whether what was logged is what was asked. Not guaranteed: that the blinded list hides the match
// keys of the subject part: opening.h says. Thread-safety: pure. Errors: nothing comes back for
// bytes that are no counterpart part of an evaluation. Source: proto/sluis/record/v1/entry.proto.
#ifndef SLUIS_SERVER_EVALUATION_PARTS_H_
#define SLUIS_SERVER_EVALUATION_PARTS_H_

#include <optional>
#include <string_view>

#include "crypto/bytes.h"
#include "server/evaluation/message.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::evaluation {

// Words of a counterpart part.
inline constexpr std::string_view kKind = "evaluation";
inline constexpr std::string_view kSideAsker = "sender";
inline constexpr std::string_view kSideHolder = "receiver";
inline constexpr std::string_view kOutcomeAsked = "asked";
inline constexpr std::string_view kOutcomeCombined = "combined";
inline constexpr std::string_view kOutcomeFailed = "failed";
inline constexpr std::string_view kOutcomeEvaluated = "evaluated";
inline constexpr std::string_view kOutcomeRefused = "refused";
// Of what a holder tells afterwards, and of what it is shown.
inline constexpr std::string_view kKindList = "evaluation-list";
inline constexpr std::string_view kOutcomeListed = "listed";
inline constexpr std::string_view kOutcomeRevealed = "revealed";
inline constexpr std::string_view kKindProof = "evaluation-proof";
inline constexpr std::string_view kOutcomeProven = "proven";
inline constexpr std::string_view kOutcomeSetAside = "set-aside";

// What an entry says was asked.
struct AskedEntry {
  std::string partnership;
  RequestId request_id{};
  crypto::Hash key_id{};
  uint32_t count = 0;
  crypto::Hash blinded_digest{};

  friend bool operator==(const AskedEntry&, const AskedEntry&) = default;
};

record::v1::CounterpartPart AskerPart(const AskedEntry& entry, std::string_view outcome);
// Of an opened part of the entry on which a request rests; nothing for any other one.
std::optional<AskedEntry> ReadAskerPart(crypto::BytesView counterpart);

// What a request asks for; its elements were counted before (ElementsOf).
AskedEntry EntryOf(const peer::v1::EvaluationRequest& request, uint32_t count);

record::v1::CounterpartPart HolderPart(const Request& request, uint32_t count,
                                       std::string_view outcome);

// What a holder tells an asker of its key, or takes from it, besides requests. `digest`: of the
// list, the period or the proofs; empty for a request that is set aside.
struct HolderAct {
  std::string_view kind;
  std::string_view outcome;
  std::string_view partnership;
  std::string_view asker;
  crypto::BytesView key_id;
  crypto::BytesView digest;
  crypto::BytesView request_id = {};
};
record::v1::CounterpartPart ActPart(const HolderAct& act);

// Zeroes match keys and blinds of a subject part that was sealed, and drops them.
void WipeSubject(record::v1::SubjectPart& subject);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_PARTS_H_
