#include "tests/server/keys/cheats.h"

#include <stdexcept>

#include "crypto/encrypted_share.h"
#include "crypto/hash.h"

namespace sluis::keys::test {

using namespace peer::v1;  // NOLINT: rounds and grounds, which are many

namespace {

namespace oprf = crypto::oprf;

constexpr MemberIndex kCheater = 2;

// A complaint of the cheater about the dealing of `dealer`, proven as its own key allows.
std::string ProvenComplaint(const World& world, const Parameters& parameters, MemberIndex dealer) {
  const CeremonySeed seed(world.SeedOf(kCheater));
  auto stream = seed.For("share key", crypto::View(parameters.id));
  const oprf::SecretScalar key = oprf::SecretScalar::Random(stream);
  const Message deal = ReadMessage(SentIn(world, parameters, dealer, CEREMONY_ROUND_DEAL)).value();
  CeremonyDeal body;
  Dealing dealing;
  if (!body.ParseFromString(deal.body) || !dealing.ParseFromString(body.dealing())) {
    throw std::runtime_error("no dealing");
  }
  const oprf::ShareAddress address{crypto::ToFixed<32>(deal.head.session()).value(), dealer,
                                   kCheater, oprf::MultiplyGenerator(key)};
  const auto share = oprf::EncryptedShare::Deserialize(dealing.shares().substr(64, 64)).value();
  return std::string(
      crypto::View(oprf::MakeComplaint(address, key, share, stream).value().Serialize()));
}

void Complain(CeremonyVerdict& verdict, MemberIndex dealer, const std::string& complaint) {
  ShareComplaint& added = *verdict.add_complaints();
  added.set_dealer(dealer);
  added.set_complaint(complaint);
}

template <typename Body, typename Change>
auto In(Round round, Change change) {
  return [=](const World& world, const Parameters&) {
    return ChangedIn(round, kCheater, [&world, change](const std::string& message) {
      return Changed<Body>(world, message, change);
    });
  };
}

template <typename Change>
auto Dealt(Change change) {
  return [=](const World& world, const Parameters& parameters) {
    return DealsOtherwise(world, parameters, kCheater, change);
  };
}

template <typename Body>
auto Invents() {
  return [](Body& body) { body.mutable_held(0)->set_body_digest(std::string(32, 'x')); };
}

// An abort in the place of the message of that round.
auto Aborts(Round round, const std::function<CeremonyAbort(const std::string&)>& make) {
  return [=](const World& world, const Parameters& parameters) -> Bus::Way {
    return [=, &world](const Delivery& one) -> std::vector<Delivery> {
      if (one.from != kCheater || RoundOf(one.message) < round) return {one};
      if (RoundOf(one.message) != round) return {};
      const Message abort = SignMessage(
          {parameters.partnership, parameters.id, {}}, CEREMONY_ROUND_ABORT, NameOf(kCheater),
          make(one.message).SerializeAsString(), world.keys.at(kCheater));
      return {one, {one.from, one.to, abort.Serialise()}};
    };
  };
}

CeremonyAbort AbortOver(Ground ground, Round round, const std::string& evidence) {
  CeremonyAbort out;
  out.set_ground(ground);
  out.set_round(round);
  out.add_culprits(3);
  if (!evidence.empty()) out.add_evidence(evidence);
  return out;
}

void AddDealings(std::vector<NamedCheat>& out) {
  out.push_back({"WrongShareToOne", CEREMONY_GROUND_SHARE, Dealt([](Dealing& dealing) {
                   // Member 3 gets what was encrypted for member 4.
                   dealing.mutable_shares()->replace(128, 64, dealing.shares().substr(192, 64));
                 })});
  out.push_back({"ShareThatDoesNotParse", CEREMONY_GROUND_SHARE, Dealt([](Dealing& dealing) {
                   dealing.mutable_shares()->replace(128, 64, std::string(64, '\xff'));
                 })});
  out.push_back({"ShareTooFew", CEREMONY_GROUND_MALFORMED, Dealt([](Dealing& dealing) {
                   dealing.mutable_shares()->resize(dealing.shares().size() - 64);
                 })});
  out.push_back({"FewerCommitments", CEREMONY_GROUND_COMMITMENTS,
                 Dealt([](Dealing& dealing) { dealing.mutable_commitments()->resize(32); })});
  out.push_back({"MoreCommitments", CEREMONY_GROUND_COMMITMENTS, Dealt([](Dealing& dealing) {
                   *dealing.mutable_commitments() += dealing.commitments().substr(0, 32);
                 })});
  out.push_back({"WrongConstant", CEREMONY_GROUND_CONSTANT, Dealt([](Dealing& dealing) {
                   dealing.mutable_commitments()->replace(
                       0, 32, std::string(crypto::View(oprf::Element::Generator().encoding())));
                 })});
  out.push_back({"CopiedDealing", CEREMONY_GROUND_CONSTANT,
                 [](const World& world, const Parameters& parameters) {
                   CeremonyDeal deal;
                   deal.ParseFromString(
                       ReadMessage(SentIn(world, parameters, 1, CEREMONY_ROUND_DEAL)).value().body);
                   return DealsOtherwise(world, parameters, kCheater, [deal](Dealing& dealing) {
                     dealing.ParseFromString(deal.dealing());
                   });
                 }});
  out.push_back({"DealsWhatItDidNotCommitTo", CEREMONY_GROUND_REVEAL,
                 In<CeremonyDeal>(CEREMONY_ROUND_DEAL, [](CeremonyDeal& body) {
                   body.mutable_dealing()->back() ^= 1;
                 })});
}

void AddComplaints(std::vector<NamedCheat>& out) {
  out.push_back({"FalseComplaintWithProof", CEREMONY_GROUND_COMPLAINT,
                 [](const World& world, const Parameters& parameters) {
                   const std::string complaint = ProvenComplaint(world, parameters, 1);
                   return In<CeremonyVerdict>(CEREMONY_ROUND_VERDICT, [=](CeremonyVerdict& body) {
                     Complain(body, 1, complaint);
                   })(world, parameters);
                 }});
  out.push_back({"ForgedComplaint", CEREMONY_GROUND_COMPLAINT,
                 In<CeremonyVerdict>(CEREMONY_ROUND_VERDICT, [](CeremonyVerdict& body) {
                   Complain(body, 1, std::string(96, '\1'));
                 })});
  out.push_back({"ComplaintAboutItself", CEREMONY_GROUND_MALFORMED,
                 In<CeremonyVerdict>(CEREMONY_ROUND_VERDICT, [](CeremonyVerdict& body) {
                   Complain(body, kCheater, std::string(96, '\1'));
                 })});
}

void AddStatements(std::vector<NamedCheat>& out) {
  out.push_back({"ShareKeyOfNobody", CEREMONY_GROUND_SHARE_KEY,
                 In<CeremonyAnnounce>(CEREMONY_ROUND_ANNOUNCE, [](CeremonyAnnounce& body) {
                   body.set_share_key(
                       std::string(crypto::View(oprf::Element::Generator().encoding())));
                 })});
  out.push_back({"InventedAnnouncement", CEREMONY_GROUND_ECHO,
                 In<CeremonyCommit>(CEREMONY_ROUND_COMMIT, Invents<CeremonyCommit>())});
  out.push_back({"InventedCommit", CEREMONY_GROUND_ECHO,
                 In<CeremonyDeal>(CEREMONY_ROUND_DEAL, Invents<CeremonyDeal>())});
  out.push_back({"InventedDeal", CEREMONY_GROUND_ECHO,
                 In<CeremonyVerdict>(CEREMONY_ROUND_VERDICT, Invents<CeremonyVerdict>())});
  out.push_back({"InventedVerdict", CEREMONY_GROUND_ECHO,
                 In<CeremonyConfirm>(CEREMONY_ROUND_CONFIRM, Invents<CeremonyConfirm>())});
  out.push_back({"OtherPackage", CEREMONY_GROUND_PACKAGE,
                 In<CeremonyConfirm>(CEREMONY_ROUND_CONFIRM, [](CeremonyConfirm& body) {
                   body.mutable_package_digest()->back() ^= 1;
                 })});
  out.push_back({"NoShareOfItsOwn", CEREMONY_GROUND_HOLDING,
                 In<CeremonyConfirm>(CEREMONY_ROUND_CONFIRM, [](CeremonyConfirm& body) {
                   body.mutable_possession()->at(32) ^= 1;
                 })});
  for (const Round round : {CEREMONY_ROUND_COMMIT, CEREMONY_ROUND_DEAL, CEREMONY_ROUND_VERDICT,
                            CEREMONY_ROUND_CONFIRM}) {
    out.push_back({"OtherSessionIn" + CeremonyRound_Name(round).substr(15), CEREMONY_GROUND_SESSION,
                   [=](const World& world, const Parameters& parameters) {
                     return ChangedIn(round, kCheater, [&world, parameters](const auto& message) {
                       const Message read = ReadMessage(message).value();
                       const std::string session(32, 's');
                       return SignMessage({parameters.partnership, parameters.id, session},
                                          read.head.round(), NameOf(kCheater), read.body,
                                          world.keys.at(kCheater))
                           .Serialise();
                     });
                   }});
  }
}

void AddEachRound(std::vector<NamedCheat>& out) {
  for (int i = CEREMONY_ROUND_ANNOUNCE; i <= CEREMONY_ROUND_CONFIRM; ++i) {
    const auto round = static_cast<Round>(i);
    const std::string in = "In" + CeremonyRound_Name(round).substr(15);
    out.push_back(
        {"Malformed" + in, CEREMONY_GROUND_MALFORMED, [=](const World& world, const Parameters&) {
           return ChangedIn(round, kCheater, [&world](const std::string& message) {
             return ChangedBytes(world, message, [](const std::string&) { return "nonsense"; });
           });
         }});
    out.push_back({"Silent" + in, CEREMONY_GROUND_SILENCE,
                   [=](const World&, const Parameters&) { return FallsSilent(round, kCheater); }});
    if (round == CEREMONY_ROUND_CONFIRM) continue;  // there a second one changes nothing
    out.push_back(
        {"SignsTwo" + in, CEREMONY_GROUND_EQUIVOCATION,
         [=](const World& world, const Parameters&) { return SignsTwo(world, round, kCheater); }});
  }
}

void AddAborts(std::vector<NamedCheat>& out) {
  out.push_back({"AbortOverRightMessage", CEREMONY_GROUND_UNFOUNDED,
                 [](const World& world, const Parameters& parameters) {
                   const std::string right = SentIn(world, parameters, 3, CEREMONY_ROUND_ANNOUNCE);
                   return Aborts(CEREMONY_ROUND_COMMIT, [=](const std::string&) {
                     return AbortOver(CEREMONY_GROUND_SHARE_KEY, CEREMONY_ROUND_ANNOUNCE, right);
                   })(world, parameters);
                 }});
  out.push_back({"AbortOverNonsense", CEREMONY_GROUND_UNFOUNDED,
                 Aborts(CEREMONY_ROUND_COMMIT, [](const std::string&) {
                   return AbortOver(CEREMONY_GROUND_REVEAL, CEREMONY_ROUND_DEAL, "nonsense");
                 })});
  out.push_back({"AbortOverSilenceOfOneWhoSpoke", CEREMONY_GROUND_UNFOUNDED,
                 Aborts(CEREMONY_ROUND_DEAL, [](const std::string&) {
                   return AbortOver(CEREMONY_GROUND_SILENCE, CEREMONY_ROUND_COMMIT, "");
                 })});
}

}  // namespace

std::string SentIn(const World& world, const Parameters& parameters, MemberIndex member,
                   Round round) {
  Bus bus(world, parameters);
  bus.Settle();
  for (const std::string& message : bus.SentBy(member)) {
    if (RoundOf(message) == round) return message;
  }
  throw std::runtime_error("nothing was sent in that round");
}

Bus::Way ChangedIn(Round round, MemberIndex cheater,
                   std::function<std::string(const std::string&)> change) {
  return [=](const Delivery& one) -> std::vector<Delivery> {
    if (one.from != cheater) return {one};
    if (RoundOf(one.message) == CEREMONY_ROUND_ABORT) return {};
    if (RoundOf(one.message) != round) return {one};
    return {{one.from, one.to, change(one.message)}};
  };
}

Bus::Way DealsOtherwise(const World& world, const Parameters& parameters, MemberIndex cheater,
                        const std::function<void(Dealing&)>& change) {
  const Message deal = ReadMessage(SentIn(world, parameters, cheater, CEREMONY_ROUND_DEAL)).value();
  CeremonyDeal body;
  Dealing dealing;
  if (!body.ParseFromString(deal.body) || !dealing.ParseFromString(body.dealing())) {
    throw std::runtime_error("no dealing");
  }
  change(dealing);
  const std::string dealt = dealing.SerializeAsString();
  crypto::Bytes committed = crypto::Lp("sluis/ceremony-dealing/v1") + deal.head.session();
  crypto::AppendU16(committed, cheater);
  const crypto::Hash digest = crypto::Sha256({committed, dealt});
  return [=, &world](const Delivery& one) -> std::vector<Delivery> {
    if (one.from != cheater || RoundOf(one.message) < CEREMONY_ROUND_COMMIT) return {one};
    if (RoundOf(one.message) == CEREMONY_ROUND_COMMIT) {
      return {{one.from, one.to,
               Changed<CeremonyCommit>(world, one.message, [&](CeremonyCommit& commit) {
                 commit.set_commitment(std::string(crypto::View(digest)));
               })}};
    }
    // What follows of its own commit is consistent, as if it had always been that one.
    if (RoundOf(one.message) != CEREMONY_ROUND_DEAL) return {};
    const Message commit =
        ReadMessage(Changed<CeremonyCommit>(
                        world, SentIn(world, parameters, cheater, CEREMONY_ROUND_COMMIT),
                        [&](CeremonyCommit& changed) {
                          changed.set_commitment(std::string(crypto::View(digest)));
                        }))
            .value();
    return {{one.from, one.to, Changed<CeremonyDeal>(world, one.message, [&](CeremonyDeal& out) {
               out.set_dealing(dealt);
               HeldMessage& own = *out.mutable_held(cheater - 1);
               own.set_body_digest(commit.head.body_digest());
               own.set_signature(commit.signature);
             })}};
  };
}

Bus::Way SignsTwo(const World& world, Round round, MemberIndex cheater) {
  const auto other = [&world](const std::string& message) {
    // A signature in the place of which nobody looks, or another nonce: right in itself.
    switch (RoundOf(message)) {
      case CEREMONY_ROUND_ANNOUNCE:
        return Changed<CeremonyAnnounce>(
            world, message, [](CeremonyAnnounce& body) { body.mutable_nonce()->back() ^= 1; });
      case CEREMONY_ROUND_COMMIT:
        return Changed<CeremonyCommit>(world, message, [](CeremonyCommit& body) {
          body.mutable_held(0)->mutable_signature()->back() ^= 1;
        });
      case CEREMONY_ROUND_DEAL:
        return Changed<CeremonyDeal>(world, message, [](CeremonyDeal& body) {
          body.mutable_held(0)->mutable_signature()->back() ^= 1;
        });
      default:
        return Changed<CeremonyVerdict>(world, message, [](CeremonyVerdict& body) {
          body.mutable_held(0)->mutable_signature()->back() ^= 1;
        });
    }
  };
  return [=](const Delivery& one) -> std::vector<Delivery> {
    if (one.from != cheater) return {one};
    if (RoundOf(one.message) == CEREMONY_ROUND_ABORT) return {};
    if (RoundOf(one.message) != round || one.to <= 2) return {one};
    return {{one.from, one.to, other(one.message)}};
  };
}

Bus::Way FallsSilent(Round round, MemberIndex cheater) {
  return [=](const Delivery& one) -> std::vector<Delivery> {
    if (one.from == cheater && RoundOf(one.message) >= round) return {};
    return {one};
  };
}

std::vector<NamedCheat> AllCheats() {
  std::vector<NamedCheat> out;
  AddDealings(out);
  AddComplaints(out);
  AddStatements(out);
  AddEachRound(out);
  AddAborts(out);
  return out;
}

}  // namespace sluis::keys::test
