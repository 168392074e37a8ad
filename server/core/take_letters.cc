#include "server/core/take_letters.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <variant>

#include "crypto/hash.h"
#include "server/core/ceremony_day.h"
#include "server/core/ceremony_fate.h"
#include "server/core/ceremony_step.h"
#include "server/core/open_proposals.h"
#include "server/core/stop_share.h"
#include "server/keys/witness.h"
#include "sluis/peer/v1/ceremony.pb.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kMaxEarlySeconds = 30ull * 24 * 3600;
constexpr std::string_view kKindLetter = "ceremony";

Effect& AddEffect(const Call& call, std::string_view word, const keys::Message& message,
                  const std::string& signer, const CeremonyRow& ceremony,
                  const keys::Parameters& parameters, Plan& plan) {
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_object_digest(ceremony.id);
  record::v1::CeremonyStep& said = *effect.entry.act.mutable_ceremony();
  said = StepOf(ceremony.id, parameters, word);
  said.set_sender(signer);
  said.set_message_digest(std::string(crypto::View(crypto::Sha256(message.Serialise()))));
  return effect;
}

// Whether a member of the manifest signed it with an identity key that it has or had: what anybody
// could have made is not worth a look at what it says.
bool IsSignedByMember(const keys::Message& message, const partnership::Manifest& manifest) {
  const partnership::Member* member = manifest.Find(message.head.sender());
  return member != nullptr &&
         std::any_of(member->keys.begin(), member->keys.end(), [&](const partnership::Key& key) {
           return key.purpose == crypto::KeyPurpose::kIdentity &&
                  keys::IsSignedBy(message, key.public_key);
         });
}

}  // namespace

const Method& TakeLetters::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::StatusOr<bool> TakeLetters::Propose(const Call& call, const View& view,
                                          const keys::Message& message, const Opened& opened,
                                          Open& open, Plan& plan) const {
  const partnership::SignedManifest& manifest = *call.terms->manifest;
  if (message.head.round() != peer::v1::CEREMONY_ROUND_ANNOUNCE ||
      message.head.partnership() != call.terms->partnership ||
      !IsSignedByMember(message, manifest.manifest)) {
    return false;
  }
  // Rows are counted until one has to wait: the rest of the letter comes again with it.
  if (std::any_of(opened.begin(), opened.end(), [](const auto& one) { return one.second.waits; })) {
    open.waits = true;
    return true;
  }
  const absl::StatusOr<OpenProposals> before = OpenProposals::Of(view, sender_);
  if (!before.ok()) return before.status();
  const auto here =
      static_cast<int>(std::count_if(opened.begin(), opened.end(), [](const auto& one) {
        return one.second.ceremony.stamp == ledger::kAbsent && one.second.first.has_value();
      }));
  if (before->of_sender + here >= kMostProposals || before->in_all + here >= kMostProposalsInAll ||
      !ceremonies_.MayJudge(sender_, call.now_us)) {
    open.waits = true;
    return true;
  }
  absl::StatusOr<keys::Parameters> parameters = keys::AnnouncedParameters(message);
  if (!parameters.ok() || parameters->partnership != call.terms->partnership ||
      parameters->manifest_digest != manifest.manifest.digest) {
    return false;
  }
  const absl::StatusOr<keys::Roster> roster = keys::Roster::Of(*parameters, manifest.manifest);
  if (!roster.ok() || roster->Find(sender_) == nullptr) return false;
  if (roster->Find(call.terms->organisation) == nullptr) return false;
  if (!CheckCeremonyDay(*parameters, manifest.manifest, call.today).ok() ||
      !CheckCeremonyRounds(*parameters).ok()) {
    return false;
  }
  const absl::StatusOr<keys::VerifiedMessage> verified =
      keys::Verify(message, *parameters, *roster);
  const uint64_t now_s = call.now_us / kSecondUs;
  if (!verified.ok() || now_s >= parameters->announce_until_s ||
      now_s + kMaxEarlySeconds < parameters->announce_until_s) {
    return false;
  }
  record::v1::StoredCeremony& row = open.ceremony.row;
  row.set_state(record::v1::CEREMONY_STATE_PROPOSED);
  row.set_parameters(parameters->bytes);
  row.set_manifest(manifest.Serialise());
  row.set_proposed_by(sender_);
  open.known =
      std::make_shared<const KnownTerms>(KnownTerms{{*std::move(parameters), manifest}, *roster});
  return KeepForProposal(call, *verified, open, plan);
}

