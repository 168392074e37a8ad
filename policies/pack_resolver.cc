#include "policies/pack_resolver.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "crypto/hash.h"
#include "policies/compiled_rules.h"
#include "policies/rules_yaml.h"
#include "policies/schema_yaml.h"
#include "policies/value_box.h"

namespace sluis::policies {
namespace {

constexpr std::string_view kDigestLabel = "sluis/packset/v1";

using ReadPart = void (*)(const YamlReader&, const Pack&, Schema&);

absl::Status ReadSchemaPart(std::span<const Pack> layers, ReadPart read, Schema& schema) {
  for (const Pack& pack : layers) {
    Complaint complaint(pack.file_name);
    read(YamlReader(complaint), pack, schema);
    if (complaint.any()) return complaint.status();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PackSetResolver::CheckLayers(std::span<const Pack> layers) {
  if (layers.empty() || layers.size() > kLayers || layers[0].layer != Layer::kStatutory) {
    return absl::InvalidArgumentError(
        "packs: give one statutory pack first, then at most one partnership and one node pack");
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    Complaint complaint(layers[i].file_name);
    const Position header = layers[i].tree.Find("pack")->word.at;
    if (i > 0 && layers[i].layer <= layers[i - 1].layer) {
      complaint.At(header, "packs: one per layer, in the order statutory, partnership, node");
    }
    if (i > 0 && layers[i].extends.empty()) {
      complaint.At(header, "this pack must say which pack it extends");
    }
    for (const PackReference& reference : layers[i].extends) {
      const auto above = layers.first(i);
      const bool found = std::any_of(above.begin(), above.end(), [&](const Pack& pack) {
        return pack.id == reference.id.text && pack.version == reference.version;
      });
      if (!found) {
        complaint.About(reference.id, "version " + std::to_string(reference.version) +
                                          " of this pack is not among the layers above");
      }
    }
    if (complaint.any()) return complaint.status();
  }
  return absl::OkStatus();
}

absl::Status PackSetResolver::ReadAll(std::span<const Pack> layers, PackSet& packs) {
  // Words of all layers first: a rule of a higher layer that excludes values also excludes those
  // that a partnership adds.
  for (ReadPart read : {&ReadVocabularies, &ReadAttributes, &ReadFields}) {
    if (absl::Status status = ReadSchemaPart(layers, read, packs.schema_); !status.ok()) {
      return status;
    }
  }
  for (const Pack& pack : layers) {
    Complaint complaint(pack.file_name);
    ReadRules(YamlReader(complaint), pack, packs.schema_, packs.rules_);
    if (complaint.any()) return complaint.status();
  }
  // One order whatever the files say, so that no decision depends on theirs.
  std::sort(packs.rules_.begin(), packs.rules_.end(), [](const Rule& a, const Rule& b) {
    return std::tie(a.layer, a.id) < std::tie(b.layer, b.id);
  });
  return absl::OkStatus();
}

void PackSetResolver::SetDigestsAndDays(std::span<const Pack> layers, PackSet& packs) {
  crypto::Bytes bytes{kDigestLabel};
  crypto::AppendU8(bytes, static_cast<uint8_t>(layers.size()));
  for (const Pack& pack : layers) {
    crypto::AppendU8(bytes, static_cast<uint8_t>(pack.layer));
    bytes += crypto::View(pack.digest);
    if (pack.layer == Layer::kStatutory) packs.digests_.statutory = pack.digest;
    if (pack.layer == Layer::kPartnership) packs.digests_.partnership = pack.digest;
    if (pack.layer == Layer::kNode) packs.digests_.node = pack.digest;
    packs.valid_from_ = std::max(packs.valid_from_, pack.valid_from);
    if (packs.valid_until_.empty() || pack.valid_until < packs.valid_until_) {
      packs.valid_until_ = pack.valid_until;
    }
  }
  packs.digests_.effective = crypto::Sha256(bytes);
}

absl::StatusOr<PackSet> PackSetResolver::Resolve(std::span<const Pack> layers) {
  if (absl::Status status = CheckLayers(layers); !status.ok()) return status;
  PackSet packs;
  if (absl::Status status = ReadAll(layers, packs); !status.ok()) return status;
  // What cannot be asked about is refused before sets are made for each value of it.
  std::vector<const ValueTest*> tests;
  for (const Rule& rule : packs.rules_) {
    for (const ValueTest& test : rule.tests) tests.push_back(&test);
  }
  if (const auto space = BoxSpace::Create(packs.schema_, tests); !space.ok()) {
    return space.status();
  }
  SetDigestsAndDays(layers, packs);
  packs.compiled_ = std::make_shared<const CompiledRules>(packs.schema_, packs.rules_);
  return packs;
}

}  // namespace sluis::policies
