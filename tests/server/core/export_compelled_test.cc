// What an authority orders is handed over with its marks, by those whom a rule lets, and logged.

#include "server/core/export_compelled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "server/ledger/row.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using node::v1::ExportCompelledRequest;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;

constexpr char kReference[] = "MEC 2026/114 inzake Janssens";
constexpr char kAuthority[] = "onderzoeksrechter, afdeling Vaartland";

node::v1::RequestContext Ordered(const std::string& role) {
  node::v1::RequestContext context = tests::Intake(role);
  context.set_purpose("gerechtelijk-bevel");
  context.set_basis("be-gerechtelijk-bevel");
  return context;
}

class ExportCompelledTest : public ::testing::Test {
 protected:
  std::string Recorded(const std::function<void(record::v1::Signal&)>& edit = {}) {
    record::v1::Signal signal = tests::PersonSignal();
    if (edit) edit(signal);
    const CoreHarness::Recorded recorded = h_.Record(jan_, signal);
    EXPECT_EQ(recorded.status, absl::OkStatus());
    return recorded.record_id;
  }
  static ExportCompelledRequest Order(const std::string& id,
                                      const std::string& role = "casemanager") {
    ExportCompelledRequest order;
    *order.mutable_context() = Ordered(role);
    order.set_record_id(id);
    order.set_reference(kReference);
    order.set_authority(kAuthority);
    order.add_scope("all");
    return order;
  }
  absl::Status Export(const Person& who, const ExportCompelledRequest& order) {
    handed_.Clear();
    return h_.Run(who, std::make_shared<ExportCompelled>(order, handed_, h_.random));
  }
  // The code of a refusal, which is one entry that repeats nothing of the order and hands nothing
  // over.
  std::string Refused(const Person& who, const ExportCompelledRequest& order) {
    const uint64_t before = h_.size();
    const std::string code = CodeOf(Export(who, order));
    EXPECT_EQ(h_.size(), before + 1) << "a refusal is an entry";
    const Opened entry = h_.Last();
    EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_REFUSAL);
    EXPECT_EQ(entry.act.refusal(), code);
    EXPECT_EQ(entry.act.scope_size(), 0);
    for (const char* text : {"Janssens", "MEC", "onderzoeksrechter"}) {
      EXPECT_EQ(entry.all_bytes.find(text), std::string::npos) << text;
    }
    EXPECT_FALSE(handed_.has_view());
    return code;
  }
  bool StoreHolds(const std::string& bytes) const {
    bool found = false;
    const auto snapshot = h_.ledger->store().NewSnapshot();
    const absl::Status scanned =
        snapshot->Scan({}, "\xff", [&](std::string_view key, std::string_view value) {
          found = found || key.find(bytes) != std::string_view::npos ||
                  value.find(bytes) != std::string_view::npos;
          return true;
        });
    EXPECT_EQ(scanned, absl::OkStatus());
    return found;
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person sofie_ = h_.Admit("sofie", {"casemanager", "privacy-officer"});
  node::v1::ExportCompelledResponse handed_;
};

TEST_F(ExportCompelledTest, WhatIsOrderedIsHandedOverWithItsMarks) {
  const std::string id = Recorded([](auto& signal) {
    signal.mutable_marks()->set_no_evidence(true);
    signal.mutable_marks()->set_no_onward(true);
    signal.mutable_content()->set_source_mode(record::v1::SOURCE_MODE_LOOKED_FOR);
    signal.mutable_content()->set_mandate_reference("OPDR-2026/14");
  });
  ASSERT_EQ(Export(sofie_, Order(id)), absl::OkStatus());
  const record::v1::SignalView& view = handed_.view();
  EXPECT_TRUE(view.marks().no_evidence() && view.marks().no_onward());
  EXPECT_EQ(view.marks().tlp(), record::v1::TLP_AMBER);
  EXPECT_EQ(view.content().statements_size(), 1);
  EXPECT_EQ(view.content().place(), "Vaartwijk");
  EXPECT_EQ(view.record_id(), id);
  EXPECT_NE(view.retention_until(), "");
  EXPECT_EQ(view.content().contributor(), "");
  EXPECT_EQ(view.content().subject_ref(), "");
  EXPECT_EQ(view.content().source_mode(), record::v1::SOURCE_MODE_LOOKED_FOR);
  EXPECT_EQ(view.content().mandate_reference(), "") << "a reference of this node";
  EXPECT_EQ(view.recorded_by(), "");
  EXPECT_EQ(handed_.organisation(), h_.options.organisation);
  EXPECT_EQ(handed_.handed_over_at_us(), h_.clock.NowUs());
  EXPECT_EQ(handed_.told_from(), "") << "it came from nobody else";

  const Opened entry = h_.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_DISCLOSURE);
  EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_DONE);
  EXPECT_EQ(entry.act.method(), "SignalService.ExportCompelled");
  EXPECT_THAT(entry.act.scope(), Contains("statements"));
  EXPECT_THAT(entry.act.scope(), Not(Contains("contributor")));
  EXPECT_EQ(entry.act.rule_ids().empty(), false);
  EXPECT_EQ(entry.actor.user_id(), "sofie");
  EXPECT_EQ(entry.subject.order_reference(), kReference);
  EXPECT_EQ(entry.subject.order_authority(), kAuthority);
  EXPECT_THAT(entry.subject.record_ids(), ElementsAre(id));
  EXPECT_EQ(handed_.log_receipt().leaf_hash(), crypto::View(entry.leaf_hash));
}

