#include "server/evaluation/tags.h"

#include <gtest/gtest.h>

#include <bit>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "crypto/expand_message.h"
#include "crypto/oprf.h"
#include "tests/server/evaluation/world.h"
#include "tests/support/places.h"
#include "tests/support/seeded_random.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using test::World;

template <size_t N>
crypto::FixedBytes<N> FromHex(const nlohmann::json& hex) {
  return crypto::ToFixed<N>(crypto::HexDecode(hex.get<std::string>()).value()).value();
}

oprf::SecretElement Kept(crypto::FixedBytes<32> bytes) {
  return oprf::SecretElement::Deserialize(crypto::Secret<32>::FromBytes(bytes)).value();
}

TEST(TagsTest, VectorsMadeApartFromTheCode) {
  std::ifstream file(tests::InSources("/tests/vectors/tags.json"));
  const auto vectors = nlohmann::json::parse(file);
  ASSERT_EQ(vectors["share_tags"].size(), 3U);
  ASSERT_EQ(vectors["match_tokens"].size(), 6U);
  ASSERT_EQ(vectors["tag_indexes"].size(), 3U);
  std::set<Tag> all;
  for (const auto& one : vectors["share_tags"]) {
    const Tag tag = ShareTag(Kept(FromHex<32>(one["element"])), FromHex<32>(one["key_id"]),
                             one["recipient"].get<std::string>());
    EXPECT_EQ(tag, FromHex<32>(one["tag"]));
    EXPECT_TRUE(all.insert(tag).second);
  }
  for (const auto& one : vectors["match_tokens"]) {
    const Tag token = MatchToken(Kept(FromHex<32>(one["element"])), FromHex<32>(one["key_id"]),
                                 one["asker"].get<std::string>(), one["asked"].get<std::string>(),
                                 one["day"].get<uint32_t>());
    EXPECT_EQ(token, FromHex<32>(one["token"]));
    EXPECT_TRUE(all.insert(token).second);
  }
  for (const auto& one : vectors["tag_indexes"]) {
    auto key = FromHex<32>(one["local_key"]);
    const Tag index = TagIndex(crypto::Secret<32>::FromBytes(key),
                               one["case_ref"].get<std::string>(), FromHex<32>(one["tag"]));
    EXPECT_EQ(index, FromHex<32>(one["index"]));
    EXPECT_TRUE(all.insert(index).second);
  }
}

int Distance(const Tag& a, const Tag& b) {
  int out = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    out += std::popcount(static_cast<unsigned>(a[i] ^ b[i]));
  }
  return out;
}

// The same people as two sides see them. Whoever pairs the nearest is right as often as by chance,
// and pairs of one person are as far apart as any.
void ExpectNoLink(const std::vector<Tag>& left, const std::vector<Tag>& right) {
  ASSERT_EQ(left.size(), right.size());
  size_t hits = 0;
  double same = 0;
  double any = 0;
  for (size_t i = 0; i < left.size(); ++i) {
    size_t nearest = 0;
    for (size_t j = 0; j < right.size(); ++j) {
      EXPECT_NE(left[i], right[j]);
      any += Distance(left[i], right[j]);
      if (Distance(left[i], right[j]) < Distance(left[i], right[nearest])) nearest = j;
    }
    if (nearest == i) ++hits;
    same += Distance(left[i], right[i]);
  }
  const auto n = static_cast<double>(left.size());
  // One hit is expected; ten and more come once in ten million runs.
  EXPECT_LT(hits, 10U);
  // Six standard deviations of the mean distance, which is 8 bits for one pair.
  EXPECT_NEAR(same / n, 128, 6 * 8 / std::sqrt(n));
  EXPECT_NEAR(any / (n * n), 128, 1);
}

class UnlinkabilityTest : public ::testing::Test {
 protected:
  static constexpr int kPeople = 200;

  std::vector<Tag> Tags(World& world, const char* purpose,
                        const std::function<Tag(const oprf::SecretElement&)>& tag) {
    std::vector<Tag> out;
    for (int i = 0; i < kPeople; ++i) {
      out.push_back(tag(Kept(world.ElementOf(purpose, "persoon " + std::to_string(i)).encoding())));
    }
    return out;
  }
  static std::function<Tag(const oprf::SecretElement&)> For(const World& world,
                                                            std::string_view recipient) {
    return [&world, recipient](const oprf::SecretElement& element) {
      return ShareTag(element, world.package->key_id, recipient);
    };
  }
  static std::function<Tag(const oprf::SecretElement&)> On(const World& world, uint32_t day) {
    return [&world, day](const oprf::SecretElement& element) {
      return MatchToken(element, world.package->key_id, "lid-1.example", "lid-2.example", day);
    };
  }

  World a_{3, 2, 1, "doel-a"};
  World b_{3, 2, 2, "doel-b"};
};

TEST_F(UnlinkabilityTest, TagsUnderTwoPurposesDoNotLink) {
  ExpectNoLink(Tags(a_, "doel-a", For(a_, "lid-2.example")),
               Tags(b_, "doel-b", For(b_, "lid-2.example")));
}

