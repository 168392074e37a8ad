#include "tests/server/exchange/evaluation_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <utility>

#include "crypto/dealing.h"
#include "crypto/expand_message.h"
#include "crypto/oprf.h"
#include "server/authn/mandate.h"
#include "server/core/forget_evaluated.h"
#include "server/core/key_secret.h"
#include "server/core/status_lists.h"
#include "server/envelope/case_token.h"
#include "server/evaluation/book.h"
#include "server/evaluation/judge.h"
#include "server/evaluation/limits.h"
#include "server/identity/person_keys.h"
#include "server/ledger/sealed_row.h"
#include "tests/server/exchange/puts.h"

namespace sluis::tests {
namespace {

namespace oprf = crypto::oprf;
using evaluation::kUsPerSecond;

// With its check digits, of somebody born before 2000.
std::string NationalNumber(int number) {
  // Each day has so many of them.
  constexpr uint64_t kOfOneDay = 498;
  const auto all = static_cast<uint64_t>(number);
  const uint64_t nine = 850701000 + 1000 * (all / kOfOneDay % 28) + 2 * (all % kOfOneDay) + 1;
  std::string check = std::to_string(97 - nine % 97);
  if (check.size() == 1) check.insert(0, "0");
  return std::to_string(nine).append(check);
}

}  // namespace

EvaluationWorld::EvaluationWorld(size_t holders, size_t threshold)
    : threshold_(threshold),
      nodes_(holders),
      secret_(oprf::SecretScalar::Random(random_)),
      person_(nodes_.node(0).h.Admit("jan", {kRole})) {
  random_.Fill(hedge_.mutable_span());
  random_.Fill(case_key_.mutable_span());
  MakeKey(1, std::nullopt);
  for (size_t at = 0; at < nodes_.size(); ++at) GiveShare(at);
  MakePerson();
}

void EvaluationWorld::MakeKey(uint32_t generation, std::optional<crypto::Hash> previous) {
  const oprf::Polynomial polynomial =
      Must(oprf::Polynomial::Random(secret_.Clone(), threshold_, random_));
  keys::PackageDraft draft;
  draft.partnership = node(0).manifest().partnership;
  draft.purpose = kKeyPurpose;
  draft.epoch = 1;
  draft.generation = generation;
  draft.previous_digest = previous;
  draft.commitments = polynomial.Commit();
  shares_.clear();
  for (size_t at = 0; at < nodes_.size(); ++at) {
    const auto index = static_cast<keys::MemberIndex>(at + 1);
    draft.holders.push_back({index, KeyWorld::NameOf(at)});
    shares_.push_back(Must(polynomial.ShareOf(index)));
  }
  package_ = std::make_shared<const keys::Package>(Must(keys::MakePackage(std::move(draft))));
}

void EvaluationWorld::Repin(size_t holder, const keys::Package& package, uint64_t stops_s,
                            bool of_now) {
  Put(node(holder), [&](core::Effect& effect) {
    record::v1::StoredKey row;
    row.set_package(package.bytes);
    row.set_ceremony(std::string(32, 'c'));
    row.set_since_s(node(holder).h.clock.NowUs() / kUsPerSecond);
    row.set_stops_s(stops_s);
    row.set_exercise(node(holder).h.terms.Get()->exercise == of_now);
    effect.rows.push_back(
        {core::PinnedKeyKey(package.partnership, package.purpose, package.use, package.epoch),
         row.SerializeAsString()});
  });
}

void EvaluationWorld::Unpin(size_t holder) {
  Put(node(holder), [&](core::Effect& effect) {
    effect.rows.push_back({core::PinnedKeyKey(package_->partnership, package_->purpose,
                                              package_->use, package_->epoch),
                           std::nullopt});
  });
}

void EvaluationWorld::GiveShare(size_t holder) {
  Put(node(holder), [&](core::Effect& effect) {
    effect.key_secrets.push_back(
        {core::KeySecretKey(core::KeySecretKind::kShare, crypto::View(package_->digest)),
         std::make_shared<const crypto::Secret<32>>(shares_[holder].bytes().Clone())});
  });
  Repin(holder, *package_);
}

void EvaluationWorld::ShareAnew(size_t holder) {
  MakeKey(package_->generation + 1, package_->digest);
  GiveShare(holder);
}

absl::Status EvaluationWorld::Forget(size_t holder) {
  return core::ForgetEvaluations(*node(holder).h.ledger, *node(holder).h.executor,
                                 nodes_.link(holder).evaluations(), node(holder).h.clock.NowUs());
}

void EvaluationWorld::MakePerson() {
  CoreHarness& h = node(0).h;
  record::v1::Mandate mandate;
  mandate.set_mandate_id(std::string(16, 'm'));
  mandate.set_organisation(KeyWorld::NameOf(0));
  mandate.set_signing_key(Text(person_.signing_key.public_key()));
  mandate.add_roles(kRole);
  mandate.set_not_before_s(h.clock.NowUs() / kUsPerSecond - 3600);
  mandate.set_not_after_s(h.clock.NowUs() / kUsPerSecond + 80 * evaluation::kSecondsPerDay);
  mandate.set_partnership(node(0).manifest().partnership);
  mandate.set_pseudonym(std::string(16, 'p'));
  mandate_ = SignMandate(mandate, h.mandate_key);
  record::v1::MandateStatus status;
  status.set_organisation(KeyWorld::NameOf(0));
  status.set_number(1);
  status.set_issued_at_s(h.clock.NowUs() / kUsPerSecond);
  EXPECT_EQ(h.PutStatus(h.administrator, status), absl::OkStatus());
  // What a heartbeat brings along.
  for (size_t at = 1; at < nodes_.size(); ++at) {
    std::promise<absl::Status> done;
    node(at).h.executor->RunAsPeer(
        KeyWorld::NameOf(0),
        std::make_shared<core::PutPartnerStatus>(KeyWorld::NameOf(0), KeyWorld::NameOf(0),
                                                 SignStatus(status, h.mandate_key)),
        [&done](absl::Status answered) { done.set_value(std::move(answered)); });
    EXPECT_EQ(done.get_future().get(), absl::OkStatus()) << at;
  }
}

identity::CrossNodeInput EvaluationWorld::KeyOf(int number) const {
  const identity::Person person =
      Must(identity::Person::From({.national_number = NationalNumber(number)}));
  identity::PersonKeys keys = identity::KeysOf(
      person, Must(identity::KeyScope::Of(package_->partnership, package_->purpose)),
      identity::KeyKinds::None().With(identity::KeyKind::kNationalNumber));
  return identity::CrossNodeInput::Of(std::move(keys.free.at(0)));
}

evaluation::Question EvaluationWorld::Ask(const std::vector<int>& people,
                                          std::string_view case_ref) {
  std::vector<evaluation::Person> persons;
  for (const int number : people) persons.emplace_back().push_back(KeyOf(number));
  return Must(evaluation::Question::Of(*package_, case_ref, std::move(persons), {random_, hedge_}));
}

std::string EvaluationWorld::CaseToken(std::string_view case_ref) const {
  return Text(
      envelope::CaseToken(case_key_, package_->partnership, package_->partnership, case_ref));
}

peer::v1::UserSignature EvaluationWorld::Signature(
    const envelope::StatementItem& item, const record::v1::UserStatement& statement) const {
  const std::vector<envelope::StatementItem> items = {item};
  return envelope::SignaturesFor(
      envelope::SignStatement(Must(envelope::StatementOver(statement, items)), person_.signing_key),
      items, mandate_, 1)[0];
}

record::v1::UserStatement EvaluationWorld::Statement() {
  const uint64_t now_s = nodes_.node(0).h.clock.NowUs() / kUsPerSecond;
  record::v1::UserStatement statement;
  statement.set_partnership(package_->partnership);
  statement.set_action(std::string(evaluation::kAction));
  statement.set_organisation(KeyWorld::NameOf(0));
  statement.set_audience(package_->partnership);
  statement.set_role(kRole);
  statement.set_purpose(kKeyPurpose);
  statement.set_basis(kBasis);
  statement.set_mandate_digest(Text(authn::MandateDigest(mandate_)));
  statement.set_signed_at_s(now_s);
  statement.set_expires_at_s(now_s + 3600);
  return statement;
}

oprf::Element EvaluationWorld::ElementOf(int number) const {
  const identity::CrossNodeInput input = KeyOf(number);
  return oprf::Multiply(
      secret_, oprf::HashToGroup({input.expose()},
                                 "HashToGroup-" + oprf::ContextOf(oprf::Mode::kVoprf).name()));
}

std::string EvaluationWorld::Request(const evaluation::Question& question,
                                     const crypto::Hash& leaf_hash, std::string_view case_ref,
                                     const RequestEdits& edits) {
  peer::v1::EvaluationRequest body;
  body.set_version(evaluation::kVersion);
  body.set_partnership(package_->partnership);
  body.set_asker(KeyWorld::NameOf(0));
  body.set_request_id(Text(question.request_id()));
  body.set_key_id(Text(package_->key_id));
  body.set_generation(package_->generation);
  body.set_purpose(package_->purpose);
  body.set_basis(kBasis);
  body.set_case_token(CaseToken(case_ref));
  body.set_leaf_hash(Text(leaf_hash));
  *body.mutable_persons() = question.blinded();
  if (edits.request) edits.request(body);
  record::v1::UserStatement statement = Statement();
  statement.set_purpose(body.purpose());
  statement.set_basis(body.basis());
  if (edits.statement) edits.statement(statement);
  *body.mutable_user() =
      Signature(evaluation::ItemOf(question.request_id(), body.case_token(), package_->key_id,
                                   evaluation::BlindedDigest(body.persons())),
                statement);
  return evaluation::SignRequest(body, node(edits.signer.value_or(0)).own().identity()).Serialise();
}

absl::StatusOr<std::string> EvaluationWorld::Answer(size_t holder, const std::string& request,
                                                    size_t asker) {
  peer::v1::EvaluateRequest message;
  message.set_signed_request(request);
  std::promise<absl::StatusOr<peer::v1::EvaluateResponse>> done;
  const auto take = [&done](absl::StatusOr<peer::v1::EvaluateResponse> answer) {
    done.set_value(std::move(answer));
  };
  if (holder == asker) {
    nodes_.link(asker).desk().EvaluateOwn(message, take);
  } else {
    nodes_.network()
        .PeersOf(KeyWorld::NameOf(asker))
        ->Evaluate(KeyWorld::NameOf(holder), message, take);
  }
  absl::StatusOr<peer::v1::EvaluateResponse> answer = done.get_future().get();
  if (!answer.ok()) return answer.status();
  return answer->signed_answer();
}

std::optional<peer::v1::EvaluationRefusal> EvaluationWorld::Ground(size_t holder,
                                                                   const std::string& request) {
  const absl::StatusOr<std::string> bytes = Answer(holder, request);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  if (!bytes.ok()) return peer::v1::EVALUATION_REFUSAL_UNSPECIFIED;
  const auto envelope = evaluation::ReadAnswerEnvelope(*bytes);
  EXPECT_TRUE(envelope.ok() &&
              envelope->SignedBy(std::vector{node(holder).own().identity().public_key()}));
  const auto answer = evaluation::ReadAnswer(*envelope);
  EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->body.holder(), holder + 1);
  if (answer->body.refusal() != peer::v1::EVALUATION_REFUSAL_UNSPECIFIED) {
    return answer->body.refusal();
  }
  EXPECT_EQ(
      evaluation::JudgeAnswer(*evaluation::ReadRequest(request), *package_,
                              static_cast<keys::MemberIndex>(holder + 1),
                              std::vector{node(holder).own().identity().public_key()}, *bytes),
      evaluation::AnswerVerdict::kRight);
  return std::nullopt;
}

std::vector<evaluation::HeldRow> EvaluationWorld::Held(size_t holder) {
  return nodes_.With(holder, [](const core::View& view) {
    std::vector<evaluation::HeldRow> rows;
    const std::string prefix = ledger::RowKey(ledger::Table::kEvaluated);
    EXPECT_TRUE(view.snapshot()
                    .Scan(prefix, storage::PrefixEnd(prefix),
                          [&](std::string_view key, std::string_view stored) {
                            const auto row = ledger::OpenRow(view.keyring(), key, stored);
                            rows.push_back(Must(evaluation::ReadHeldRow(Must(row).value)));
                            return true;
                          })
                    .ok());
    return rows;
  });
}

std::vector<Opened> EvaluationWorld::Entries(size_t holder, std::string_view outcome) {
  std::vector<Opened> out;
  for (Opened& entry : node(holder).h.Entries()) {
    if (entry.counterpart.kind().starts_with("evaluation") &&
        entry.counterpart.outcome() == outcome) {
      out.push_back(std::move(entry));
    }
  }
  return out;
}

void EvaluationWorld::Restart(size_t holder, const evaluation::Caps& caps) {
  nodes_.link(holder).caps = caps;
  nodes_.link(holder).Restart();
}

}  // namespace sluis::tests
