// What the five rounds make of the messages that are held: judging them, and going on.
#include <algorithm>

#include "server/keys/ceremony.h"

namespace sluis::keys {

using namespace peer::v1;  // NOLINT: rounds and grounds, which are many

bool Ceremony::InLastRound() const { return round_ == CEREMONY_ROUND_CONFIRM; }

void Ceremony::TakeRound(const VerifiedMessage& message, Step* step) {
  const MemberIndex sender = message.sender();
  const Round round = message.round();
  const std::vector<MemberIndex> senders = board_.SendersOf(round);
  if (!std::binary_search(senders.begin(), senders.end(), sender)) {
    return Charge({CEREMONY_GROUND_MALFORMED, {sender}, {message.message()}}, round, step);
  }
  const Message* known = board_.transcript.Known(round, sender);
  if (known != nullptr && known->head_bytes != message.message().head_bytes) {
    return TakeOther(message, step);
  }
  // An ended ceremony takes nothing more but the confirmation that it may have lacked.
  const bool open = standing_ == Standing::kRunning ||
                    (standing_ == Standing::kEnded && InLastRound() && round == round_);
  if (!open || board_.transcript.Take(message, now_s_) != Transcript::Taken::kNew) return;
  step->changed = true;
}

void Ceremony::TakeOther(const VerifiedMessage& message, Step* step) {
  const MemberIndex sender = message.sender();
  const Round round = message.round();
  const Message first = *board_.transcript.Known(round, sender);
  // In the last round a valid confirmation counts, whatever else its sender signed.
  if (InLastRound() && round == round_ && !confirmed_.contains(sender) &&
      !message.message().body.empty() && standing_ != Standing::kComplete &&
      !Judge(message.message(), sender, board_)) {
    board_.transcript.Replace(message, now_s_);
    step->changed = true;
  }
  Charge({CEREMONY_GROUND_EQUIVOCATION, {sender}, {first, message.message()}}, round, step);
}

void Ceremony::JudgeHeld(Step* step) {
  for (const MemberIndex member : board_.SendersOf(round_)) {
    Transcript::Held* held = board_.transcript.Find(round_, member);
    if (held == nullptr || held->judged) continue;
    held->judged = true;
    if (const auto blame = Judge(held->message, member, board_)) {
      const bool earlier = blame->ground == CEREMONY_GROUND_EQUIVOCATION;
      const Round round = earlier ? static_cast<Round>(round_ - 1) : round_;
      Charge(*blame, round, step);
      // Whoever is to blame, this member confirmed something else and will not confirm this.
      if (InLastRound()) End(*blame, round, step);
      if (standing_ == Standing::kEnded && !InLastRound()) return;
    } else if (InLastRound()) {
      confirmed_.insert(member);
    }
  }
}

bool Ceremony::RoundFull() const {
  const std::vector<MemberIndex> senders = board_.SendersOf(round_);
  return std::all_of(senders.begin(), senders.end(), [&](MemberIndex member) {
    const Transcript::Held* held = board_.transcript.Find(round_, member);
    return held != nullptr && held->judged;
  });
}

absl::Status Ceremony::Advance(Step* step) {
  const bool ended = standing_ == Standing::kEnded && !InLastRound();
  if (ended || standing_ == Standing::kComplete) return absl::OkStatus();
  while (true) {
    JudgeHeld(step);
    if (InLastRound()) {
      SettleLastRound(step);
      break;
    }
    if (standing_ != Standing::kRunning || !RoundFull()) break;
    if (absl::Status status = EnterNext(step); !status.ok()) {
      standing_ = Standing::kEnded;
      part_.reset();
      return status;
    }
  }
  JudgeAborts(step);
  return absl::OkStatus();
}

absl::Status Ceremony::EnterNext(Step* step) {
  round_ = static_cast<Round>(round_ + 1);
  entered_s_[round_] = now_s_;
  asked_s_.reset();
  absl::StatusOr<std::string> body = std::string();
  if (round_ == CEREMONY_ROUND_COMMIT) {
    board_.session = SessionOf(board_);
    // What was dealt needs no share any more, which may be gone by now.
    if (!said_.contains(CEREMONY_ROUND_DEAL)) body = part_->Commit(board_);
  } else if (round_ == CEREMONY_ROUND_DEAL) {
    if (!said_.contains(CEREMONY_ROUND_DEAL)) body = part_->Deal(board_);
  } else if (round_ == CEREMONY_ROUND_VERDICT) {
    body = part_->Verdict(board_);
  } else {
    absl::StatusOr<Package> package = PackageOf(board_);
    if (!package.ok()) {
      return absl::InternalError("the dealings of the ceremony cancel out: start it again");
    }
    board_.package = *std::move(package);
    // Who leaves has nothing to confirm.
    if (!board_.parameters.Holds(self_)) return absl::OkStatus();
    body = part_->Confirm(board_);
    if (body.ok()) share_ = part_->TakeShare();
  }
  if (!body.ok()) return body.status();
  Emit(round_, *std::move(body), step);
  return absl::OkStatus();
}

}  // namespace sluis::keys
