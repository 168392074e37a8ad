// Any bytes as act, decision and counterpart part: never a crash, one verdict, and words for what
// is wrong. The packs are the shipped ones; whatever the act part names, it is judged by these.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "client/lib/replay.h"
#include "sluis/record/v1/entry.pb.h"
#include "tests/support/example_protocol.h"
#include "tests/support/shipped_packs.h"

namespace {

namespace client = sluis::client;
namespace policies = sluis::policies;

struct Known {
  client::RulePacks packs;
  client::ProtocolTexts texts;
  sluis::record::v1::ActPart named;
};

void Name(Known& known, const char* layer, const sluis::crypto::Hash& digest) {
  sluis::record::v1::PackDigest& added = *known.named.add_pack_digests();
  added.set_layer(layer);
  added.set_digest(std::string(sluis::crypto::View(digest)));
}

Known& Shipped() {
  static Known& known = *[] {
    auto* made = new Known;
    const auto set = policies::LoadFiles({policies::kStatutoryPack, policies::kPartnershipPack});
    if (!set.ok()) std::abort();
    for (const policies::Pack& pack : set->layers()) {
      Name(*made, std::string(policies::LayerName(pack.layer)).c_str(), pack.digest);
      made->packs.Add(pack);
    }
    Name(*made, "effective", set->digests().effective);
    policies::ProtocolReading reading =
        policies::ReadProtocol(policies::kExampleProtocol, policies::ExampleProtocolText());
    if (!reading.protocol) std::abort();
    const sluis::crypto::Hash digest = reading.protocol->digest;
    made->texts.emplace(digest, *std::move(reading.protocol));
    return made;
  }();
  return known;
}

client::ExportPart Open(std::string_view bytes) {
  return {.state = client::ExportPart::State::kOpen, .bytes = bytes};
}

template <typename Words>
bool Among(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void Judge(std::string_view act, std::string_view part) {
  Known& known = Shipped();
  const client::Replayed found =
      client::Replayer(known.packs, known.texts).Replay(0, Open(act), Open(part), Open(act));
  const bool differs = found.verdict == client::ReplayVerdict::kMismatch;
  if (differs == found.differs.empty()) std::abort();
  for (const std::string_view word : found.differs) {
    if (!Among(client::kReplayDifferences, word)) std::abort();
  }
  const bool obstacle = found.verdict == client::ReplayVerdict::kNotReplayable;
  if (obstacle != Among(client::kReplayObstacles, found.why)) std::abort();
  if (found.name.size() > 200) std::abort();
}

}  // namespace

// u8 length of the act part ‖ act part ‖ decision part.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const size_t length = static_cast<uint8_t>(bytes[0]);
  bytes.remove_prefix(1);
  const std::string_view act = bytes.substr(0, length);
  const std::string_view part = bytes.substr(std::min(length, bytes.size()));
  Judge(act, part);
  // The same under the shipped packs, so that their rules are reached.
  sluis::record::v1::ActPart named;
  if (!named.ParseFromArray(act.data(), static_cast<int>(act.size()))) return 0;
  *named.mutable_pack_digests() = Shipped().named.pack_digests();
  const std::string again = named.SerializeAsString();
  Judge(again, part);
  return 0;
}
