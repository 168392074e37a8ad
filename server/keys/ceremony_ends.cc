// How a ceremony ends: silence, what others say ended it for them, and completion.
#include <algorithm>

#include "server/keys/bodies.h"
#include "server/keys/ceremony.h"

namespace sluis::keys {

using namespace peer::v1;  // NOLINT: rounds and grounds, which are many

namespace {

// Of a finding, whose evidence was made by writing messages.
std::vector<Message> ReadAll(const std::vector<std::string>& evidence) {
  std::vector<Message> out;
  for (const std::string& bytes : evidence) {
    if (auto message = ReadMessage(bytes); message.ok()) out.push_back(*std::move(message));
  }
  return out;
}

}  // namespace

// Members that keep to the protocol can be one round's time and two ways of a message apart: one
// was kept waiting for a message that it then asked for. So a message is in time for two rounds'
// time at whoever gets it, and four have passed at whoever gives up.
uint64_t Ceremony::InTimeUntil(Round round) const {
  return round == CEREMONY_ROUND_ANNOUNCE
             ? board_.parameters.announce_until_s
             : entered_s_.at(round) + 2 * board_.parameters.round_seconds;
}

uint64_t Ceremony::SilentAt() const {
  return round_ == CEREMONY_ROUND_ANNOUNCE
             ? std::max(*asked_s_, board_.parameters.announce_until_s) +
                   board_.parameters.round_seconds
             : *asked_s_ + 3 * board_.parameters.round_seconds;
}

// In the first round people decide: what has not come by then may come by itself until the end, and
// everybody would hand it on to everybody. Unless somebody has gone on, who must have had all.
uint64_t Ceremony::AskAt() const {
  uint64_t ask_s = entered_s_.at(round_) + board_.parameters.round_seconds;
  if (round_ != CEREMONY_ROUND_ANNOUNCE) return ask_s;
  ask_s = std::max(ask_s, board_.parameters.announce_until_s);
  for (const MemberIndex member : board_.SendersOf(CEREMONY_ROUND_COMMIT)) {
    const Transcript::Held* gone_on = board_.transcript.Find(CEREMONY_ROUND_COMMIT, member);
    if (gone_on == nullptr) continue;
    ask_s = std::min(ask_s, gone_on->arrived_s + board_.parameters.round_seconds);
  }
  return ask_s;
}

std::optional<uint64_t> Ceremony::DueAt() const {
  if (AwaitedFrom().empty()) return std::nullopt;
  return asked_s_ ? SilentAt() : AskAt();
}

absl::StatusOr<Step> Ceremony::Tick(uint64_t now_s) {
  Step step;
  const std::vector<MemberIndex> awaited = AwaitedFrom();
  if (awaited.empty() || std::max(now_s_, now_s) < *DueAt()) return step;
  now_s_ = std::max(now_s_, now_s);
  if (!asked_s_) {
    asked_s_ = now_s_;
    CeremonyMissing body;
    body.set_round(round_);
    for (const MemberIndex member : awaited) body.add_members(member);
    Emit(CEREMONY_ROUND_MISSING, body.SerializeAsString(), &step);
  } else {
    Charge({CEREMONY_GROUND_SILENCE, awaited, {}}, round_, &step);
  }
  return step;
}

void Ceremony::TakeMissing(const VerifiedMessage& message, Step* step) {
  const auto body = ReadMissing(message.message().body);
  if (!body) {
    return Charge({CEREMONY_GROUND_MALFORMED, {message.sender()}, {message.message()}}, round_,
                  step);
  }
  // Once for each round, so that nobody is made to send without end.
  if (!asked_by_.insert({message.sender(), body->round()}).second) return;
  step->changed = true;
  for (const uint32_t index : body->members()) {
    const auto member = static_cast<MemberIndex>(index);
    if (board_.roster.Find(member) == nullptr) continue;
    wanted_[{body->round(), member}].insert(message.sender());
  }
}

void Ceremony::HandOn(Step* step) {
  for (auto wanted = wanted_.begin(); wanted != wanted_.end();) {
    const auto& [round, member] = wanted->first;
    const Transcript::Held* held = board_.transcript.Find(round, member);
    if (held == nullptr || !Has(round, member)) {
      ++wanted;
      continue;
    }
    std::vector<std::string> recipients;
    for (const MemberIndex asker : wanted->second) {
      recipients.push_back(board_.roster.Find(asker)->organisation);
    }
    step->send.push_back({std::move(recipients), held->message.Serialise()});
    wanted = wanted_.erase(wanted);
  }
}

void Ceremony::TakeAbort(const VerifiedMessage& message, Step* step) {
  const MemberIndex sender = message.sender();
  if (aborts_.contains(sender)) return;
  const auto body = ReadAbort(message.message().body);
  if (!body) {
    return Charge({CEREMONY_GROUND_MALFORMED, {sender}, {message.message()}}, round_, step);
  }
  step->changed = true;
  TakenAbort& taken = aborts_[sender];
  taken.message = message.message();
  taken.body = *body;
  taken.until = body->round();
  if (body->ground() == CEREMONY_GROUND_CANCELLED && body->evidence().empty()) {
    taken.judged = true;
    if (body->culprits(0) != sender) {
      return Charge({CEREMONY_GROUND_UNFOUNDED, {sender}, {message.message()}}, round_, step);
    }
    if (sender == self_) return Cancel(message, step);
    return Charge({CEREMONY_GROUND_CANCELLED, {sender}, {message.message()}}, body->round(), step);
  }
  for (const uint32_t culprit : body->culprits()) {
    const auto member = static_cast<MemberIndex>(culprit);
    // A confirmation that it lacks may be held here, or still come.
    if (body->round() == CEREMONY_ROUND_CONFIRM && board_.roster.Find(member) != nullptr) {
      wanted_[{body->round(), member}].insert(sender);
    }
  }
  for (const std::string& bytes : body->evidence()) {
    absl::StatusOr<Message> read = ReadMessage(bytes);
    const auto evidence = read.ok()
                              ? keys::Verify(*std::move(read), board_.parameters, board_.roster)
                              : absl::StatusOr<VerifiedMessage>(read.status());
    if (!evidence.ok()) {
      taken.judged = true;
      return Charge({CEREMONY_GROUND_UNFOUNDED, {sender}, {message.message()}}, round_, step);
    }
    TakeEvidence(*evidence, &taken, step);
  }
}

void Ceremony::Cancel(const VerifiedMessage& message, Step* step) {
  if (standing_ != Standing::kRunning) return;
  findings_.push_back({CEREMONY_GROUND_CANCELLED, self_, round_, {message.message().Serialise()}});
  standing_ = Standing::kEnded;
  part_.reset();
  step->send.push_back({OthersThan(self_), message.message().Serialise()});
}

void Ceremony::TakeEvidence(const VerifiedMessage& evidence, TakenAbort* taken, Step* step) {
  if (evidence.round() == CEREMONY_ROUND_ABORT) {
    taken->over_abort_of = evidence.sender();
  } else if (evidence.round() == CEREMONY_ROUND_MISSING) {
    if (!evidence.message().body.empty()) TakeMissing(evidence, step);
  } else {
    taken->until = std::max(taken->until, evidence.round());
    TakeRound(evidence, step);
  }
}

std::optional<Blame> Ceremony::JudgeSilence(MemberIndex sender, const CeremonyAbort& abort,
                                            const Message& message) const {
  const std::vector<MemberIndex> senders = board_.SendersOf(abort.round());
  std::vector<MemberIndex> late;
  for (const uint32_t culprit : abort.culprits()) {
    const auto member = static_cast<MemberIndex>(culprit);
    if (!std::binary_search(senders.begin(), senders.end(), member)) {
      return Blame{CEREMONY_GROUND_UNFOUNDED, {sender}, {message}};
    }
    // What has not come here either is found out by waiting.
    if (abort.round() > round_ || !Has(abort.round(), member)) return std::nullopt;
    const uint64_t arrived_s = board_.transcript.Find(abort.round(), member)->arrived_s;
    if (arrived_s > InTimeUntil(abort.round())) late.push_back(member);
  }
  if (late.empty()) return Blame{CEREMONY_GROUND_UNFOUNDED, {sender}, {message}};
  return Blame{CEREMONY_GROUND_SILENCE, std::move(late), {message}};
}

void Ceremony::JudgeAborts(Step* step) {
  for (auto& [sender, taken] : aborts_) {
    if (standing_ != Standing::kRunning) return;
    if (taken.judged) continue;
    if (taken.body.ground() == CEREMONY_GROUND_SILENCE) {
      if (const auto blame = JudgeSilence(sender, taken.body, taken.message)) {
        taken.judged = true;
        Charge(*blame, taken.body.round(), step);
      }
      continue;
    }
    // By then whatever it showed was judged here as well.
    const auto over = taken.over_abort_of ? aborts_.find(*taken.over_abort_of) : aborts_.end();
    if (taken.over_abort_of && (over == aborts_.end() || !over->second.judged)) continue;
    if (round_ <= taken.until && !(InLastRound() && taken.until == round_)) continue;
    taken.judged = true;
    const auto& culprits = taken.body.culprits();
    const auto found = std::find_if(findings_.begin(), findings_.end(), [&](const Finding& one) {
      return std::find(culprits.begin(), culprits.end(), one.culprit) != culprits.end();
    });
    if (found == findings_.end()) {
      Charge({CEREMONY_GROUND_UNFOUNDED, {sender}, {taken.message}}, taken.body.round(), step);
    } else if (LacksConfirmationOf(sender)) {
      // Only in the last round: it had reason to end before it confirmed.
      End({found->ground, {found->culprit}, ReadAll(found->evidence)}, found->round, step);
    }
  }
}

void Ceremony::Charge(const Blame& blame, Round round, Step* step) {
  bool found = false;
  for (const MemberIndex culprit : blame.culprits) {
    const bool known = std::any_of(findings_.begin(), findings_.end(), [&](const Finding& one) {
      return one.culprit == culprit && one.ground == blame.ground;
    });
    if (known) continue;
    found = true;
    Finding& added = findings_.emplace_back(Finding{blame.ground, culprit, round, {}});
    for (const Message& message : blame.evidence) added.evidence.push_back(message.Serialise());
  }
  if (!found) return;
  step->changed = true;
  if (!InLastRound()) return End(blame, round, step);
  // A confirmation that has come and was not looked at yet may still count.
  JudgeHeld(step);
  const bool lacking =
      std::any_of(blame.culprits.begin(), blame.culprits.end(),
                  [&](MemberIndex culprit) { return LacksConfirmationOf(culprit); });
  if (lacking) End(blame, round, step);
}

bool Ceremony::LacksConfirmationOf(MemberIndex member) const {
  return board_.parameters.Holds(member) && !confirmed_.contains(member);
}

void Ceremony::SettleLastRound(Step* step) {
  if (standing_ == Standing::kComplete) return;
  const std::vector<MemberIndex> holders = board_.SendersOf(CEREMONY_ROUND_CONFIRM);
  const bool all = std::all_of(holders.begin(), holders.end(),
                               [&](MemberIndex holder) { return confirmed_.contains(holder); });
  if (!all) return;
  standing_ = Standing::kComplete;
  part_.reset();
  step->changed = true;
}

void Ceremony::End(const Blame& blame, Round round, Step* step) {
  if (standing_ != Standing::kRunning) return;
  standing_ = Standing::kEnded;
  part_.reset();
  CeremonyAbort body;
  body.set_ground(blame.ground);
  for (const MemberIndex culprit : blame.culprits) body.add_culprits(culprit);
  body.set_round(round);
  for (Message message : blame.evidence) {
    if (blame.ground == CEREMONY_GROUND_SILENCE) break;
    if (message.head.round() == CEREMONY_ROUND_ABORT) {
      // Handed on apart, or aborts over aborts would have no bound.
      step->send.push_back({OthersThan(self_), message.Serialise()});
      message.body.clear();
    }
    body.add_evidence(message.Serialise());
  }
  Emit(CEREMONY_ROUND_ABORT, body.SerializeAsString(), step);
}

}  // namespace sluis::keys
