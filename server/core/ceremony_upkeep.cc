#include "server/core/ceremony_upkeep.h"

#include <algorithm>
#include <memory>
#include <set>

#include "server/core/ceremony_fate.h"
#include "server/core/ceremony_step.h"
#include "server/core/key_secret.h"
#include "server/core/key_succession.h"
#include "server/core/key_use.h"
#include "server/core/outbox.h"
#include "server/core/refusal.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kDaySeconds = 24 * 3600;
constexpr size_t kLettersPerEntry = 256;

absl::Status Done(std::span<const ledger::Logged>) { return absl::OkStatus(); }

Plan NotDue(const Call& call) {
  return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                            "nothing of this is due; look again later", ""});
}

// When time alone changes it; 0 when it does not.
absl::StatusOr<uint64_t> DueAt(const CeremonyRow& ceremony) {
  if (ceremony.row.state() != record::v1::CEREMONY_STATE_PROPOSED) return ceremony.row.due_s();
  // No package in them is judged: this is asked for often.
  peer::v1::CeremonyParameters parameters;
  if (!parameters.ParseFromString(ceremony.row.parameters())) {
    return absl::DataLossError("a ceremony cannot be read; run the node's doctor");
  }
  return parameters.announce_until_s();
}

// Its rows go: announcements of it are no longer taken either.
absl::StatusOr<Plan> Forget(const Call& call, const CeremonyRow& ceremony) {
  const absl::StatusOr<AgreedTerms> agreed = AgreedTermsOf(ceremony.row);
  if (!agreed.ok()) return agreed.status();
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_object_digest(ceremony.id);
  *effect.entry.act.mutable_ceremony() = StepOf(ceremony.id, agreed->parameters, kClosed);
  effect.preconditions.push_back({CeremonyKey(ceremony.id), ceremony.stamp});
  effect.rows.push_back({CeremonyKey(ceremony.id), std::nullopt});
  for (uint32_t number = 0; number < ceremony.row.events(); ++number) {
    effect.rows.push_back({CeremonyEventKey(ceremony.id, number), std::nullopt});
  }
  plan.reply = Done;
  return plan;
}

// It is over for this node; its rows stay as evidence of what came.
Plan EndPlan(const Call& call, record::v1::CeremonyState state, std::string_view reason,
             CeremonyRow& ceremony) {
  Plan plan;
  AddEnd(call, state, reason, ceremony, plan.effects.emplace_back());
  plan.reply = Done;
  return plan;
}

// In the last round its machine stays, as of every ceremony that ends there, because others may
// have the key; unless somebody else may by now sign what it would take.
Plan EndFor(const Call& call, std::string_view reason, CeremonyRow& ceremony) {
  const bool last = ceremony.row.round() == static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_CONFIRM);
  return EndPlan(call,
                 last && reason == kReasonIdentityKey ? record::v1::CEREMONY_STATE_CLOSED
                                                      : record::v1::CEREMONY_STATE_ENDED,
                 reason, ceremony);
}

// It cannot go on, and must not stand in the way of another one about the key for ever. The others
// are told, so that they do not wait for this node and name it.
Plan CloseAndTell(const Call& call, std::string_view reason, const Ceremonies& ceremonies,
                  CeremonyRow& ceremony) {
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  const absl::StatusOr<AgreedTerms> agreed = AgreedTermsOf(ceremony.row);
  if (agreed.ok() && ceremony.row.state() == record::v1::CEREMONY_STATE_RUNNING) {
    OweCancellation(call, *agreed, ceremonies.identity(), ceremony, effect);
  }
  AddEnd(call, record::v1::CEREMONY_STATE_CLOSED, reason, ceremony, effect);
  plan.reply = Done;
  return plan;
}

struct DoneSecrets {
  std::vector<std::string> rows;
  std::vector<PinnedRow> keys;  // whose old share is among them
};

