#ifndef SLUIS_SERVER_CORE_DROP_TAKEN_H_
#define SLUIS_SERVER_CORE_DROP_TAKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/use_case.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::core {

// A message that its recipient took and that nothing follows upon.
struct TakenMessage {
  std::string partner;
  std::string exchange_id;
  peer::v1::EnvelopeKind kind = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  // Since when it was owed as it was taken: the same message may come to be owed anew.
  // Nothing: whenever that was.
  std::optional<uint64_t> not_before_us = std::nullopt;
};

// Strikes such messages off the outbox, with one entry for all: an act of the node, run with
// Executor::RunAsNode. What is owed otherwise by now is left. Refused with `not_due` when nothing
// remains. Whoever calls it knows that the partner took them; nothing here can.
class DropTaken : public UseCase {
 public:
  explicit DropTaken(std::vector<TakenMessage> taken) : taken_(std::move(taken)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::vector<TakenMessage> taken_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_DROP_TAKEN_H_
