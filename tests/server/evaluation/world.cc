#include "tests/server/evaluation/world.h"

#include <stdexcept>

#include "crypto/expand_message.h"
#include "crypto/hash.h"
#include "crypto/oprf.h"
#include "server/authn/mandate.h"
#include "server/identity/person_keys.h"
#include "tests/support/person.h"

namespace sluis::evaluation::test {
namespace {

namespace oprf = crypto::oprf;

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) throw std::runtime_error(std::string(result.status().message()));
  return *std::move(result);
}

crypto::Secret<32> Drawn(tests::SeededRandom& random) {
  crypto::Secret<32> out;
  random.Fill(out.mutable_span());
  return out;
}

record::v1::SignedMandate MandateFor(const crypto::SigningKey& person,
                                     const crypto::SigningKey& mandate_key) {
  record::v1::Mandate mandate;
  mandate.set_mandate_id(std::string(16, 'm'));
  mandate.set_organisation(NameOf(kAsker));
  mandate.set_signing_key(std::string(crypto::View(person.public_key())));
  mandate.add_roles("casemanager");
  mandate.set_not_before_s(kNowUs / kUsPerSecond - 3600);
  mandate.set_not_after_s(kNowUs / kUsPerSecond + 60 * kSecondsPerDay);
  mandate.set_partnership(kPartnership);
  mandate.set_pseudonym(std::string(16, 'p'));
  return tests::SignMandate(mandate, mandate_key);
}

}  // namespace

std::string NameOf(MemberIndex index) { return "lid-" + std::to_string(index) + ".example"; }

namespace {

// In letters that normalisation leaves as they are.
std::string Lettered(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    out.push_back(static_cast<char>('a' + byte / 16));
    out.push_back(static_cast<char>('a' + byte % 16));
  }
  return out;
}

// With its check digits, of somebody born before 2000.
std::string WithCheck(uint64_t nine) {
  std::string check = std::to_string(97 - nine % 97);
  if (check.size() == 1) check.insert(0, "0");
  return std::to_string(nine).append(check);
}

identity::PersonKeys KeysOf(const identity::WrittenIdentity& written, const char* purpose,
                            const char* partnership, identity::KeyKinds kinds) {
  const identity::Person person = Must(identity::Person::From(written));
  return identity::KeysOf(person, Must(identity::KeyScope::Of(partnership, purpose)), kinds);
}

}  // namespace

identity::CrossNodeInput NameKey(std::string_view name, const char* purpose,
                                 const char* partnership) {
  const std::string surname = Lettered(name);
  identity::PersonKeys keys =
      KeysOf({.surname = surname, .given = "Lien", .born = "1985-07-30"}, purpose, partnership,
             identity::KeyKinds::None().With(identity::KeyKind::kNameAndDate));
  return identity::CrossNodeInput::Of(std::move(keys.free.at(0)));
}

identity::CrossNodeInput NumberKey(std::string_view digits, const char* purpose,
                                   const char* partnership) {
  identity::PersonKeys keys =
      KeysOf({.national_number = digits}, purpose, partnership,
             identity::KeyKinds::None().With(identity::KeyKind::kNationalNumber));
  return identity::CrossNodeInput::Of(std::move(keys.free.at(0)));
}

Person EveryKeyOf(int number, std::string_view case_ref, size_t letters) {
  const auto nth = static_cast<uint64_t>(number);
  std::string surname = Lettered(std::to_string(number));
  surname.resize(letters, 'm');
  const std::string given(letters, 'n');
  // Of a day of their own: names that sound alike are one K3.
  const std::string born = std::to_string(1900 + number).append("-07-30");
  const std::string national = WithCheck(850730000 + 2 * nth + 1);
  const std::string bis = WithCheck(854730000 + 2 * nth + 1);
  const std::string foreign = "NX" + std::to_string(7130254 + nth);
  identity::PersonKeys keys = KeysOf({.surname = surname,
                                      .given = given,
                                      .born = born,
                                      .national_number = national,
                                      .bis_number = bis,
                                      .foreign_country = "NL",
                                      .foreign_number = foreign},
                                     kPurpose, kPartnership, identity::KeyKinds::All());
  Person out;
  for (identity::FreeInput& free : keys.free) {
    out.push_back(identity::CrossNodeInput::Of(std::move(free)));
  }
  identity::PackGrant grant = Must(identity::PackGrant::Of(
      {crypto::Hash{1}, "zoek-op-klank", "an.claes", "bo.maes",
       Must(identity::KeyScope::Of(kPartnership, kPurpose)), std::string(case_ref)}));
  out.push_back(Must(
      identity::CrossNodeInput::Of(std::move(keys.granted.value()), std::move(grant), case_ref)));
  return out;
}

