#include "tests/support/receiving_node.h"

#include <future>
#include <utility>

namespace sluis::tests {
namespace {

HarnessOptions Of(const std::string& organisation, HarnessOptions options) {
  options.organisation = organisation;
  options.kind = "municipality";
  return options;
}

}  // namespace

ReceivingNode::ReceivingNode(HarnessOptions options)
    : world(5), h(Of(world.recipient.organisation, std::move(options))) {
  const policies::PackDigests digests = h.terms.Get()->packs.digests();
  world.manifest.statutory_pack = digests.statutory;
  world.manifest.partnership_pack = *digests.partnership;
  world.edit_terms = [](peer::v1::Terms& terms) {
    for (auto& attribute : *terms.mutable_attributes()) {
      if (attribute.name() == "purpose") attribute.set_value("doorverwijzing-hulp");
    }
  };
  world.edit_statement = [](record::v1::UserStatement& statement) {
    statement.set_purpose("doorverwijzing-hulp");
  };
  Change([this](core::Terms& terms) {
    terms.manifest = std::make_shared<const partnership::SignedManifest>(
        partnership::SignedManifest{world.manifest, {}});
    terms.manifest_version = world.manifest.version;
    terms.partnership = world.manifest.partnership;
    terms.may_exchange = true;
  });
}

void ReceivingNode::Change(const std::function<void(core::Terms&)>& edit) {
  auto changed = std::make_shared<core::Terms>(*h.terms.Get());
  edit(*changed);
  h.terms.Set(std::move(changed));
}

absl::Status ReceivingNode::RunAsPeer(std::shared_ptr<core::UseCase> use_case,
                                      const std::string& organisation) {
  std::promise<absl::Status> done;
  h.executor->RunAsPeer(organisation, std::move(use_case),
                        [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

void ReceivingNode::Look(const std::function<void(const core::View&)>& use) const {
  const auto snapshot = h.ledger->store().NewSnapshot();
  use(core::View(*snapshot, h.ledger->keyring()));
}

std::vector<core::PeerLeaf> ReceivingNode::Leaves(peer::v1::EnvelopeKind kind,
                                                  std::vector<std::string> leaves) {
  const ExchangeMember& sender = world.SenderOf(kind);
  return core::PeerLeavesOf(
      envelope::MakeEnvelope(
          {kind, world.manifest.partnership, world.manifest.version, sender.organisation,
           world.RecipientOf(kind).organisation, std::move(leaves)},
          sender.keys())
          .value());
}

}  // namespace sluis::tests
