#include "server/keys/ceremony.h"

#include <algorithm>

namespace sluis::keys {
namespace {

constexpr uint64_t kMaxEarly = 30 * 24 * 3600;

// Whether a share is there exactly when it must be, and is the one of that package.
bool Fits(const std::optional<crypto::oprf::SecretScalar>& share, bool needed,
          const std::optional<Package>& package, MemberIndex self) {
  if (share.has_value() != needed) return false;
  return !needed ||
         crypto::oprf::MultiplyGenerator(*share) == package->Find(self)->verification_key;
}

bool HasKey(const Participant& participant, const crypto::PublicKey& key) {
  return std::find(participant.keys.begin(), participant.keys.end(), key) != participant.keys.end();
}

absl::Status NoPart() {
  return absl::FailedPreconditionError(
      "this organisation takes no part in the ceremony: have it started again with it as holder");
}

// That it deals what the packages before say it holds, and nothing else.
absl::Status CheckHeld(const Parameters& parameters, MemberIndex self, const Ceremony::Own& own) {
  const bool deals = !parameters.Draws() && parameters.Deals(self);
  const bool known = parameters.previous && own.pinned == parameters.previous->digest;
  if (parameters.previous && !known && (own.pinned || deals)) {
    return absl::FailedPreconditionError(
        "the ceremony is not about the package that this node has pinned for the key: have it "
        "started again from the newest package");
  }
  if (!Fits(own.held.previous, deals, parameters.previous, self) ||
      !Fits(own.held.factor, deals && parameters.factor.has_value(), parameters.factor, self)) {
    return absl::FailedPreconditionError(
        "this node does not have the share that it would have to deal: have the ceremony started "
        "again with other dealers");
  }
  return absl::OkStatus();
}

}  // namespace

Ceremony::Ceremony(Board board, MemberIndex self, bool speaks, Own own, uint64_t now_s)
    : board_(std::move(board)),
      self_(self),
      speaks_(speaks),
      identity_(&own.identity),
      part_(std::in_place, self, std::move(own.seed), std::move(own.held), board_.parameters),
      now_s_(now_s) {
  entered_s_[round_] = now_s;
}

absl::StatusOr<Ceremony::Begun> Ceremony::Begin(Parameters parameters,
                                                const partnership::Manifest& manifest, Own own,
                                                uint64_t now_s) {
  absl::StatusOr<Roster> roster = Roster::Of(parameters, manifest);
  if (!roster.ok()) return roster.status();
  const Participant* self = roster->Find(own.organisation);
  if (self == nullptr) return NoPart();
  if (!HasKey(*self, own.identity.public_key())) {
    return absl::FailedPreconditionError(
        "the identity key of this node is not the one that the manifest gives it: install the "
        "right key, or a manifest with this one");
  }
  if (now_s >= parameters.announce_until_s || now_s + kMaxEarly < parameters.announce_until_s) {
    return absl::FailedPreconditionError(
        "the time for taking part in the ceremony is over, or ends more than 30 days from now: "
        "have "
        "it started again with another end");
  }
  const MemberIndex index = self->index;
  if (absl::Status status = CheckHeld(parameters, index, own); !status.ok()) return status;
  return Announced(std::move(parameters), *std::move(roster), index, std::move(own), {}, now_s);
}

absl::StatusOr<Ceremony::Begun> Ceremony::Announced(Parameters parameters, Roster roster,
                                                    MemberIndex self, Own own,
                                                    std::map<Round, Message> said, uint64_t now_s) {
  const bool speaks = HasKey(*roster.Find(self), own.identity.public_key());
  Board board{std::move(parameters), std::move(roster), {}, {}, {}, {}, {}};
  Begun out{Ceremony(std::move(board), self, speaks, std::move(own), now_s), {}};
  out.ceremony.said_ = std::move(said);
  out.step.changed = true;
  absl::StatusOr<std::string> body = out.ceremony.part_->Announce(out.ceremony.board_);
  if (!body.ok()) return body.status();
  out.ceremony.Emit(out.ceremony.round_, *std::move(body), &out.step);
  if (absl::Status status = out.ceremony.Advance(&out.step); !status.ok()) return status;
  return out;
}

absl::StatusOr<Ceremony> Ceremony::Rebuild(Parameters parameters,
                                           const partnership::Manifest& manifest, Own own,
                                           uint64_t begun_s, std::span<const Event> events) {
  absl::StatusOr<Roster> roster = Roster::Of(parameters, manifest);
  if (!roster.ok()) return roster.status();
  const Participant* self = roster->Find(own.organisation);
  if (self == nullptr) return NoPart();
  const MemberIndex index = self->index;
  std::map<Round, Message> said;
  for (const Event& event : events) {
    absl::StatusOr<Message> message = ReadMessage(event.message);
    if (!message.ok() || message->head.sender() != own.organisation ||
        message->head.round() > peer::v1::CEREMONY_ROUND_CONFIRM) {
      continue;
    }
    const auto verified = keys::Verify(*std::move(message), parameters, *roster);
    if (verified.ok()) said.emplace(verified->round(), verified->message());
  }
  // What was dealt is there; for everything before its share is needed.
  if (!said.contains(peer::v1::CEREMONY_ROUND_DEAL)) {
    if (absl::Status status = CheckHeld(parameters, index, own); !status.ok()) return status;
  }
  absl::StatusOr<Begun> begun = Announced(std::move(parameters), *std::move(roster), index,
                                          std::move(own), std::move(said), begun_s);
  if (!begun.ok()) return begun.status();
  for (const Event& event : events) {
    if (event.message.empty()) {
      if (auto step = begun->ceremony.Tick(event.at_s); !step.ok()) return step.status();
      continue;
    }
    const absl::StatusOr<VerifiedMessage> message = begun->ceremony.Verify(event.message);
    if (!message.ok()) return message.status();
    if (auto step = begun->ceremony.Accept(*message, event.at_s); !step.ok()) return step.status();
  }
  return std::move(begun->ceremony);
}

absl::StatusOr<VerifiedMessage> Ceremony::Verify(crypto::BytesView bytes) const {
  absl::StatusOr<Message> message = ReadMessage(bytes);
  if (!message.ok()) return message.status();
  if (message->body.empty()) {
    return absl::InvalidArgumentError(
        "the message has no body, which is for evidence only: have it sent whole");
  }
  return keys::Verify(*std::move(message), board_.parameters, board_.roster);
}

absl::StatusOr<Step> Ceremony::Accept(const VerifiedMessage& message, uint64_t now_s) {
  if (message.message().body.empty() ||
      message.message().head.ceremony() != crypto::View(board_.parameters.id)) {
    return absl::InvalidArgumentError(
        "the message is not a whole one of this ceremony: have it sent again");
  }
  const uint64_t before_s = now_s_;
  now_s_ = std::max(now_s_, now_s);
  Step step;
  switch (message.round()) {
    case peer::v1::CEREMONY_ROUND_MISSING:
      TakeMissing(message, &step);
      break;
    case peer::v1::CEREMONY_ROUND_ABORT:
      TakeAbort(message, &step);
      break;
    default:
      TakeRound(message, &step);
  }
  if (absl::Status status = Advance(&step); !status.ok()) return status;
  HandOn(&step);
  // What changes nothing is kept by nobody, so time did not pass by it either.
  if (!step.changed) now_s_ = before_s;
  return step;
}

void Ceremony::Emit(Round round, std::string body, Step* step) {
  const auto said = said_.find(round);
  const Message message = said != said_.end() ? said->second
                                              : SignMessage(board_.Context(), round,
                                                            board_.roster.Find(self_)->organisation,
                                                            std::move(body), *identity_);
  step->changed = true;
  if (speaks_) step->send.push_back({OthersThan(self_), message.Serialise()});
  if (round > peer::v1::CEREMONY_ROUND_CONFIRM) return;
  board_.transcript.Take(VerifiedMessage::OfOwn(message, self_), now_s_);
}

std::vector<std::string> Ceremony::OthersThan(MemberIndex index) const {
  std::vector<std::string> out;
  for (const Participant& one : board_.roster.participants()) {
    if (one.index != index) out.push_back(one.organisation);
  }
  return out;
}

bool Ceremony::Has(Round round, MemberIndex member) const {
  return round == peer::v1::CEREMONY_ROUND_CONFIRM
             ? confirmed_.contains(member)
             : board_.transcript.Find(round, member) != nullptr;
}

std::vector<MemberIndex> Ceremony::AwaitedFrom() const {
  std::vector<MemberIndex> out;
  if (standing_ != Standing::kRunning) return out;
  for (const MemberIndex member : board_.SendersOf(round_)) {
    if (!Has(round_, member)) out.push_back(member);
  }
  return out;
}

const Package* Ceremony::PackageToConfirm() const { return share_ ? &*board_.package : nullptr; }

const crypto::oprf::SecretScalar* Ceremony::ShareToConfirm() const {
  return share_ ? &*share_ : nullptr;
}

const Package* Ceremony::package() const {
  return standing_ == Standing::kComplete ? &*board_.package : nullptr;
}

const crypto::oprf::SecretScalar* Ceremony::share() const {
  return standing_ == Standing::kComplete && share_ ? &*share_ : nullptr;
}

bool Ceremony::PreviousShareMayGo() const {
  return standing_ == Standing::kComplete &&
         board_.parameters.kind == peer::v1::CEREMONY_KIND_RESHARE;
}

std::vector<std::string> Ceremony::Confirmations() const {
  std::vector<std::string> out;
  if (standing_ != Standing::kComplete) return out;
  for (const MemberIndex member : board_.SendersOf(peer::v1::CEREMONY_ROUND_CONFIRM)) {
    out.push_back(
        board_.transcript.Find(peer::v1::CEREMONY_ROUND_CONFIRM, member)->message.Serialise());
  }
  return out;
}

}  // namespace sluis::keys
