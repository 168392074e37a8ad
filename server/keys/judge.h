// Judging the messages of a ceremony: what everybody concludes from the same bytes, without a word
// from anybody else.
//
// Guarantee: Judge gives every participant that holds the same messages of the rounds before the
// same answer, and blames only who signed what shows it: a participant that keeps to the protocol
// is never blamed. Evidence suffices for every other participant to come to the same conclusion.
// Not guaranteed: that all hold the same messages: each repeats those of the round before, and
// Judge finds who signed two. Thread-safety: as any value. Source: docs/formats.md, "Ceremonies".
#ifndef SLUIS_SERVER_KEYS_JUDGE_H_
#define SLUIS_SERVER_KEYS_JUDGE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/dealing.h"
#include "crypto/dleq.h"
#include "crypto/encrypted_share.h"
#include "server/keys/message.h"
#include "server/keys/package.h"
#include "server/keys/parameters.h"
#include "server/keys/transcript.h"

namespace sluis::keys {

using Ground = peer::v1::CeremonyGround;

// Who did what, and the messages that show it.
struct Blame {
  Ground ground;
  std::vector<MemberIndex> culprits;  // ascending
  std::vector<Message> evidence;
};

// A dealing that was judged right, as far as everybody can see.
struct Dealt {
  crypto::oprf::Commitments commitments;
  std::map<MemberIndex, std::string> shares;  // encrypted, by holder
};

// What everybody knows of a running ceremony.
struct Board {
  Parameters parameters;
  Roster roster;
  Transcript transcript;
  // From the commit on.
  crypto::Hash session{};
  std::map<MemberIndex, crypto::oprf::Element> share_keys;
  std::map<MemberIndex, Dealt> dealt;
  // From the confirmation on.
  std::optional<Package> package;

  // Whose messages a round needs, ascending.
  std::vector<MemberIndex> SendersOf(Round round) const;
  // By what each dealing counts, in the order of the dealers.
  std::vector<crypto::oprf::Scalar> Factors() const;
  MessageContext Context() const;
  crypto::oprf::ShareAddress AddressOf(MemberIndex dealer, MemberIndex recipient) const;
};

// Statements that proofs of possession are made for, and what a commit commits to.
crypto::Bytes ShareKeyStatement(const Board& board, MemberIndex member);
crypto::Bytes ConstantStatement(const Board& board, MemberIndex dealer);
crypto::Bytes HoldingStatement(const Board& board, MemberIndex holder);
crypto::Hash DealingDigest(const Board& board, MemberIndex dealer, crypto::BytesView dealing);

// Digest of all announcements; all must be held.
crypto::Hash SessionOf(const Board& board);
// The package that all dealings make; all verdicts must be held. kInvalidArgument when they cancel
// out, which nobody can bring about who committed before it saw the others, or when a reshare makes
// another key, which dealings that were judged right cannot.
absl::StatusOr<Package> PackageOf(const Board& board);

// Judges one whole message of the present round, all messages of the rounds before being held and
// judged, and notes on the board what it shows. Nothing when it is right.
std::optional<Blame> Judge(const Message& message, MemberIndex sender, Board& board);

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_JUDGE_H_
