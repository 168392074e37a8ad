// Who asks for evaluations, as the manifest, the rules, the protocol and the newest list of revoked
// mandates have it today.
//
// Guarantee: facts are those of one organisation and come from what is in force at this node, never
// from the request. Entitled is true only when the rules give the role to an organisation of that
// kind and could permit it, for that purpose and on that ground, one of the acts that need to know
// a person (record, refer, share, match), and when the protocol in force names purpose and ground
// in a clause with that organisation on either side; in an exercise there need not be a protocol.
// Not guaranteed: that the rules do permit the act: a holder knows nothing of the record, so what
// they ask about records, cases and the other side counts neither way. That is for whoever carries
// the act out to decide. Thread-safety: a value, for one planning. Errors: those of the store;
// DATA_LOSS for a list that cannot be read. Source: docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_CORE_ASKER_IN_FORCE_H_
#define SLUIS_SERVER_CORE_ASKER_IN_FORCE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/terms.h"
#include "server/core/view.h"
#include "server/evaluation/holder.h"

namespace sluis::core {

class AskerInForce final : public evaluation::Partners {
 public:
  // Knows `organisation` and nobody else; it may be this node's own. What it rests on becomes a
  // standing precondition of the view.
  static absl::StatusOr<AskerInForce> Of(const Call& call, View& view, std::string organisation);

  std::optional<evaluation::AskerFacts> Find(std::string_view organisation) const override;
  bool Entitled(const evaluation::Claim& claim) const override;

 private:
  AskerInForce(std::shared_ptr<const Terms> terms, std::string today, std::string organisation)
      : terms_(std::move(terms)),
        today_(std::move(today)),
        organisation_(std::move(organisation)) {}

  std::shared_ptr<const Terms> terms_;
  std::string today_;
  std::string organisation_;
  std::string kind_;
  std::optional<evaluation::AskerFacts> facts_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ASKER_IN_FORCE_H_
