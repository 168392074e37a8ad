// What an accusation shows to who takes no part in the ceremony any more: judged from the messages
// that its log holds and those that came with the accusation, without any secret.
//
// Guarantee: a finding blames only who signed what shows it, as with Judge, so nothing is believed
// because somebody says it. Who misses messages of earlier rounds may find nothing where others do;
// what they find it finds once it has them. Not guaranteed: anything about silence, which shows
// nothing. Thread-safety: pure. Cost: that of judging all messages held.
#ifndef SLUIS_SERVER_KEYS_WITNESS_H_
#define SLUIS_SERVER_KEYS_WITNESS_H_

#include <span>
#include <string>
#include <vector>

#include "server/keys/ceremony.h"

namespace sluis::keys {

// What the evidence of an ABORT shows about those whom it names, together with serialised messages
// that are held; empty when it shows nothing. Whatever is held and cannot be read is passed over.
std::vector<Finding> JudgeAbort(const Parameters& parameters, const Roster& roster,
                                std::span<const std::string> held, const VerifiedMessage& abort);

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_WITNESS_H_
