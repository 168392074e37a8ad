#include "server/exchange/review_asking.h"

#include <future>
#include <set>
#include <utility>
#include <vector>

#include "server/evaluation/stated_period.h"

namespace sluis::exchange {
namespace {

absl::Status Later() {
  return absl::UnavailableError("the node is busy with another review or stops; ask again later");
}

template <typename Answer>
std::pair<std::future<absl::StatusOr<Answer>>, Peers::Done<Answer>> Awaited() {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Answer>>>();
  return {promise->get_future(),
          [promise](absl::StatusOr<Answer> answer) { promise->set_value(std::move(answer)); }};
}

}  // namespace

ReviewAsking::ReviewAsking(ReviewAskingParts parts) : parts_(std::move(parts)) {
  thread_ = std::thread([this] { Work(); });
}

void ReviewAsking::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return under_way_ == 0; });
}

bool ReviewAsking::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void ReviewAsking::Work() {
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

absl::StatusOr<ReviewStepped> ReviewAsking::Stepped(const core::ReviewTask& task) const {
  const auto snapshot = parts_.ledger.store().NewSnapshot();
  const core::View view(*snapshot, parts_.ledger.keyring());
  const absl::StatusOr<core::ReviewRow> review =
      core::ReadReview(view, task.review.key_id(), task.review.first_day());
  if (absl::IsNotFound(review.status())) {
    // Abandoned, by this step or meanwhile.
    ReviewStepped gone{task.receipt, {}};
    *gone.review.mutable_review() = task.review;
    gone.review.mutable_review()->set_state(record::v1::REVIEW_STATE_UNSPECIFIED);
    return gone;
  }
  if (!review.ok()) return review.status();
  absl::StatusOr<node::v1::ReviewView> shown = core::ViewOf(view, *parts_.terms.Get(), *review);
  if (!shown.ok()) return shown.status();
  return ReviewStepped{task.receipt, *std::move(shown)};
}

void ReviewAsking::Run(const Facts& facts, std::shared_ptr<core::UseCase> step, Task task,
                       Done done, std::function<absl::Status(const core::ReviewTask&)> rest) {
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    taken = !stopping_ && under_way_ < kMaxWaiting;
    if (taken) ++under_way_;
  }
  if (!taken) return done(Later());
  const auto ended = [this] {
    const std::lock_guard lock(mutex_);
    // Under the lock: whoever waits for the last one destroys this next.
    if (--under_way_ == 0) wake_.notify_all();
  };
  parts_.executor.Run(facts, std::move(step),
                      [this, task = std::move(task), done = std::move(done), rest = std::move(rest),
                       ended](const absl::Status& status) {
                        std::function<void(bool)> work = [this, task, done, rest,
                                                          ended](bool stopped) {
                          const absl::Status did = stopped ? Later() : rest(*task);
                          done(did.ok() ? Stepped(*task) : absl::StatusOr<ReviewStepped>(did));
                          ended();
                        };
                        if (!status.ok()) {
                          done(status);
                          return ended();
                        }
                        {
                          const std::lock_guard lock(mutex_);
                          if (!stopping_) {
                            work_.push_back(std::move(work));
                            wake_.notify_all();
                            return;
                          }
                        }
                        work(true);
                      });
}

void ReviewAsking::Collect(const Facts& facts, const node::v1::CollectListsRequest& request,
                           Done done) {
  auto task = std::make_shared<core::ReviewTask>();
  auto step = std::make_shared<core::CollectLists>(request, task);
  Run(facts, std::move(step), std::move(task), std::move(done),
      [this](const core::ReviewTask& lacking) { return AskLists(lacking); });
}

