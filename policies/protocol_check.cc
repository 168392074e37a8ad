#include "policies/protocol_check.h"

#include <algorithm>
#include <array>

#include "crypto/bytes.h"

namespace sluis::policies {
namespace {

constexpr std::array<std::string_view, kGapKinds> kGapNames = {
    "not_in_text",        "basis_not_in_text",  "field_not_in_text", "not_in_packs",
    "basis_not_in_packs", "field_not_in_packs", "kept_longer",       "in_no_clause",
    "role_not_in_packs",  "role_not_in_text"};

// Collects one complaint per word.
class WordCheck {
 public:
  WordCheck(const Protocol& protocol, const PackSet& packs) : protocol_(protocol), packs_(packs) {}

  void Refuse(const Word& word, std::string_view message) {
    Complaint complaint(protocol_.file_name);
    complaint.About(word, message);
    faults_.push_back(complaint.status());
  }

  void OneOf(const Word& word, const std::vector<std::string_view>& words,
             std::string_view message) {
    if (std::find(words.begin(), words.end(), word.text) != words.end()) return;
    Complaint complaint(protocol_.file_name);
    complaint.Unknown(word, message, words);
    faults_.push_back(complaint.status());
  }

  // The words of the attribute, `none` among them where it may be that.
  std::vector<std::string_view> Values(std::string_view attribute) const {
    std::vector<std::string_view> words;
    const Schema& schema = packs_.schema();
    const auto id = schema.FindAttribute(attribute);
    if (!id || schema.attributes[*id].type != ValueType::kVocabulary) return words;
    for (const auto& value : schema.vocabularies[schema.attributes[*id].vocabulary].values) {
      words.push_back(value.name);
    }
    if (schema.attributes[*id].optional) words.push_back(kNoneWord);
    return words;
  }

  void Check() {
    CheckPacks();
    const auto kinds = Values("from.kind");
    for (const auto& one : protocol_.parties) {
      OneOf(one.kind, kinds, "the packs declare no such kind of organisation");
    }
    const auto purposes = Values("purpose");
    for (const auto& one : protocol_.purposes) {
      OneOf(one.purpose, purposes, "the packs declare no such purpose");
    }
    const auto bases = Values("basis");
    for (const auto& one : protocol_.disclosure_grounds) {
      OneOf(one.basis, bases, "the packs declare no such basis");
    }
    for (const auto& one : protocol_.collection_grounds) {
      OneOf(one.basis, bases, "the packs declare no such basis");
    }
    const auto categories = Values("record.category");
    for (const auto& one : protocol_.categories) {
      OneOf(one.category, categories, "the packs declare no such category");
    }
    const auto roles = Values("actor.role");
    for (const auto& one : protocol_.recipients) {
      OneOf(one.role, roles, "the packs declare no such role");
    }
    std::vector<std::string_view> fields;
    for (const Field& field : packs_.schema().fields) fields.push_back(field.name);
    for (const auto& one : protocol_.fields) {
      OneOf(one.field, fields, "the packs declare no such field");
    }
  }

  std::vector<absl::Status> Take() && { return std::move(faults_); }

 private:
  void CheckPack(const ProtocolPack& named, const Pack& pack) {
    if (named.id.text != pack.id) {
      OneOf(named.id, {pack.id}, "the pack given has another id");
    } else if (named.version != pack.version) {
      Refuse(named.version_word, "the pack given has version " + std::to_string(pack.version));
    } else if (named.digest.text != crypto::HexEncode(crypto::View(pack.digest))) {
      Refuse(named.digest, "the pack given has another digest, " +
                               crypto::HexEncode(crypto::View(pack.digest)) +
                               ": give the pack that was agreed, or agree on this one");
    }
  }

  void CheckPacks() {
    const std::vector<Pack>& layers = packs_.layers();
    // A node narrows what was agreed, which changes nothing in the text.
    const bool narrowed = layers.size() == 3 && layers[2].layer == Layer::kNode;
    if ((layers.size() != 2 && !narrowed) || layers[1].layer != Layer::kPartnership) {
      faults_.push_back(absl::InvalidArgumentError(
          "policies: a protocol is the text of one statutory and one partnership pack: give these "
          "two"));
      return;
    }
    CheckPack(protocol_.statutory, layers[0]);
    CheckPack(protocol_.partnership, layers[1]);
    if (layers[1].protocol != protocol_.id) {
      faults_.push_back(absl::InvalidArgumentError(
          layers[1].file_name + ": the pack is the machine form of another protocol: \"" +
          layers[1].protocol + "\" instead of \"" + protocol_.id + "\""));
    }
    const std::string& from = std::max(layers[0].valid_from, layers[1].valid_from);
    const std::string& until = std::min(layers[0].valid_until, layers[1].valid_until);
    if (protocol_.from.text < from) {
      Refuse(protocol_.from, "the packs are valid from " + from + " on only");
    }
    if (protocol_.until.text > until) {
      Refuse(protocol_.until, "the packs are valid until " + until + " only");
    }
  }

  const Protocol& protocol_;
  const PackSet& packs_;
  std::vector<absl::Status> faults_;
};

}  // namespace

std::string_view GapKindName(GapKind kind) { return kGapNames[static_cast<std::size_t>(kind)]; }

std::vector<absl::Status> CheckAgainstPacks(const Protocol& protocol, const PackSet& packs) {
  WordCheck check(protocol, packs);
  check.Check();
  return std::move(check).Take();
}

std::set<KindPair> KindsBetween(const Protocol& protocol) {
  std::set<KindPair> kinds;
  for (const ProtocolParty& from : protocol.parties) {
    for (const ProtocolParty& to : protocol.parties) {
      if (&from != &to) kinds.emplace(from.kind.text, to.kind.text);
    }
  }
  return kinds;
}

}  // namespace sluis::policies
