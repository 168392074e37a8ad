// The rows of ceremonies, and of the keys that they made.
//
// Guarantee: what is read was written by this node with an entry; of a key one package is pinned
// for each partnership, purpose, use and epoch. Not guaranteed: that a pinned key may be used now
// (MayUse says that). Thread-safety: pure. Errors: NOT_FOUND when there is none, DATA_LOSS when a
// row cannot be read. Source: docs/formats.md, rows C, v and K.
#ifndef SLUIS_SERVER_CORE_CEREMONY_ROWS_H_
#define SLUIS_SERVER_CORE_CEREMONY_ROWS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/scalar.h"
#include "server/core/terms.h"
#include "server/core/view.h"
#include "server/keys/ceremony.h"
#include "server/keys/package.h"
#include "sluis/record/v1/key_ceremony.pb.h"

namespace sluis::core {

std::string CeremonyKey(std::string_view id);
std::string CeremonyEventKey(std::string_view id, uint32_t number);
std::string PinnedKeyKey(std::string_view partnership, std::string_view purpose,
                         record::v1::KeyUse use, uint32_t epoch);

struct CeremonyRow {
  std::string id;
  record::v1::StoredCeremony row;
  uint64_t stamp = 0;
};
absl::StatusOr<CeremonyRow> ReadCeremony(const View& view, std::string_view id);
// Until `visit` returns false; an error is the first row that cannot be read.
absl::Status VisitCeremonies(const View& view,
                             const std::function<bool(const CeremonyRow&)>& visit);
absl::StatusOr<std::vector<keys::Event>> ReadEvents(const View& view, const CeremonyRow& ceremony);

struct PinnedKey {
  keys::Package package;
  record::v1::StoredKey row;
  uint64_t stamp = 0;
};
absl::StatusOr<PinnedKey> ReadPinnedKey(const View& view, std::string_view partnership,
                                        std::string_view purpose, record::v1::KeyUse use,
                                        uint32_t epoch);
absl::Status VisitPinnedKeys(const View& view, const std::function<bool(const PinnedKey&)>& visit);
// The same as it is stored, without reading packages: for upkeep, which looks often.
struct PinnedRow {
  std::string key;
  record::v1::StoredKey row;
  uint64_t stamp = 0;
};
absl::Status VisitPinnedRows(const View& view, const std::function<bool(const PinnedRow&)>& visit);
// Those of one purpose, for tags, in the order of epochs.
absl::Status VisitPinnedForTags(const View& view, std::string_view partnership,
                                std::string_view purpose,
                                const std::function<void(PinnedKey)>& visit);
// That of the highest epoch of a purpose, for tags. NOT_FOUND.
absl::StatusOr<PinnedKey> NewestPinnedKey(const View& view, std::string_view partnership,
                                          std::string_view purpose);

// The share of this node in a package. NOT_FOUND, DATA_LOSS.
absl::StatusOr<crypto::oprf::SecretScalar> OpenKeyShare(const View& view,
                                                        const keys::Package& package);

// Words for entries, rows and people: the last part of the name of an enumerator, in lower case.
std::string WordOf(peer::v1::CeremonyKind kind);
std::string WordOf(peer::v1::CeremonyRound round);
std::string WordOf(peer::v1::CeremonyGround ground);
std::string WordOf(record::v1::CeremonyState state);
std::string WordOf(record::v1::KeyUse use);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONY_ROWS_H_
