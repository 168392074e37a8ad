#include "server/core/cancel_ceremony.h"

#include <functional>
#include <optional>
#include <utility>

#include "server/core/ceremony_fate.h"
#include "server/core/ceremony_step.h"
#include "server/core/ceremony_view.h"
#include "server/core/refusal.h"
#include "server/keys/message.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;

// Ended by this node itself, so that nobody thinks it failed.
void NameOwn(const Call& call, CeremonyRow& ceremony, Effect& effect) {
  const auto round =
      static_cast<peer::v1::CeremonyRound>(std::max<uint32_t>(1, ceremony.row.round()));
  record::v1::CeremonyFinding& finding = *ceremony.row.add_findings();
  finding.set_culprit(call.terms->organisation);
  finding.set_ground(WordOf(peer::v1::CEREMONY_GROUND_CANCELLED));
  finding.set_round(WordOf(round));
  record::v1::CeremonyCulprit& said = *effect.entry.act.mutable_ceremony()->add_culprits();
  said.set_organisation(finding.culprit());
  said.set_ground(finding.ground());
  said.set_round(finding.round());
}

// One without a machine that speaks: a proposal, or rows that make none.
void EndByRow(const Call& call, const absl::StatusOr<AgreedTerms>& agreed,
              const Ceremonies& ceremonies, CeremonyRow& ceremony, Effect& effect) {
  if (agreed.ok()) OweCancellation(call, *agreed, ceremonies.identity(), ceremony, effect);
  CeremonyRow ended = ceremony;
  NameOwn(call, ended, effect);
  const record::v1::CeremonyStep said = effect.entry.act.ceremony();
  AddEnd(call, record::v1::CEREMONY_STATE_CLOSED, {}, ended, effect);
  *effect.entry.act.mutable_ceremony()->mutable_culprits() = said.culprits();
  ceremony = std::move(ended);
}

}  // namespace

const Method& CancelCeremony::method() const {
  static const Method& method = MethodNamed("KeyService.CancelCeremony");
  return method;
}

absl::StatusOr<Plan> CancelCeremony::Decide(const Call& call, View& view) {
  if (call.terms->stamp == ledger::kAbsent) return TermsNotRecorded();
  const auto refuse = [&](std::string code, std::string text) {
    Plan plan = RefusalPlan(
        call, {absl::StatusCode::kFailedPrecondition, std::move(code), std::move(text), ""});
    // What was asked for, as far as it has the form.
    if (request_.ceremony().size() == sizeof(crypto::Hash)) {
      plan.effects.front().entry.act.mutable_ceremony()->set_ceremony(request_.ceremony());
    }
    return plan;
  };
  if (ceremonies_ == nullptr) {
    return refuse("not_exchanging",
                  "the node has no keys for partners: name them in the configuration first");
  }
  absl::StatusOr<CeremonyRow> found = ReadCeremony(view, request_.ceremony());
  if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
  if (!found.ok() || (found->row.state() != record::v1::CEREMONY_STATE_PROPOSED &&
                      found->row.state() != record::v1::CEREMONY_STATE_RUNNING)) {
    return refuse("no_ceremony",
                  "no ceremony of this id is proposed or runs here: look at `keys status`");
  }
  CeremonyRow& ceremony = *found;
  const absl::StatusOr<AgreedTerms> agreed = AgreedTermsOf(ceremony.row);
  if (!agreed.ok() && !absl::IsDataLoss(agreed.status())) return agreed.status();
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  std::optional<keys::Ceremony> machine;
  std::function<void()> give = [] {};
  if (agreed.ok() && HasMachine(ceremony.row)) {
    absl::StatusOr<keys::Ceremony> taken = ceremonies_->Take(view, ceremony);
    if (!taken.ok() && !absl::IsDataLoss(taken.status())) return taken.status();
    if (taken.ok() && taken->Speaks()) machine = *std::move(taken);
  }
  if (!machine) {
    EndByRow(call, agreed, *ceremonies_, ceremony, effect);
    ceremonies_->Drop(ceremony.id);
  } else {
    const absl::StatusOr<keys::VerifiedMessage> message =
        keys::SignCancellation(machine->parameters(), machine->roster(), call.terms->organisation,
                               machine->round(), ceremonies_->identity());
    if (!message.ok()) return message.status();
    const absl::StatusOr<keys::Step> step = machine->Accept(*message, call.now_us / kSecondUs);
    if (!step.ok()) return step.status();
    const keys::Event event{machine->now_s(), message->message().Serialise()};
    const absl::Status added = AddStep(
        call, view, *machine, *step, {kMessage, event, call.terms->organisation}, ceremony, effect);
    if (!added.ok()) return added;
    effect.preconditions.push_back({CeremonyKey(ceremony.id), ceremony.stamp});
    WriteCeremony(ceremony, effect);
    give = ceremonies_->GiveBack(ceremony, *std::move(machine));
  }
  node::v1::CeremonyView shown;
  if (agreed.ok()) shown = Described(ceremony, *agreed);
  shown.set_id(ceremony.id);
  shown.set_state(WordOf(ceremony.row.state()));
  plan.reply = [this, shown = std::move(shown),
                give = std::move(give)](std::span<const ledger::Logged> logged) {
    give();
    *response_.mutable_ceremony() = shown;
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
