#include "server/exchange/evaluation_desk.h"

#include <utility>

#include "server/core/take_evaluation_proofs.h"
#include "server/core/tell_evaluations.h"
#include "server/exchange/peer_refusal.h"

namespace sluis::exchange {
namespace {

absl::Status Later() {
  return absl::UnavailableError("this node cannot take it now; send it again later");
}

// Every refusal that is not signed is the same; a fault of this node says nothing but to come
// again.
absl::Status ToPeer(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return status;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kNotFound:
      return RefusedToPeer();
    default:
      return Later();
  }
}

}  // namespace

class EvaluationDesk::UnderWay {
 public:
  explicit UnderWay(EvaluationDesk& desk) : desk_(desk) {}
  ~UnderWay() {
    const std::lock_guard lock(desk_.mutex_);
    // Under the lock: whoever waits for the last one destroys the desk next.
    if (--desk_.under_way_ == 0) desk_.wake_.notify_all();
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  EvaluationDesk& desk_;
};

EvaluationDesk::EvaluationDesk(EvaluationDeskParts parts) : parts_(std::move(parts)) {
  for (size_t i = 0; i < parts_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

EvaluationDesk::~EvaluationDesk() { Stop(); }

void EvaluationDesk::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return under_way_ == 0; });
}

std::shared_ptr<EvaluationDesk::UnderWay> EvaluationDesk::Begin() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || under_way_ >= kMaxUnderWay) return nullptr;
    ++under_way_;
  }
  return std::make_shared<UnderWay>(*this);
}

void EvaluationDesk::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !work_.empty(); });
    if (work_.empty()) return;
    std::function<void(bool)> next = std::move(work_.front());
    work_.pop_front();
    const bool stopped = stopping_;
    lock.unlock();
    next(stopped);
    next = nullptr;
    lock.lock();
  }
}

void EvaluationDesk::Answer(const std::shared_ptr<core::AnswerToMake>& answer, absl::Status status,
                            std::shared_ptr<UnderWay> under_way,
                            Done<peer::v1::EvaluateResponse> done) {
  if (!status.ok()) return done(std::move(status));
  if (!answer->make) return done(absl::InternalError("a request came to no answer"));
  Do([this, answer, under_way = std::move(under_way), done = std::move(done)](bool stopped) {
    if (stopped) return done(Later());
    absl::StatusOr<std::string> made = answer->make();
    answer->make = nullptr;
    if (!made.ok()) {
      parts_.fault(made.status());
      return done(Later());
    }
    peer::v1::EvaluateResponse response;
    response.set_signed_answer(*std::move(made));
    done(std::move(response));
  });
}

void EvaluationDesk::Do(std::function<void(bool stopped)> work) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      work_.push_back(std::move(work));
      wake_.notify_one();
      return;
    }
  }
  work(true);
}

void EvaluationDesk::Evaluate(const std::string& sender, const peer::v1::EvaluateRequest& request,
                              Done<peer::v1::EvaluateResponse> done) {
  std::shared_ptr<UnderWay> under_way = Begin();
  if (under_way == nullptr) return done(Later());
  auto answer = std::make_shared<core::AnswerToMake>();
  auto use_case = std::make_shared<core::EvaluateForPartner>(
      request.signed_request(),
      core::EvaluateForPartner::Tools{parts_.evaluations, parts_.identity, parts_.random}, answer);
  parts_.executor.RunAsPeer(
      sender, std::move(use_case),
      [this, sender, answer, under_way, done = std::move(done)](absl::Status status) {
        if (answer->no_request) parts_.parked(sender);
        if (absl::IsDataLoss(status)) parts_.fault(status);
        Answer(answer, ToPeer(status), under_way, done);
      });
}

