#include "client/lib/replay_operation.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "client/lib/decide_again.h"

namespace sluis::client {
namespace {

using record::v1::ActPart;
using record::v1::CounterpartPart;
using record::v1::DecisionPart;
using record::v1::Operation;

constexpr std::string_view kRelease = "release";
constexpr std::string_view kAccept = "accept";
constexpr std::string_view kSender = "sender";
constexpr std::string_view kReceiver = "receiver";
constexpr std::string_view kOffer = "offer";
constexpr std::string_view kExpired = "expired";
constexpr std::string_view kNotice = "notice";
constexpr std::string_view kCompel = "compel";

// The steps of an exchange that rest on a decision, by the message that the entry is about.
struct Step {
  std::string_view kind;
  std::string_view side;  // of the counterpart part
  Operation operation;
  std::string_view asked;
};
constexpr Step kSteps[] = {
    {"intent", kSender, record::v1::OPERATION_ADMINISTRATION, kRelease},
    {"receipt", kSender, record::v1::OPERATION_DISCLOSURE, kRelease},
    {kOffer, kReceiver, record::v1::OPERATION_COLLECTION, kAccept},
    {"key", kReceiver, record::v1::OPERATION_ADMINISTRATION, kAccept},
};

const Step* StepOf(const CounterpartPart& counterpart) {
  const auto found = std::find_if(std::begin(kSteps), std::end(kSteps), [&](const Step& step) {
    return step.kind == counterpart.kind();
  });
  return found == std::end(kSteps) ? nullptr : found;
}

// An Offer that was accepted and of which no key came in time: it ends without a question.
bool RanOut(const ActPart& act, const CounterpartPart& counterpart) {
  return act.operation() == record::v1::OPERATION_ADMINISTRATION && counterpart.kind() == kOffer &&
         counterpart.outcome() == kExpired;
}

}  // namespace

// What is done with content rests on a decision, whoever asked. An erasure needs none, because a
// node erases by itself what is past its term; administration asks no rules but about a step of an
// exchange.
bool NeedsDecision(const ActPart& act, const CounterpartPart* counterpart) {
  if (act.outcome() != record::v1::OUTCOME_DONE) return false;
  switch (act.operation()) {
    case record::v1::OPERATION_COLLECTION:
    case record::v1::OPERATION_ALTERATION:
    case record::v1::OPERATION_CONSULTATION:
    case record::v1::OPERATION_DISCLOSURE:
    case record::v1::OPERATION_COMBINATION:
      return true;
    default:
      return counterpart != nullptr && StepOf(*counterpart) != nullptr &&
             !RanOut(act, *counterpart);
  }
}

bool FitsOperation(const ActPart& act, const DecisionPart& part,
                   const CounterpartPart* counterpart) {
  const std::string_view asked = WordOf(part, "side");
  const bool release = asked == kRelease, accept = asked == kAccept;
  if (counterpart != nullptr && ((release && counterpart->side() == kReceiver) ||
                                 (accept && counterpart->side() == kSender))) {
    return false;
  }
  if (act.outcome() != record::v1::OUTCOME_DONE) return true;
  if (counterpart != nullptr) {
    if (const Step* step = StepOf(*counterpart)) {
      return step->side == counterpart->side() && step->operation == act.operation() &&
             step->asked == asked;
    }
  }
  switch (act.operation()) {
    case record::v1::OPERATION_DISCLOSURE:
      // To a partner there is always a receipt. On an order nobody is told, or the sender is.
      if (release) return counterpart == nullptr;
      return !accept && WordOf(part, "action") == kCompel &&
             (counterpart == nullptr || counterpart->kind().empty() ||
              counterpart->kind() == kNotice);
    case record::v1::OPERATION_COLLECTION:
      if (accept) return counterpart == nullptr;
      // Written down here, so from no partner.
      return !release && (counterpart == nullptr || counterpart->peer().empty());
    default:
      return true;
  }
}

}  // namespace sluis::client