// Somebody who must take part does not, so nobody here has to agree any more.
void TakeLetters::CloseProposal(const Call& call, const keys::VerifiedMessage& message,
                                const std::string& signer, Open& open, Plan& plan) const {
  record::v1::StoredCeremony& row = open.ceremony.row;
  Effect& effect = AddEffect(call, kClosed, message.message(), signer, open.ceremony,
                             open.known->agreed.parameters, plan);
  AddEvent({call.now_us / kSecondUs, message.message().Serialise()}, open.ceremony, effect);
  AddFinding(signer,
             {peer::v1::CEREMONY_GROUND_CANCELLED,
              message.sender(),
              peer::v1::CEREMONY_ROUND_ANNOUNCE,
              {message.message().Serialise()}},
             row, *effect.entry.act.mutable_ceremony());
  row.set_state(record::v1::CEREMONY_STATE_CLOSED);
  row.set_ended_s(call.now_us / kSecondUs);
}

bool TakeLetters::KeepForProposal(const Call& call, const keys::VerifiedMessage& message,
                                  Open& open, Plan& plan) const {
  const bool announces = message.round() == peer::v1::CEREMONY_ROUND_ANNOUNCE;
  // Who is asked for here has not agreed: it says nothing before a person does.
  if (message.round() == peer::v1::CEREMONY_ROUND_MISSING) return true;
  if (!announces && message.round() != peer::v1::CEREMONY_ROUND_ABORT) return false;
  record::v1::StoredCeremony& row = open.ceremony.row;
  const std::string& signer = open.known->roster.Find(message.sender())->organisation;
  const auto round = static_cast<uint32_t>(message.round());
  if (!announces && keys::IsCancellation(message)) {
    CloseProposal(call, message, signer, open, plan);
    return true;
  }
  for (const record::v1::HeldForProposal& held : row.held()) {
    if (held.sender() == signer && held.round() == round) return true;
  }
  Effect& effect = AddEffect(call, row.held().empty() ? kProposed : kMessage, message.message(),
                             signer, open.ceremony, open.known->agreed.parameters, plan);
  record::v1::HeldForProposal& held = *row.add_held();
  held.set_sender(signer);
  held.set_round(round);
  AddEvent({call.now_us / kSecondUs, message.message().Serialise()}, open.ceremony, effect);
  return true;
}

absl::StatusOr<bool> TakeLetters::TakeByMachine(const Call& call, const View& view,
                                                const keys::VerifiedMessage& message, Open& open,
                                                Plan& plan) const {
  if (!open.machine) {
    absl::StatusOr<keys::Ceremony> machine = ceremonies_.Take(view, open.ceremony);
    if (absl::IsDataLoss(machine.status())) {
      // Nothing can be taken for it any more; that must not hold up what else comes.
      Effect& effect = plan.effects.emplace_back();
      const bool ran = open.ceremony.row.state() == record::v1::CEREMONY_STATE_RUNNING;
      AddEnd(call, record::v1::CEREMONY_STATE_CLOSED, kReasonUnreadable, open.ceremony, effect);
      // Decide adds these, once for all effects.
      effect.preconditions.clear();
      effect.rows.clear();
      if (ran) {
        OweCancellation(call, open.known->agreed, ceremonies_.identity(), open.ceremony, effect);
      }
      return true;
    }
    if (!machine.ok()) return machine.status();
    open.machine = *std::move(machine);
  }
  keys::Ceremony& machine = *open.machine;
  const absl::StatusOr<keys::Step> step = machine.Accept(message, call.now_us / kSecondUs);
  if (!step.ok()) return step.status();
  if (!step->changed) return true;
  const keys::Event event{machine.now_s(), message.message().Serialise()};
  Effect& effect = plan.effects.emplace_back();
  const absl::Status added =
      AddStep(call, view, machine, *step,
              {kMessage, event, machine.roster().Find(message.sender())->organisation},
              open.ceremony, effect);
  if (!added.ok()) return added;
  open.taken.push_back(event.message);
  return true;
}

