#include "tests/server/keys/ceremony_bus.h"

#include <stdexcept>

#include "crypto/hash.h"

namespace sluis::keys::test {
namespace {

constexpr char kPartnership[] = "livc-r.vaartland.example";

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) throw std::runtime_error(std::string(result.status().message()));
  return *std::move(result);
}

crypto::Secret<32> SecretFrom(std::string_view label, uint64_t seed, MemberIndex index) {
  std::string bytes = crypto::Lp(label);
  crypto::AppendU64(bytes, seed);
  crypto::AppendU16(bytes, index);
  return crypto::HmacSha256Secret("test", {bytes});
}

}  // namespace

std::string NameOf(MemberIndex index) { return "lid-" + std::to_string(index) + ".example"; }

World::World(size_t members, uint64_t seed_in) : seed(seed_in) {
  manifest.partnership = kPartnership;
  manifest.version = 1;
  manifest.digest = crypto::Sha256("manifest");
  for (size_t i = 1; i <= members; ++i) {
    const auto index = static_cast<MemberIndex>(i);
    keys.emplace(index, crypto::SigningKey::FromSeed(SecretFrom("identity", seed, index)));
    partnership::Member member;
    member.organisation = NameOf(index);
    member.host = "host-" + std::to_string(index);
    member.keys.push_back(
        {crypto::KeyPurpose::kIdentity, keys.at(index).public_key(), "2020-01-01", "2199-12-31"});
    manifest.members.push_back(std::move(member));
  }
}

peer::v1::CeremonyParameters World::Draft(size_t threshold) const {
  peer::v1::CeremonyParameters draft;
  draft.set_version(1);
  draft.set_kind(peer::v1::CEREMONY_KIND_GENERATION);
  draft.set_partnership(kPartnership);
  draft.set_purpose("hulp");
  draft.set_epoch(1);
  draft.set_threshold(
      static_cast<uint32_t>(threshold == 0 ? LeastThreshold(keys.size()) : threshold));
  for (const auto& [index, key] : keys) {
    peer::v1::CeremonySeat& seat = *draft.add_holders();
    seat.set_index(index);
    seat.set_organisation(NameOf(index));
  }
  draft.set_manifest_digest(std::string(crypto::View(manifest.digest)));
  draft.set_day("2026-06-01");
  draft.set_announce_until_s(kBegin_s + 400);
  draft.set_round_seconds(40);
  draft.set_nonce(std::string(16, 'n'));
  return draft;
}

peer::v1::CeremonyParameters World::ReshareDraft(const std::vector<MemberIndex>& dealers,
                                                 const std::vector<MemberIndex>& holders,
                                                 size_t threshold) const {
  peer::v1::CeremonyParameters draft =
      Draft(threshold == 0 ? LeastThreshold(holders.size()) : threshold);
  draft.set_kind(peer::v1::CEREMONY_KIND_RESHARE);
  draft.clear_holders();
  for (const MemberIndex index : holders) {
    peer::v1::CeremonySeat& seat = *draft.add_holders();
    seat.set_index(index);
    seat.set_organisation(NameOf(index));
  }
  draft.set_previous_package(before->At(before->indexes().front()).package()->bytes);
  for (const MemberIndex dealer : dealers) draft.add_dealers(dealer);
  return draft;
}

peer::v1::CeremonyParameters World::FactorDraft() const {
  const Package& package = *before->At(before->indexes().front()).package();
  peer::v1::CeremonyParameters draft = ReshareDraft({}, before->indexes(), package.threshold);
  draft.set_kind(peer::v1::CEREMONY_KIND_FACTOR);
  draft.set_epoch(package.epoch + 1);
  return draft;
}

peer::v1::CeremonyParameters World::RollDraft(const std::vector<MemberIndex>& dealers,
                                              const std::vector<MemberIndex>& holders) const {
  peer::v1::CeremonyParameters draft = ReshareDraft(dealers, holders);
  draft.set_kind(peer::v1::CEREMONY_KIND_ROLL);
  draft.set_epoch(2);
  draft.set_factor_package(factor->At(factor->indexes().front()).package()->bytes);
  return draft;
}

crypto::Secret<32> World::SeedOf(MemberIndex index) const {
  return SecretFrom("ceremony", seed, index);
}

