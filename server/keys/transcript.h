// The messages of the five rounds that a participant holds, one per round and member.
//
// Guarantee: the first message of a member for a round stays, and one with another head is told
// apart as a conflict, also when only its head and signature are known. Not guaranteed: that a
// message is right; nor anything about messages that never came here: participants repeat to each
// other what they hold (HeldMessage). Thread-safety: as any value. Ownership: keeps what it takes.
#ifndef SLUIS_SERVER_KEYS_TRANSCRIPT_H_
#define SLUIS_SERVER_KEYS_TRANSCRIPT_H_

#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "crypto/bytes.h"
#include "server/keys/message.h"

namespace sluis::keys {

class Transcript {
 public:
  enum class Taken { kNew, kCopy, kConflict };
  struct Held {
    Message message;
    uint64_t arrived_s = 0;
    bool judged = false;
  };

  Taken Take(const VerifiedMessage& message, uint64_t now_s);
  // Puts one in the place of the one held.
  void Replace(const VerifiedMessage& message, uint64_t now_s);

  // Null unless the whole message is held.
  const Held* Find(Round round, MemberIndex member) const;
  Held* Find(Round round, MemberIndex member);
  // Also when only its head is held. Null when nothing is.
  const Message* Known(Round round, MemberIndex member) const;

  // What to repeat of a round; every one of `members` must be held.
  std::vector<peer::v1::HeldMessage> Repeat(Round round,
                                            std::span<const MemberIndex> members) const;
  // The digests of the heads of a round, in the order of `members`, each of whom must be held.
  crypto::Bytes Digests(Round round, std::span<const MemberIndex> members) const;

 private:
  std::map<std::pair<Round, MemberIndex>, Held> held_;
};

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_TRANSCRIPT_H_
