#include "server/exchange/evaluation_prover.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

namespace sluis::exchange {
namespace {

constexpr auto kFirstWait = std::chrono::minutes(1);
constexpr std::chrono::steady_clock::duration kLongestWait = std::chrono::hours(1);

// Whoever refuses writes it down each time, and this node changes nothing about it by asking.
bool IsRefusal(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status) ||
         absl::IsPermissionDenied(status) || absl::IsNotFound(status);
}

}  // namespace

bool EvaluationProver::Waits(const Owed& owed) const {
  const auto wait = waits_.find(owed.first);
  return wait != waits_.end() && parts_.clock.Monotonic() < wait->second.until;
}

void EvaluationProver::NoteRefusal(const Owed& owed) {
  const auto [wait, first] = waits_.try_emplace(owed.first, Wait{{}, kFirstWait});
  wait->second.until = parts_.clock.Monotonic() + wait->second.next;
  wait->second.next = std::min(wait->second.next * 2, kLongestWait);
}

absl::Status EvaluationProver::Round() {
  const ledger::ShownCheckpoint head = parts_.ledger.checkpoint();
  if (head.size == 0) return absl::OkStatus();
  core::OwedProofs all;
  {
    const auto snapshot = parts_.ledger.store().NewSnapshot();
    auto read = core::ReadOwedProofs(core::View(*snapshot, parts_.ledger.keyring()),
                                     parts_.ledger.origin(), head.size, parts_.clock.NowUs());
    if (!read.ok()) return read.status();
    all = *std::move(read);
  }
  std::erase_if(waits_, [&](const auto& one) { return !all.contains(one.first); });
  std::erase_if(all, [this](const Owed& owed) { return Waits(owed); });
  absl::Status first = absl::OkStatus();
  // Twice: a holder that knows another head says which one.
  for (int attempt = 0; attempt < 2 && !all.empty(); ++attempt) {
    std::vector<std::future<Answer>> answers;
    for (const Owed& owed : all) answers.push_back(Show(owed, head));
    auto answer = answers.begin();
    std::erase_if(all, [&](const Owed& owed) {
      const absl::StatusOr<bool> taken = Take(owed, (answer++)->get());
      first.Update(taken.status());
      if (IsRefusal(taken.status())) NoteRefusal(owed);
      if (taken.ok() && *taken) waits_.erase(owed.first);
      return !taken.ok() || *taken;
    });
  }
  for (const Owed& owed : all) NoteRefusal(owed);
  if (all.empty()) return first;
  first.Update(absl::FailedPreconditionError(
      "a holder knows a head of this log to which nothing here leads; look at its partner's log"));
  return first;
}

std::future<EvaluationProver::Answer> EvaluationProver::Show(const Owed& owed,
                                                             const ledger::ShownCheckpoint& head) {
  const auto& [holder, key_id] = owed.first;
  auto answered = std::make_shared<std::promise<Answer>>();
  const auto take = [answered](Answer answer) { answered->set_value(std::move(answer)); };
  peer::v1::ProveEvaluationsRequest request;
  request.set_key_id(std::string(crypto::View(key_id)));
  {
    const auto snapshot = parts_.ledger.store().NewSnapshot();
    const auto proofs = core::ProofsOf(core::View(*snapshot, parts_.ledger.keyring()),
                                       parts_.ledger.origin(), head, owed.second, known_[holder]);
    if (!proofs.ok()) {
      // As when this node was put back behind what it had shown: from the beginning next time.
      known_[holder] = 0;
      take(proofs.status());
      return answered->get_future();
    }
    request.set_proofs(proofs->SerializeAsString());
  }
  std::future<Answer> answer = answered->get_future();
  if (holder == parts_.organisation) {
    parts_.desk.ProveOwn(request, take);
  } else {
    parts_.peers.ProveEvaluations(holder, std::move(request), take);
  }
  return answer;
}

absl::StatusOr<bool> EvaluationProver::Take(const Owed& owed, const Answer& answer) {
  if (!answer.ok()) return answer.status();
  const std::string& holder = owed.first.first;
  known_[holder] = answer->known_size();
  if (!answer->taken()) return false;
  const absl::Status forgotten = parts_.executor.RunAsNodeAndWait(
      std::make_shared<core::ForgetOwedProofs>(holder, owed.second));
  if (!forgotten.ok()) return forgotten;
  return true;
}

}  // namespace sluis::exchange
