#include "tests/server/evaluation/holders.h"

#include <stdexcept>

namespace sluis::evaluation::test {

std::optional<AskerFacts> WorldPartners::Find(std::string_view organisation) const {
  if (!member || organisation != NameOf(kAsker)) return std::nullopt;
  const MemberKeys& keys = world_.keys.at(kAsker);
  return AskerFacts{{keys.identity.public_key()},
                    {keys.mandate.public_key()},
                    {keys.log.public_key()},
                    world_.status};
}

bool WorldPartners::Entitled(const Claim& claim) const {
  return claim.asker == NameOf(kAsker) && claim.role == "casemanager" &&
         claim.purpose == entitled_purpose && claim.basis == kBasis;
}

Holders::Holders(World& world, Caps caps)
    : partners(world),
      world_(world),
      caps_(caps),
      ledger_(world.keys.at(2).log, "lid-2.example/log") {
  for (const auto& [index, keys] : world.keys) {
    books_[index] = Book::From(caps, {}).value();
    holders_.emplace(index, Holder::Make({world.package, index}, books_[index]).value());
  }
}

std::string Holders::Answer(MemberIndex index, const std::string& signed_request) {
  Holder& holder = holders_.at(index);
  const crypto::SigningKey& identity = world_.keys.at(index).identity;
  auto verdict = holder.Admit(signed_request, NameOf(kAsker), partners, now_us);
  if (const auto* refusal = std::get_if<Refusal>(&verdict)) {
    if (!refusal->request) return "";
    const auto answer = holder.SignRefusal(*refusal, Log(refusal->Log()), identity);
    return answer.ok() ? *answer : "";
  }
  auto& admission = std::get<Admission>(verdict);
  if (disk_fails) {
    holder.Abandon(std::move(admission));
    return "";
  }
  const LoggedDurably logged = Log(admission.Log());
  holder.Settle(admission, logged);
  const auto answer = holder.Answer(std::move(admission), logged,
                                    {world_.shares.at(index), identity, world_.random});
  if (!answer.ok()) throw std::runtime_error(std::string(answer.status().message()));
  return *answer;
}

std::optional<peer::v1::EvaluationRefusal> Holders::Ground(MemberIndex index,
                                                           const std::string& signed_request) {
  const std::string bytes = Answer(index, signed_request);
  if (bytes.empty()) return peer::v1::EVALUATION_REFUSAL_MALFORMED;
  const peer::v1::EvaluationAnswer body = ReadAnswer(ReadAnswerEnvelope(bytes).value())->body;
  if (body.refusal() == peer::v1::EVALUATION_REFUSAL_UNSPECIFIED) return std::nullopt;
  return body.refusal();
}

absl::StatusOr<TakenProofs> Holders::TakeProofs(MemberIndex index,
                                                const peer::v1::EvaluationProofs& proofs,
                                                const std::optional<crypto::TreeHead>& known) {
  absl::StatusOr<TakenProofs> taken =
      At(index).TakeProofs(NameOf(kAsker), proofs.SerializeAsString(), partners, known);
  if (taken.ok()) {
    const absl::Status applied = At(index).Apply(taken->changes, Log(taken->changes.Log()));
    if (!applied.ok()) return applied;
  }
  return taken;
}

void Holders::FollowReshare(uint32_t since_day) {
  for (const keys::KeyHolder& holder : world_.package->holders) {
    const auto known = books_.find(holder.index);
    const bool is_new = known == books_.end();
    if (is_new) books_[holder.index] = Book::From(caps_, {}).value();
    const uint32_t since = is_new ? since_day : holders_.at(holder.index).own().since_day;
    holders_.insert_or_assign(
        holder.index,
        Holder::Make({world_.package, holder.index, 0, since}, books_.at(holder.index)).value());
  }
}

void Holders::Restart(MemberIndex index) {
  std::vector<std::string> rows;
  for (const HeldRow& row : BookOf(index).All()) {
    rows.push_back(StoredFormOf(row).bytes);
  }
  holders_.erase(index);
  books_[index] = Book::From(caps_, rows).value();
  holders_.emplace(index, Holder::Make({world_.package, index}, books_[index]).value());
}

Asked AskAll(World& world, AskerLog& log, Holders& holders, std::vector<Person> persons,
             std::string_view case_ref) {
  Question question = world.Ask(std::move(persons));
  const LoggedDurably logged = log.Log(question);
  const Asking asking = world.AskingFor(question, case_ref);
  Asker asker = Asker::Begin(std::move(question), logged, world.package, world.Keys(), asking,
                             world.keys.at(kAsker).identity)
                    .value();
  Drive(asker, [&](MemberIndex holder) { return holders.Answer(holder, asker.request()); });
  Asked out;
  out.request = asker.request();
  out.leaf_hash = logged.leaf_hash();
  out.refusals = asker.refusals();
  if (auto combined = std::move(asker).Combine(); combined.ok()) {
    record::v1::SubjectPart subject;
    combined->FillSubject(subject);
    const LoggedDurably end = log.Log(combined->Log(), subject.SerializeAsString());
    out.result = Asked::Given{(*std::move(combined)).Release(end).value()};
  }
  return out;
}

}  // namespace sluis::evaluation::test