TEST_F(ExportCompelledTest, TheReferenceLiesInTheSubjectPartAndDiesWithTheRecord) {
  const std::string id = Recorded();
  ASSERT_EQ(Export(sofie_, Order(id)), absl::OkStatus());
  const Opened entry = h_.Last();
  for (const std::string& part :
       {entry.act.SerializeAsString(), entry.actor.SerializeAsString(),
        entry.decision.SerializeAsString(), entry.counterpart.SerializeAsString()}) {
    EXPECT_EQ(part.find("Janssens"), std::string::npos);
    EXPECT_EQ(part.find("onderzoeksrechter"), std::string::npos);
  }
  EXPECT_FALSE(StoreHolds("Janssens") || StoreHolds("onderzoeksrechter")) << "sealed at rest";
  ASSERT_EQ(h_.Erase(jan_, id), absl::OkStatus());
  const Opened erased = h_.Entries(entry.index).at(0);
  EXPECT_EQ(erased.subject_state, ledger::OpenedPart::State::kErased);
  EXPECT_EQ(erased.all_bytes.find("Janssens"), std::string::npos);
  EXPECT_EQ(erased.act.scope_size(), entry.act.scope_size()) << "what was handed over stays said";
}

TEST_F(ExportCompelledTest, NoMoreThanTheOrderNames) {
  ExportCompelledRequest order = Order(Recorded());
  order.clear_scope();
  for (const char* field : {"statements", "observed_on"}) order.add_scope(field);
  ASSERT_EQ(Export(sofie_, order), absl::OkStatus());
  EXPECT_THAT(handed_.view().granted_fields(), ElementsAre("observed_on", "statements"));
  EXPECT_EQ(handed_.view().content().place(), "");
  EXPECT_TRUE(handed_.view().content().risk_factors().empty());
  EXPECT_THAT(h_.Last().act.scope(), ElementsAre("observed_on", "statements"));
}

TEST_F(ExportCompelledTest, AnOrderThatIsNotOfFormIsRefusedAndLogged) {
  const std::string id = Recorded();
  using Edit = std::function<void(ExportCompelledRequest&)>;
  const std::tuple<const char*, const char*, Edit> table[] = {
      {"without reference", "bad_request", [](auto& o) { o.clear_reference(); }},
      {"reference too long", "bad_request",
       [](auto& o) { o.set_reference(std::string(121, 'x')); }},
      {"register number", "bad_request", [](auto& o) { o.set_reference("85.07.30-033.28"); }},
      {"reference of two lines", "bad_request", [](auto& o) { o.set_reference("1\n2 Janssens"); }},
      {"without authority", "bad_request", [](auto& o) { o.clear_authority(); }},
      {"authority too long", "bad_request",
       [](auto& o) { o.set_authority(std::string(201, 'x')); }},
      {"without scope", "bad_request", [](auto& o) { o.clear_scope(); }},
      {"all and more", "bad_request", [](auto& o) { o.add_scope("place"); }},
      {"a field twice", "bad_request",
       [](auto& o) {
         o.set_scope(0, "place");
         o.add_scope("place");
       }},
      {"the contributor", "scope", [](auto& o) { o.set_scope(0, "contributor"); }},
      {"a field that is none", "scope", [](auto& o) { o.set_scope(0, "Janssens"); }},
      {"a bar on what is one's own", "bad_request",
       [](auto& o) { o.set_barred_until("2026-12-01"); }},
      {"no record id", "bad_request", [](auto& o) { o.set_record_id("kort"); }},
      {"a record that never was", "not_found",
       [](auto& o) { o.set_record_id(std::string(16, 'n')); }},
  };
  for (const auto& [name, code, edit] : table) {
    ExportCompelledRequest order = Order(id);
    edit(order);
    EXPECT_EQ(Refused(sofie_, order), code) << name;
  }
  EXPECT_EQ(Export(sofie_, Order(id)), absl::OkStatus());
}

