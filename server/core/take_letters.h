#ifndef SLUIS_SERVER_CORE_TAKE_LETTERS_H_
#define SLUIS_SERVER_CORE_TAKE_LETTERS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/ceremonies.h"
#include "server/core/peer_act.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Most ceremonies that one partner's node may bring here at a time which nobody here has agreed to,
// and most of all partners together.
inline constexpr int kMostProposals = 4;
inline constexpr int kMostProposalsInAll = 16;

// Takes messages of ceremonies from `sender`, who may hand on those of others. An announcement of a
// ceremony that is not known here is kept as a proposal, for a person to agree to; nothing is
// answered before. Messages of one that this node takes part in go to its machine, one effect for
// each that changes it. Once it is over, what somebody lacks is handed on once.
//
// Refused with an entry as everything from peers is: what is of no form, of a ceremony not known
// here, not signed by who takes part, from who takes no part, or under another manifest than the
// one in force when it is new. Past the bounds a proposal is told to come later, and those that are
// here stay. Copies, and what comes after the end, change nothing. What is cheap is asked first:
// nothing is computed for who has signed nothing.
class TakeLetters : public UseCase {
 public:
  TakeLetters(std::string sender, std::vector<PeerLeaf> leaves, Ceremonies& ceremonies)
      : sender_(std::move(sender)), leaves_(std::move(leaves)), ceremonies_(ceremonies) {}

  const Method& method() const override;
  bool takes_turns() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  // A ceremony that messages of this envelope are for, as they have changed it so far.
  struct Open {
    CeremonyRow ceremony;
    std::shared_ptr<const KnownTerms> known;
    std::optional<keys::Ceremony> machine;
    std::optional<size_t> first, last;  // its effects
    std::vector<std::string> taken;     // messages that changed it: no row of the view has them
    bool waits = false;                 // past the bound: it comes again
  };
  using Opened = std::map<std::string, Open>;

  absl::Status Take(const Call& call, const View& view, const PeerLeaf& leaf, Opened& opened,
                    Plan& plan) const;
  absl::StatusOr<bool> TakeByMachine(const Call& call, const View& view,
                                     const keys::VerifiedMessage& message, Open& open,
                                     Plan& plan) const;
  absl::StatusOr<bool> Propose(const Call& call, const View& view, const keys::Message& message,
                               const Opened& opened, Open& open, Plan& plan) const;
  bool KeepForProposal(const Call& call, const keys::VerifiedMessage& message, Open& open,
                       Plan& plan) const;
  void CloseProposal(const Call& call, const keys::VerifiedMessage& message,
                     const std::string& signer, Open& open, Plan& plan) const;
  absl::Status TakeLateAbort(const Call& call, const View& view,
                             const keys::VerifiedMessage& message, Open& open, Plan& plan) const;
  absl::Status HandOn(const Call& call, const View& view, const keys::VerifiedMessage& message,
                      Open& open, Plan& plan) const;

  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
  Ceremonies& ceremonies_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TAKE_LETTERS_H_
