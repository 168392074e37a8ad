// Whatever two others sign, a participant stays whole, names nobody who did not sign, and is the
// same when it is made anew from what it kept.
#include <map>

#include "crypto/hash.h"
#include "server/keys/ceremony.h"
#include "server/keys/witness.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function

namespace {

constexpr uint64_t kBegin_s = 1'000'000;

using sluis::tests::Require;

std::string NameOf(int index) { return "lid-" + std::to_string(index) + ".example"; }

struct World {
  World() {
    manifest.partnership = "livc-r.vaartland.example";
    peer::v1::CeremonyParameters draft;
    for (int i = 1; i <= 3; ++i) {
      keys.emplace(i, crypto::SigningKey::FromSeed(crypto::HmacSha256Secret("fuzz", {NameOf(i)})));
      partnership::Member member;
      member.organisation = NameOf(i);
      member.host = NameOf(i);
      member.keys.push_back(
          {crypto::KeyPurpose::kIdentity, keys.at(i).public_key(), "2020-01-01", "2199-12-31"});
      manifest.members.push_back(member);
      peer::v1::CeremonySeat& seat = *draft.add_holders();
      seat.set_index(static_cast<uint32_t>(i));
      seat.set_organisation(NameOf(i));
    }
    draft.set_version(1);
    draft.set_kind(peer::v1::CEREMONY_KIND_GENERATION);
    draft.set_partnership(manifest.partnership);
    draft.set_purpose("hulp");
    draft.set_epoch(1);
    draft.set_threshold(2);
    draft.set_manifest_digest(std::string(crypto::View(manifest.digest)));
    draft.set_day("2026-06-01");
    draft.set_announce_until_s(kBegin_s + 100);
    draft.set_round_seconds(10);
    draft.set_nonce(std::string(16, 'n'));
    parameters = *keys::MakeParameters(draft);
  }

  keys::Ceremony::Own Own(int index) const {
    return {NameOf(index), keys.at(index), crypto::HmacSha256Secret("seed", {NameOf(index)})};
  }
  keys::Ceremony::Begun Begin(int index) const {
    return *keys::Ceremony::Begin(parameters, manifest, Own(index), kBegin_s);
  }

  partnership::Manifest manifest;
  std::map<int, crypto::SigningKey> keys;
  keys::Parameters parameters;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const World& world = *new World();
  crypto::Reader reader(crypto::View(std::span(data, size)));
  keys::Ceremony::Begun begun = world.Begin(1);
  keys::Ceremony& ceremony = begun.ceremony;
  std::vector<keys::Event> events;
  uint64_t now_s = kBegin_s;
  bool waited = false;
  // Each message: sender, round, session or none, body. A round of 0 lets time pass, one of 8 sends
  // the right announcement.
  uint8_t sender = 0, round = 0;
  crypto::BytesView session, body;
  for (int i = 0; i < 16 && reader.U8(&sender) && reader.U8(&round); ++i) {
    const int index = 2 + sender % 2;
    keys::Event event{now_s, {}};
    if (round == 0) {
      now_s += sender;
      event.at_s = now_s;
      waited = true;
      const auto step = ceremony.Tick(now_s);
      Require(step.ok());
      if (step->changed) events.push_back(event);
      continue;
    }
    if (round == 8) {
      event.message = world.Begin(index).step.send.at(0).message;
    } else {
      if (!reader.Lp(32, &session) || !reader.Lp(4096, &body)) break;
      event.message = keys::SignMessage({world.manifest.partnership, world.parameters.id, session},
                                        static_cast<keys::Round>(round), NameOf(index),
                                        std::string(body), world.keys.at(index))
                          .Serialise();
    }
    const auto message = ceremony.Verify(event.message);
    if (!message.ok()) continue;
    // Who has ended judges an accusation from what came, and blames nobody who did not sign.
    std::vector<std::string> held;
    for (const keys::Event& one : events) held.push_back(one.message);
    for (const keys::Finding& one :
         keys::JudgeAbort(world.parameters, ceremony.roster(), held, *message)) {
      Require(one.culprit != 1 && !one.evidence.empty());
    }
    const auto step = ceremony.Accept(*message, now_s);
    Require(step.ok());
    Require(step->changed || step->send.empty());
    if (step->changed) events.push_back(event);
  }
  for (const keys::Finding& finding : ceremony.findings()) {
    Require(finding.culprit != 1);
    Require(waited || !finding.evidence.empty());
  }
  const auto again =
      keys::Ceremony::Rebuild(world.parameters, world.manifest, world.Own(1), kBegin_s, events);
  Require(again.ok());
  Require(again->standing() == ceremony.standing() && again->round() == ceremony.round());
  Require(again->findings().size() == ceremony.findings().size());
  return 0;
}
