#include "tests/bench/ceremony.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crypto/group.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/scalar.h"
#include "server/keys/ceremony.h"

namespace sluis::bench {
namespace {

namespace oprf = crypto::oprf;
using keys::Ceremony;
using keys::MemberIndex;

constexpr MemberIndex kMembers = 30;
constexpr uint64_t kNowS = 1'000'000;

std::string NameOf(MemberIndex index) { return "lid-" + std::to_string(index) + ".example"; }

crypto::Secret<32> Drawn() {
  crypto::Secret<32> secret;
  crypto::SystemRandom().Fill(secret.mutable_span());
  return secret;
}

// Members of a made-up partnership, each on a host of its own.
class Members {
 public:
  Members() {
    manifest_.partnership = "livc-r.vaartland.example";
    manifest_.version = 1;
    manifest_.digest = crypto::Sha256("manifest");
    for (MemberIndex index = 1; index <= kMembers; ++index) {
      const crypto::SigningKey& key =
          keys_.emplace(index, crypto::SigningKey::FromSeed(Drawn())).first->second;
      partnership::Member member;
      member.organisation = NameOf(index);
      member.host = "host-" + std::to_string(index);
      member.keys.push_back(
          {crypto::KeyPurpose::kIdentity, key.public_key(), "2020-01-01", "2199-12-31"});
      manifest_.members.push_back(std::move(member));
    }
  }

  absl::StatusOr<keys::Parameters> Parameters() const {
    peer::v1::CeremonyParameters draft;
    draft.set_version(keys::kCeremonyVersion);
    draft.set_kind(peer::v1::CEREMONY_KIND_GENERATION);
    draft.set_partnership(manifest_.partnership);
    draft.set_purpose("hulp");
    draft.set_epoch(1);
    draft.set_threshold(static_cast<uint32_t>(keys::LeastThreshold(kMembers)));
    for (MemberIndex index = 1; index <= kMembers; ++index) {
      peer::v1::CeremonySeat& seat = *draft.add_holders();
      seat.set_index(index);
      seat.set_organisation(NameOf(index));
    }
    draft.set_manifest_digest(std::string(crypto::View(manifest_.digest)));
    draft.set_day("2026-06-01");
    draft.set_announce_until_s(kNowS + 3600);
    draft.set_round_seconds(600);
    draft.set_nonce(std::string(16, 'n'));
    return keys::MakeParameters(std::move(draft));
  }

  // From the first announcement to the last confirmation, every message at every member.
  absl::StatusOr<uint64_t> Generate(const keys::Parameters& parameters) const {
    std::map<std::string, Ceremony> machines;
    std::deque<keys::Outgoing> under_way;
    const auto send = [&](keys::Step step) {
      std::move(step.send.begin(), step.send.end(), std::back_inserter(under_way));
    };
    for (const auto& [index, key] : keys_) {
      absl::StatusOr<Ceremony::Begun> begun =
          Ceremony::Begin(parameters, manifest_, {NameOf(index), key, Drawn()}, kNowS);
      if (!begun.ok()) return begun.status();
      machines.emplace(NameOf(index), std::move(begun->ceremony));
      send(std::move(begun->step));
    }
    while (!under_way.empty()) {
      const keys::Outgoing next = std::move(under_way.front());
      under_way.pop_front();
      for (const std::string& recipient : next.recipients) {
        Ceremony& machine = machines.at(recipient);
        const absl::StatusOr<keys::VerifiedMessage> message = machine.Verify(next.message);
        if (!message.ok()) return message.status();
        absl::StatusOr<keys::Step> step = machine.Accept(*message, kNowS);
        if (!step.ok()) return step.status();
        send(*std::move(step));
      }
    }
    for (const auto& [name, machine] : machines) {
      if (machine.standing() != keys::Standing::kComplete) {
        return absl::InternalError("a generation did not complete: run keys_tests");
      }
    }
    return 1;
  }

 private:
  partnership::Manifest manifest_;
  std::map<MemberIndex, crypto::SigningKey> keys_;
};

uint64_t Multiply(size_t threshold) {
  static const oprf::SecretScalar scalar = oprf::SecretScalar::Random(crypto::SystemRandom());
  constexpr size_t kN = kMembers;
  oprf::Element element = oprf::Element::Generator();
  for (size_t i = 0; i < kN * (5 * kN + 2 * kN * (threshold - 1)); ++i) {
    element = oprf::Multiply(scalar, element);
  }
  for (size_t i = 0; i < kN * (5 * kN + threshold + 4); ++i) {
    const oprf::Element product = oprf::MultiplyGenerator(scalar);
    Keep(&product);
  }
  Keep(&element);
  return 1;
}

}  // namespace

absl::StatusOr<Result> Ceremony30() {
  const Members members;
  const absl::StatusOr<keys::Parameters> parameters = members.Parameters();
  if (!parameters.ok()) return parameters.status();
  const Work generate = [&] { return members.Generate(*parameters); };
  const Work multiply = [&]() -> absl::StatusOr<uint64_t> {
    return Multiply(parameters->threshold);
  };
  return Compare("ceremony_30", "generations/s", {generate}, {multiply});
}

}  // namespace sluis::bench
