#include "server/core/start_ceremony.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/ceremony_day.h"
#include "server/core/ceremony_draft.h"
#include "server/core/ceremony_step.h"
#include "server/core/ceremony_view.h"
#include "server/core/key_secret.h"
#include "server/core/key_succession.h"
#include "server/core/refusal.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;

// The entry says by the code what was refused, and by kind, purpose or number what it was about.
struct About {
  std::string kind, purpose, ceremony;
};

Plan RefuseCeremony(const Call& call, const absl::Status& status, const About& about) {
  const bool form = absl::IsInvalidArgument(status);
  const auto word = status.GetPayload(kCeremonyCode);
  Plan plan = RefusalPlan(
      call, {form ? absl::StatusCode::kInvalidArgument : absl::StatusCode::kFailedPrecondition,
             word   ? std::string(*word)
             : form ? "bad_request"
                    : "no_ceremony",
             std::string(status.message()), ""});
  record::v1::CeremonyStep& said = *plan.effects.front().entry.act.mutable_ceremony();
  said.set_kind(about.kind);
  said.set_purpose(about.purpose);
  said.set_ceremony(about.ceremony);
  return plan;
}

constexpr size_t kIdBytes = 32;
constexpr size_t kLongestPurpose = 64;

// Of what was asked no more than has the form: the rest could be anything.
About AboutOf(const node::v1::StartCeremonyRequest& request) {
  const bool known = request.kind() == "generation" || request.kind() == "reshare" ||
                     request.kind() == "roll" || request.kind() == "recover";
  const bool printable = request.purpose().size() <= kLongestPurpose &&
                         std::all_of(request.purpose().begin(), request.purpose().end(),
                                     [](char c) { return c > ' ' && c < '\x7f'; });
  return {known ? request.kind() : std::string(), printable ? request.purpose() : std::string(),
          request.ceremony().size() == kIdBytes ? request.ceremony() : std::string()};
}

About AboutOf(const std::string& ceremony) {
  return {{}, {}, ceremony.size() == kIdBytes ? ceremony : std::string()};
}

// Why nothing about ceremonies can be done now; nothing when it can.
std::optional<Plan> RefuseNow(const Call& call, const Ceremonies* ceremonies) {
  if (ceremonies != nullptr && call.terms->may_exchange) return std::nullopt;
  return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_exchanging",
                            "the partnership exchanges nothing now: wait until it is in exercise "
                            "or active",
                            ""});
}

// What was refused to a person, or what is a fault of the node.
absl::StatusOr<Plan> RefuseOrFail(const Call& call, const absl::Status& status,
                                  const About& about) {
  if (absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status)) {
    return RefuseCeremony(call, status, about);
  }
  return status;
}

bool AboutOneKey(const keys::Parameters& a, const keys::Parameters& b) {
  return a.partnership == b.partnership && a.purpose == b.purpose;
}

// Refuses while another ceremony about the same key runs here: they cannot both go on from one
// package. One that ended in its last round stays until something about the key is complete: others
// may have erased what it takes the place of, because this node confirmed.
absl::Status MakeWay(const View& view, const keys::Parameters& parameters, std::string_view id) {
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    if (one.id == id || one.row.state() != record::v1::CEREMONY_STATE_RUNNING) return true;
    const absl::StatusOr<keys::Parameters> other = keys::ReadParameters(one.row.parameters());
    if (!other.ok()) {
      fault = absl::DataLossError("a ceremony cannot be read; run the node's doctor");
      return false;
    }
    if (!AboutOneKey(*other, parameters)) return true;
    fault = CeremonyRefusal(
        "ceremony_running",
        "another ceremony about this key is under way here: wait until it is complete or has "
        "ended");
    return false;
  });
  if (!visited.ok()) return visited;
  return fault;
}

struct Began {
  keys::Ceremony machine;
  keys::Step step;
  std::shared_ptr<const crypto::Secret<32>> seed;
};

absl::StatusOr<Began> Begin(const Call& call, const View& view, const AgreedTerms& agreed,
                            Ceremonies& ceremonies, CeremonyRow& ceremony) {
  if (absl::Status day = CheckCeremonyDay(agreed.parameters, agreed.manifest.manifest, call.today);
      !day.ok()) {
    return day;
  }
  // One that was proposed before may have shorter ones than this node keeps to.
  if (absl::Status rounds = CheckCeremonyRounds(agreed.parameters); !rounds.ok()) return rounds;
  const absl::StatusOr<bool> pinned = MayFollowPinned(view, agreed.parameters);
  if (!pinned.ok()) return pinned.status();
  auto seed = std::make_shared<crypto::Secret<32>>();
  ceremonies.random().Fill(seed->mutable_span());
  absl::StatusOr<keys::Ceremony::Own> own =
      ceremonies.OwnFor(view, agreed.parameters, seed->Clone(), *pinned);
  if (!own.ok()) return own.status();
  const uint64_t now_s = call.now_us / kSecondUs;
  absl::StatusOr<keys::Ceremony::Begun> begun =
      keys::Ceremony::Begin(agreed.parameters, agreed.manifest.manifest, *std::move(own), now_s);
  if (!begun.ok()) return begun.status();
  const auto chain = ceremonies.random().Array<32>();
  ceremony.row.set_state(record::v1::CEREMONY_STATE_RUNNING);
  ceremony.row.set_begun_s(now_s);
  ceremony.row.set_pinned(*pinned);
  ceremony.row.set_exercise(call.terms->exercise);
  ceremony.row.set_chain(std::string(crypto::View(chain)));
  return Began{std::move(begun->ceremony), std::move(begun->step), std::move(seed)};
}

}  // namespace

const Method& StartCeremony::method() const {
  static const Method& method = MethodNamed("KeyService.StartCeremony");
  return method;
}

