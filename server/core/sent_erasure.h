// What the sender of a record does so that it is erased where it went.
//
// Guarantee: a partner that may have the key is asked, and asked until it answered; what is kept
// for that names no content. Not guaranteed: that a partner does what it states. Thread-safety:
// pure. Errors: DATA_LOSS for a row or an entry that cannot be read.
// Source: docs/formats.md, "Erasure".
#ifndef SLUIS_SERVER_CORE_SENT_ERASURE_H_
#define SLUIS_SERVER_CORE_SENT_ERASURE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/peer_act.h"
#include "server/core/sent_exchange.h"

namespace sluis::core {

// How long a partner has to answer that it erased something, or after the review of its hold.
inline constexpr uint64_t kErasureAnswerUs = 24ull * 3600 * 1'000'000;

// Whether the partner may hold the key: it was released. What it answered since is its word only:
// one that refuses, or is silent, can have used it.
bool MayBeThere(const record::v1::SentExchange& row);

// Whether the partner should have answered by now that it erased it, and has not.
bool IsErasureOverdue(const record::v1::SentExchange& row, uint64_t now_us);

// Records of which that partner should have answered. Reads everything that is owed to it: not for
// every call.
absl::StatusOr<size_t> OverdueErasures(const View& view, std::string_view partner, uint64_t now_us);

// The Erasure that asks, as a leaf: in the name of the person who erased it while the signature
// holds by what this node knows, and of the node alone otherwise.
absl::StatusOr<std::string> AskedErasure(const Call& call, const View& view, const SentRow& sent);

// Adds what an answer of the partner, done or held, comes to: one effect, none for a copy. One that
// answers nothing that was asked is logged and changes nothing.
absl::Status FollowErasure(const Call& call, const View& view, const std::string& sender,
                           const PeerLeaf& leaf, Plan& plan);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SENT_ERASURE_H_
