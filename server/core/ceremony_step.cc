#include "server/core/ceremony_step.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "crypto/hash.h"
#include "server/core/key_secret.h"
#include "server/core/key_succession.h"
#include "server/core/key_use.h"
#include "server/core/outbox.h"
#include "server/envelope/leaf.h"
#include "server/evaluation/limits.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

std::string NameOf(const keys::Ceremony& machine, keys::MemberIndex index) {
  const keys::Participant* found = machine.roster().Find(index);
  return found == nullptr ? std::string() : found->organisation;
}

void AddFindings(const keys::Ceremony& machine, record::v1::StoredCeremony& row,
                 record::v1::CeremonyStep& said) {
  const std::vector<keys::Finding>& findings = machine.findings();
  for (size_t i = static_cast<size_t>(row.findings_size()); i < findings.size(); ++i) {
    AddFinding(NameOf(machine, findings[i].culprit), findings[i], row, said);
  }
}

// What this node says in a round stays as well, so that what the others show can be judged from the
// rows alone once the secrets are gone. A machine that is made anew says it again and takes this
// for a copy.
void KeepOwn(const Call& call, const std::string& message, uint64_t at_s, CeremonyRow& ceremony,
             Effect& effect) {
  const absl::StatusOr<keys::Message> read = keys::ReadMessage(message);
  if (!read.ok() || read->head.sender() != call.terms->organisation ||
      read->head.round() > peer::v1::CEREMONY_ROUND_CONFIRM) {
    return;
  }
  AddEvent({at_s, message}, ceremony, effect);
}

// The share goes into the store with the confirmation that is owed for it: whoever sees that may
// erase what the share takes the place of, whatever happens here.
void KeepShareToConfirm(const keys::Ceremony& machine, CeremonyRow& ceremony, Effect& effect) {
  if (machine.ShareToConfirm() == nullptr || !ceremony.row.package_digest().empty()) return;
  const std::string digest = Text(machine.PackageToConfirm()->digest);
  effect.key_secrets.push_back(
      {KeySecretKey(KeySecretKind::kShare, digest),
       std::make_shared<const crypto::Secret<32>>(machine.ShareToConfirm()->bytes().Clone())});
  ceremony.row.set_package_digest(digest);
}