std::vector<Person> People(const std::vector<std::string>& names, const char* purpose) {
  std::vector<Person> out;
  for (const std::string& name : names) {
    out.emplace_back().push_back(NameKey(name, purpose));
  }
  return out;
}

World::World(size_t members, size_t threshold, uint64_t seed, const char* purpose)
    : random(seed),
      hedge(Drawn(random)),
      case_key(Drawn(random)),
      secret(oprf::SecretScalar::Random(random)),
      person(crypto::SigningKey::Generate(random)) {
  const auto polynomial = Must(oprf::Polynomial::Random(secret.Clone(), threshold, random));
  keys::PackageDraft draft;
  draft.partnership = kPartnership;
  draft.purpose = purpose;
  draft.epoch = 1;
  draft.commitments = polynomial.Commit();
  for (size_t i = 1; i <= members; ++i) {
    const auto index = static_cast<MemberIndex>(i);
    keys.emplace(index, MemberKeys{crypto::SigningKey::Generate(random),
                                   crypto::SigningKey::Generate(random),
                                   crypto::SigningKey::Generate(random)});
    shares.emplace(index, Must(polynomial.ShareOf(index)));
    draft.holders.push_back({index, NameOf(index)});
  }
  package = std::make_shared<const keys::Package>(Must(keys::MakePackage(std::move(draft))));
  mandate = MandateFor(person, keys.at(kAsker).mandate);
  status.set_organisation(NameOf(kAsker));
  status.set_number(1);
  status.set_issued_at_s(kNowUs / kUsPerSecond - 3600);
}

void World::Reshare(const std::vector<MemberIndex>& members, size_t threshold) {
  const auto polynomial = Must(oprf::Polynomial::Random(secret.Clone(), threshold, random));
  keys::PackageDraft draft;
  draft.partnership = package->partnership;
  draft.purpose = package->purpose;
  draft.epoch = package->epoch;
  draft.generation = package->generation + 1;
  draft.previous_digest = package->digest;
  draft.commitments = polynomial.Commit();
  for (const MemberIndex index : members) {
    keys.try_emplace(index, MemberKeys{crypto::SigningKey::Generate(random),
                                       crypto::SigningKey::Generate(random),
                                       crypto::SigningKey::Generate(random)});
    shares.insert_or_assign(index, Must(polynomial.ShareOf(index)));
    draft.holders.push_back({index, NameOf(index)});
  }
  package = std::make_shared<const keys::Package>(Must(keys::MakePackage(std::move(draft))));
}

Question World::Ask(std::vector<Person> persons, std::string_view case_ref) {
  return Must(Question::Of(*package, case_ref, std::move(persons), {random, hedge}));
}

record::v1::UserStatement World::Statement() const {
  record::v1::UserStatement out;
  out.set_partnership(kPartnership);
  out.set_action(std::string(kAction));
  out.set_organisation(NameOf(kAsker));
  out.set_audience(kPartnership);
  out.set_role("casemanager");
  out.set_purpose(package->purpose);
  out.set_basis(kBasis);
  out.set_mandate_digest(std::string(crypto::View(authn::MandateDigest(mandate))));
  out.set_signed_at_s(kNowUs / kUsPerSecond);
  out.set_expires_at_s(kNowUs / kUsPerSecond + 3600);
  return out;
}