// What is asked for after the end: each participant once for each round, out of the rows.
absl::Status TakeLetters::HandOn(const Call& call, const View& view,
                                 const keys::VerifiedMessage& message, Open& open,
                                 Plan& plan) const {
  if (message.round() != peer::v1::CEREMONY_ROUND_MISSING) return absl::OkStatus();
  peer::v1::CeremonyMissing asked;
  if (!asked.ParseFromString(message.message().body)) return absl::OkStatus();
  record::v1::StoredCeremony& row = open.ceremony.row;
  const std::string& signer = open.known->roster.Find(message.sender())->organisation;
  const std::string mark = signer + "/" + WordOf(asked.round());
  if (std::find(row.answered().begin(), row.answered().end(), mark) != row.answered().end()) {
    return absl::OkStatus();
  }
  if (ceremonies_.IsKnownMissing(open.ceremony.id, mark, call.now_us)) return absl::OkStatus();
  // As many as there were before this envelope: the others stand in no row of the view.
  const absl::StatusOr<CeremonyRow> stored = ReadCeremony(view, open.ceremony.id);
  if (!stored.ok()) return stored.status();
  const absl::StatusOr<std::vector<keys::Event>> events = ReadEvents(view, *stored);
  if (!events.ok()) return events.status();
  std::vector<std::string> found;
  const auto look = [&](const std::string& bytes) {
    const absl::StatusOr<keys::Message> held = keys::ReadMessage(bytes);
    if (!held.ok() || held->head.round() != asked.round()) return;
    const keys::Participant* whose = open.known->roster.Find(held->head.sender());
    if (whose == nullptr || std::find(asked.members().begin(), asked.members().end(),
                                      whose->index) == asked.members().end()) {
      return;
    }
    if (std::find(found.begin(), found.end(), bytes) == found.end()) found.push_back(bytes);
  };
  for (const keys::Event& event : *events) {
    if (!event.message.empty()) look(event.message);
  }
  for (const std::string& bytes : open.taken) look(bytes);
  for (const std::string& confirmation : row.confirmations()) look(confirmation);
  if (found.empty()) {
    ceremonies_.NoteMissing(open.ceremony.id, mark, call.now_us);
    return absl::OkStatus();
  }
  Effect& effect = AddEffect(call, kMessage, message.message(), signer, open.ceremony,
                             open.known->agreed.parameters, plan);
  row.add_answered(mark);
  for (const std::string& bytes : found) {
    OweLetter(call, call.terms->organisation, {signer}, bytes, open.ceremony, effect);
  }
  return absl::OkStatus();
}

// An accusation after the end, from each participant once: judged from the rows and from what it
// brings. What it shows that is not known here is kept with what shows it.
absl::Status TakeLetters::TakeLateAbort(const Call& call, const View& view,
                                        const keys::VerifiedMessage& message, Open& open,
                                        Plan& plan) const {
  peer::v1::CeremonyAbort said;
  // Silence shows nothing, nor does who takes it back.
  if (message.round() != peer::v1::CEREMONY_ROUND_ABORT ||
      !said.ParseFromString(message.message().body) || said.evidence().empty()) {
    return absl::OkStatus();
  }
  record::v1::StoredCeremony& row = open.ceremony.row;
  const std::string& signer = open.known->roster.Find(message.sender())->organisation;
  const std::string mark = signer + "/" + WordOf(message.round());
  if (std::find(row.answered().begin(), row.answered().end(), mark) != row.answered().end()) {
    return absl::OkStatus();
  }
  const absl::StatusOr<CeremonyRow> stored = ReadCeremony(view, open.ceremony.id);
  if (!stored.ok()) return stored.status();
  const absl::StatusOr<std::vector<keys::Event>> events = ReadEvents(view, *stored);
  if (!events.ok()) return events.status();
  std::vector<std::string> held = open.taken;
  for (const keys::Event& event : *events) held.push_back(event.message);
  for (const std::string& confirmation : row.confirmations()) held.push_back(confirmation);
  std::vector<keys::Finding> found =
      keys::JudgeAbort(open.known->agreed.parameters, open.known->roster, held, message);
  std::erase_if(found, [&](const keys::Finding& one) {
    const std::string& culprit = open.known->roster.Find(one.culprit)->organisation;
    return std::any_of(row.findings().begin(), row.findings().end(), [&](const auto& known) {
      return known.culprit() == culprit && known.ground() == WordOf(one.ground);
    });
  });
  // Also one that shows nothing: that it was said is on record, and it is judged once.
  Effect& effect = AddEffect(call, kMessage, message.message(), signer, open.ceremony,
                             open.known->agreed.parameters, plan);
  row.add_answered(mark);
  for (const keys::Finding& one : found) {
    AddFinding(open.known->roster.Find(one.culprit)->organisation, one, row,
               *effect.entry.act.mutable_ceremony());
  }
  return absl::OkStatus();
}

