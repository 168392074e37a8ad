#include "server/core/ceremony_fate.h"

#include <algorithm>
#include <vector>

#include "server/core/ceremony_step.h"
#include "server/keys/message.h"
#include "sluis/peer/v1/ceremony.pb.h"
#include "sluis/record/v1/key_package.pb.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;

// Organisations that take part, from the bytes alone.
std::vector<std::string> ParticipantsOf(const peer::v1::CeremonyParameters& parameters) {
  std::vector<std::string> names;
  for (const peer::v1::CeremonySeat& seat : parameters.holders()) {
    names.push_back(seat.organisation());
  }
  record::v1::KeyPackage previous;
  if (!previous.ParseFromString(parameters.previous_package())) return names;
  for (const auto& holder : previous.holders()) {
    if (std::count(parameters.dealers().begin(), parameters.dealers().end(), holder.index()) != 0) {
      names.push_back(holder.organisation());
    }
  }
  return names;
}

// Whether the manifest in force takes from a participant a key by which its messages are judged.
bool LostKey(const record::v1::StoredCeremony& ceremony,
             const peer::v1::CeremonyParameters& parameters, const std::vector<std::string>& names,
             const partnership::Manifest& now) {
  if (parameters.manifest_digest() == crypto::View(now.digest)) return false;
  const absl::StatusOr<partnership::SignedManifest> then =
      partnership::ReadSignedManifest(ceremony.manifest());
  if (!then.ok()) return false;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const partnership::Member* before = then->manifest.Find(name);
    const partnership::Member* after = now.Find(name);
    if (before == nullptr || after == nullptr) return false;
    const auto kept = after->KeysFor(crypto::KeyPurpose::kIdentity, parameters.day());
    const auto had = before->KeysFor(crypto::KeyPurpose::kIdentity, parameters.day());
    return std::any_of(had.begin(), had.end(), [&](const partnership::Key* key) {
      return std::none_of(kept.begin(), kept.end(), [&](const partnership::Key* one) {
        return one->public_key == key->public_key;
      });
    });
  });
}

// For the log, where no catalogue of messages is.
std::string SentenceFor(std::string_view reason) {
  if (reason == kReasonRemoved) return "a participant left the partnership";
  if (reason == kReasonIdentityKey) return "the identity key of a participant was replaced";
  if (reason == kReasonNotExchanging) return "the partnership exchanged nothing";
  if (reason == kReasonUnreadable) return "its rows do not make what this node said in it";
  return std::string();
}

}  // namespace

bool StandsStill(const record::v1::StoredCeremony& ceremony, const Terms& terms) {
  return ceremony.state() == record::v1::CEREMONY_STATE_RUNNING && !terms.may_exchange;
}

std::string_view ReasonToEnd(const record::v1::StoredCeremony& ceremony, const Terms& terms,
                             uint64_t now_us) {
  const bool running = ceremony.state() == record::v1::CEREMONY_STATE_RUNNING;
  peer::v1::CeremonyParameters parameters;
  if (!HasMachine(ceremony) || !parameters.ParseFromString(ceremony.parameters())) return {};
  if (terms.manifest == nullptr) return running ? kReasonNotExchanging : std::string_view();
  const partnership::Manifest& manifest = terms.manifest->manifest;
  const std::vector<std::string> names = ParticipantsOf(parameters);
  if (running && (parameters.partnership() != manifest.partnership ||
                  std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                    return manifest.Find(name) == nullptr;
                  }))) {
    return kReasonRemoved;
  }
  if (LostKey(ceremony, parameters, names, manifest)) return kReasonIdentityKey;
  if (!StandsStill(ceremony, terms)) return {};
  // While an exercise is being erased nothing is exchanged for a moment, which ends nothing.
  const bool opens = terms.exercise || terms.active();
  const uint64_t late_s = ceremony.due_s() + parameters.round_seconds();
  return opens && now_us / kSecondUs < late_s ? std::string_view() : kReasonNotExchanging;
}

bool WasCancelled(const record::v1::StoredCeremony& ceremony) {
  return std::any_of(ceremony.findings().begin(), ceremony.findings().end(), [](const auto& one) {
    return one.ground() == WordOf(peer::v1::CEREMONY_GROUND_CANCELLED);
  });
}

bool KeepsShare(const record::v1::StoredCeremony& ceremony) {
  return HasMachine(ceremony) || (ceremony.state() == record::v1::CEREMONY_STATE_CLOSED &&
                                  !ceremony.package_digest().empty());
}

void AddEnd(const Call& call, record::v1::CeremonyState state, std::string_view reason,
            CeremonyRow& ceremony, Effect& effect) {
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_object_digest(ceremony.id);
  effect.entry.act.set_reason(SentenceFor(reason));
  record::v1::CeremonyStep& said = *effect.entry.act.mutable_ceremony();
  said.set_ceremony(ceremony.id);
  peer::v1::CeremonyParameters parameters;
  if (parameters.ParseFromString(ceremony.row.parameters())) {
    said.set_kind(WordOf(parameters.kind()));
    said.set_purpose(parameters.purpose());
    said.set_epoch(parameters.epoch());
  }
  said.set_event(state == record::v1::CEREMONY_STATE_CLOSED ? kClosed : kEnded);
  if (ceremony.row.round() != 0) {
    said.set_round(WordOf(static_cast<peer::v1::CeremonyRound>(ceremony.row.round())));
  }
  effect.preconditions.push_back({CeremonyKey(ceremony.id), ceremony.stamp});
  ceremony.row.set_state(state);
  ceremony.row.set_reason(std::string(reason));
  ceremony.row.set_ended_s(call.now_us / kSecondUs);
  ceremony.row.set_due_s(0);
  ceremony.row.clear_awaited();
  WriteCeremony(ceremony, effect);
}

void OweCancellation(const Call& call, const AgreedTerms& agreed,
                     const crypto::SigningKey& identity, CeremonyRow& ceremony, Effect& effect) {
  const absl::StatusOr<keys::Roster> roster =
      keys::Roster::Of(agreed.parameters, agreed.manifest.manifest);
  if (!roster.ok()) return;
  const auto round = static_cast<keys::Round>(std::max<uint32_t>(1, ceremony.row.round()));
  const absl::StatusOr<keys::VerifiedMessage> message =
      keys::SignCancellation(agreed.parameters, *roster, call.terms->organisation, round, identity);
  if (!message.ok()) return;
  std::vector<std::string> others;
  for (const keys::Participant& one : roster->participants()) others.push_back(one.organisation);
  OweLetter(call, call.terms->organisation, others, message->message().Serialise(), ceremony,
            effect);
}

}  // namespace sluis::core
