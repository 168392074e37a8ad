#ifndef SLUIS_SERVER_LEDGER_PART_H_
#define SLUIS_SERVER_LEDGER_PART_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/bytes.h"

namespace sluis::ledger {

// The five parts of an entry, in the order of the leaf. The numbers are part of the commitment:
// never change one.
enum class Part : uint8_t { kAct = 1, kActor = 2, kSubject = 3, kDecision = 4, kCounterpart = 5 };

inline constexpr size_t kPartCount = 5;
inline constexpr std::array<Part, kPartCount> kParts = {Part::kAct, Part::kActor, Part::kSubject,
                                                        Part::kDecision, Part::kCounterpart};

// Longest part: keeps an entry below the 65,535 bytes of a tlog-tiles bundle.
inline constexpr size_t kMaxPartBytes = 8192;

using Salt = crypto::FixedBytes<32>;

// SHA-256("sluis/part/v1" ‖ lp(origin) ‖ part u8 ‖ salt[32] ‖ length u32 ‖ bytes); lp and length
// are big-endian u32.
//
// Guarantee: hiding as long as the salt is unknown, binding under SHA-256. An absent part is the
// empty string, still salted. Not guaranteed: freshness of the salt; the Sealer draws it. Source:
// docs/formats.md, "Leaf".
crypto::Hash Commitment(std::string_view origin, Part part, const Salt& salt,
                        crypto::BytesView bytes);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_PART_H_