absl::Status ReviewAsking::AskLists(const core::ReviewTask& task) {
  using Answer = peer::v1::GiveEvaluationListResponse;
  std::set<uint32_t> days;
  for (const auto& [index, lacking] : task.lists) days.insert(lacking.begin(), lacking.end());
  for (const uint32_t day : days) {
    if (stopping()) return Later();
    std::vector<std::pair<keys::MemberIndex, std::future<absl::StatusOr<Answer>>>> asked;
    for (const auto& [index, lacking] : task.lists) {
      if (std::find(lacking.begin(), lacking.end(), day) == lacking.end()) continue;
      peer::v1::GiveEvaluationListRequest request;
      request.set_key_id(task.review.key_id());
      request.set_day(day);
      auto [answer, take] = Awaited<Answer>();
      const std::string& holder = task.holders.at(index);
      if (holder == parts_.organisation) {
        parts_.desk.GiveListOwn(request, std::move(take));
      } else {
        parts_.peers.GiveEvaluationList(holder, std::move(request), std::move(take));
      }
      asked.emplace_back(index, std::move(answer));
    }
    std::vector<core::FromHolder> given;
    const auto keep = [&] {
      if (given.empty()) return absl::OkStatus();
      auto act = std::make_shared<core::KeepReviewLists>(task.review, std::move(given));
      given.clear();
      return parts_.executor.RunAsNodeAndWait(std::move(act));
    };
    absl::Status kept = absl::OkStatus();
    for (auto& [index, answer] : asked) {
      absl::StatusOr<Answer> answered = answer.get();
      if (!answered.ok()) continue;
      given.emplace_back(index, std::move(*answered->mutable_signed_list()));
      if (given.size() == core::KeepReviewLists::kMost) kept.Update(keep());
    }
    kept.Update(keep());
    if (!kept.ok()) return kept;
  }
  return absl::OkStatus();
}

void ReviewAsking::Draw(const Facts& facts, const node::v1::DrawSampleRequest& request, Done done) {
  auto task = std::make_shared<core::ReviewTask>();
  auto step = std::make_shared<core::DrawSample>(request, parts_.caps, task);
  Run(facts, std::move(step), std::move(task), std::move(done),
      [this](const core::ReviewTask& fixed) { return AskReveals(fixed); });
}

absl::Status ReviewAsking::AskReveals(const core::ReviewTask& task) {
  using Answer = peer::v1::RevealEvaluationNoncesResponse;
  // Everything is opened: nothing to ask for.
  if (task.period.lists().empty()) return absl::OkStatus();
  peer::v1::RevealEvaluationNoncesRequest request;
  request.set_signed_period(evaluation::SignStatedPeriod(task.period, parts_.identity).Serialise());
  std::vector<std::pair<keys::MemberIndex, std::future<absl::StatusOr<Answer>>>> asked;
  for (const auto& [index, holder] : task.holders) {
    auto [answer, take] = Awaited<Answer>();
    if (holder == parts_.organisation) {
      parts_.desk.RevealOwn(request, std::move(take));
    } else {
      parts_.peers.RevealEvaluationNonces(holder, request, std::move(take));
    }
    asked.emplace_back(index, std::move(answer));
  }
  core::KeepReviewReveals::Told told;
  for (auto& [index, answer] : asked) {
    absl::StatusOr<Answer> answered = answer.get();
    if (!answered.ok()) continue;
    told.reveals.emplace_back(index, std::move(*answered->mutable_signed_reveal()));
    const absl::StatusOr<crypto::Hash> root = crypto::ToFixed<32>(answered->log_root());
    if (root.ok()) told.heads.push_back({answered->log_size(), *root});
  }
  if (told.reveals.empty()) return absl::OkStatus();
  return parts_.executor.RunAsNodeAndWait(
      std::make_shared<core::KeepReviewReveals>(task.review, std::move(told), parts_.caps));
}

void ReviewAsking::Close(const Facts& facts, const node::v1::CloseReviewRequest& request,
                         Done done) {
  auto task = std::make_shared<core::ReviewTask>();
  auto step = std::make_shared<core::CloseReview>(request, task);
  Run(facts, std::move(step), std::move(task), std::move(done), [this](const core::ReviewTask&) {
    return core::FinishReviews(parts_.ledger, parts_.executor);
  });
}

}  // namespace sluis::exchange
