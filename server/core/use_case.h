#ifndef SLUIS_SERVER_CORE_USE_CASE_H_
#define SLUIS_SERVER_CORE_USE_CASE_H_

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/method.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "sluis/node/v1/context.pb.h"

namespace sluis::core {

// One thing a caller can ask: decides and says what to do, and never does it. It sees no socket, no
// disk, no clock. Planned again on a fresh view when the state changed meanwhile, so Plan may not
// keep anything between calls.
class UseCase {
 public:
  virtual ~UseCase() = default;

  virtual const Method& method() const = 0;

  // Role, purpose, basis and case reference; null for methods that have none.
  virtual const node::v1::RequestContext* context() const { return nullptr; }

  // Whether a partner may ask it while the partnership exchanges nothing.
  virtual bool crosses_suspension() const { return false; }

  // Whether calls like this go one after another, each from its plan until it is answered: they
  // share what lies in memory and goes with the rows. They are planned on a thread of their own.
  virtual bool takes_turns() const { return false; }

  // What to do. An error is a fault of the node (a row that cannot be read), never a refusal: a
  // refusal is a plan.
  virtual absl::StatusOr<Plan> Decide(const Call& call, View& view) = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_USE_CASE_H_