// The package that it made, pinned in the place of the one before; or nothing, when by now another
// key stands there.
absl::Status AddResult(const Call& call, const View& view, const keys::Ceremony& machine,
                       CeremonyRow& ceremony, Effect& effect) {
  const keys::Package& package = *machine.package();
  const absl::StatusOr<bool> follows = MayFollowPinned(view, machine.parameters());
  if (absl::IsFailedPrecondition(follows.status())) {
    ceremony.row.set_state(record::v1::CEREMONY_STATE_CLOSED);
    effect.entry.act.mutable_ceremony()->set_event(kClosed);
    return absl::OkStatus();
  }
  if (!follows.ok()) return follows.status();
  const std::string key =
      PinnedKeyKey(package.partnership, package.purpose, package.use, package.epoch);
  record::v1::StoredKey pinned;
  pinned.set_package(package.bytes);
  pinned.set_ceremony(ceremony.id);
  pinned.set_since_s(call.now_us / kSecondUs);
  const absl::StatusOr<PinnedKey> before =
      ReadPinnedKey(view, package.partnership, package.purpose, package.use, package.epoch);
  if (!before.ok() && !absl::IsNotFound(before.status())) return before.status();
  effect.preconditions.push_back({key, before.ok() ? before->stamp : ledger::kAbsent});
  // Shared anew the key is the same, and so is what a removed holder may know of it: that day
  // stands until another key takes the place of this one. A factor made again is another one.
  if (before.ok() && before->package.key_id == package.key_id) {
    const std::vector<keys::KeyHolder>& holders = before->package.holders;
    const bool held = std::ranges::any_of(holders, [&call](const keys::KeyHolder& holder) {
      return holder.organisation == call.terms->organisation;
    });
    // In whatever sharing: who had a share evaluated with it.
    if (held) pinned.set_since_s(before->row.since_s());
    // Who held a share of it has still to say what it evaluated with it.
    *pinned.mutable_earlier() = before->row.earlier();
    record::v1::EarlierSharing& earlier = *pinned.add_earlier();
    earlier.set_package(before->row.package());
    earlier.set_since_s(before->row.since_s());
    earlier.set_until_s(call.now_us / kSecondUs);
    if (pinned.earlier_size() >= static_cast<int>(evaluation::kMaxSharings)) {
      pinned.mutable_earlier()->DeleteSubrange(0, 1);
    }
    pinned.set_stops_s(before->row.stops_s());
    pinned.set_stops_why(before->row.stops_why());
  }
  pinned.set_exercise(ceremony.row.exercise());
  if (absl::Status windows = AddWindows(call, view, package, effect); !windows.ok()) return windows;
  // Nothing older goes before everybody has proven that it has its new share.
  if (before.ok() && machine.PreviousShareMayGo()) {
    const absl::StatusOr<HeldKeySecret> share = ReadKeySecret(
        view, KeySecretKey(KeySecretKind::kShare, crypto::View(before->package.digest)));
    if (!absl::IsNotFound(share.status())) pinned.set_old_share(Text(before->package.digest));
  }
  effect.rows.push_back({key, pinned.SerializeAsString()});
  ceremony.row.set_package_digest(Text(package.digest));
  for (std::string& confirmation : machine.Confirmations()) {
    ceremony.row.add_confirmations(std::move(confirmation));
  }
  effect.entry.act.mutable_ceremony()->set_package_digest(Text(package.digest));
  return absl::OkStatus();
}

}  // namespace

void AddFinding(const std::string& culprit, const keys::Finding& finding,
                record::v1::StoredCeremony& row, record::v1::CeremonyStep& said) {
  record::v1::CeremonyFinding& kept = *row.add_findings();
  kept.set_culprit(culprit);
  kept.set_ground(WordOf(finding.ground));
  kept.set_round(WordOf(finding.round));
  record::v1::CeremonyCulprit& named = *said.add_culprits();
  named.set_organisation(culprit);
  named.set_ground(kept.ground());
  named.set_round(kept.round());
  for (const std::string& message : finding.evidence) {
    kept.add_evidence(message);
    named.add_evidence_digests(Text(crypto::Sha256(message)));
  }
}

record::v1::CeremonyStep StepOf(std::string_view id, const keys::Parameters& parameters,
                                std::string_view word) {
  record::v1::CeremonyStep said;
  said.set_ceremony(std::string(id));
  said.set_kind(WordOf(parameters.kind));
  said.set_purpose(parameters.purpose);
  said.set_epoch(parameters.epoch);
  said.set_event(std::string(word));
  return said;
}

void RewriteEvent(size_t number, const keys::Event& event, const CeremonyRow& ceremony,
                  Effect& effect) {
  record::v1::CeremonyEvent kept;
  kept.set_at_s(event.at_s);
  kept.set_message(event.message);
  effect.rows.push_back(
      {CeremonyEventKey(ceremony.id, static_cast<uint32_t>(number)), kept.SerializeAsString()});
}

void AddEvent(const keys::Event& event, CeremonyRow& ceremony, Effect& effect) {
  RewriteEvent(ceremony.row.events(), event, ceremony, effect);
  ceremony.row.set_events(ceremony.row.events() + 1);
  if (ceremony.row.chain().empty()) return;
  std::string at;
  crypto::AppendU64(at, event.at_s);
  ceremony.row.set_chain(Text(crypto::Sha256({ceremony.row.chain(), at, event.message})));
}

void WriteCeremony(const CeremonyRow& ceremony, Effect& effect) {
  effect.rows.push_back({CeremonyKey(ceremony.id), ceremony.row.SerializeAsString()});
}

