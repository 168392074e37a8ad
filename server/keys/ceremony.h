// One ceremony as one participant sees it: a machine that takes verified messages and the time, and
// answers with what to send and how it stands. No channel, no disk, no clock.
//
//   ANNOUNCE  parameters, a one-time key       all  -> the session
//   COMMIT    digest of a dealing              all  -> nobody chooses its dealing from the others'
//             (in a reshare or roll all take part, and only the dealers named deal)
//   DEAL      the dealing                      all  -> every participant judges it alone
//   VERDICT   complaints, or none              all  -> complaints are judged by everybody alone
//   CONFIRM   package, proof of the share      all holders  -> the key is there
//
// From the commit on each message repeats the round before as its sender holds it, so that who
// signed two messages for one round is found. What is wrong ends the ceremony for who finds it,
// with the culprit named; it sends the evidence to all (ABORT) and each judges that alone: an ABORT
// over nothing names its sender. After a round has taken its time a participant asks all for what
// is missing (MISSING) and whoever holds it hands it on; who is silent for three times as long
// again is named. In the first round people decide, so it has an end of its own, and is asked about
// only then, or when somebody has gone on.
//
// In the last round the ceremony stands or falls with a valid confirmation of every holder: one
// that had ended there still completes when the confirmation it lacked arrives, because another
// participant may have it and use the key already. So an ended ceremony is kept until it is
// restarted; before the last round there is no key, and what is kept of it is worth nothing.
//
// An administrator may take it back: the cancellation (SignCancellation) that a participant Accepts
// from itself ends it here and goes to all, where it ends the ceremony under its name unless it has
// confirmed already, as everything in the last round.
//
// How a node drives it: one entry for each Step that is `changed`, with an Event for the journal,
// and `send` as messages of the outbox, in one batch; nothing is sent before that is durable.
// Rebuild makes the same machine from the events in order. The seed is kept sealed from before
// Begin until the ceremony is complete or another one about the key is; the share to confirm from
// the effect on that owes the confirmation, because others may erase what they held when they see
// it.
//
// Guarantee: a participant that keeps to the protocol, and whose messages arrive within a third of
// a round's time, is never named by another that does. All such participants complete with the same
// package, or none that ended earlier than the last round does. Any `threshold` shares of the
// package evaluate alike, after a reshare as before it. A machine made anew from its events says
// nothing that it did not say.
// Not guaranteed: that all name the same of two culprits; that a participant's silence is more than
// a network's. Whoever ends a ceremony after seeing the dealings can choose to have another key
// made, at the price of being named.
// Thread-safety: as any value; one thread at a time. Ownership: borrows the identity key; owns its
// secrets, in locked, wiped memory. Errors: kInvalidArgument for messages and events that are not
// for it, without any change; kInternal for what cannot happen: the ceremony is over then.
// Source: docs/formats.md, "Ceremonies".
#ifndef SLUIS_SERVER_KEYS_CEREMONY_H_
#define SLUIS_SERVER_KEYS_CEREMONY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/scalar.h"
#include "crypto/secret.h"
#include "crypto/signature.h"
#include "server/keys/judge.h"
#include "server/keys/own_part.h"
#include "server/partnership/manifest.h"

namespace sluis::keys {

enum class Standing { kRunning, kComplete, kEnded };

// What one participant did, and the serialised messages that show it: for the log, and for people.
// Of silence nothing shows but that somebody else said so, where it did.
struct Finding {
  Ground ground;
  MemberIndex culprit;
  Round round;
  std::vector<std::string> evidence;
};

struct Outgoing {
  std::vector<std::string> recipients;  // organisations
  std::string message;                  // serialised CeremonyMessage
};

struct Step {
  // Whether anything changed: if so the event must be kept before anything is sent.
  bool changed = false;
  std::vector<Outgoing> send;
};

// What changed a ceremony: a message, or nothing but the time when `message` is empty.
struct Event {
  uint64_t at_s = 0;
  std::string message;
};

class Ceremony {
 public:
  struct Own {
    std::string organisation;
    const crypto::SigningKey& identity;
    crypto::Secret<32> seed;  // random, for this ceremony only
    // The share of the package before, of who deals in a reshare or roll; in a roll also that of
    // the factor.
    OwnPart::Shares held = {};
    // Digest of the package that it has pinned for the key before, nothing when it has none.
    std::optional<crypto::Hash> pinned = std::nullopt;
  };
  struct Begun;

  // Takes part, which agrees to the parameters: the step holds the own announcement.
  // kFailedPrecondition when the manifest does not allow them, when it is too late or more than 30
  // days early, when this organisation or key takes no part, or when it is not about the package
  // that this one has pinned, or not with the shares that it must deal.
  static absl::StatusOr<Begun> Begin(Parameters parameters, const partnership::Manifest& manifest,
                                     Own own, uint64_t now_s);
  // The same as it stood after `events`, which began at `begun_s`: judged by the parameters and the
  // manifest that it began under, whatever holds now. Among the events may be what it said itself:
  // then it needs no share any more that it has dealt, and can have another identity key by now; it
  // says nothing more with that (Speaks). kFailedPrecondition when a share that it deals is not
  // there.
  static absl::StatusOr<Ceremony> Rebuild(Parameters parameters,
                                          const partnership::Manifest& manifest, Own own,
                                          uint64_t begun_s, std::span<const Event> events);