absl::StatusOr<Plan> StartCeremony::Decide(const Call& call, View& view) {
  if (call.terms->stamp == ledger::kAbsent) return TermsNotRecorded();
  if (auto refused = RefuseNow(call, ceremonies_)) return *std::move(refused);
  absl::StatusOr<keys::Parameters> parameters =
      DraftCeremony(call, view, request_, ceremonies_->random());
  if (!parameters.ok()) return RefuseOrFail(call, parameters.status(), AboutOf(request_));
  const AgreedTerms agreed{*std::move(parameters), *call.terms->manifest};
  CeremonyRow ceremony{std::string(crypto::View(agreed.parameters.id)), {}, ledger::kAbsent};
  ceremony.row.set_parameters(agreed.parameters.bytes);
  ceremony.row.set_manifest(agreed.manifest.Serialise());
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  if (absl::Status way = MakeWay(view, agreed.parameters, ceremony.id); !way.ok()) {
    return RefuseOrFail(call, way, AboutOf(request_));
  }
  absl::StatusOr<Began> began = Begin(call, view, agreed, *ceremonies_, ceremony);
  if (!began.ok()) return RefuseOrFail(call, began.status(), AboutOf(request_));
  if (request_.preview()) {
    effect = Effect();
    effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    plan.reply = [this, shown = ViewOf(agreed.parameters, agreed.manifest.manifest)](
                     std::span<const ledger::Logged> logged) {
      *response_.mutable_ceremony() = shown;
      *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
      return absl::OkStatus();
    };
    return plan;
  }
  if (absl::Status added =
          AddStep(call, view, began->machine, began->step, {kAgreed, {}, {}}, ceremony, effect);
      !added.ok()) {
    return added;
  }
  effect.key_secrets.push_back({KeySecretKey(KeySecretKind::kSeed, ceremony.id), began->seed});
  effect.preconditions.push_back({CeremonyKey(ceremony.id), ledger::kAbsent});
  WriteCeremony(ceremony, effect);
  plan.reply = [this, shown = Described(ceremony, agreed),
                give = ceremonies_->GiveBack(ceremony, std::move(began->machine))](
                   std::span<const ledger::Logged> logged) {
    give();
    *response_.mutable_ceremony() = shown;
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

const Method& AgreeCeremony::method() const {
  static const Method& method = MethodNamed("KeyService.AgreeCeremony");
  return method;
}

absl::StatusOr<Plan> AgreeCeremony::Decide(const Call& call, View& view) {
  if (call.terms->stamp == ledger::kAbsent) return TermsNotRecorded();
  if (auto refused = RefuseNow(call, ceremonies_)) return *std::move(refused);
  absl::StatusOr<CeremonyRow> found = ReadCeremony(view, request_.ceremony());
  if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
  if (!found.ok() || found->row.state() != record::v1::CEREMONY_STATE_PROPOSED) {
    return RefuseCeremony(
        call,
        absl::FailedPreconditionError("no ceremony of this id waits for agreement here: look at "
                                      "`keys status`"),
        AboutOf(request_.ceremony()));
  }
  CeremonyRow& ceremony = *found;
  const absl::StatusOr<AgreedTerms> agreed = AgreedTermsOf(ceremony.row);
  if (!agreed.ok()) return agreed.status();
  if (call.terms->manifest == nullptr ||
      call.terms->manifest->manifest.digest != agreed->parameters.manifest_digest) {
    return RefuseCeremony(call,
                          absl::FailedPreconditionError(
                              "the ceremony was proposed under another manifest than the one "
                              "in force: have it started again"),
                          AboutOf(request_.ceremony()));
  }
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  if (absl::Status way = MakeWay(view, agreed->parameters, ceremony.id); !way.ok()) {
    return RefuseOrFail(call, way, AboutOf(request_.ceremony()));
  }
  const absl::StatusOr<std::vector<keys::Event>> before = ReadEvents(view, ceremony);
  if (!before.ok()) return before.status();
  absl::StatusOr<Began> began = Begin(call, view, *agreed, *ceremonies_, ceremony);
  if (!began.ok()) return RefuseOrFail(call, began.status(), AboutOf(request_.ceremony()));
  keys::Step all = std::move(began->step);
  const uint64_t now_s = call.now_us / kSecondUs;
  for (size_t number = 0; number < before->size(); ++number) {
    const keys::Event& event = (*before)[number];
    const absl::StatusOr<keys::VerifiedMessage> message = began->machine.Verify(event.message);
    if (!message.ok())
      return absl::DataLossError("a ceremony cannot be read; run the node's doctor");
    absl::StatusOr<keys::Step> step = began->machine.Accept(*message, now_s);
    if (!step.ok()) return step.status();
    // What came before the clock was set back came by now at the latest: the ceremony does not wait
    // for that time to come again, and a machine made anew must not either.
    if (event.at_s > now_s) RewriteEvent(number, {now_s, event.message}, ceremony, effect);
    std::move(step->send.begin(), step->send.end(), std::back_inserter(all.send));
  }
  if (absl::Status added =
          AddStep(call, view, began->machine, all, {kAgreed, {}, {}}, ceremony, effect);
      !added.ok()) {
    return added;
  }
  effect.key_secrets.push_back({KeySecretKey(KeySecretKind::kSeed, ceremony.id), began->seed});
  effect.preconditions.push_back({CeremonyKey(ceremony.id), ceremony.stamp});
  WriteCeremony(ceremony, effect);
  plan.reply = [this, shown = Described(ceremony, *agreed),
                give = ceremonies_->GiveBack(ceremony, std::move(began->machine))](
                   std::span<const ledger::Logged> logged) {
    give();
    *response_.mutable_ceremony() = shown;
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
