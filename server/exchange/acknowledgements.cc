#include "server/exchange/acknowledgements.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/bytes.h"

namespace sluis::exchange {
namespace {

constexpr char kTaken = 'a';    // exchange id[16] ‖ u8 kind → leaf digest[32] ‖ u64 at_us
constexpr char kReceipt = 'g';  // exchange id[16] → leaf digest[32] ‖ signed note

std::string Key(char table, const envelope::ExchangeId& exchange) {
  return std::string(1, table).append(crypto::View(exchange));
}

std::string TakenKey(const envelope::ExchangeId& exchange, peer::v1::EnvelopeKind kind) {
  std::string key = Key(kTaken, exchange);
  crypto::AppendU8(key, static_cast<uint8_t>(kind));
  return key;
}

// Nothing when it cannot be read: it is sent once more.
std::optional<Taken> ReadTaken(std::string_view row) {
  Taken taken;
  crypto::Reader reader(row);
  crypto::BytesView digest;
  if (!reader.Fixed(taken.leaf_digest.size(), &digest) || !reader.U64(&taken.at_us) ||
      !reader.done()) {
    return std::nullopt;
  }
  taken.leaf_digest = *crypto::ToFixed<32>(digest);
  return taken;
}

}  // namespace

absl::StatusOr<std::optional<Taken>> Acknowledgements::Of(const envelope::ExchangeId& exchange,
                                                          peer::v1::EnvelopeKind kind) const {
  const KnownKey known_key = KnownKeyOf(exchange, kind);
  uint64_t changes = 0;
  {
    std::lock_guard lock(known_mutex_);
    const auto known = known_.find(known_key);
    if (known != known_.end()) return known->second;
    changes = changes_;
  }
  const absl::StatusOr<std::optional<std::string>> row = derived_.Get(TakenKey(exchange, kind));
  if (!row.ok()) return row.status();
  const std::optional<Taken> taken = row->has_value() ? ReadTaken(**row) : std::nullopt;
  std::lock_guard lock(known_mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  // Unless it may have changed since it was read.
  if (changes == changes_) known_.insert_or_assign(known_key, taken);
  return taken;
}

Acknowledgements::KnownKey Acknowledgements::KnownKeyOf(const envelope::ExchangeId& exchange,
                                                        peer::v1::EnvelopeKind kind) {
  KnownKey key{};
  std::copy(exchange.begin(), exchange.end(), key.begin());
  key.back() = static_cast<char>(kind);
  return key;
}

bool Acknowledgements::KeyWasTaken(const envelope::ExchangeId& exchange) const {
  const auto taken = Of(exchange, peer::v1::ENVELOPE_KIND_KEY);
  return taken.ok() && taken->has_value();
}

absl::Status Acknowledgements::Take(peer::v1::EnvelopeKind kind,
                                    std::span<const Delivered> delivered, uint64_t now_us) {
  std::vector<storage::Write> writes;
  writes.reserve(delivered.size());
  for (const Delivered& one : delivered) {
    std::string value(crypto::View(one.leaf_digest));
    crypto::AppendU64(value, now_us);
    writes.push_back({TakenKey(one.exchange, kind), std::move(value)});
  }
  std::lock_guard lock(mutex_);
  const absl::Status applied = derived_.Apply(writes);
  // Also when it failed: what the store holds then is not known.
  std::lock_guard known_lock(known_mutex_);
  ++changes_;
  for (const Delivered& one : delivered) known_.erase(KnownKeyOf(one.exchange, kind));
  return applied;
}

absl::Status Acknowledgements::Give(std::span<const Given> receipts) {
  std::vector<storage::Write> writes;
  writes.reserve(receipts.size());
  for (const Given& given : receipts) {
    writes.push_back({Key(kReceipt, given.exchange),
                      std::string(crypto::View(given.leaf_digest)).append(given.checkpoint)});
  }
  std::lock_guard lock(mutex_);
  return witness_.Apply(writes);
}

absl::StatusOr<std::optional<Acknowledgements::Given>> Acknowledgements::ReceiptOf(
    const envelope::ExchangeId& exchange) const {
  const absl::StatusOr<std::optional<std::string>> row = witness_.Get(Key(kReceipt, exchange));
  if (!row.ok()) return row.status();
  Given given;
  given.exchange = exchange;
  if (!row->has_value() || (*row)->size() < given.leaf_digest.size()) {
    return std::optional<Given>();
  }
  given.checkpoint = (*row)->substr(given.leaf_digest.size());
  given.leaf_digest = *crypto::ToFixed<32>((*row)->substr(0, given.leaf_digest.size()));
  return std::optional<Given>(std::move(given));
}

absl::StatusOr<std::optional<crypto::Hash>> Acknowledgements::DigestOf(
    const envelope::ExchangeId& exchange) const {
  const absl::StatusOr<std::optional<Given>> receipt = ReceiptOf(exchange);
  if (!receipt.ok()) return receipt.status();
  if (!receipt->has_value()) return std::optional<crypto::Hash>();
  return std::optional<crypto::Hash>((*receipt)->leaf_digest);
}

absl::StatusOr<std::vector<envelope::ExchangeId>> Acknowledgements::Kept(std::string_view after,
                                                                         size_t most) const {
  std::set<envelope::ExchangeId> kept;
  for (const auto& [store, table] :
       {std::pair(&derived_, kTaken), std::pair(&witness_, kReceipt)}) {
    const std::string prefix(1, table);
    // Behind every row of that exchange.
    const std::string from =
        after.empty() ? prefix : storage::PrefixEnd(prefix + std::string(after));
    size_t found = 0;
    std::string_view last;
    envelope::ExchangeId id{};
    const absl::Status scanned = store->NewSnapshot()->Scan(
        from, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
          key.remove_prefix(1);
          if (key.size() < id.size()) return true;
          if (key.substr(0, id.size()) == last) return true;
          if (found++ == most) return false;
          std::copy_n(key.begin(), id.size(), id.begin());
          last = crypto::View(id);
          kept.insert(id);
          return true;
        });
    if (!scanned.ok()) return scanned;
  }
  std::vector<envelope::ExchangeId> all(kept.begin(), kept.end());
  if (all.size() > most) all.resize(most);
  return all;
}

absl::Status Acknowledgements::Forget(std::span<const envelope::ExchangeId> exchanges) {
  std::vector<storage::Write> writes;
  std::vector<storage::Write> receipts;
  for (const envelope::ExchangeId& exchange : exchanges) {
    receipts.push_back({Key(kReceipt, exchange), std::nullopt});
    for (int kind = peer::v1::EnvelopeKind_MIN; kind <= peer::v1::EnvelopeKind_MAX; ++kind) {
      writes.push_back(
          {TakenKey(exchange, static_cast<peer::v1::EnvelopeKind>(kind)), std::nullopt});
    }
  }
  std::lock_guard lock(mutex_);
  absl::Status forgotten = witness_.Apply(receipts);
  if (forgotten.ok()) forgotten = derived_.Apply(writes);
  std::lock_guard known_lock(known_mutex_);
  ++changes_;
  for (const envelope::ExchangeId& exchange : exchanges) {
    for (int kind = peer::v1::EnvelopeKind_MIN; kind <= peer::v1::EnvelopeKind_MAX; ++kind) {
      known_.erase(KnownKeyOf(exchange, static_cast<peer::v1::EnvelopeKind>(kind)));
    }
  }
  return forgotten;
}

}  // namespace sluis::exchange