// Whose secret a row held: of which ceremony the seed, or of which package the share.
void SayErased(const std::string& key, record::v1::CeremonyStep& said) {
  said.set_event(kKeysErased);
  const std::string seeds = KeySecretKey(KeySecretKind::kSeed, {});
  const std::string id = key.substr(seeds.size());
  if (key.starts_with(seeds)) {
    said.set_ceremony(id);
  } else {
    said.set_package_digest(id);
  }
}

absl::StatusOr<DoneSecrets> FindDone(const View& view, uint64_t now_us) {
  DoneSecrets done;
  std::set<std::string> there;
  const std::string prefix = ledger::RowKey(ledger::Table::kKeySecret);
  absl::Status visited =
      view.snapshot().Scan(prefix, storage::PrefixEnd(prefix), [&](std::string_view key, auto) {
        there.emplace(key);
        return true;
      });
  if (!visited.ok()) return visited;
  if (there.empty()) return done;
  const absl::StatusOr<PinnedNow> pinned = PinnedNow::Of(view);
  if (!pinned.ok()) return pinned.status();
  // What is left of them serves nothing: nobody has to remember each way in which that comes about.
  visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    if (HasMachine(one.row)) there.erase(KeySecretKey(KeySecretKind::kSeed, one.id));
    if (KeepsShare(one.row) && !pinned->IsPast(one.row)) {
      there.erase(KeySecretKey(KeySecretKind::kShare, one.row.package_digest()));
    }
    return true;
  });
  if (!visited.ok()) return visited;
  visited = VisitPinnedRows(view, [&](const PinnedRow& one) {
    const crypto::Hash digest = keys::PackageDigest(one.row.package());
    if (!IsOver(one.row, now_us)) {
      there.erase(KeySecretKey(KeySecretKind::kShare, crypto::View(digest)));
    }
    if (!one.row.old_share().empty()) done.keys.push_back(one);
    return true;
  });
  if (!visited.ok()) return visited;
  done.rows.assign(there.begin(), there.end());
  return done;
}

}  // namespace

absl::StatusOr<DueCeremonies> CeremoniesDue(const View& view, uint64_t now_us, const Terms& terms) {
  const absl::StatusOr<PinnedNow> pinned = PinnedNow::Of(view);
  if (!pinned.ok()) return pinned.status();
  DueCeremonies due;
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    if (HasMachine(one.row) && one.row.due_s() != 0) due.at_s.emplace(one.id, one.row.due_s());
    if (pinned->Overtakes(one.row) || !ReasonToEnd(one.row, terms, now_us).empty()) {
      due.now.push_back(one.id);
      return true;
    }
    if (StandsStill(one.row, terms)) return true;
    const absl::StatusOr<uint64_t> at = DueAt(one);
    if (!at.ok()) {
      fault = at.status();
      return false;
    }
    if (*at != 0 && *at <= now_us / kSecondUs) due.now.push_back(one.id);
    return true;
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  return due;
}

const Method& TickCeremony::method() const {
  static const Method& method = *new Method{"Node.TickCeremony", node::v1::METHOD_CLASS_ADMIN};
  return method;
}

