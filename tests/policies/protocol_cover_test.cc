#include "policies/protocol_cover.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

constexpr char kCity[] = "lindervaart.example";
constexpr char kWelfare[] = "caw-de-overzet.example";
constexpr char kPolice[] = "pz-drie-sluizen.example";

class ProtocolCoverTest : public ::testing::Test {
 protected:
  std::string ClauseOf(const Disclosure& disclosure) const {
    const ProtocolClause* clause = CoveringClause(protocol_, disclosure);
    return clause == nullptr ? "none" : clause->id.text;
  }
  static Disclosure Referral() {
    return {.purpose = "doorverwijzing-hulp",
            .basis = "vl-livc-2021",
            .category = "gedrag-offline",
            .from = kWelfare,
            .to = kCity,
            .fields = {"statements", "client_agrees"}};
  }

  Protocol protocol_ = *ReadProtocol(kExampleProtocol, ExampleProtocolText()).protocol;
};

TEST_F(ProtocolCoverTest, AClauseIsNamedWhenItSaysAllOfIt) {
  EXPECT_EQ(ClauseOf(Referral()), "M-4");
  Disclosure nothing_shown = Referral();
  nothing_shown.fields.clear();
  EXPECT_EQ(ClauseOf(nothing_shown), "M-4");
}

TEST_F(ProtocolCoverTest, WhatOneClauseLeavesOutIsNotCovered) {
  const auto with = [](auto edit) {
    Disclosure disclosure = Referral();
    edit(disclosure);
    return disclosure;
  };
  EXPECT_EQ(ClauseOf(with([](auto& d) { d.purpose = "signaal-intake"; })), "none");
  EXPECT_EQ(ClauseOf(with([](auto& d) { d.basis = "be-458ter"; })), "none");
  EXPECT_EQ(ClauseOf(with([](auto& d) { d.category = "none"; })), "none");
  EXPECT_EQ(ClauseOf(with([](auto& d) { d.from = kPolice; })), "none");
  EXPECT_EQ(ClauseOf(with([](auto& d) { d.to = kPolice; })), "none");
  EXPECT_EQ(ClauseOf(with([](auto& d) { d.fields.push_back("place"); })), "none");
  EXPECT_EQ(ClauseOf(with([](auto& d) { d.to = kWelfare; })), "none") << "from a party to itself";
  EXPECT_EQ(ClauseOf(with([](auto& d) { d.to = "elders.example"; })), "none") << "no party";
}

// Ground in the one and field in the other: neither says it.
TEST_F(ProtocolCoverTest, TwoClausesThatEachSayAPartCoverNothing) {
  ProtocolClause grounds = protocol_.clauses[3];
  ProtocolClause fields = grounds;
  grounds.fields = {{"statements", {}}};
  fields.bases = {{"vl-prev-2024", {}}};
  protocol_.clauses = {grounds, fields};
  EXPECT_EQ(ClauseOf(Referral()), "none");
  protocol_.clauses[0].fields.push_back({"client_agrees", {}});
  EXPECT_EQ(ClauseOf(Referral()), "M-4");
}

TEST_F(ProtocolCoverTest, TheFirstOfSeveralIsNamed) {
  protocol_.clauses.push_back(protocol_.clauses[3]);
  protocol_.clauses.back().id.text = "M-9";
  EXPECT_EQ(ClauseOf(Referral()), "M-4");
  protocol_.clauses.erase(protocol_.clauses.begin() + 3);
  EXPECT_EQ(ClauseOf(Referral()), "M-9");
}

// A clause may name an organisation where another names a kind.
TEST_F(ProtocolCoverTest, AnOrganisationMayStandForItself) {
  for (ProtocolClause& clause : protocol_.clauses) clause.to = {{"zandrode.example", {}}};
  EXPECT_EQ(ClauseOf(Referral()), "none");
  Disclosure to_other = Referral();
  to_other.to = "zandrode.example";
  EXPECT_EQ(ClauseOf(to_other), "M-4");
}

}  // namespace
}  // namespace sluis::policies
