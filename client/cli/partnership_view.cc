#include "client/cli/partnership_view.h"

#include <algorithm>

#include "crypto/bytes.h"

namespace sluis::cli {
namespace {

std::string Hex(const crypto::Hash& hash) { return crypto::HexEncode(crypto::View(hash)); }

const char* KindKey(const std::string& kind) {
  if (kind == "municipality") return "partnership.kind_municipality";
  if (kind == "police-zone") return "partnership.kind_police";
  return "partnership.kind_welfare";
}

const char* PurposeKey(crypto::KeyPurpose purpose) {
  switch (purpose) {
    case crypto::KeyPurpose::kIdentity:
      return "partnership.key_identity";
    case crypto::KeyPurpose::kLog:
      return "partnership.key_log";
    case crypto::KeyPurpose::kWitness:
      return "partnership.key_witness";
    case crypto::KeyPurpose::kReceipt:
      return "partnership.key_receipt";
    default:
      return "partnership.key_mandate";
  }
}

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string KeyLine(const Shell& shell, const partnership::Key& key) {
  return shell.Text("partnership.key", {{"purpose", shell.Text(PurposeKey(key.purpose))},
                                        {"id", key.id()},
                                        {"from", key.not_before},
                                        {"until", key.not_after}}) +
         "\n";
}

std::string PackLine(const Shell& shell, const char* layer, const crypto::Hash& digest,
                     const client::PackFacts* facts) {
  if (facts == nullptr || facts->digest != digest) {
    return shell.Text("partnership.pack", {{"layer", shell.Text(layer)}, {"digest", Hex(digest)}}) +
           "\n";
  }
  return shell.Text("partnership.pack_known", {{"layer", shell.Text(layer)},
                                               {"id", facts->id},
                                               {"version", std::to_string(facts->version)},
                                               {"digest", Hex(digest)}}) +
         "\n";
}

bool Contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::string StateText(const Shell& shell, record::v1::PartnershipState state) {
  if (state == record::v1::PARTNERSHIP_STATE_PREPARATION) {
    return shell.Text("partnership.state_preparation");
  }
  return shell.Text(state == record::v1::PARTNERSHIP_STATE_EXERCISE ? "partnership.state_exercise"
                                                                    : "partnership.state_active");
}

std::string StateWord(record::v1::PartnershipState state) {
  if (state == record::v1::PARTNERSHIP_STATE_PREPARATION) return "preparation";
  return state == record::v1::PARTNERSHIP_STATE_EXERCISE ? "exercise" : "active";
}

std::string MemberLines(const Shell& shell, const partnership::Member& member) {
  std::string out = shell.Text("partnership.member", {{"name", member.name},
                                                      {"organisation", member.organisation},
                                                      {"kind", shell.Text(KindKey(member.kind))}}) +
                    "\n";
  out +=
      shell.Text(member.secrecy_regime ? "partnership.secrecy" : "partnership.no_secrecy") + "\n";
  out += shell.Text("partnership.host", {{"host", member.host}}) + "\n";
  out += (member.zone.empty() ? shell.Text("partnership.no_zone")
                              : shell.Text("partnership.zone", {{"zone", member.zone}})) +
         "\n";
  out += (member.addresses.empty()
              ? shell.Text("partnership.no_address")
              : shell.Text("partnership.addresses", {{"addresses", Joined(member.addresses)}})) +
         "\n";
  out += shell.Text("partnership.ca", {{"fingerprint", member.ca_fingerprint()}}) + "\n";
  for (const partnership::Key& key : member.keys) out += KeyLine(shell, key);
  return out;
}

std::string ManifestLines(const Shell& shell, const partnership::Manifest& manifest,
                          const client::PackPair* packs, const std::vector<std::string>* missing) {
  std::string out = shell.Text("partnership.head", {{"name", manifest.name},
                                                    {"id", manifest.partnership},
                                                    {"version", std::to_string(manifest.version)},
                                                    {"state", StateText(shell, manifest.state)}}) +
                    "\n";
  out += PackLine(shell, "partnership.layer_statutory", manifest.statutory_pack,
                  packs == nullptr ? nullptr : &packs->statutory);
  out += PackLine(shell, "partnership.layer_partnership", manifest.partnership_pack,
                  packs == nullptr ? nullptr : &packs->partnership);
  for (const partnership::Member& member : manifest.members) {
    out += MemberLines(shell, member);
    if (missing == nullptr) continue;
    out += shell.Text(Contains(*missing, member.organisation) ? "partnership.not_signed"
                                                              : "partnership.signed") +
           "\n";
  }
  if (manifest.previous_digest) {
    out += shell.Text("partnership.previous", {{"version", std::to_string(manifest.version - 1)},
                                               {"digest", Hex(*manifest.previous_digest)}}) +
           "\n";
  }
  return out + shell.Text("partnership.digest", {{"digest", Hex(manifest.digest)}}) + "\n";
}

Json MemberJson(const partnership::Member& member) {
  Json keys = Json::array();
  for (const partnership::Key& key : member.keys) {
    keys.push_back({{"purpose", crypto::KeyPurposeName(key.purpose)},
                    {"id", key.id()},
                    {"not_before", key.not_before},
                    {"not_after", key.not_after}});
  }
  return {{"organisation", member.organisation},
          {"name", member.name},
          {"kind", member.kind},
          {"secrecy_regime", member.secrecy_regime},
          {"host", member.host},
          {"zone", member.zone.empty() ? Json(nullptr) : Json(member.zone)},
          {"addresses", member.addresses},
          {"ca_fingerprint", member.ca_fingerprint()},
          {"keys", keys}};
}

Json ManifestJson(const partnership::Manifest& manifest, const std::vector<std::string>* missing) {
  Json members = Json::array();
  for (const partnership::Member& member : manifest.members) {
    Json one = MemberJson(member);
    one["signed"] =
        missing == nullptr ? Json(nullptr) : Json(!Contains(*missing, member.organisation));
    members.push_back(std::move(one));
  }
  return {{"partnership", manifest.partnership},
          {"name", manifest.name},
          {"version", manifest.version},
          {"state", StateWord(manifest.state)},
          {"digest", Hex(manifest.digest)},
          {"previous_digest",
           manifest.previous_digest ? Json(Hex(*manifest.previous_digest)) : Json(nullptr)},
          {"packs",
           {{"statutory", Hex(manifest.statutory_pack)},
            {"partnership", Hex(manifest.partnership_pack)}}},
          {"members", members},
          {"missing", missing == nullptr ? Json(nullptr) : Json(*missing)}};
}

}  // namespace sluis::cli
