#include "server/core/question.h"

#include <utility>

#include "server/core/carried_out.h"
#include "server/core/facts.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

// Whether the time that the rules in force give content is over: it is no longer shown, though the
// date of the record may be later, from rules of before. A hold suspends it with the erasure.
bool TimeIsOver(const Facts& facts, const policies::Decision& decision) {
  if (facts.record.signal == nullptr || facts.record.held ||
      (facts.action != "read" && facts.action != "list" && facts.action != "compel")) {
    return false;
  }
  const auto* retention = decision.Find<policies::Retention>();
  return retention != nullptr && storage::AddDays(storage::LegalDay(facts.record.recorded_at_us),
                                                  retention->days) < facts.call.today;
}

}  // namespace

Answer Ask(const Call& call, std::string_view action, const RecordFacts& record) {
  const Facts facts{.call = call, .action = action, .record = record, .role = call.role};
  Answer answer = Evaluate(facts);
  const policies::ObligationKinds enforceable = EnforceableHere(action, answer.decision);
  answer.decision = policies::RefuseUnlessEnforceable(std::move(answer.decision), enforceable);
  if (answer.permitted() && TimeIsOver(facts, answer.decision)) {
    answer.decision =
        policies::Refusal(call.terms->packs.digests(), "the retention of this record is over");
  }
  return answer;
}

}  // namespace sluis::core
