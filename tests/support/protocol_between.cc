#include "tests/support/protocol_between.h"

#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "crypto/signature.h"
#include "tests/support/seeded_random.h"

namespace sluis::tests {
namespace {

constexpr char kFirstDay[] = "2026-01-01";
constexpr char kLastDay[] = "2029-12-31";
constexpr char kReview[] = "2028-12-31";
constexpr int kGraceDays = 90;
constexpr uint64_t kSeed = 58;

std::vector<policies::Word> WordsOf(const policies::Schema& schema, const char* vocabulary) {
  std::vector<policies::Word> words;
  if (const policies::Vocabulary* found = schema.FindVocabulary(vocabulary)) {
    for (const policies::VocabularyValue& value : found->values) words.push_back({value.name, {}});
  }
  return words;
}

}  // namespace

policies::Protocol ProtocolOf(const partnership::Manifest& manifest,
                              const policies::PackSet& packs) {
  const policies::Schema& schema = packs.schema();
  policies::Protocol protocol;
  protocol.id = "prot-test";
  protocol.version = 1;
  std::vector<policies::Word> members;
  for (const partnership::Member& member : manifest.members) {
    policies::ProtocolParty& party = protocol.parties.emplace_back();
    party.organisation.text = member.organisation;
    party.kind.text = member.kind;
    members.push_back({member.organisation, {}});
  }
  std::vector<policies::Word> categories = WordsOf(schema, "category");
  categories.push_back({"none", {}});
  std::vector<policies::Word> fields;
  for (const auto& field : schema.fields) fields.push_back({field.name, {}});
  for (const policies::Word& purpose : WordsOf(schema, "purpose")) {
    protocol.clauses.push_back({.id = {"M-" + purpose.text, {}},
                                .purpose = purpose,
                                .from = members,
                                .to = members,
                                .bases = WordsOf(schema, "basis"),
                                .categories = categories,
                                .fields = fields});
  }
  protocol.from.text = kFirstDay;
  protocol.until.text = kLastDay;
  protocol.review.text = kReview;
  protocol.grace_days = kGraceDays;
  protocol.digest = crypto::Sha256("prot-test");
  return protocol;
}

std::shared_ptr<const core::ProtocolInForce> SignedByAll(policies::Protocol protocol,
                                                         const std::string& without) {
  policies::ProtocolSignatures signatures;
  signatures.digest = protocol.digest;
  std::vector<policies::PartyKey> keys;
  SeededRandom random(kSeed);
  for (const policies::ProtocolParty& party : protocol.parties) {
    const std::string& name = party.organisation.text;
    const auto key = crypto::SigningKey::Generate(random);
    keys.push_back({name, key.public_key(), kFirstDay, kLastDay});
    if (name == without) continue;
    signatures.Add(policies::SignProtocol(protocol.digest, name, kFirstDay, key));
  }
  const crypto::Hash digest = crypto::Sha256(signatures.Serialise());
  return std::make_shared<const core::ProtocolInForce>(std::move(protocol), std::move(signatures),
                                                       std::move(keys), digest);
}

std::shared_ptr<const core::ProtocolInForce> ProtocolBetween(const partnership::Manifest& manifest,
                                                             const policies::PackSet& packs) {
  return SignedByAll(ProtocolOf(manifest, packs));
}

}  // namespace sluis::tests
