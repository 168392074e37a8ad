// Trying all candidates over what somebody has. Each test shows as well that the same search finds
// the person where it should, so that it could not fail to find one here.
#include "tests/support/dictionary.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/expand_message.h"
#include "crypto/lagrange.h"
#include "crypto/oprf.h"
#include "server/evaluation/tags.h"
#include "tests/server/evaluation/group.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using test::Group;
using test::NameOf;
using test::World;

constexpr int kCandidates = 30;
constexpr int kPerson = 17;

std::string Candidate(int i) { return "850730" + std::to_string(10000 + i); }

oprf::Element PointOf(int candidate) {
  const identity::CrossNodeInput input = test::NameKey(Candidate(candidate));
  return oprf::HashToGroup({input.expose()},
                           "HashToGroup-" + oprf::ContextOf(oprf::Mode::kVoprf).name());
}

std::vector<int> Fits(const std::string& remains) {
  std::vector<oprf::Element> points;
  for (int i = 0; i < kCandidates; ++i) points.push_back(PointOf(i));
  return tests::Fits(remains, points);
}

// All that the asker's node has on its disk and opens with its keys, and all that everybody else
// has of the request, with answers even of all.
TEST(DictionaryTest, AfterDestructionADictionaryOverBlindedElementsFails) {
  Group group;
  const Question question = group.world.Ask(test::People({Candidate(kPerson)}));
  const crypto::Hash leaf = group.log.Log(question).leaf_hash();
  const std::string request = group.world.RequestOn(leaf, question);
  std::string others = request;
  for (MemberIndex holder = 1; holder <= 5; ++holder) {
    const std::string answer = group.holders.Answer(holder, request);
    others += ReadAnswerEnvelope(answer)->bytes;
    others += group.ListOf(holder, test::kToday);
  }
  const Period period = group.All();
  const auto opened = [&] {
    return CheckOpening({test::kPartnership, test::kPurpose, group.world.package->key_id,
                         test::AskerLog::Origin(), period.log_heads(), group.world.case_key},
                        period.requests().begin()->second.item,
                        group.log.Open(leaf, period.log_heads().at(0).size));
  };
  EXPECT_EQ(Fits(others), std::vector<int>{}) << "without the asker's node";
  EXPECT_EQ(Fits(group.log.Readable() + others), std::vector<int>{kPerson})
      << "with the blind that it keeps there is one that fits";
  EXPECT_EQ(opened(), OpeningVerdict::kMatches);
  group.log.EraseSubject(leaf);
  EXPECT_EQ(Fits(group.log.Readable() + others), std::vector<int>{});
  EXPECT_EQ(opened(), OpeningVerdict::kUnopenable);
}

// What holders with these shares can make of a candidate, as every tag that there could be.
std::vector<Tag> Guesses(const World& world, int candidate,
                         const std::vector<MemberIndex>& holders) {
  const oprf::Element point = PointOf(candidate);
  std::vector<oprf::Element> elements = {point};
  for (const MemberIndex holder : holders) {
    elements.push_back(oprf::Multiply(world.shares.at(holder), point));
  }
  const auto lambda = oprf::LagrangeCoefficients(holders).value();
  oprf::Element sum;
  for (size_t i = 0; i < holders.size(); ++i) {
    sum = sum + oprf::Multiply(lambda[i], elements[i + 1]);
  }
  elements.push_back(sum);
  std::vector<Tag> out;
  for (const oprf::Element& element : elements) {
    auto bytes = element.encoding();
    const auto kept =
        oprf::SecretElement::Deserialize(crypto::Secret<32>::FromBytes(bytes)).value();
    out.push_back(ShareTag(kept, world.package->key_id, NameOf(2)));
    out.push_back(MatchToken(kept, world.package->key_id, NameOf(1), NameOf(2), test::kToday));
  }
  return out;
}

TEST(DictionaryTest, WithAWholeDiskAllTagsReceivedAndTooFewSharesNoCandidateIsFound) {
  World world(5, 3);
  auto bytes = world.ElementOf(test::kPurpose, Candidate(kPerson)).encoding();
  const auto element =
      oprf::SecretElement::Deserialize(crypto::Secret<32>::FromBytes(bytes)).value();
  const std::vector<Tag> received = {
      ShareTag(element, world.package->key_id, NameOf(2)),
      MatchToken(element, world.package->key_id, NameOf(1), NameOf(2), test::kToday)};
  const auto found = [&](const std::vector<MemberIndex>& holders) {
    std::vector<int> out;
    for (int i = 0; i < kCandidates; ++i) {
      const std::vector<Tag> guesses = Guesses(world, i, holders);
      if (std::find_first_of(guesses.begin(), guesses.end(), received.begin(), received.end()) !=
          guesses.end()) {
        out.push_back(i);
      }
    }
    return out;
  };
  EXPECT_EQ(found({1, 2}), std::vector<int>{});
  EXPECT_EQ(found({4, 5}), std::vector<int>{});
  EXPECT_EQ(found({1, 2, 4}), std::vector<int>{kPerson}) << "as many as are needed have the key";
}

}  // namespace
}  // namespace sluis::evaluation
