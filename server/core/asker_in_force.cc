#include "server/core/asker_in_force.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "policies/pack.h"
#include "server/core/status_lists.h"

namespace sluis::core {
namespace {

using crypto::KeyPurpose;
// What a holder knows of the asker, by attribute.
using Known = std::map<policies::AttributeId, policies::ValueId>;

// Acts for which who a person is has to be known.
constexpr std::string_view kActs[] = {"record", "refer", "share", "match"};

std::vector<crypto::PublicKey> KeysOf(const partnership::Member& member, KeyPurpose purpose,
                                      std::string_view day) {
  std::vector<crypto::PublicKey> keys;
  for (const partnership::Key* key : member.KeysFor(purpose, day)) keys.push_back(key->public_key);
  return keys;
}

// The newest list that this organisation gave out, as its partners hold it.
absl::StatusOr<record::v1::MandateStatus> OwnStatus(const View& view,
                                                    const std::string& organisation) {
  absl::StatusOr<std::optional<record::v1::SignedMandateStatus>> held = view.ReadMandateStatus();
  if (!held.ok()) return held.status();
  record::v1::MandateStatus status;
  status.set_organisation(organisation);
  if (*held && !status.ParseFromString((*held)->status())) {
    return absl::DataLossError(
        "the list of revoked mandates cannot be read; run the node's doctor");
  }
  return status;
}

// With what derives from it. False for a word that the packs do not know.
bool Know(const policies::Schema& schema, std::string_view name, std::string_view word,
          Known& known) {
  const auto attribute = schema.FindAttribute(name);
  if (!attribute) return false;
  const auto value = schema.FindValue(schema.attributes[*attribute], word);
  if (!value) return false;
  known[*attribute] = *value;
  for (size_t other = 0; other < schema.attributes.size(); ++other) {
    const auto& derivation = schema.attributes[other].derivation;
    if (derivation && derivation->base == *attribute) {
      known[static_cast<policies::AttributeId>(other)] =
          derivation->value_of[static_cast<size_t>(*value)];
    }
  }
  return true;
}

// Whether the tests on what is known pass; those on anything else are passed over, or fail.
enum class Unknown { kPasses, kFails };
bool Matches(const policies::Rule& rule, const Known& known, Unknown unknown) {
  return std::all_of(rule.tests.begin(), rule.tests.end(), [&](const policies::ValueTest& test) {
    const auto found = known.find(test.attribute);
    if (found == known.end()) return unknown == Unknown::kPasses;
    return test.Passes(found->second);
  });
}

bool CouldPermit(const policies::PackSet& packs, const Known& known) {
  bool permitted = false;
  for (const policies::Rule& rule : packs.rules()) {
    if (rule.effect == policies::Effect::kForbid && Matches(rule, known, Unknown::kFails)) {
      return false;
    }
    permitted = permitted || (rule.effect == policies::Effect::kPermit &&
                              Matches(rule, known, Unknown::kPasses));
  }
  return permitted;
}

bool RulesLet(const policies::PackSet& packs, const evaluation::Claim& claim,
              std::string_view kind) {
  const policies::Schema& schema = packs.schema();
  Known known;
  if (!packs.RoleAllowedAt(claim.role, kind) || !Know(schema, "actor.role", claim.role, known) ||
      !Know(schema, "purpose", claim.purpose, known) ||
      !Know(schema, "basis", claim.basis, known) || !Know(schema, "from.kind", kind, known)) {
    return false;
  }
  return std::any_of(std::begin(kActs), std::end(kActs), [&](std::string_view act) {
    Known with = known;
    return Know(schema, "action", act, with) && CouldPermit(packs, with);
  });
}

bool ProtocolLets(const Terms& terms, const evaluation::Claim& claim, const std::string& today) {
  if (!terms.protocol) return terms.exercise;
  const std::string asker(claim.asker);
  if (!terms.protocol->HoldsBetween(asker, terms.organisation, today)) return false;
  const policies::Protocol& protocol = terms.protocol->protocol();
  const policies::ProtocolParty& party = *protocol.FindParty(asker);
  return std::any_of(protocol.clauses.begin(), protocol.clauses.end(),
                     [&](const policies::ProtocolClause& clause) {
                       return clause.purpose.text == claim.purpose &&
                              std::any_of(clause.bases.begin(), clause.bases.end(),
                                          [&](const policies::Word& basis) {
                                            return basis.text == claim.basis;
                                          }) &&
                              (policies::Protocol::Names(clause.from, party) ||
                               policies::Protocol::Names(clause.to, party));
                     });
}

}  // namespace

absl::StatusOr<AskerInForce> AskerInForce::Of(const Call& call, View& view,
                                              std::string organisation) {
  AskerInForce out(call.terms, call.today, std::move(organisation));
  const partnership::Member* member =
      call.terms->manifest ? call.terms->manifest->manifest.Find(out.organisation_) : nullptr;
  if (member == nullptr) return out;
  absl::StatusOr<record::v1::MandateStatus> status =
      out.organisation_ == call.terms->organisation ? OwnStatus(view, out.organisation_)
                                                    : ReadPartnerStatus(view, out.organisation_);
  if (!status.ok()) return status.status();
  out.kind_ = member->kind;
  evaluation::AskerFacts& facts = out.facts_.emplace();
  facts.identity_keys = KeysOf(*member, KeyPurpose::kIdentity, call.today);
  facts.mandate_keys = MandateKeysOf(*member, call.today);
  facts.log_keys = KeysOf(*member, KeyPurpose::kLog, call.today);
  facts.status = *std::move(status);
  return out;
}

std::optional<evaluation::AskerFacts> AskerInForce::Find(std::string_view organisation) const {
  return organisation == organisation_ ? facts_ : std::nullopt;
}

bool AskerInForce::Entitled(const evaluation::Claim& claim) const {
  return facts_ && claim.asker == organisation_ && terms_->packs.ValidOn(today_) &&
         RulesLet(terms_->packs, claim, kind_) && ProtocolLets(*terms_, claim, today_);
}

}  // namespace sluis::core
