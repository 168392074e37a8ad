// A protocol between the members of a manifest, signed by all, without a text: for tests of nodes
// that exchange something real.
#ifndef SLUIS_TESTS_SUPPORT_PROTOCOL_BETWEEN_H_
#define SLUIS_TESTS_SUPPORT_PROTOCOL_BETWEEN_H_

#include <memory>
#include <string>

#include "policies/pack.h"
#include "policies/protocol.h"
#include "server/core/protocol_in_force.h"
#include "server/partnership/manifest.h"

namespace sluis::tests {

// One clause for each purpose of the packs, named M- and the purpose, with every ground, category
// and field of theirs, between all members. From 2026-01-01 until 2029-12-31, to be reviewed on
// 2028-12-31, with a grace of 90 days.
policies::Protocol ProtocolOf(const partnership::Manifest& manifest,
                              const policies::PackSet& packs);

// That protocol signed on its first day by everybody but `without`, with keys made up for it.
std::shared_ptr<const core::ProtocolInForce> SignedByAll(policies::Protocol protocol,
                                                         const std::string& without = {});

// Both together.
std::shared_ptr<const core::ProtocolInForce> ProtocolBetween(const partnership::Manifest& manifest,
                                                             const policies::PackSet& packs);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_PROTOCOL_BETWEEN_H_
