#include "server/keys/transcript.h"

#include "crypto/hash.h"

namespace sluis::keys {

Transcript::Taken Transcript::Take(const VerifiedMessage& message, uint64_t now_s) {
  const auto [at, added] =
      held_.try_emplace({message.round(), message.sender()}, Held{message.message(), now_s});
  if (added) return Taken::kNew;
  Message& mine = at->second.message;
  if (mine.head_bytes != message.message().head_bytes) return Taken::kConflict;
  // The head was known from evidence, and now the whole has come.
  if (!mine.body.empty() || message.message().body.empty()) return Taken::kCopy;
  at->second = Held{message.message(), now_s};
  return Taken::kNew;
}

void Transcript::Replace(const VerifiedMessage& message, uint64_t now_s) {
  held_[{message.round(), message.sender()}] = Held{message.message(), now_s};
}

const Transcript::Held* Transcript::Find(Round round, MemberIndex member) const {
  const auto found = held_.find({round, member});
  return found == held_.end() || found->second.message.body.empty() ? nullptr : &found->second;
}

Transcript::Held* Transcript::Find(Round round, MemberIndex member) {
  return const_cast<Held*>(std::as_const(*this).Find(round, member));
}

const Message* Transcript::Known(Round round, MemberIndex member) const {
  const auto found = held_.find({round, member});
  return found == held_.end() ? nullptr : &found->second.message;
}

std::vector<peer::v1::HeldMessage> Transcript::Repeat(Round round,
                                                      std::span<const MemberIndex> members) const {
  std::vector<peer::v1::HeldMessage> out;
  out.reserve(members.size());
  for (const MemberIndex member : members) {
    const Message& message = Find(round, member)->message;
    peer::v1::HeldMessage& added = out.emplace_back();
    added.set_body_digest(message.head.body_digest());
    added.set_signature(message.signature);
  }
  return out;
}

crypto::Bytes Transcript::Digests(Round round, std::span<const MemberIndex> members) const {
  crypto::Bytes out;
  for (const MemberIndex member : members) {
    const crypto::Hash digest = crypto::Sha256(Find(round, member)->message.head_bytes);
    out += crypto::View(digest);
  }
  return out;
}

}  // namespace sluis::keys