std::string World::CaseToken(std::string_view case_ref) const {
  return std::string(crypto::View(crypto::HmacSha256(
      crypto::View(case_key.expose()), {crypto::Lp("sluis/case-token/v1"), crypto::Lp(kPartnership),
                                        crypto::Lp(kPartnership), crypto::Lp(case_ref)})));
}

peer::v1::UserSignature World::Signature(const envelope::StatementItem& item,
                                         const record::v1::UserStatement& statement) const {
  const std::vector<envelope::StatementItem> items = {item};
  return envelope::SignaturesFor(
      envelope::SignStatement(Must(envelope::StatementOver(statement, items)), person), items,
      mandate, status.number())[0];
}

AskerLog& World::Log() {
  if (log_ == nullptr) log_ = std::make_unique<AskerLog>(keys.at(kAsker).log);
  return *log_;
}

std::string World::RequestOn(const crypto::Hash& leaf_hash, const Question& question,
                             std::string_view case_ref) const {
  const Asking asking = AskingFor(question, case_ref);
  peer::v1::EvaluationRequest body;
  body.set_version(kVersion);
  body.set_partnership(kPartnership);
  body.set_asker(asking.asker);
  body.set_request_id(std::string(crypto::View(question.request_id())));
  body.set_key_id(std::string(crypto::View(package->key_id)));
  body.set_generation(package->generation);
  body.set_purpose(package->purpose);
  body.set_basis(asking.basis);
  body.set_case_token(asking.case_token);
  body.set_leaf_hash(std::string(crypto::View(leaf_hash)));
  *body.mutable_persons() = question.blinded();
  *body.mutable_user() = asking.user;
  return SignRequest(body, keys.at(kAsker).identity).Serialise();
}

Asking World::AskingFor(const Question& question, std::string_view case_ref) const {
  Asking out;
  out.asker = NameOf(kAsker);
  out.basis = kBasis;
  out.case_token = CaseToken(case_ref);
  out.user = Signature(question.Item(out.case_token), Statement());
  return out;
}

Asker World::Begin(std::vector<Person> persons, size_t spare) {
  Question question = Ask(std::move(persons));
  const Asking asking = AskingFor(question);
  const LoggedDurably logged = Log().Log(question);
  return Must(Asker::Begin(std::move(question), logged, package, Keys(), asking,
                           keys.at(kAsker).identity, spare));
}

HolderKeys World::Keys() const {
  HolderKeys out;
  for (const auto& [index, member] : keys) out[index] = {member.identity.public_key()};
  return out;
}

peer::v1::EvaluationAnswer World::Answer(MemberIndex holder, crypto::BytesView signed_request) {
  const Request request = Must(ReadRequest(signed_request));
  const auto blinded = Must(ElementsOf(request.body.persons()));
  const oprf::Evaluation evaluation = Must(oprf::BlindEvaluate(
      shares.at(holder), package->Find(holder)->verification_key, blinded, random));
  peer::v1::EvaluationAnswer out;
  out.set_version(kVersion);
  out.set_partnership(kPartnership);
  out.set_request_digest(std::string(crypto::View(request.digest)));
  out.set_key_id(std::string(crypto::View(package->key_id)));
  out.set_generation(package->generation);
  out.set_holder(holder);
  for (const oprf::Encoding& one : evaluation.evaluated) {
    out.mutable_evaluated()->append(crypto::View(one));
  }
  out.set_proof(std::string(crypto::View(evaluation.proof.Serialize())));
  return out;
}

std::string World::Signed(MemberIndex holder, const peer::v1::EvaluationAnswer& answer) const {
  return SignAnswer(answer, keys.at(holder).identity).Serialise();
}

std::string World::Honest(MemberIndex holder, crypto::BytesView signed_request) {
  return Signed(holder, Answer(holder, signed_request));
}

oprf::Element World::ElementOf(const char* purpose, std::string_view name) const {
  const identity::CrossNodeInput input = NameKey(name, purpose);
  return oprf::Multiply(
      secret, oprf::HashToGroup({input.expose()},
                                "HashToGroup-" + oprf::ContextOf(oprf::Mode::kVoprf).name()));
}

}  // namespace sluis::evaluation::test