absl::Status TakeLetters::Take(const Call& call, const View& view, const PeerLeaf& leaf,
                               Opened& opened, Plan& plan) const {
  const auto& letter = std::get<peer::v1::CeremonyLetter>(leaf.proof.leaf);
  const auto refuse = [&] {
    AddUnknown(call, sender_, leaf, kKindLetter, plan);
    return absl::OkStatus();
  };
  const absl::StatusOr<keys::Message> message = keys::ReadMessage(letter.message());
  if (!message.ok() || message->body.empty()) return refuse();
  const std::string& id = message->head.ceremony();
  auto found = opened.find(id);
  if (found == opened.end()) {
    absl::StatusOr<CeremonyRow> stored = ReadCeremony(view, id);
    if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
    Open open;
    open.ceremony = stored.ok() ? *std::move(stored) : CeremonyRow{id, {}, ledger::kAbsent};
    found = opened.emplace(id, std::move(open)).first;
  }
  Open& open = found->second;
  const size_t before = plan.effects.size();
  absl::StatusOr<bool> taken = false;
  if (open.ceremony.row.state() == record::v1::CEREMONY_STATE_UNSPECIFIED) {
    taken = Propose(call, view, *message, opened, open, plan);
  } else {
    if (!open.known) {
      absl::StatusOr<std::shared_ptr<const KnownTerms>> known = ceremonies_.TermsOf(open.ceremony);
      if (!known.ok()) return known.status();
      open.known = *std::move(known);
    }
    // Before a machine is made for it.
    if (open.known->roster.Find(sender_) == nullptr) return refuse();
    const absl::StatusOr<keys::VerifiedMessage> verified =
        keys::Verify(*message, open.known->agreed.parameters, open.known->roster);
    if (!verified.ok()) return refuse();
    if (HasMachine(open.ceremony.row)) {
      taken = TakeByMachine(call, view, *verified, open, plan);
    } else if (open.ceremony.row.state() == record::v1::CEREMONY_STATE_PROPOSED) {
      taken = KeepForProposal(call, *verified, open, plan);
    } else {
      absl::Status handed = HandOn(call, view, *verified, open, plan);
      if (handed.ok()) handed = TakeLateAbort(call, view, *verified, open, plan);
      if (!handed.ok()) return handed;
      taken = true;
    }
  }
  if (!taken.ok()) return taken.status();
  if (!*taken) return refuse();
  if (plan.effects.size() > before) {
    if (!open.first) open.first = before;
    open.last = before;
  }
  return absl::OkStatus();
}

absl::StatusOr<Plan> TakeLetters::Decide(const Call& call, View& view) {
  Plan plan;
  Opened opened;
  for (const PeerLeaf& leaf : leaves_) {
    if (!std::holds_alternative<peer::v1::CeremonyLetter>(leaf.proof.leaf)) {
      return RefusePeer(call, absl::StatusCode::kInvalidArgument, "kind");
    }
    const absl::Status taken = Take(call, view, leaf, opened, plan);
    if (!taken.ok()) return taken;
  }
  bool waits = false;
  std::vector<std::function<void()>> give;
  for (auto& [id, open] : opened) {
    waits = waits || open.waits;
    if (open.first) {
      plan.effects[*open.first].preconditions.push_back({CeremonyKey(id), open.ceremony.stamp});
      WriteCeremony(open.ceremony, plan.effects[*open.last]);
    }
    if (!open.machine) continue;
    // One that nothing changed does not wait for what else is in the envelope: a refusal may wait
    // long.
    if (open.first) {
      give.push_back(ceremonies_.GiveBack(open.ceremony, *std::move(open.machine)));
    } else {
      ceremonies_.Give(open.ceremony, *std::move(open.machine));
    }
  }
  if (plan.effects.empty() && waits) {
    return RefusePeer(call, absl::StatusCode::kFailedPrecondition, kQuota);
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  // What was refused need not come again, as with every message that answers nothing here.
  plan.reply = [waits, give = std::move(give)](std::span<const ledger::Logged>) {
    for (const auto& machine : give) machine();
    return waits ? ComeAgain() : absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
