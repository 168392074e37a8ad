#ifndef SLUIS_TESTS_SUPPORT_EXCHANGE_WORLD_H_
#define SLUIS_TESTS_SUPPORT_EXCHANGE_WORLD_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "crypto/hpke.h"
#include "crypto/sealing.h"
#include "crypto/signature.h"
#include "server/envelope/content.h"
#include "server/envelope/envelope.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/user_signature.h"
#include "server/partnership/manifest.h"
#include "sluis/record/v1/mandate.pb.h"
#include "tests/support/seeded_random.h"

namespace sluis::tests {

inline constexpr char kPartnership[] = "vaartland.example";
// 5 October 2026, 07:00 UTC.
inline constexpr uint64_t kExchangeNowUs = 1'791'183'600'000'000;
inline constexpr char kExchangeDay[] = "2026-10-05";

// A member with its keys, valid from 2026-09-01 to 2026-12-31.
struct ExchangeMember {
  ExchangeMember(std::string organisation, crypto::Random& random);

  std::string organisation;
  crypto::SigningKey identity, log, witness, receipt, mandate;

  envelope::EnvelopeKeys keys() const { return {identity, receipt}; }
  partnership::Member AsMember() const;
};

// One record on its way, with everything that both sides know of it.
struct MadeOffer {
  crypto::DataKey key;
  peer::v1::OfferedContent content;
  peer::v1::Terms terms;
  peer::v1::Offer offer;
  std::string bytes;  // the leaf
};

// A partnership of three in force, a person who may share, and valid messages of every kind from
// `sender` to `recipient`. The same for the same seed.
struct ExchangeWorld {
  explicit ExchangeWorld(uint64_t seed);

  // One Offer per item, all under one statement of the person.
  std::vector<MadeOffer> Offers(size_t count);
  // Serialised leaves of that kind about these Offers, each as the right party would send it.
  std::vector<std::string> Leaves(peer::v1::EnvelopeKind kind, std::span<const MadeOffer> offers);
  std::string ReceiptFor(const MadeOffer& offer, const crypto::hpke::PublicKey& sealing_key);
  // Who sends that kind.
  const ExchangeMember& SenderOf(peer::v1::EnvelopeKind kind) const;
  const ExchangeMember& RecipientOf(peer::v1::EnvelopeKind kind) const;
  envelope::EnvelopeDraft Draft(peer::v1::EnvelopeKind kind, size_t count);
  // Ends the process when the envelope cannot be made.
  envelope::Envelope Made(peer::v1::EnvelopeKind kind, size_t count);
  // How the rightful recipient judges that kind today.
  envelope::JudgedBy Judge(peer::v1::EnvelopeKind kind) const;

  record::v1::Mandate GoodMandate() const;
  record::v1::MandateStatus GoodStatus() const;
  record::v1::UserStatement GoodStatement() const;

  SeededRandom random;
  ExchangeMember sender, recipient, third;
  partnership::Manifest manifest;
  crypto::SigningKey person_key;
  record::v1::SignedMandate mandate;
  crypto::hpke::KeyPair sealing;  // the recipient's one-time key
  // What the offers to come say otherwise than the example, and what their person signs otherwise.
  std::function<void(peer::v1::Terms&)> edit_terms;
  std::function<void(record::v1::UserStatement&)> edit_statement;
};

// A short made-up signal, filled in everywhere; what must not travel as well.
record::v1::SignalContent ExampleContent();

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_EXCHANGE_WORLD_H_
