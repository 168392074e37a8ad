#include "server/evaluation_link.h"

#include <spdlog/spdlog.h>

#include "server/core/forget_evaluated.h"
#include "server/envelope/fault.h"

namespace sluis::server {
namespace {

constexpr auto kUpkeep = std::chrono::hours(1);

}  // namespace

EvaluationLink::EvaluationLink(const Parts& parts)
    : parts_(parts),
      evaluations_(parts_.organisation, parts_.caps),
      desk_({.executor = parts_.executor,
             .evaluations = evaluations_,
             .heads = parts_.heads,
             .identity = parts_.identity,
             .random = parts_.random,
             .parked =
                 [this](const std::string& sender) {
                   const std::string word(envelope::FaultName(envelope::Fault::kMalformed));
                   parts_.metrics.CountParked(word);
                   const uint64_t more = unbelieved_.More(sender, parts_.clock.Monotonic());
                   if (more == 0) return;
                   spdlog::warn("{} request(s) of {} that are none, the last one: {}", more, sender,
                                word);
                 },
             .fault =
                 [](const absl::Status& status) {
                   spdlog::error("evaluation: {}", std::string(status.message()));
                 }}) {}

absl::Status EvaluationLink::KeepHouse() {
  const auto now = parts_.clock.Monotonic();
  if (upkept_ && now - *upkept_ < kUpkeep) return absl::OkStatus();
  upkept_ = now;
  return core::ForgetEvaluations(parts_.ledger, parts_.executor, evaluations_,
                                 parts_.clock.NowUs());
}

}  // namespace sluis::server
