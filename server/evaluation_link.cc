#include "server/evaluation_link.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/core/close_review.h"
#include "server/core/end_evaluation.h"
#include "server/core/forget_asked.h"
#include "server/core/forget_evaluated.h"
#include "server/envelope/fault.h"

namespace sluis::server {
namespace {

constexpr auto kUpkeep = std::chrono::hours(1);
// How often holders are shown what they are owed when nothing else says so.
constexpr auto kProve = std::chrono::seconds(30);
constexpr std::string_view kHedgeLabel = "sluis/evaluation-hedge/v1";
constexpr std::string_view kNonceLabel = "sluis/evaluation-nonces/v1";

void LogFault(const absl::Status& status) {
  spdlog::error("evaluation: {}", std::string(status.message()));
}

bool IsAbsence(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsNotFound(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsCancelled(status);
}

node::v1::EvaluatedRecord Said(const core::RecordElements& kept) {
  node::v1::EvaluatedRecord said;
  said.set_record_id(kept.record);
  std::vector<std::string> kinds;
  for (const evaluation::KeptElement& one : kept.elements) {
    kinds.emplace_back(identity::IdType(one.kind));
  }
  std::sort(kinds.begin(), kinds.end());
  for (std::string& kind : kinds) said.add_kinds(std::move(kind));
  return said;
}

}  // namespace

EvaluationLink::EvaluationLink(const Parts& parts)
    : parts_(parts),
      evaluations_(parts_.organisation, parts_.caps),
      nonces_(crypto::HmacSha256Secret(crypto::View(parts_.keys.case_key.expose()), {kNonceLabel})),
      desk_({.executor = parts_.executor,
             .evaluations = evaluations_,
             .heads = parts_.heads,
             .identity = parts_.keys.identity,
             .nonces = nonces_,
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
             .fault = LogFault}),
      hedge_(crypto::HmacSha256Secret(crypto::View(parts_.keys.case_key.expose()), {kHedgeLabel})),
      asking_(
          {.organisation = parts_.organisation,
           .executor = parts_.executor,
           .peers = parts_.peers,
           .desk = desk_,
           .tools = {evaluations_, drafts_, persons_, parts_.random, hedge_, parts_.keys.case_key},
           .identity = parts_.keys.identity,
           .fault = LogFault}),
      prover_({.organisation = parts_.organisation,
               .ledger = parts_.ledger,
               .executor = parts_.executor,
               .peers = parts_.peers,
               .desk = desk_,
               .clock = parts_.clock}),
      reviews_({.organisation = parts_.organisation,
                .ledger = parts_.ledger,
                .executor = parts_.executor,
                .terms = parts_.terms,
                .peers = parts_.peers,
                .desk = desk_,
                .identity = parts_.keys.identity,
                .caps = parts_.caps}) {}

rpc::ReviewParts EvaluationLink::ForReview() {
  return {.asking = &reviews_,
          .tools = core::ReviewTools{parts_.ledger.origin(), parts_.caps, parts_.keys.case_key}};
}

rpc::EvaluationParts EvaluationLink::ForUsers() {
  return {.tools = core::AskTools{evaluations_, drafts_, persons_, parts_.random, hedge_,
                                  parts_.keys.case_key},
          .evaluate = [this](const auto& facts, auto request, auto& response, auto done) {
            Evaluate(facts, std::move(request), response, std::move(done));
          }};
}

void EvaluationLink::Evaluate(const absl::StatusOr<authn::CertificateFacts>& facts,
                              core::BeginEvaluation::Request request,
                              node::v1::EvaluateResponse& response,
                              std::function<void(const absl::Status&)> done) {
  asking_.Ask(
      facts, std::move(request),
      [this, &response, done = std::move(done)](absl::StatusOr<exchange::Evaluated> evaluated) {
        Wake();
        if (!evaluated.ok()) return done(evaluated.status());
        std::vector<node::v1::EvaluatedRecord> said;
        for (const core::RecordElements& one : evaluated->given.records) said.push_back(Said(one));
        for (const std::string& holder : evaluated->wrong) response.add_wrong_holders(holder);
        response.mutable_log_receipt()->set_leaf_hash(
            std::string(crypto::View(evaluated->leaf_hash)));
        // Elements leave memory only to lie sealed with their records.
        auto kept = std::make_shared<std::vector<std::string>>();
        parts_.executor.RunAsNode(
            std::make_shared<core::KeepElements>(std::move(evaluated->given), parts_.random, kept),
            [&response, done, said = std::move(said), kept](const absl::Status& status) {
              for (const node::v1::EvaluatedRecord& one : said) {
                if (std::ranges::find(*kept, one.record_id()) != kept->end()) {
                  *response.add_records() = one;
                }
              }
              done(status);
            });
      });
}

void EvaluationLink::Begin() {
  loop_ = std::thread([this] {
    std::unique_lock lock(loop_mutex_);
    while (!stopping_) {
      woken_ = false;
      lock.unlock();
      const absl::Status shown = prover_.Round();
      // Who is not there is asked again; nobody has to look at that here.
      if (!shown.ok() && !IsAbsence(shown)) LogFault(shown);
      lock.lock();
      wake_.wait_for(lock, kProve, [this] { return stopping_ || woken_; });
    }
  });
}

void EvaluationLink::Wake() {
  {
    const std::lock_guard lock(loop_mutex_);
    woken_ = true;
  }
  wake_.notify_all();
}

void EvaluationLink::Stop() {
  {
    const std::lock_guard lock(loop_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (loop_.joinable()) loop_.join();
  reviews_.Stop();
  asking_.Stop();
  desk_.Stop();
}

absl::Status EvaluationLink::KeepHouse() {
  const auto now = parts_.clock.Monotonic();
  if (upkept_ && now - *upkept_ < kUpkeep) return absl::OkStatus();
  upkept_ = now;
  absl::Status first =
      core::ForgetEvaluations(parts_.ledger, parts_.executor, evaluations_, parts_.clock.NowUs());
  first.Update(core::ForgetAskedEvaluations(parts_.ledger, parts_.executor, parts_.clock.NowUs()));
  first.Update(core::FinishReviews(parts_.ledger, parts_.executor));
  return first;
}

}  // namespace sluis::server
