// The bodies of ceremony messages: form and bounds of ceremony.proto, and nothing about values.
//
// Guarantee: what is read is in its one encoding, every fixed field has its length, every list its
// bound and order. Not guaranteed: that anything in it is true, or that a list has as many items as
// the ceremony has members: judge.h says. Thread-safety: pure. Errors: nothing comes back for bytes
// that are not of form; there is no more to say about them than that.
#ifndef SLUIS_SERVER_KEYS_BODIES_H_
#define SLUIS_SERVER_KEYS_BODIES_H_

#include <optional>

#include "crypto/bytes.h"
#include "sluis/peer/v1/ceremony.pb.h"

namespace sluis::keys {

std::optional<peer::v1::CeremonyAnnounce> ReadAnnounce(crypto::BytesView body);
std::optional<peer::v1::CeremonyCommit> ReadCommit(crypto::BytesView body);
std::optional<peer::v1::CeremonyDeal> ReadDeal(crypto::BytesView body);
std::optional<peer::v1::Dealing> ReadDealing(crypto::BytesView bytes);
std::optional<peer::v1::CeremonyVerdict> ReadVerdict(crypto::BytesView body);
std::optional<peer::v1::CeremonyConfirm> ReadConfirm(crypto::BytesView body);
std::optional<peer::v1::CeremonyMissing> ReadMissing(crypto::BytesView body);
std::optional<peer::v1::CeremonyAbort> ReadAbort(crypto::BytesView body);

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_BODIES_H_
