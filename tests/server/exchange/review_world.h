#ifndef SLUIS_TESTS_SERVER_EXCHANGE_REVIEW_WORLD_H_
#define SLUIS_TESTS_SERVER_EXCHANGE_REVIEW_WORLD_H_

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "server/evaluation/limits.h"
#include "server/evaluation/sample.h"
#include "tests/server/exchange/asking_world.h"
#include "tests/server/exchange/puts.h"

namespace sluis::tests {

// The holders of a key, what they evaluated for the first node, and the days that pass after it.
class ReviewWorld : public AskingWorld {
 protected:
  uint32_t Today(size_t at = 0) {
    return evaluation::DayOf(world_.node(at).h.clock.NowUs() / evaluation::kUsPerSecond);
  }
  void PassDays(int days) {
    for (size_t at = 0; at < world_.nodes().size(); ++at) {
      world_.node(at).h.clock.Advance(std::chrono::hours(24) * days);
    }
  }
  // What that holder says over the network to the node `asker`.
  absl::StatusOr<std::string> ListOf(size_t holder, uint32_t day, size_t asker = 0) {
    peer::v1::GiveEvaluationListRequest request;
    request.set_key_id(Text(world_.package().key_id));
    request.set_day(day);
    std::promise<absl::StatusOr<peer::v1::GiveEvaluationListResponse>> done;
    world_.nodes()
        .network()
        .PeersOf(KeyWorld::NameOf(asker))
        ->GiveEvaluationList(KeyWorld::NameOf(holder), request,
                             [&done](auto answer) { done.set_value(std::move(answer)); });
    const auto answer = done.get_future().get();
    if (!answer.ok()) return answer.status();
    return answer->signed_list();
  }
  absl::StatusOr<peer::v1::RevealEvaluationNoncesResponse> RevealOf(size_t holder,
                                                                    const std::string& period,
                                                                    size_t asker = 0) {
    peer::v1::RevealEvaluationNoncesRequest request;
    request.set_signed_period(period);
    std::promise<absl::StatusOr<peer::v1::RevealEvaluationNoncesResponse>> done;
    world_.nodes()
        .network()
        .PeersOf(KeyWorld::NameOf(asker))
        ->RevealEvaluationNonces(KeyWorld::NameOf(holder), request,
                                 [&done](auto answer) { done.set_value(std::move(answer)); });
    return done.get_future().get();
  }
  // The code with which a node last refused.
  std::string RefusedAs(size_t at) { return world_.node(at).h.Last().act.refusal(); }
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_EXCHANGE_REVIEW_WORLD_H_
