#include "server/core/key_leaver.h"

#include <algorithm>
#include <string>
#include <vector>

#include "server/core/ceremony_step.h"
#include "server/core/key_use.h"
#include "sluis/peer/v1/ceremony.pb.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;

// Of those messages the one of that round that this organisation signed; empty when there is none.
std::string OwnOf(const std::vector<std::string>& messages, keys::Round round,
                  const std::string& organisation) {
  for (const std::string& bytes : messages) {
    const absl::StatusOr<keys::Message> message = keys::ReadMessage(bytes);
    if (message.ok() && message->head.round() == round && message->head.sender() == organisation) {
      return bytes;
    }
  }
  return {};
}

// Empty of what is no confirmation.
std::string PackageConfirmedBy(const std::string& bytes) {
  peer::v1::CeremonyConfirm body;
  const absl::StatusOr<keys::Message> message = keys::ReadMessage(bytes);
  if (!message.ok() || !body.ParseFromString(message->body)) return {};
  return body.package_digest();
}

}  // namespace

absl::Status OweLeavers(const Call& call, const View& view, const keys::Ceremony& machine,
                        CeremonyRow& ceremony, Effect& effect) {
  const keys::Parameters& parameters = machine.parameters();
  if (parameters.kind != peer::v1::CEREMONY_KIND_RESHARE || call.terms->manifest == nullptr) {
    return absl::OkStatus();
  }
  std::vector<std::string> leavers;
  for (const keys::KeyHolder& one : parameters.previous->holders) {
    if (machine.roster().Find(one.organisation) == nullptr &&
        call.terms->manifest->manifest.Find(one.organisation) != nullptr) {
      leavers.push_back(one.organisation);
    }
  }
  const std::string& own = call.terms->organisation;
  const std::string confirm = OwnOf(machine.Confirmations(), peer::v1::CEREMONY_ROUND_CONFIRM, own);
  if (leavers.empty() || confirm.empty()) return absl::OkStatus();
  const absl::StatusOr<CeremonyRow> stored = ReadCeremony(view, ceremony.id);
  if (!stored.ok()) return stored.status();
  const absl::StatusOr<std::vector<keys::Event>> events = ReadEvents(view, *stored);
  if (!events.ok()) return events.status();
  std::vector<std::string> messages;
  for (const keys::Event& event : *events) messages.push_back(event.message);
  const std::string announce = OwnOf(messages, peer::v1::CEREMONY_ROUND_ANNOUNCE, own);
  if (announce.empty()) return absl::OkStatus();
  OweLetter(call, own, leavers, announce, ceremony, effect);
  OweLetter(call, own, leavers, confirm, ceremony, effect);
  return absl::OkStatus();
}

absl::StatusOr<bool> IsLeftOut(const Call& call, const View& view,
                               const keys::Parameters& parameters) {
  if (parameters.kind != peer::v1::CEREMONY_KIND_RESHARE) return false;
  const keys::Package& previous = *parameters.previous;
  if (std::none_of(previous.holders.begin(), previous.holders.end(),
                   [&](const auto& one) { return one.organisation == call.terms->organisation; })) {
    return false;
  }
  const absl::StatusOr<PinnedKey> pinned =
      ReadPinnedKey(view, previous.partnership, previous.purpose, previous.use, previous.epoch);
  if (absl::IsNotFound(pinned.status())) return false;
  if (!pinned.ok()) return pinned.status();
  return pinned->package.digest == previous.digest;
}

absl::StatusOr<bool> TakeForLeaver(const Call& call, const View& view,
                                   const keys::Parameters& parameters,
                                   const keys::VerifiedMessage& message, const std::string& signer,
                                   CeremonyRow& ceremony, Effect& effect) {
  record::v1::StoredCeremony& row = ceremony.row;
  peer::v1::CeremonyConfirm body;
  const auto round = static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_CONFIRM);
  const bool holds =
      std::any_of(parameters.holders.begin(), parameters.holders.end(),
                  [&](const keys::Seat& seat) { return seat.organisation == signer; });
  const bool known = std::any_of(row.held().begin(), row.held().end(), [&](const auto& held) {
    return held.sender() == signer && held.round() == round;
  });
  if (message.round() != peer::v1::CEREMONY_ROUND_CONFIRM || !holds || known ||
      row.ended_s() != 0 || !body.ParseFromString(message.message().body)) {
    return false;
  }
  // All of them one package: the first says which, and what says another counts for nothing.
  if (!row.confirmations().empty() &&
      body.package_digest() != PackageConfirmedBy(row.confirmations(0))) {
    return false;
  }
  row.add_confirmations(message.message().Serialise());
  record::v1::HeldForProposal& held = *row.add_held();
  held.set_sender(signer);
  held.set_round(round);
  AddEvent({call.now_us / kSecondUs, message.message().Serialise()}, ceremony, effect);
  if (row.confirmations_size() < static_cast<int>(parameters.holders.size())) return true;
  row.set_ended_s(call.now_us / kSecondUs);
  const keys::Package& previous = *parameters.previous;
  const absl::StatusOr<PinnedKey> pinned =
      ReadPinnedKey(view, previous.partnership, previous.purpose, previous.use, previous.epoch);
  if (!pinned.ok()) return pinned.status();
  if (pinned->package.digest != previous.digest) return true;
  record::v1::StoredKey key = pinned->row;
  key.set_stops_s(call.now_us / kSecondUs);
  key.set_stops_why(std::string(kStopsLeft));
  const std::string at =
      PinnedKeyKey(previous.partnership, previous.purpose, previous.use, previous.epoch);
  effect.preconditions.push_back({at, pinned->stamp});
  effect.rows.push_back({at, key.SerializeAsString()});
  effect.entry.act.mutable_ceremony()->set_package_digest(body.package_digest());
  return true;
}

}  // namespace sluis::core