void EvaluationDesk::EvaluateOwn(const peer::v1::EvaluateRequest& request,
                                 Done<peer::v1::EvaluateResponse> done) {
  std::shared_ptr<UnderWay> under_way = Begin();
  if (under_way == nullptr) return done(Later());
  auto answer = std::make_shared<core::AnswerToMake>();
  auto use_case = std::make_shared<core::EvaluateForPartner>(
      request.signed_request(),
      core::EvaluateForPartner::Tools{parts_.evaluations, parts_.identity, parts_.random}, answer);
  parts_.executor.RunAsNode(std::move(use_case),
                            [this, answer, under_way, done = std::move(done)](absl::Status status) {
                              Answer(answer, std::move(status), under_way, done);
                            });
}

template <typename Response, typename Make>
void EvaluationDesk::Settle(const Asker& asker, Done<Response> done, const Make& make) {
  std::shared_ptr<UnderWay> under_way = Begin();
  if (under_way == nullptr) return done(Later());
  auto response = std::make_shared<Response>();
  std::shared_ptr<core::UseCase> use_case = make(response);
  if (!asker) {
    return parts_.executor.RunAsNode(
        std::move(use_case),
        [response, under_way, done = std::move(done)](const absl::Status& status) {
          if (!status.ok()) return done(status);
          done(*response);
        });
  }
  parts_.executor.RunAsPeer(
      *asker, std::move(use_case),
      [this, response, under_way, done = std::move(done)](const absl::Status& status) {
        if (absl::IsDataLoss(status)) parts_.fault(status);
        if (!status.ok()) return done(ToPeer(status));
        done(*response);
      });
}

void EvaluationDesk::ProveFor(const Asker& asker, const peer::v1::ProveEvaluationsRequest& request,
                              Done<peer::v1::ProveEvaluationsResponse> done) {
  Settle(asker, std::move(done), [&](auto response) {
    return std::make_shared<core::TakeEvaluationProofs>(request, parts_.evaluations, parts_.heads,
                                                        std::move(response));
  });
}

void EvaluationDesk::Prove(const std::string& sender,
                           const peer::v1::ProveEvaluationsRequest& request,
                           Done<peer::v1::ProveEvaluationsResponse> done) {
  ProveFor(sender, request, std::move(done));
}

void EvaluationDesk::ProveOwn(const peer::v1::ProveEvaluationsRequest& request,
                              Done<peer::v1::ProveEvaluationsResponse> done) {
  ProveFor(std::nullopt, request, std::move(done));
}

void EvaluationDesk::GiveListFor(const Asker& asker,
                                 const peer::v1::GiveEvaluationListRequest& request,
                                 Done<peer::v1::GiveEvaluationListResponse> done) {
  Settle(asker, std::move(done), [&](auto response) {
    return std::make_shared<core::GiveEvaluationList>(request, ForTelling(), std::move(response));
  });
}

void EvaluationDesk::GiveList(const std::string& sender,
                              const peer::v1::GiveEvaluationListRequest& request,
                              Done<peer::v1::GiveEvaluationListResponse> done) {
  GiveListFor(sender, request, std::move(done));
}

void EvaluationDesk::GiveListOwn(const peer::v1::GiveEvaluationListRequest& request,
                                 Done<peer::v1::GiveEvaluationListResponse> done) {
  GiveListFor(std::nullopt, request, std::move(done));
}

void EvaluationDesk::RevealFor(const Asker& asker,
                               const peer::v1::RevealEvaluationNoncesRequest& request,
                               Done<peer::v1::RevealEvaluationNoncesResponse> done) {
  Settle(asker, std::move(done), [&](auto response) {
    return std::make_shared<core::RevealEvaluationNonces>(request, ForTelling(),
                                                          std::move(response));
  });
}

void EvaluationDesk::Reveal(const std::string& sender,
                            const peer::v1::RevealEvaluationNoncesRequest& request,
                            Done<peer::v1::RevealEvaluationNoncesResponse> done) {
  RevealFor(sender, request, std::move(done));
}

void EvaluationDesk::RevealOwn(const peer::v1::RevealEvaluationNoncesRequest& request,
                               Done<peer::v1::RevealEvaluationNoncesResponse> done) {
  RevealFor(std::nullopt, request, std::move(done));
}

}  // namespace sluis::exchange
