#include "server/core/evaluation_drafts.h"

#include <algorithm>

namespace sluis::core {

struct EvaluationDrafts::State {
  struct Kept {
    uint64_t until_us = 0;
    EvaluationDraft draft;
  };
  // By user and request id.
  using Key = std::pair<std::string, evaluation::RequestId>;

  // Called under the lock.
  void DropOld(uint64_t now_us) {
    std::erase_if(kept, [&](const auto& one) { return one.second.until_us <= now_us; });
  }

  std::mutex mutex;
  std::map<Key, Kept> kept;
};

EvaluationDrafts::EvaluationDrafts() : state_(std::make_shared<State>()) {}

EvaluationDrafts::Claimed::~Claimed() {
  if (!draft_) return;
  const std::lock_guard lock(state_->mutex);
  const evaluation::RequestId id = draft_->question->request_id();
  state_->kept.emplace(State::Key{user_id_, id}, State::Kept{until_us_, *std::move(draft_)});
}

EvaluationDraft EvaluationDrafts::Claimed::Use() {
  EvaluationDraft draft = *std::move(draft_);
  draft_.reset();
  return draft;
}

bool EvaluationDrafts::Keep(std::string_view user_id, EvaluationDraft draft, uint64_t now_us) {
  const std::lock_guard lock(state_->mutex);
  state_->DropOld(now_us);
  const std::string user(user_id);
  const auto first = state_->kept.lower_bound({user, evaluation::RequestId{}});
  auto oldest = state_->kept.end();
  size_t own = 0;
  for (auto one = first; one != state_->kept.end() && one->first.first == user; ++one, ++own) {
    if (oldest == state_->kept.end() || one->second.until_us < oldest->second.until_us) {
      oldest = one;
    }
  }
  if (own >= kMostOfOne) state_->kept.erase(oldest);
  if (state_->kept.size() >= kMost) return false;
  const evaluation::RequestId id = draft.question->request_id();
  state_->kept.emplace(State::Key{user, id}, State::Kept{now_us + kLifeUs, std::move(draft)});
  return true;
}

std::shared_ptr<EvaluationDrafts::Claimed> EvaluationDrafts::Claim(std::string_view user_id,
                                                                   const evaluation::RequestId& id,
                                                                   uint64_t now_us) {
  const std::lock_guard lock(state_->mutex);
  state_->DropOld(now_us);
  const auto found = state_->kept.find({std::string(user_id), id});
  if (found == state_->kept.end()) return nullptr;
  std::shared_ptr<Claimed> claimed(new Claimed(state_, found->first.first, found->second.until_us,
                                               std::move(found->second.draft)));
  state_->kept.erase(found);
  return claimed;
}

}  // namespace sluis::core
