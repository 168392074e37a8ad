#include "server/core/projection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/received_content.h"
#include "server/core/subject_identity.h"
#include "sluis/peer/v1/terms.pb.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using policies::Decision;
using policies::GrantedField;
using policies::Treatment;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

OpenedRecord Record() {
  OpenedRecord record;
  record.row.set_record_id(std::string(16, 'r'));
  record.row.set_version(2);
  record.row.set_state(record::v1::RECORD_STATE_OPEN);
  *record.body.mutable_signal() = tests::PersonSignal();
  record::v1::SignalContent& content = *record.body.mutable_signal()->mutable_content();
  content.set_age_band(record::v1::AGE_BAND_16_TO_17);
  content.set_minor(true);
  content.set_client_informed(record::v1::CLIENT_INFORMED_DEFERRED);
  content.set_client_informed_ground("lopend onderzoek");
  record.body.set_recorded_by("jan");
  return record;
}

GrantedField Keep(const std::string& name) { return {name, {}}; }
GrantedField Generalised(const std::string& name, const std::string& step) {
  GrantedField field{name, {}};
  field.treatment.kind = Treatment::Kind::kGeneralise;
  field.treatment.step_name = step;
  return field;
}

// What is shown when nothing is granted: that the record is there, and its marks.
record::v1::SignalView Bare(const OpenedRecord& record) { return Project(record, Decision()); }

TEST(ProjectionTest, NothingGrantedShowsNoContent) {
  const OpenedRecord record = Record();
  const auto view = Bare(record);
  record::v1::SignalContent expected;
  expected.set_subject_kind(record::v1::SUBJECT_KIND_PERSON);
  EXPECT_EQ(view.content().SerializeAsString(), expected.SerializeAsString());
  EXPECT_EQ(view.recorded_by(), "");
  EXPECT_EQ(view.marks().tlp(), record::v1::TLP_AMBER);
  EXPECT_THAT(view.granted_fields(), IsEmpty());
}

TEST(ProjectionTest, FieldsAreThoseOfTheShippedPacks) {
  const tests::CoreHarness harness;
  std::vector<std::string> fields;
  for (const auto& field : harness.terms.Get()->packs.schema().fields) fields.push_back(field.name);
  std::vector<std::string> known = FieldNames();
  known.emplace_back(kIdentityField);  // apart from the rest: core/open_identity
  EXPECT_THAT(known, ::testing::UnorderedElementsAreArray(fields));
}

// Each field alone changes the view in that field only; together they give the whole.
TEST(ProjectionTest, EachFieldShowsItselfOnly) {
  const OpenedRecord record = Record();
  record::v1::SignalView together = Bare(record);
  for (const std::string& name : FieldNames()) {
    Decision decision;
    decision.granted = {Keep(name)};
    auto view = Project(record, decision);
    EXPECT_THAT(view.granted_fields(), ElementsAre(name));
    EXPECT_NE(view.content().SerializeAsString() + view.recorded_by(),
              Bare(record).content().SerializeAsString())
        << name << " is granted and does not show";
    if (name != "contributor") {
      EXPECT_EQ(view.content().contributor(), "") << name;
    }
    if (name != "statements") {
      EXPECT_EQ(view.content().statements_size(), 0) << name;
    }
    if (name != "recorded_by") {
      EXPECT_EQ(view.recorded_by(), "") << name;
    }
    view.mutable_content()->clear_subject_kind();
    together.MergeFrom(view);
  }
  EXPECT_EQ(together.content().SerializeAsString(),
            record.body.signal().content().SerializeAsString());
}

TEST(ProjectionTest, DaysAreCoarsened) {
  OpenedRecord record = Record();
  const auto day = [&](const char* step) {
    Decision decision;
    decision.granted = {Generalised("observed_on", step)};
    const auto view = Project(record, decision);
    EXPECT_THAT(view.reduced_fields(), ElementsAre("observed_on"));
    EXPECT_EQ(view.granted_fields_size(), view.content().observed_on().empty() ? 0 : 1);
    return view.content().observed_on();
  };
  EXPECT_EQ(day("month"), "2026-10");
  EXPECT_EQ(day("quarter"), "2026-Q4");
  EXPECT_EQ(day("year"), "2026");
  EXPECT_EQ(day("decade"), "") << "a step that cannot be computed removes the field";
  EXPECT_EQ(day(""), "");
  for (const auto& [on, quarter] : {std::pair{"2026-01-01", "2026-Q1"},
                                    {"2026-03-31", "2026-Q1"},
                                    {"2026-04-01", "2026-Q2"},
                                    {"2026-09-30", "2026-Q3"}}) {
    record.body.mutable_signal()->mutable_content()->set_observed_on(on);
    EXPECT_EQ(day("quarter"), quarter);
  }
}

