#ifndef SLUIS_SERVER_CORE_RECORD_SIGNAL_H_
#define SLUIS_SERVER_CORE_RECORD_SIGNAL_H_

#include <optional>
#include <string>
#include <variant>

#include "crypto/random.h"
#include "server/core/refusal.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// A signal that may be written down, as the effect that does so; or why not. Shared by recording
// and importing. `identity` is null where none is given.
struct NewSignal {
  Effect effect;
  std::string record_id;
  std::string retention_until;
};
struct NotRecorded {
  Refusal refusal;
  // The decision, when the rules were asked.
  std::optional<Answer> answer;
};
std::variant<NewSignal, NotRecorded> PlanNewSignal(const Call& call, std::string_view action,
                                                   const record::v1::Signal& signal,
                                                   const record::v1::SubjectIdentity* identity,
                                                   crypto::Random& random);

// Puts on the marks that the decision asks for; never takes one off.
void AddMarks(const policies::Decision& decision, record::v1::SignalMarks& marks);

// Checks the signal as it would be stored; nothing when it is well-formed.
std::optional<Refusal> RefuseIllFormed(const Call& call, const record::v1::Signal& signal);

// The identity as it would be kept; or why not. Only a signal about a person has one.
std::variant<record::v1::SubjectIdentity, Refusal> CheckIdentity(
    const Call& call, const record::v1::SubjectIdentity& identity,
    const record::v1::SignalContent& about);

// RecordSignal: writes down a new signal.
class RecordSignal : public UseCase {
 public:
  // All must outlive the call.
  RecordSignal(const node::v1::RecordSignalRequest& request,
               node::v1::RecordSignalResponse& response, crypto::Random& random)
      : request_(request), response_(response), random_(random) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::RecordSignalRequest& request_;
  node::v1::RecordSignalResponse& response_;
  crypto::Random& random_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RECORD_SIGNAL_H_