// One person, and nothing but the purpose in the input differs: under many keys, each the same for
// both purposes, as if somebody had used one key twice.
TEST_F(UnlinkabilityTest, OnePersonUnderTwoPurposesDoesNotLinkByTheInputAlone) {
  const auto tags = [&](const identity::CrossNodeInput& input) {
    const oprf::Element point = oprf::HashToGroup(
        {input.expose()}, "HashToGroup-" + oprf::ContextOf(oprf::Mode::kVoprf).name());
    tests::SeededRandom random(77);
    std::vector<Tag> out;
    for (int i = 0; i < kPeople; ++i) {
      const oprf::SecretScalar key = oprf::SecretScalar::Random(random);
      out.push_back(
          ShareTag(Kept(oprf::Multiply(key, point).encoding()), crypto::Hash{}, "lid-2.example"));
    }
    return out;
  };
  const std::vector<Tag> left = tags(test::NameKey("steeds dezelfde", "doel-a"));
  ExpectNoLink(left, tags(test::NameKey("steeds dezelfde", "doel-b")));
  EXPECT_EQ(left, tags(test::NameKey("steeds dezelfde", "doel-a")))
      << "with one purpose all of them link";
}

TEST_F(UnlinkabilityTest, TagsForTwoRecipientsDoNotLink) {
  ExpectNoLink(Tags(a_, "doel-a", For(a_, "lid-2.example")),
               Tags(a_, "doel-a", For(a_, "lid-3.example")));
}

TEST_F(UnlinkabilityTest, TokensOfTwoDaysDoNotLink) {
  ExpectNoLink(Tags(a_, "doel-a", On(a_, 20731)), Tags(a_, "doel-a", On(a_, 20732)));
}

TEST_F(UnlinkabilityTest, ATagAndATokenDoNotLink) {
  ExpectNoLink(Tags(a_, "doel-a", For(a_, "lid-2.example")), Tags(a_, "doel-a", On(a_, 20731)));
}

TEST_F(UnlinkabilityTest, OneRecipientLinksWhatItReceivedUnderOnePurpose) {
  EXPECT_EQ(Tags(a_, "doel-a", For(a_, "lid-2.example")),
            Tags(a_, "doel-a", For(a_, "lid-2.example")));
}

// Each asks for the other's elements: k_a * N_b and k_b * N_a are one value when the purpose is not
// in the input, and two when it is.
TEST_F(UnlinkabilityTest, AttackCrossPurposeByCommuting) {
  const auto taken_on = [&](World& world, const oprf::Element& element) {
    std::vector<oprf::SecretElement> elements;
    elements.push_back(Kept(element.encoding()));
    oprf::Request request = oprf::Request::OfElements(elements, world.random).value();
    std::vector<oprf::VerifiedAnswer> answers;
    for (const MemberIndex holder : {MemberIndex{1}, MemberIndex{3}}) {
      const oprf::Element& key = world.package->Find(holder)->verification_key;
      answers.push_back(oprf::VerifyAnswer(request, holder, key,
                                           oprf::BlindEvaluate(world.shares.at(holder), key,
                                                               request.blinded(), world.random)
                                               .value())
                            .value());
    }
    const auto out = oprf::Combine(std::move(request), 2, answers).value();
    return std::string(crypto::View(out[0].bytes().expose()));
  };
  EXPECT_NE(taken_on(b_, a_.ElementOf("doel-a", "een")),
            taken_on(a_, b_.ElementOf("doel-b", "een")));
  // The same input with the purpose taken out of it.
  const identity::CrossNodeInput key = test::NameKey("een", "doel-a");
  std::string without(key.expose());
  const std::string purpose(
      "\0\x06"
      "doel-a",
      8);
  ASSERT_NE(without.find(purpose), std::string::npos);
  without.erase(without.find(purpose), purpose.size());
  const oprf::Element point =
      oprf::HashToGroup({without}, "HashToGroup-" + oprf::ContextOf(oprf::Mode::kVoprf).name());
  EXPECT_EQ(taken_on(b_, oprf::Multiply(a_.secret, point)),
            taken_on(a_, oprf::Multiply(b_.secret, point)))
      << "without the purpose in the input the attack succeeds";
}

// What holders see of one person is spread like what they see of many.
TEST_F(UnlinkabilityTest, BlindedElementsOfOnePersonLookLikeThoseOfMany) {
  std::array<std::array<double, 256>, 2> counts{};
  constexpr int kRequests = 60;
  for (int i = 0; i < kRequests; ++i) {
    std::vector<std::string> one;
    std::vector<std::string> many;
    for (int p = 0; p < 8; ++p) many.push_back(std::to_string(i) + " " + std::to_string(p));
    one.push_back("steeds dezelfde");
    for (int p = 1; p < 8; ++p) one.push_back("en nog " + std::to_string(p));
    for (const size_t side : {0U, 1U}) {
      const Question question = a_.Ask(test::People(side == 0 ? one : many, "doel-a"));
      for (const auto& person : question.blinded()) {
        // The last byte has only seven bits, and the first no lowest one.
        for (size_t at = 1; at < 31; ++at) {
          ++counts[side][static_cast<uint8_t>(person.elements()[at])];
        }
      }
    }
  }
  // Two samples of one distribution: chi-square with 255 degrees of freedom, mean 255, deviation
  // 22.6.
  double chi_square = 0;
  for (size_t value = 0; value < 256; ++value) {
    const double sum = counts[0][value] + counts[1][value];
    ASSERT_GT(sum, 0);
    chi_square +=
        (counts[0][value] - counts[1][value]) * (counts[0][value] - counts[1][value]) / sum;
  }
  EXPECT_LT(chi_square, 255 + 6 * 22.6);
}

}  // namespace
}  // namespace sluis::evaluation
