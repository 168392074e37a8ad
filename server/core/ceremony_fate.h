// Ceremonies that end without a machine: because of what is in force now, because their rows make
// no machine, or because an administrator ends them.
//
// Guarantee: nobody is named for it who did nothing; the entry and the row say why. What a node
// confirmed in the last round it can still complete, unless its rows make no machine or a
// participant's identity key was replaced: then nothing more is taken. In both cases the share
// confirmed stays until another key of the purpose is there (KeepsShare). Not guaranteed: that
// others end likewise at once: they do when the same manifest comes into force there, or when they
// are told (OweCancellation). Thread-safety: pure. Source: docs/formats.md, "Ceremonies", and row
// C.
#ifndef SLUIS_SERVER_CORE_CEREMONY_FATE_H_
#define SLUIS_SERVER_CORE_CEREMONY_FATE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/call.h"
#include "server/core/ceremonies.h"
#include "server/core/ceremony_rows.h"
#include "server/core/plan.h"
#include "server/core/terms.h"

namespace sluis::core {

// Words of StoredCeremony.reason.
inline constexpr std::string_view kReasonRemoved = "removed";
inline constexpr std::string_view kReasonIdentityKey = "identity_key";
inline constexpr std::string_view kReasonNotExchanging = "not_exchanging";
inline constexpr std::string_view kReasonUnreadable = "unreadable";

// Why it cannot go on under the terms in force; empty when it can. Of packages no more is read than
// names.
std::string_view ReasonToEnd(const record::v1::StoredCeremony& ceremony, const Terms& terms,
                             uint64_t now_us);

// Whether time does not count for it now: the terms let nothing be exchanged, which may be for a
// moment only.
bool StandsStill(const record::v1::StoredCeremony& ceremony, const Terms& terms);

// Whether an administrator of a participant ended it.
bool WasCancelled(const record::v1::StoredCeremony& ceremony);

// Whether the share that this node confirmed in it may still be wanted.
bool KeepsShare(const record::v1::StoredCeremony& ceremony);

// Ends it with that word: the entry, and the row brought up to date and written. `reason` is empty
// when something else took its place. Also for a row of which parameters or manifest cannot be
// read.
void AddEnd(const Call& call, record::v1::CeremonyState state, std::string_view reason,
            CeremonyRow& ceremony, Effect& effect);

// Tells all others that this member ended it, as far as they would believe that; before AddEnd.
void OweCancellation(const Call& call, const AgreedTerms& agreed,
                     const crypto::SigningKey& identity, CeremonyRow& ceremony, Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONY_FATE_H_