TEST(ProjectionTest, WhatCannotBeCoarsenedIsRemoved) {
  for (const std::string& name : FieldNames()) {
    if (name == "observed_on") continue;
    Decision decision;
    decision.granted = {Generalised(name, "municipality")};
    const auto view = Project(Record(), decision);
    EXPECT_EQ(view.content().SerializeAsString() + view.recorded_by(),
              Bare(Record()).content().SerializeAsString())
        << name;
    EXPECT_THAT(view.reduced_fields(), ElementsAre(name));
    EXPECT_THAT(view.granted_fields(), IsEmpty());
  }
}

TEST(ProjectionTest, AReceivedRecordIsShownWithTheTermsSignedFor) {
  OpenedRecord record = Record();
  EXPECT_FALSE(Bare(record).has_received());
  record::v1::ReceivedFrom& from = *record.body.mutable_received();
  from.set_exchange_id(std::string(16, 'x'));
  from.set_organisation("lindervaart.example");
  from.set_role("casemanager");
  from.set_person(std::string(16, 'p'));
  from.set_opened_at_us(7);
  peer::v1::Conditions accepted;
  accepted.set_retention_until("2026-05-20");
  accepted.mutable_onward()->set_originator_consent(true);
  accepted.mutable_onward()->set_tlp_max(record::v1::TLP_GREEN);
  accepted.add_obligations("log=full");
  accepted.add_reduced_fields("place:remove");
  from.set_conditions(accepted.SerializeAsString());
  const record::v1::ReceivedTerms shown = Bare(record).received();
  EXPECT_EQ(shown.exchange_id(), from.exchange_id());
  EXPECT_EQ(shown.organisation(), "lindervaart.example");
  EXPECT_EQ(shown.role(), "casemanager");
  EXPECT_EQ(shown.opened_at_us(), 7u);
  EXPECT_EQ(shown.retention_until(), "2026-05-20");
  EXPECT_FALSE(shown.onward_none());
  EXPECT_TRUE(shown.onward_asks_sender());
  EXPECT_EQ(shown.onward_tlp_max(), record::v1::TLP_GREEN);
  EXPECT_THAT(shown.obligations(), ElementsAre("log=full"));
  EXPECT_THAT(shown.reduced_fields(), ElementsAre("place:remove"));
  EXPECT_THAT(shown.SerializeAsString(), ::testing::Not(::testing::HasSubstr("pppp")));

  accepted.mutable_marks()->set_no_onward(true);
  from.set_conditions(accepted.SerializeAsString());
  EXPECT_TRUE(Bare(record).received().onward_none()) << "the mark says so";
  from.set_conditions("\xFFgeen voorwaarden");
  EXPECT_TRUE(Bare(record).received().onward_none()) << "what cannot be read allows nothing";
}

TEST(ProjectionTest, FieldsThatTheRecordDoesNotHaveAreIgnored) {
  Decision decision;
  decision.granted = {Keep("national_number"), Keep(""), Keep("case_ref")};
  decision.removed = {"contributor"};
  const auto view = Project(Record(), decision);
  EXPECT_EQ(view.content().SerializeAsString(), Bare(Record()).content().SerializeAsString());
  EXPECT_THAT(view.granted_fields(), IsEmpty());
  EXPECT_THAT(view.reduced_fields(), ElementsAre("contributor"));
}

// A rule granted every field of a received record, and those that had never come were shown empty:
// a person of whom nothing is known was no minor.
TEST(ProjectionTest, OfAReceivedRecordFieldsThatNeverCameWereShown) {
  OpenedRecord record = Record();
  peer::v1::Conditions accepted;
  accepted.add_fields("category");
  record.body.mutable_received()->set_conditions(accepted.SerializeAsString());
  Decision decision;
  decision.granted = {Keep("category"), Keep("minor"), Keep("place"),
                      Generalised("age_band", "band")};
  EXPECT_THAT(Project(record, decision).granted_fields(), ElementsAre("category"));
  EXPECT_FALSE(Project(record, decision).content().minor());
  record.body.mutable_received()->set_conditions("?");
  EXPECT_THAT(Project(record, decision).granted_fields(), IsEmpty());
}

// The rules took a minor for an adult where the terms said it and the field stayed behind.
TEST(ProjectionTest, AMinorWhoseFieldDidNotComeWasNoMinorToTheRules) {
  StoredOffer offer;
  offer.proof.leaf = peer::v1::Offer();
  record::v1::AttributeValue& minor = *offer.terms.add_attributes();
  minor.set_name("subject.minor");
  minor.set_value("true");
  peer::v1::Conditions accepted;
  accepted.add_fields("category");
  record::v1::SignalContent content;
  content.set_category("gedrag-online");
  const auto record_of = [&] {
    return RecordOf(Call(), record::v1::ReceivedExchange(), offer, accepted, content,
                    std::string(16, 'r'));
  };
  EXPECT_TRUE(record_of().body.signal().content().minor());
  minor.set_value("false");
  EXPECT_FALSE(record_of().body.signal().content().minor());
}

}  // namespace
}  // namespace sluis::core