absl::StatusOr<Plan> TickCeremony::Decide(const Call& call, View& view) {
  absl::StatusOr<CeremonyRow> found = ReadCeremony(view, ceremony_);
  if (absl::IsNotFound(found.status())) return NotDue(call);
  if (!found.ok()) return found.status();
  CeremonyRow& ceremony = *found;
  const absl::StatusOr<PinnedNow> pinned = PinnedNow::Of(view);
  if (!pinned.ok()) return pinned.status();
  if (pinned->Overtakes(ceremony.row)) {
    ceremonies_.Drop(ceremony.id);
    return CloseAndTell(call, {}, ceremonies_, ceremony);
  }
  if (const std::string_view reason = ReasonToEnd(ceremony.row, *call.terms, call.now_us);
      !reason.empty()) {
    // What it still needs, if anything, is made from the rows again.
    ceremonies_.Drop(ceremony.id);
    return EndFor(call, reason, ceremony);
  }
  if (StandsStill(ceremony.row, *call.terms)) return NotDue(call);
  const uint64_t now_s = call.now_us / kSecondUs;
  const absl::StatusOr<uint64_t> due_s = DueAt(ceremony);
  if (!due_s.ok()) return due_s.status();
  if (*due_s == 0 || *due_s > now_s) return NotDue(call);
  if (!HasMachine(ceremony.row)) return Forget(call, ceremony);
  absl::StatusOr<keys::Ceremony> machine = ceremonies_.Take(view, ceremony);
  if (absl::IsDataLoss(machine.status())) {
    return CloseAndTell(call, kReasonUnreadable, ceremonies_, ceremony);
  }
  if (!machine.ok()) return machine.status();
  // Nobody would believe what it says, so it must not call others silent.
  if (!machine->Speaks()) return EndFor(call, kReasonIdentityKey, ceremony);
  const absl::StatusOr<keys::Step> step = machine->Tick(now_s);
  if (!step.ok()) return step.status();
  if (!step->changed) return ceremonies_.Give(ceremony, *std::move(machine)), NotDue(call);
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  const absl::Status added =
      AddStep(call, view, *machine, *step, {kTime, keys::Event{machine->now_s(), {}}, {}}, ceremony,
              effect);
  if (!added.ok()) return added;
  effect.preconditions.push_back({CeremonyKey(ceremony.id), ceremony.stamp});
  WriteCeremony(ceremony, effect);
  const auto give = ceremonies_.GiveBack(ceremony, *std::move(machine));
  plan.reply = [give](std::span<const ledger::Logged> logged) { return give(), Done(logged); };
  return plan;
}

absl::StatusOr<std::vector<std::string>> KeySecretsDone(const View& view, uint64_t now_us) {
  absl::StatusOr<DoneSecrets> done = FindDone(view, now_us);
  if (!done.ok()) return done.status();
  return std::move(done->rows);
}

const Method& EraseKeySecrets::method() const {
  static const Method& method = *new Method{"Node.EraseKeySecrets", node::v1::METHOD_CLASS_ADMIN};
  return method;
}

absl::StatusOr<Plan> EraseKeySecrets::Decide(const Call& call, View& view) {
  const absl::StatusOr<DoneSecrets> done = FindDone(view, call.now_us);
  if (!done.ok()) return done.status();
  Plan plan;
  for (const std::string& key : done->rows) {
    if (plan.effects.size() == kMostErased) break;
    Effect effect;
    effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
    SayErased(key, *effect.entry.act.mutable_ceremony());
    const absl::StatusOr<HeldKeySecret> held = ReadKeySecret(view, key);
    effect.rows.push_back({key, std::nullopt});
    if (absl::IsDataLoss(held.status())) {
      // One that cannot be read names no key to erase; nobody can open it either.
      const absl::StatusOr<uint64_t> stamp = view.StampOf(key);
      if (!stamp.ok()) return stamp.status();
      effect.preconditions.push_back({key, *stamp});
    } else {
      if (!held.ok()) return held.status();
      effect.preconditions.push_back({key, held->stamp});
      // With an erasure applied again after a restore its keys went before.
      const absl::Status there = view.keyring().Unwrap(view.snapshot(), held->ref).status();
      if (!absl::IsNotFound(there)) {
        effect.erase.push_back(held->ref);
        effect.entry.act.set_erased_everywhere_on(
            storage::AddDays(call.today, call.terms->key_copy_days + 1));
      }
    }
    plan.effects.push_back(std::move(effect));
  }
  if (plan.effects.empty()) return NotDue(call);
  for (const PinnedRow& one : done->keys) {
    // Only with the share that it names.
    const std::string share = KeySecretKey(KeySecretKind::kShare, one.row.old_share());
    auto erased = std::find_if(plan.effects.begin(), plan.effects.end(),
                               [&](const Effect& e) { return e.rows.front().key == share; });
    if (erased == plan.effects.end()) {
      // One that went before, as after a restore.
      const absl::StatusOr<uint64_t> stamp = view.StampOf(share);
      if (!stamp.ok()) return stamp.status();
      if (*stamp != ledger::kAbsent) continue;
      erased = plan.effects.begin();
    }
    record::v1::StoredKey row = one.row;
    row.clear_old_share();
    erased->preconditions.push_back({one.key, one.stamp});
    erased->rows.push_back({one.key, row.SerializeAsString()});
  }
  plan.reply = Done;
  return plan;
}

