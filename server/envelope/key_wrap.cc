#include "server/envelope/key_wrap.h"

#include <algorithm>

#include "server/envelope/fault.h"
#include "server/envelope/head.h"
#include "server/envelope/leaf.h"

namespace sluis::envelope {
namespace {

using peer::v1::Key;

constexpr std::string_view kInfoLabel = "sluis/key/v1";
constexpr std::string_view kRecordLabel = "sluis/key-record/v1";
constexpr std::string_view kIdentityLabel = "sluis/identity-key-record/v1";

bool SameParties(const Key& a, const Key& b) {
  return a.binding().partnership() == b.binding().partnership() &&
         a.binding().sender() == b.binding().sender() &&
         a.binding().recipient() == b.binding().recipient();
}

crypto::Bytes RecordLine(const Key& leaf) {
  return leaf.binding().exchange_id() + leaf.offer_digest() + leaf.receipt_digest();
}

crypto::Bytes RecordBinding(std::string_view label, const Key& leaf) {
  crypto::Bytes binding = crypto::Lp(label);
  binding += RecordLine(leaf);
  return binding;
}

crypto::Bytes Info(const std::vector<Key>& leaves) {
  const peer::v1::Binding& binding = leaves.front().binding();
  crypto::Bytes info = crypto::Lp(kInfoLabel);
  crypto::AppendLp(info, binding.partnership());
  crypto::AppendLp(info, binding.sender());
  crypto::AppendLp(info, binding.recipient());
  crypto::AppendU32(info, static_cast<uint32_t>(leaves.size()));
  for (const Key& leaf : leaves) info += RecordLine(leaf);
  return info;
}

Key LeafOf(const KeyToSend& record) {
  Key leaf;
  *leaf.mutable_binding() = record.offer;
  leaf.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_KEY);
  leaf.set_offer_digest(std::string(crypto::View(record.offer_digest)));
  leaf.set_receipt_digest(std::string(crypto::View(record.receipt_digest)));
  return leaf;
}

absl::StatusOr<crypto::DataKey> UnwrapOne(const crypto::DataKey& wrapping, std::string_view label,
                                          const Key& leaf, const std::string& wrapped,
                                          const crypto::Hash& offer_digest,
                                          const crypto::Hash& receipt_digest) {
  if (leaf.offer_digest() != crypto::View(offer_digest) ||
      leaf.receipt_digest() != crypto::View(receipt_digest)) {
    return Refuse(Fault::kOtherExchange);
  }
  auto key = crypto::UnwrapKey(wrapping, RecordBinding(label, leaf), wrapped);
  if (!key.ok()) return Refuse(Fault::kWrap);
  return key;
}

}  // namespace

absl::StatusOr<std::vector<Key>> WrapKeys(const std::vector<KeyToSend>& records,
                                          const crypto::hpke::PublicKey& sealing_key,
                                          crypto::Random& random) {
  std::vector<Key> leaves;
  for (const KeyToSend& record : records) leaves.push_back(LeafOf(record));
  if (leaves.empty() || leaves.size() > kMaxLeaves ||
      !std::all_of(leaves.begin(), leaves.end(),
                   [&](const Key& leaf) { return SameParties(leaf, leaves.front()); })) {
    return absl::InvalidArgumentError("wrap 1 to 256 keys of one sender for one recipient");
  }
  absl::StatusOr<crypto::hpke::Sender> sender =
      crypto::hpke::SetupBaseS(sealing_key, Info(leaves), random);
  if (!sender.ok()) return sender.status();
  const crypto::DataKey wrapping = crypto::NewDataKey(random);
  absl::StatusOr<crypto::Bytes> sealed = sender->context.Seal("", crypto::View(wrapping.expose()));
  if (!sealed.ok()) return sealed.status();
  for (size_t i = 0; i < leaves.size(); ++i) {
    leaves[i].set_encapsulation(std::string(crypto::View(sender->encapsulation)));
    leaves[i].set_sealed_wrapping_key(*sealed);
    leaves[i].set_wrapped_key(crypto::WrapKey(wrapping, RecordBinding(kRecordLabel, leaves[i]),
                                              records[i].key.expose(), random));
    if (records[i].identity_key == nullptr) continue;
    leaves[i].set_wrapped_identity_key(crypto::WrapKey(wrapping,
                                                       RecordBinding(kIdentityLabel, leaves[i]),
                                                       records[i].identity_key->expose(), random));
  }
  return leaves;
}

absl::StatusOr<KeyUnwrapper> KeyUnwrapper::Open(const std::vector<Key>& leaves,
                                                const crypto::hpke::PrivateKey& sealing_key) {
  if (leaves.empty() || !std::all_of(leaves.begin(), leaves.end(), [&](const Key& leaf) {
        return SameParties(leaf, leaves.front()) &&
               leaf.encapsulation() == leaves.front().encapsulation() &&
               leaf.sealed_wrapping_key() == leaves.front().sealed_wrapping_key();
      })) {
    return Refuse(Fault::kWrap);
  }
  const auto encapsulation = crypto::ToFixed<32>(leaves.front().encapsulation());
  if (!encapsulation.ok()) return Refuse(Fault::kWrap);
  auto context = crypto::hpke::SetupBaseR(*encapsulation, sealing_key, Info(leaves));
  if (!context.ok()) return Refuse(Fault::kWrap);
  absl::StatusOr<crypto::DataKey> wrapping =
      context->OpenKey("", leaves.front().sealed_wrapping_key());
  if (!wrapping.ok()) return Refuse(Fault::kWrap);
  return KeyUnwrapper(*std::move(wrapping));
}

absl::StatusOr<crypto::DataKey> KeyUnwrapper::Unwrap(const Key& leaf,
                                                     const crypto::Hash& offer_digest,
                                                     const crypto::Hash& receipt_digest) const {
  return UnwrapOne(wrapping_, kRecordLabel, leaf, leaf.wrapped_key(), offer_digest, receipt_digest);
}

absl::StatusOr<crypto::DataKey> KeyUnwrapper::UnwrapIdentity(
    const Key& leaf, const crypto::Hash& offer_digest, const crypto::Hash& receipt_digest) const {
  return UnwrapOne(wrapping_, kIdentityLabel, leaf, leaf.wrapped_identity_key(), offer_digest,
                   receipt_digest);
}

}  // namespace sluis::envelope