  // Reads bytes and ties them to a participant.
  absl::StatusOr<VerifiedMessage> Verify(crypto::BytesView bytes) const;
  // A copy changes nothing and is no error.
  absl::StatusOr<Step> Accept(const VerifiedMessage& message, uint64_t now_s);
  // To be called now and then.
  absl::StatusOr<Step> Tick(uint64_t now_s);
  // The time of the last change, which never goes back whatever the clock does: the time of the
  // event that stands for it, so that a machine made anew decides as this one did.
  uint64_t now_s() const { return now_s_; }

  // Whether others would believe what it says: its identity key is one that the manifest of the
  // ceremony gives it. One that does not speak can still complete.
  bool Speaks() const { return speaks_; }

  Standing standing() const { return standing_; }
  Round round() const { return round_; }
  const Parameters& parameters() const { return board_.parameters; }
  const Roster& roster() const { return board_.roster; }
  // A complete ceremony can have some as well: of the last round, or found afterwards.
  const std::vector<Finding>& findings() const { return findings_; }
  // Whose message of the present round has not come, ascending; nobody unless it is running.
  std::vector<MemberIndex> AwaitedFrom() const;
  // When Tick changes something next, unless a message does before; nothing when only one can.
  std::optional<uint64_t> DueAt() const;

  // What this one confirms, from its confirmation on: null before, and for who leaves.
  const Package* PackageToConfirm() const;
  const crypto::oprf::SecretScalar* ShareToConfirm() const;
  // Null unless complete; share() also for who deals and leaves.
  const Package* package() const;
  const crypto::oprf::SecretScalar* share() const;
  // Whether the share of the package before may be erased, of a reshare: every new holder has
  // proven that it has its own. Earlier erasure could leave fewer shares than are needed. After a
  // roll the shares of key and factor before go when everything that the old key made has been
  // taken on.
  bool PreviousShareMayGo() const;
  // The serialised confirmations of all holders, in the order of index: what shows a stranger that
  // they hold this package. Empty unless complete.
  std::vector<std::string> Confirmations() const;

 private:
  Ceremony(Board board, MemberIndex self, bool speaks, Own own, uint64_t now_s);
  // Announces, which the caller has found to be allowed.
  static absl::StatusOr<Begun> Announced(Parameters parameters, Roster roster, MemberIndex self,
                                         Own own, std::map<Round, Message> said, uint64_t now_s);

  struct TakenAbort {
    Message message;
    peer::v1::CeremonyAbort body;
    Round until =
        peer::v1::CEREMONY_ROUND_ANNOUNCE;  // the round by whose end the evidence has been judged
    std::optional<MemberIndex> over_abort_of;  // whose ABORT is the evidence
    bool judged = false;
  };

  std::vector<std::string> OthersThan(MemberIndex index) const;
  void Emit(Round round, std::string body, Step* step);

  // ceremony_rounds.cc: what a round makes of messages.
  void TakeRound(const VerifiedMessage& message, Step* step);
  void TakeOther(const VerifiedMessage& message, Step* step);
  absl::Status Advance(Step* step);
  void JudgeHeld(Step* step);
  bool RoundFull() const;
  absl::Status EnterNext(Step* step);
  bool InLastRound() const;

  // ceremony_ends.cc: silence, aborts and ends.
  void TakeMissing(const VerifiedMessage& message, Step* step);
  void TakeAbort(const VerifiedMessage& message, Step* step);
  // What an administrator of this participant decided.
  void Cancel(const VerifiedMessage& message, Step* step);
  // Sends what somebody asked for and is held by now.
  void HandOn(Step* step);
  void TakeEvidence(const VerifiedMessage& evidence, TakenAbort* taken, Step* step);
  void JudgeAborts(Step* step);
  std::optional<Blame> JudgeSilence(MemberIndex sender, const peer::v1::CeremonyAbort& abort,
                                    const Message& message) const;
  void Charge(const Blame& blame, Round round, Step* step);
  // Whether its confirmation is needed and has not come.
  bool LacksConfirmationOf(MemberIndex member) const;
  void SettleLastRound(Step* step);
  void End(const Blame& blame, Round round, Step* step);
  bool Has(Round round, MemberIndex member) const;
  // By when a message must be here, so that whoever asked for it has it before it gives up.
  uint64_t InTimeUntil(Round round) const;
  uint64_t AskAt() const;
  uint64_t SilentAt() const;

  Board board_;
  MemberIndex self_;
  bool speaks_;
  const crypto::SigningKey* identity_;
  std::optional<OwnPart> part_;  // until it ends
  // What it said before it was made anew, as far as that was kept: it says the same, bytes and all.
  std::map<Round, Message> said_;
  std::optional<crypto::oprf::SecretScalar> share_;

  Standing standing_ = Standing::kRunning;
  Round round_ = peer::v1::CEREMONY_ROUND_ANNOUNCE;
  uint64_t now_s_;
  std::map<Round, uint64_t> entered_s_;
  std::optional<uint64_t> asked_s_;  // for what is missing in this round
  std::set<MemberIndex> confirmed_;
  std::vector<Finding> findings_;
  std::set<std::pair<MemberIndex, Round>> asked_by_;
  std::map<std::pair<Round, MemberIndex>, std::set<MemberIndex>> wanted_;
  std::map<MemberIndex, TakenAbort> aborts_;
};

struct Ceremony::Begun {
  Ceremony ceremony;
  Step step;
};

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_CEREMONY_H_
