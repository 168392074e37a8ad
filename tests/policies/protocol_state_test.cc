// Signatures of the parties, and what a protocol is on a day.
#include "policies/protocol_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = ProtocolReason::Kind;

crypto::SigningKey KeyOf(uint8_t number) {
  crypto::Secret<32> seed;
  for (uint8_t& byte : seed.mutable_span()) byte = number;
  return crypto::SigningKey::FromSeed(std::move(seed));
}

class ProtocolStateTest : public testing::Test {
 protected:
  void SetUp() override {
    ProtocolReading reading = ReadProtocol("p.yaml", ExampleProtocolText());
    ASSERT_TRUE(reading.protocol.has_value());
    protocol_ = *std::move(reading.protocol);
    signatures_.digest = protocol_.digest;
    for (uint8_t i = 0; i < protocol_.parties.size(); ++i) {
      const std::string& organisation = protocol_.parties[i].organisation.text;
      keys_.push_back({organisation, KeyOf(i).public_key(), "2026-01-01", "2026-12-31"});
      signatures_.Add(SignProtocol(protocol_.digest, organisation, "2026-08-20", KeyOf(i)));
    }
  }

  ProtocolStanding On(const char* day) const {
    return ProtocolState(protocol_, signatures_, keys_, day);
  }
  ProtocolSignature& Signature(std::string_view organisation) {
    return const_cast<ProtocolSignature&>(*signatures_.Find(organisation));
  }

  Protocol protocol_;
  ProtocolSignatures signatures_;
  std::vector<PartyKey> keys_;
};

TEST_F(ProtocolStateTest, FollowsItsDays) {
  struct {
    const char* day;
    ProtocolPhase phase;
    bool new_disclosures;
  } const cases[] = {
      {"2026-08-31", ProtocolPhase::kNotYetInForce, false},
      {"2026-09-01", ProtocolPhase::kActive, true},
      {"2027-05-31", ProtocolPhase::kActive, true},
      {"2027-06-01", ProtocolPhase::kPastReview, true},
      {"2027-07-30", ProtocolPhase::kPastReview, true},
      {"2027-07-31", ProtocolPhase::kReviewOverdue, false},
      {"2027-08-31", ProtocolPhase::kReviewOverdue, false},
      {"2027-09-01", ProtocolPhase::kEnded, false},
  };
  for (const auto& one : cases) {
    const ProtocolStanding standing = On(one.day);
    EXPECT_EQ(standing.phase, one.phase) << one.day;
    EXPECT_EQ(standing.new_disclosures, one.new_disclosures) << one.day;
    EXPECT_EQ(DaysHold(protocol_, one.day), one.new_disclosures) << one.day;
    EXPECT_THAT(standing.signed_by, SizeIs(5)) << "keys that have expired since count";
  }
  EXPECT_THAT(On("2027-06-01").reasons,
              ElementsAre(ProtocolReason{Kind::kReviewedOn, "2027-05-31"},
                          ProtocolReason{Kind::kStopsAfter, "2027-07-30"}));
  EXPECT_THAT(On("2026-09-01").reasons,
              ElementsAre(ProtocolReason{Kind::kEndsAfter, "2027-08-31"}));
}

TEST_F(ProtocolStateTest, WithoutGraceItStopsAfterTheReview) {
  protocol_.grace_days = 0;
  EXPECT_EQ(On("2027-05-31").phase, ProtocolPhase::kActive);
  EXPECT_EQ(On("2027-06-01").phase, ProtocolPhase::kReviewOverdue);
  EXPECT_FALSE(On("2027-06-01").new_disclosures);
}

TEST_F(ProtocolStateTest, WaitsForEveryParty) {
  std::erase_if(signatures_.signatures,
                [](const auto& one) { return one.organisation == "zandrode.example"; });
  const ProtocolStanding waiting = On("2026-10-01");
  EXPECT_EQ(waiting.phase, ProtocolPhase::kWaiting);
  EXPECT_FALSE(waiting.new_disclosures);
  EXPECT_THAT(waiting.reasons, Contains(ProtocolReason{Kind::kMissing, "zandrode.example"}));
  signatures_.signatures.clear();
  EXPECT_EQ(On("2026-10-01").phase, ProtocolPhase::kDraft);
  EXPECT_THAT(On("2026-10-01").signed_by, IsEmpty());
}

TEST_F(ProtocolStateTest, CountsNoSignatureThatDoesNotHold) {
  const auto expect = [this](Kind kind, const char* day) {
    EXPECT_EQ(On(day).phase, ProtocolPhase::kWaiting);
    EXPECT_THAT(On(day).reasons, Contains(ProtocolReason{kind, "zandrode.example"}));
    EXPECT_THAT(On(day).reasons, Contains(ProtocolReason{Kind::kMissing, "zandrode.example"}));
  };
  const ProtocolSignature good = Signature("zandrode.example");
  // Of another party.
  Signature("zandrode.example").signature = Signature("lindervaart.example").signature;
  expect(Kind::kDoesNotHold, "2026-10-01");
  // The day is signed as well.
  Signature("zandrode.example") = good;
  Signature("zandrode.example").day = "2026-08-21";
  expect(Kind::kDoesNotHold, "2026-10-01");
  // When the key was not valid yet.
  Signature("zandrode.example") =
      SignProtocol(protocol_.digest, "zandrode.example", "2025-12-31", KeyOf(1));
  expect(Kind::kDoesNotHold, "2026-10-01");
  // Or no longer.
  Signature("zandrode.example") =
      SignProtocol(protocol_.digest, "zandrode.example", "2027-01-01", KeyOf(1));
  expect(Kind::kDoesNotHold, "2027-02-01");
  expect(Kind::kSignedLater, "2026-12-01");
}

