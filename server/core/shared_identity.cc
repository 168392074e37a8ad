#include "server/core/shared_identity.h"

#include <optional>
#include <utility>

#include "crypto/bytes.h"
#include "server/core/identity_kinds.h"
#include "server/core/subject_identity.h"

namespace sluis::core {
namespace {

constexpr std::string_view kLabel = "sluis/share-identity-key/v1";

std::string DataOf(std::string_view exchange_id) {
  std::string data;
  crypto::AppendLp(data, kLabel);
  data += exchange_id;
  return data;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const OpenedIdentity>> TravellingIdentity(
    const Call& call, const View& view, const record::v1::StoredRecord& row) {
  absl::StatusOr<std::optional<OpenedIdentity>> read = ReadIdentity(view, row);
  if (!read.ok()) return read.status();
  if (!read->has_value()) return std::shared_ptr<const OpenedIdentity>();
  OpenedIdentity& opened = **read;
  opened.identity =
      WithoutUnused(std::move(opened.identity), IdentityKindsOn(*call.terms, call.today));
  if (!PersonOf(opened.identity).ok()) return std::shared_ptr<const OpenedIdentity>();
  return std::make_shared<const OpenedIdentity>(std::move(opened));
}

std::string SealIdentityKey(const crypto::DataKey& identity_key, std::string_view exchange_id,
                            const crypto::DataKey& key, crypto::Random& random) {
  return crypto::Seal(identity_key, DataOf(exchange_id), crypto::View(key.expose()), random);
}

absl::StatusOr<crypto::DataKey> OpenIdentityKey(const View& view,
                                                const record::v1::StoredRecord& record,
                                                const record::v1::SentExchange& sent) {
  const absl::StatusOr<std::optional<crypto::DataKey>> own = ReadKeyOfIdentity(view, record);
  if (!own.ok()) return own.status();
  if (!own->has_value()) return absl::NotFoundError("who it is about was destroyed");
  const absl::Status unreadable =
      absl::DataLossError("a stored exchange cannot be read; run the node's doctor");
  absl::StatusOr<crypto::Bytes> plain =
      crypto::Open(**own, DataOf(sent.exchange_id()), sent.sealed_identity_key());
  if (!plain.ok()) return unreadable;
  absl::StatusOr<crypto::DataKey> key = crypto::DataKey::FromBytes(*std::move(plain));
  if (!key.ok()) return unreadable;
  return key;
}

}  // namespace sluis::core
