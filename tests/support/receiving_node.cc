#include "tests/support/receiving_node.h"

#include <future>
#include <utility>

#include "server/core/collect_offers.h"
#include "server/core/outbox.h"
#include "server/core/status_lists.h"
#include "server/core/store_keys.h"
#include "server/envelope/key_wrap.h"
#include "server/ledger/sealed_row.h"
#include "tests/support/person.h"
#include "tests/support/protocol_between.h"

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
    // The sender will tell the contributor, as the rules of both ask.
    terms.mutable_conditions()->clear_obligations();
    for (const char* text : {"no_evidence=true", "notify=contributor:P14D", "retention=P90D"}) {
      terms.mutable_conditions()->add_obligations(text);
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
    terms.protocol = ProtocolBetween(world.manifest, terms.packs);
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
  const auto made = envelope::MakeEnvelope(
      {kind, world.manifest.partnership, world.manifest.version, sender.organisation,
       world.RecipientOf(kind).organisation, std::move(leaves)},
      sender.keys());
  return core::PeerLeavesOf(envelope::ReadEnvelope(made.value()).value());
}

absl::Status ReceivingNode::PutStatus(uint64_t number, const std::string& revoked) {
  record::v1::MandateStatus status = world.GoodStatus();
  status.set_number(number);
  if (!revoked.empty()) status.add_revoked(revoked);
  return RunAsPeer(
      std::make_shared<core::PutPartnerStatus>(world.sender.organisation, world.sender.organisation,
                                               SignStatus(status, world.sender.mandate)));
}

MadeOffer ReceivingNode::CopyOf(const MadeOffer& offer) {
  return {offer.key.Clone(), offer.content, offer.terms, offer.offer, offer.bytes};
}

absl::Status ReceivingNode::Collect(std::span<const MadeOffer> offers) {
  return RunAsPeer(std::make_shared<core::CollectOffers>(
      world.sender.organisation,
      Leaves(peer::v1::ENVELOPE_KIND_OFFER, world.Leaves(peer::v1::ENVELOPE_KIND_OFFER, offers)),
      h.random));
}

absl::StatusOr<std::optional<crypto::Hash>> ReceivingNode::Given::DigestOf(
    const envelope::ExchangeId& exchange) const {
  const auto found = digests.find(exchange);
  if (found == digests.end()) return std::optional<crypto::Hash>();
  return std::optional<crypto::Hash>(found->second);
}

absl::Status ReceivingNode::SendKeys(std::span<const MadeOffer> offers, bool under_given_receipts) {
  std::vector<envelope::KeyToSend> keys;
  crypto::hpke::PublicKey sealing{};
  for (const MadeOffer& offer : offers) {
    const auto held = Received(offer.offer.binding().exchange_id());
    sealing = crypto::ToFixed<32>(held->row.sealing_key()).value();
    const crypto::Hash receipt = world.random.Array<32>();
    if (under_given_receipts) {
      given.digests[crypto::ToFixed<16>(offer.offer.binding().exchange_id()).value()] = receipt;
    }
    keys.push_back({offer.offer.binding(), envelope::LeafDigest(offer.bytes), receipt, offer.key});
  }
  std::vector<std::string> leaves;
  const std::vector<peer::v1::Key> wrapped =
      envelope::WrapKeys(keys, sealing, world.random).value();
  for (const peer::v1::Key& key : wrapped) {
    leaves.push_back(key.SerializeAsString());
  }
  return RunAsPeer(std::make_shared<core::StoreKeys>(
      world.sender.organisation, Leaves(peer::v1::ENVELOPE_KIND_KEY, std::move(leaves)), h.random,
      given, tag_key));
}

std::optional<core::ReceivedRow> ReceivingNode::Received(const std::string& exchange_id) const {
  std::optional<core::ReceivedRow> held;
  Look([&](const core::View& view) {
    auto read = core::ReadReceived(view, exchange_id);
    if (read.ok()) held = *std::move(read);
  });
  return held;
}

std::string ReceivingNode::OwedFor(const std::string& exchange_id) const {
  std::string word = "nothing";
  Look([&](const core::View& view) {
    const auto row = ledger::ReadRow(view.snapshot(), view.keyring(),
                                     core::OutboxKey(world.sender.organisation, exchange_id));
    if (!row.ok() || row->stamp == ledger::kAbsent) return;
    record::v1::OwedMessage owed;
    word = "not readable";
    if (!owed.ParseFromString(row->value)) return;
    word = peer::v1::EnvelopeKind_Name(static_cast<peer::v1::EnvelopeKind>(owed.kind()));
    word = word.substr(std::string_view("ENVELOPE_KIND_").size());
    for (char& letter : word) letter = static_cast<char>(letter | 0x20);
  });
  return word;
}

record::v1::CounterpartPart ReceivingNode::CounterpartOf(uint64_t index) const {
  const auto snapshot = h.ledger->store().NewSnapshot();
  const ledger::LogReader reader(h.ledger->origin(), *snapshot, h.ledger->keyring());
  record::v1::CounterpartPart part;
  const auto entry = reader.Entry(index);
  if (entry.ok()) {
    const auto opened = reader.Open(*entry, ledger::Part::kCounterpart);
    if (opened.ok()) (void)part.ParseFromString(opened->bytes);
  }
  return part;
}

}  // namespace sluis::tests