// The command refused it, and no log said that somebody tried.
TEST_F(ExportCompelledTest, AnExportWithoutAnOrderLeftNoTrace) {
  const std::string id =
      Recorded([](auto& signal) { signal.mutable_marks()->set_no_onward(true); });
  ExportCompelledRequest order = Order(id);
  order.clear_reference();
  order.clear_authority();
  order.clear_scope();
  EXPECT_EQ(Refused(sofie_, order), "not_ordered");
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(id));
}

TEST_F(ExportCompelledTest, OnlyWhomARuleLets) {
  const std::string id = Recorded();
  const Person els = h_.Admit("els", {"maatschappelijk-werker"});
  EXPECT_EQ(Refused(els, Order(id, "maatschappelijk-werker")), "denied");
  EXPECT_EQ(Refused(sofie_, Order(id, "privacy-officer")), "denied");
  ExportCompelledRequest order = Order(id);
  *order.mutable_context() = tests::Intake("casemanager");
  EXPECT_EQ(Refused(sofie_, order), "denied") << "another purpose";
  order = Order(id);
  order.mutable_context()->set_basis("vl-livc-2021");
  EXPECT_EQ(Refused(sofie_, order), "denied") << "another basis";
  EXPECT_EQ(Export(jan_, Order(id, "maatschappelijk-werker")), absl::OkStatus()) << "the author";
}

TEST_F(ExportCompelledTest, ASecretIsForItsAuthorToSpeak) {
  const std::string id = Recorded([](auto& signal) { signal.mutable_marks()->set_secret(true); });
  EXPECT_EQ(Refused(sofie_, Order(id)), "denied");
  ASSERT_EQ(Export(jan_, Order(id, "maatschappelijk-werker")), absl::OkStatus());
  EXPECT_TRUE(handed_.view().marks().secret());
}

TEST_F(ExportCompelledTest, AnOrderReadsNothingElse) {
  const std::string id = Recorded();
  EXPECT_EQ(CodeOf(h_.Open(sofie_, id, Ordered("casemanager")).status()), "denied");
}

TEST_F(ExportCompelledTest, WhatWasErasedCannotBeHandedOver) {
  const std::string id = Recorded();
  ASSERT_EQ(h_.Erase(jan_, id), absl::OkStatus());
  EXPECT_EQ(Refused(sofie_, Order(id)), "not_found");
}

TEST_F(ExportCompelledTest, NorWhatIsPastItsTimeUnlessItIsHeld) {
  const auto minor = [](auto& signal) {
    signal.mutable_content()->set_minor(true);
    signal.mutable_content()->set_age_band(record::v1::AGE_BAND_12_TO_15);
  };
  const std::string id = Recorded(minor), held = Recorded(minor);
  ASSERT_EQ(h_.Hold(sofie_, held, true), absl::OkStatus());
  h_.clock.Advance(std::chrono::hours(24 * 91));
  const Person nora = h_.Admit("nora", {"casemanager"});
  EXPECT_EQ(Refused(nora, Order(id)), "not_evaluated");
  EXPECT_EQ(Export(nora, Order(held)), absl::OkStatus());
  EXPECT_FALSE(handed_.view().has_hold()) << "how it is kept here is no part of it";
  EXPECT_EQ(handed_.view().hold_reason(), "");
}

TEST_F(ExportCompelledTest, WhatWasTakenBackIsStillThere) {
  const std::string id = Recorded();
  ASSERT_EQ(h_.Withdraw(jan_, id), absl::OkStatus());
  ASSERT_EQ(Export(sofie_, Order(id)), absl::OkStatus());
  EXPECT_EQ(handed_.view().state(), record::v1::RECORD_STATE_WITHDRAWN);
}

}  // namespace
}  // namespace sluis::core