// What was signed before it was advised on or assessed was not signed as it is.
TEST_F(ProtocolStateTest, CountsNoSignatureFromBeforeTheAdvices) {
  const auto read = [](const std::string& from, const std::string& to) {
    const ProtocolReading reading = ReadProtocol("p.yaml", Edited(ExampleProtocolText(), from, to));
    EXPECT_TRUE(reading.protocol.has_value()) << from;
    return reading.protocol.value_or(Protocol{});
  };
  const struct {
    const char *from, *to, *last;
  } cases[] = {
      {"Belgisch recht.", "Belgisch recht!", "2026-06-18"},  // the last advice of an officer
      {"datum: 2026-05-20", "datum: 2026-07-20", "2026-07-20"},
      {"\nonderwerp:",
       "\nadvies_toezichthouder: {uitkomst: gunstig, datum: 2026-08-03, referentie: V}\nonderwerp:",
       "2026-08-03"},
  };
  for (const auto& one : cases) {
    protocol_ = read(one.from, one.to);
    EXPECT_EQ(FirstDayToSign(protocol_), one.last);
    signatures_ = {protocol_.digest, {}};
    for (uint8_t i = 0; i < protocol_.parties.size(); ++i) {
      // The second the day before, the others that very day.
      signatures_.Add(SignProtocol(protocol_.digest, protocol_.parties[i].organisation.text,
                                   i == 1 ? DayAfter(one.last, -1) : one.last, KeyOf(i)));
    }
    const ProtocolStanding standing = On("2026-10-01");
    EXPECT_EQ(standing.phase, ProtocolPhase::kWaiting);
    EXPECT_THAT(standing.signed_by, SizeIs(4));
    EXPECT_THAT(standing.reasons,
                Contains(ProtocolReason{Kind::kSignedEarly, "zandrode.example", one.last}));
    EXPECT_THAT(standing.reasons, Contains(ProtocolReason{Kind::kMissing, "zandrode.example"}));
  }
}

TEST_F(ProtocolStateTest, OtherTextsAndStrangersDoNotCount) {
  ProtocolSignatures other = signatures_;
  other.digest[0] ^= 1;
  const ProtocolStanding standing = ProtocolState(protocol_, other, keys_, "2026-10-01");
  EXPECT_EQ(standing.phase, ProtocolPhase::kDraft);
  EXPECT_THAT(standing.reasons, Contains(ProtocolReason{Kind::kOtherText, ""}));
  signatures_.Add(SignProtocol(protocol_.digest, "vreemd.example", "2026-08-20", KeyOf(9)));
  keys_.push_back({"vreemd.example", KeyOf(9).public_key(), "2026-01-01", "2026-12-31"});
  EXPECT_EQ(On("2026-10-01").phase, ProtocolPhase::kActive);
  EXPECT_THAT(On("2026-10-01").reasons, Contains(ProtocolReason{Kind::kNoParty, "vreemd.example"}));
}

TEST_F(ProtocolStateTest, SignaturesAreReadAsTheyAreWritten) {
  const std::string text = signatures_.Serialise();
  const auto read = ReadSignatures("s", text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->signatures, signatures_.signatures);
  EXPECT_EQ(read->digest, signatures_.digest);
  const std::string digest = crypto::HexEncode(crypto::View(signatures_.digest));
  const std::string line = "caw-de-overzet.example 2026-08-20 ";
  const struct {
    std::string text, place;
  } wrong[] = {
      {Edited(text, "/v1", "/v2"), "s:1: "},
      {Edited(text, digest, "00"), "s:2: "},
      {Edited(text, "protocol: ", "protocol:"), "s:2: "},
      {"sluis-protocol-signatures/v1\n", "s:2: "},
      {Edited(text, "2026-08-20", "2026-08-32"), "s:3: "},
      {Edited(text, line, "Caw 2026-08-20 "), "s:3: "},
      {Edited(text, line, line + " "), "s:3: "},
      {Edited(text, "lindervaart.example", "caw-de-overzet.example"), "s:4: "},
      {text.substr(0, text.size() - 1), "s:7: "},
      {text + std::string(kMaxSignaturesBytes, 'x'), "s:1: "},
  };
  for (const auto& one : wrong) {
    const auto refused = ReadSignatures("s", one.text);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << one.place;
    EXPECT_THAT(std::string(refused.status().message()), testing::StartsWith(one.place));
    EXPECT_THAT(std::string(refused.status().message()),
                testing::HasSubstr("; take that file again from another party"));
  }
}

// docs/formats.md names these bytes.
TEST(ProtocolSignature, SignsLabelOrganisationDayAndDigest) {
  crypto::Hash digest{};
  digest.fill(7);
  const ProtocolSignature made = SignProtocol(digest, "a.example", "2026-08-20", KeyOf(1));
  const std::string bytes = crypto::Lp("sluis/protocol-signature/v1") + crypto::Lp("a.example") +
                            crypto::Lp("2026-08-20") + std::string(32, '\7');
  EXPECT_TRUE(crypto::Verify(KeyOf(1).public_key(), bytes, crypto::View(made.signature)));
}

}  // namespace
}  // namespace sluis::policies
