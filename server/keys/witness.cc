#include "server/keys/witness.h"

#include <algorithm>
#include <set>

#include "server/keys/bodies.h"

namespace sluis::keys {
namespace {

using namespace peer::v1;  // NOLINT: rounds and grounds, which are many

class Witness {
 public:
  Witness(const Parameters& parameters, const Roster& roster)
      : board_{parameters, roster, {}, {}, {}, {}, {}} {}

  void Take(const std::string& bytes) {
    absl::StatusOr<Message> read = ReadMessage(bytes);
    if (!read.ok() || read->head.round() > CEREMONY_ROUND_CONFIRM) return;
    const auto message = Verify(*std::move(read), board_.parameters, board_.roster);
    if (!message.ok()) return;
    const std::vector<MemberIndex> senders = board_.SendersOf(message->round());
    if (!std::binary_search(senders.begin(), senders.end(), message->sender())) {
      return Add({CEREMONY_GROUND_MALFORMED, {message->sender()}, {message->message()}},
                 message->round());
    }
    const Message* known = board_.transcript.Known(message->round(), message->sender());
    if (known != nullptr && known->head_bytes != message->message().head_bytes) {
      return Add({CEREMONY_GROUND_EQUIVOCATION, {message->sender()}, {*known, message->message()}},
                 message->round());
    }
    board_.transcript.Take(*message, 0);
  }

  // As far as all messages of the rounds before are held and right.
  void JudgeAll() {
    for (int at = CEREMONY_ROUND_ANNOUNCE; at <= CEREMONY_ROUND_CONFIRM; ++at) {
      const auto round = static_cast<Round>(at);
      if (!Enter(round)) return;
      bool full = true;
      for (const MemberIndex member : board_.SendersOf(round)) {
        const Transcript::Held* held = board_.transcript.Find(round, member);
        if (held == nullptr) {
          full = false;
        } else if (const auto blame = Judge(held->message, member, board_)) {
          const bool earlier = blame->ground == CEREMONY_GROUND_EQUIVOCATION;
          Add(*blame, earlier ? static_cast<Round>(round - 1) : round);
          full = false;
        }
      }
      if (!full) return;
    }
  }

  std::vector<Finding> About(const std::set<MemberIndex>& members) const {
    std::vector<Finding> out;
    std::copy_if(findings_.begin(), findings_.end(), std::back_inserter(out),
                 [&](const Finding& one) { return members.contains(one.culprit); });
    return out;
  }

 private:
  bool Enter(Round round) {
    if (round == CEREMONY_ROUND_COMMIT) board_.session = SessionOf(board_);
    if (round != CEREMONY_ROUND_CONFIRM) return true;
    absl::StatusOr<Package> package = PackageOf(board_);
    if (!package.ok()) return false;
    board_.package = *std::move(package);
    return true;
  }

  void Add(const Blame& blame, Round round) {
    for (const MemberIndex culprit : blame.culprits) {
      const bool known = std::any_of(findings_.begin(), findings_.end(), [&](const Finding& one) {
        return one.culprit == culprit && one.ground == blame.ground;
      });
      if (known) continue;
      Finding& added = findings_.emplace_back(Finding{blame.ground, culprit, round, {}});
      for (const Message& message : blame.evidence) added.evidence.push_back(message.Serialise());
    }
  }

  Board board_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> JudgeAbort(const Parameters& parameters, const Roster& roster,
                                std::span<const std::string> held, const VerifiedMessage& abort) {
  const auto body = ReadAbort(abort.message().body);
  if (abort.round() != CEREMONY_ROUND_ABORT || !body) return {};
  Witness witness(parameters, roster);
  for (const std::string& message : held) witness.Take(message);
  for (const std::string& message : body->evidence()) witness.Take(message);
  witness.JudgeAll();
  std::set<MemberIndex> named;
  for (const uint32_t culprit : body->culprits()) named.insert(static_cast<MemberIndex>(culprit));
  return witness.About(named);
}

}  // namespace sluis::keys