absl::StatusOr<std::vector<TakenMessage>> LettersUnwanted(const View& view,
                                                          const partnership::Manifest& manifest,
                                                          uint64_t now_us, size_t most) {
  const absl::StatusOr<std::vector<std::string>> former = FormerPartners(view, manifest);
  if (!former.ok()) return former.status();
  std::set<std::string> partners(former->begin(), former->end());
  for (const partnership::Member& member : manifest.members) partners.insert(member.organisation);
  std::vector<TakenMessage> unwanted;
  for (const std::string& partner : partners) {
    const bool gone = manifest.Find(partner) == nullptr;
    const absl::Status visited = VisitOutbox(view, partner, [&](const OwedRow& owed) {
      if (owed.kind != peer::v1::ENVELOPE_KIND_CEREMONY) return true;
      if (gone || owed.not_before_us + kDaysLettersStay * kDaySeconds * kSecondUs <= now_us) {
        unwanted.push_back({partner, std::string(owed.id), owed.kind, owed.not_before_us});
      }
      return unwanted.size() < most;
    });
    if (!visited.ok()) return visited;
    if (unwanted.size() >= most) break;
  }
  return unwanted;
}

absl::Status KeepKeys(ledger::Ledger& ledger, Executor& executor, const Terms& terms,
                      uint64_t now_us, Ceremonies& ceremonies, const std::function<void()>& wake) {
  if (!ceremonies.IsTimeToLook(now_us)) return absl::OkStatus();
  std::vector<std::string> due;
  bool secrets = false;
  bool removed = false;
  {
    const auto snapshot = ledger.store().NewSnapshot();
    const View view(*snapshot, ledger.keyring());
    absl::StatusOr<DueCeremonies> found = CeremoniesDue(view, now_us, terms);
    if (!found.ok()) return found.status();
    due = std::move(found->now);
    ceremonies.NoteDue(found->at_s, now_us);
    const absl::StatusOr<std::vector<std::string>> done = KeySecretsDone(view, now_us);
    if (!done.ok()) return done.status();
    secrets = !done->empty();
    if (terms.manifest) {
      const absl::StatusOr<bool> lacking = KeysMustStop(view, terms.manifest->manifest);
      if (!lacking.ok()) return lacking.status();
      removed = *lacking;
    }
  }
  absl::Status first = absl::OkStatus();
  for (const std::string& ceremony : due) {
    first.Update(executor.RunAsNodeAndWait(std::make_shared<TickCeremony>(ceremony, ceremonies)));
  }
  if (secrets) first.Update(executor.RunAsNodeAndWait(std::make_shared<EraseKeySecrets>()));
  if (removed) first.Update(executor.RunAsNodeAndWait(std::make_shared<StopKeys>()));
  if (!due.empty()) wake();
  return first;
}

absl::Status DropLetters(ledger::Ledger& ledger, Executor& executor,
                         const partnership::Manifest& manifest, uint64_t now_us) {
  std::vector<TakenMessage> unwanted;
  {
    const auto snapshot = ledger.store().NewSnapshot();
    const View view(*snapshot, ledger.keyring());
    absl::StatusOr<std::vector<TakenMessage>> found =
        LettersUnwanted(view, manifest, now_us, kLettersPerEntry);
    if (!found.ok()) return found.status();
    unwanted = *std::move(found);
  }
  if (unwanted.empty()) return absl::OkStatus();
  return executor.RunAsNodeAndWait(std::make_shared<DropTaken>(std::move(unwanted)));
}

}  // namespace sluis::core