Bus::Bus(const World& world, const Parameters& parameters, Way way)
    : world_(world), parameters_(parameters), way_(std::move(way)) {
  const Roster roster = Must(Roster::Of(parameters_, world_.manifest));
  for (const MemberIndex index : roster.Indexes()) {
    Member& member = members_[index];
    member.begun_s = now_s_;
    Ceremony::Begun begun =
        Must(Ceremony::Begin(parameters_, world_.manifest, OwnOf(index), now_s_));
    member.ceremony.emplace(std::move(begun.ceremony));
    Take(index, begun.step, {});
  }
}

Ceremony::Own Bus::OwnOf(MemberIndex index) const {
  Ceremony::Own own{NameOf(index), world_.keys.at(index), world_.SeedOf(index)};
  if (!parameters_.previous || !world_.before->Knows(index)) return own;
  own.pinned = world_.before->At(index).package()->digest;
  if (parameters_.Draws() || !parameters_.Deals(index)) return own;
  own.held.previous = world_.before->At(index).share()->Clone();
  if (parameters_.factor) own.held.factor = world_.factor->At(index).share()->Clone();
  return own;
}

std::vector<MemberIndex> Bus::indexes() const {
  std::vector<MemberIndex> out;
  for (const auto& [index, member] : members_) out.push_back(index);
  return out;
}

void Bus::Take(MemberIndex index, const Step& step, Event event) {
  Member& member = members_.at(index);
  if (!step.changed && step.send.empty()) return;
  if (!step.changed) throw std::runtime_error("sends without a change");
  if (event.at_s != 0) member.events.push_back(std::move(event));
  for (const Outgoing& outgoing : step.send) {
    member.sent.push_back(outgoing.message);
    for (const std::string& recipient : outgoing.recipients) {
      const Delivery delivery{index, At(index).roster().Find(recipient)->index, outgoing.message};
      if (way_ == nullptr) {
        queue_.push_back(delivery);
        continue;
      }
      for (Delivery& one : way_(delivery)) queue_.push_back(std::move(one));
    }
  }
}

absl::Status Bus::Carry(MemberIndex to, const std::string& message) {
  Ceremony& ceremony = *members_.at(to).ceremony;
  const auto verified = ceremony.Verify(message);
  if (!verified.ok()) return verified.status();
  const auto step = ceremony.Accept(*verified, now_s_);
  if (!step.ok()) return step.status();
  Take(to, *step, {now_s_, message});
  return absl::OkStatus();
}

void Bus::Deliver(const Delivery& delivery) {
  if (delivery.message == kRestart) return Restart(delivery.to);
  Carry(delivery.to, delivery.message).IgnoreError();
}

void Bus::Settle() {
  while (!queue_.empty()) {
    const Delivery next = std::move(queue_.front());
    queue_.pop_front();
    Deliver(next);
  }
}

void Bus::SettleInDisorder(tests::SeededRandom& random) {
  size_t lost = 0;
  while (!queue_.empty()) {
    const size_t at = random.Below(queue_.size());
    const Delivery next = queue_[at];
    const uint64_t fate = random.Below(10);
    // Lost, which the outbox of its sender mends by sending it again.
    if (fate == 0 && ++lost < 1000) continue;
    // Delivered, and to come once more.
    if (fate != 1 || lost > 1000) queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(at));
    if (fate == 1) ++lost;
    Deliver(next);
    if (fate == 2) Restart(next.to);
  }
}

void Bus::Pass(uint64_t seconds) {
  const uint64_t until = now_s_ + seconds;
  Settle();
  while (now_s_ < until) {
    now_s_ += 10;
    for (auto& [index, member] : members_) {
      Take(index, Must(member.ceremony->Tick(now_s_)), {now_s_, {}});
    }
    Settle();
  }
}

void Bus::Restart(MemberIndex index) {
  Member& member = members_.at(index);
  member.ceremony.reset();
  member.ceremony.emplace(Must(Ceremony::Rebuild(parameters_, world_.manifest, OwnOf(index),
                                                 member.begun_s, member.events)));
}

std::string ChangedBytes(const World& world, const std::string& message,
                         const std::function<std::string(std::string)>& change) {
  const Message read = Must(ReadMessage(message));
  const crypto::Hash ceremony = Must(crypto::ToFixed<32>(read.head.ceremony()));
  for (const auto& [index, key] : world.keys) {
    if (NameOf(index) != read.head.sender()) continue;
    return SignMessage({read.head.partnership(), ceremony, read.head.session()}, read.head.round(),
                       read.head.sender(), change(read.body), key)
        .Serialise();
  }
  throw std::runtime_error("no key of that sender");
}

Round RoundOf(const std::string& message) { return Must(ReadMessage(message)).head.round(); }

}  // namespace sluis::keys::test