void OweLetter(const Call& call, std::string_view own, const std::vector<std::string>& recipients,
               std::string_view message, CeremonyRow& ceremony, Effect& effect) {
  // Each a microsecond after the one before, so that they keep their order on the way.
  const uint64_t from_us = std::max(call.now_us, ceremony.row.last_sent_us() + 1);
  ceremony.row.set_last_sent_us(from_us);
  for (const std::string& recipient : recipients) {
    if (recipient == own) continue;
    const envelope::ExchangeId id = envelope::LetterId(recipient, message);
    peer::v1::CeremonyLetter letter;
    peer::v1::Binding& binding = *letter.mutable_binding();
    binding.set_kind(peer::v1::ENVELOPE_KIND_CEREMONY);
    binding.set_partnership(call.terms->partnership);
    binding.set_sender(std::string(own));
    binding.set_recipient(recipient);
    binding.set_exchange_id(std::string(crypto::View(id)));
    letter.set_message(std::string(message));
    record::v1::OwedMessage owed;
    owed.set_kind(static_cast<uint32_t>(peer::v1::ENVELOPE_KIND_CEREMONY));
    owed.set_not_before_us(from_us);
    owed.set_leaf(letter.SerializeAsString());
    effect.rows.push_back({OutboxKey(recipient, crypto::View(id)), owed.SerializeAsString()});
  }
}

void DescribeMachine(const keys::Ceremony& machine, record::v1::StoredCeremony& row) {
  row.set_round(static_cast<uint32_t>(machine.round()));
  row.clear_awaited();
  for (const keys::MemberIndex index : machine.AwaitedFrom()) {
    row.add_awaited(NameOf(machine, index));
  }
  row.set_due_s(machine.DueAt().value_or(0));
}

absl::Status AddStep(const Call& call, const View& view, const keys::Ceremony& machine,
                     const keys::Step& step, const StepCause& cause, CeremonyRow& ceremony,
                     Effect& effect) {
  const bool was_running = ceremony.row.state() == record::v1::CEREMONY_STATE_RUNNING;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_object_digest(ceremony.id);
  record::v1::CeremonyStep& said = *effect.entry.act.mutable_ceremony();
  said = StepOf(ceremony.id, machine.parameters(), cause.word);
  said.set_sender(cause.sender);
  if (cause.event) {
    AddEvent(*cause.event, ceremony, effect);
    if (!cause.event->message.empty()) {
      said.set_message_digest(Text(crypto::Sha256(cause.event->message)));
    }
  }
  const uint64_t at_s = cause.event ? cause.event->at_s : call.now_us / kSecondUs;
  for (const keys::Outgoing& outgoing : step.send) {
    KeepOwn(call, outgoing.message, at_s, ceremony, effect);
    OweLetter(call, call.terms->organisation, outgoing.recipients, outgoing.message, ceremony,
              effect);
  }
  DescribeMachine(machine, ceremony.row);
  said.set_round(WordOf(machine.round()));
  AddFindings(machine, ceremony.row, said);
  KeepShareToConfirm(machine, ceremony, effect);
  switch (machine.standing()) {
    case keys::Standing::kRunning:
      // One that a manifest ended waits for the last confirmations, and names nobody for them.
      if (ceremony.row.state() == record::v1::CEREMONY_STATE_ENDED) ceremony.row.set_due_s(0);
      return absl::OkStatus();
    case keys::Standing::kEnded:
      if (was_running) {
        ceremony.row.set_state(record::v1::CEREMONY_STATE_ENDED);
        ceremony.row.set_ended_s(call.now_us / kSecondUs);
        said.set_event(kEnded);
      }
      return absl::OkStatus();
    case keys::Standing::kComplete:
      ceremony.row.set_state(record::v1::CEREMONY_STATE_COMPLETE);
      ceremony.row.set_ended_s(call.now_us / kSecondUs);
      said.set_event(kComplete);
      return AddResult(call, view, machine, ceremony, effect);
  }
  return absl::OkStatus();
}

}  // namespace sluis::core
