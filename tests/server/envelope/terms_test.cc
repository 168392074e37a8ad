#include "server/envelope/terms.h"

#include <gtest/gtest.h>

#include <functional>

#include "crypto/hash.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using peer::v1::Conditions;
using peer::v1::Terms;

class TermsTest : public ::testing::Test {
 protected:
  tests::ExchangeWorld world_{5};
  const Terms good_ = world_.Offers(1)[0].terms;
};

TEST_F(TermsTest, Table) {
  const std::tuple<const char*, const char*, std::function<void(Terms&)>> rows[] = {
      {"as they are", "ok", [](auto&) {}},
      {"without a case", "ok",
       [](auto& t) {
         t.clear_case_token();
         t.mutable_attributes(2)->set_value("intake");
       }},
      {"a correction", "ok", [](auto& t) { t.set_corrects(std::string(16, 'x')); }},
      {"no attributes", "malformed", [](auto& t) { t.clear_attributes(); }},
      {"not sorted", "malformed", [](auto& t) { t.mutable_attributes()->SwapElements(0, 1); }},
      {"one twice", "malformed", [](auto& t) { *t.mutable_attributes(1) = t.attributes(0); }},
      {"no value", "malformed", [](auto& t) { t.mutable_attributes(0)->clear_value(); }},
      {"free text", "malformed", [](auto& t) { t.mutable_attributes(0)->set_value("wie het is"); }},
      {"long value", "malformed",
       [](auto& t) { t.mutable_attributes(0)->set_value(std::string(65, 'x')); }},
      {"49 attributes", "malformed",
       [](auto& t) {
         for (int i = t.attributes_size(); i < 49; ++i) {
           auto* attribute = t.add_attributes();
           attribute->set_name("z" + std::string(static_cast<size_t>(i), 'z'));
           attribute->set_value("x");
         }
       }},
      {"no conditions", "malformed", [](auto& t) { t.clear_conditions(); }},
      {"no marks", "malformed", [](auto& t) { t.mutable_conditions()->clear_marks(); }},
      {"no tlp", "malformed",
       [](auto& t) { t.mutable_conditions()->mutable_marks()->clear_tlp(); }},
      {"unknown tlp", "malformed",
       [](auto& t) {
         t.mutable_conditions()->mutable_marks()->set_tlp(static_cast<record::v1::Tlp>(6));
       }},
      {"no retention", "malformed",
       [](auto& t) { t.mutable_conditions()->clear_retention_until(); }},
      {"no such day", "malformed",
       [](auto& t) { t.mutable_conditions()->set_retention_until("2026-02-30"); }},
      {"obligations not sorted", "malformed",
       [](auto& t) { t.mutable_conditions()->mutable_obligations()->SwapElements(0, 1); }},
      {"17 obligations", "malformed",
       [](auto& t) {
         while (t.conditions().obligations_size() < 17) {
           t.mutable_conditions()->add_obligations(
               "z=" + std::string(static_cast<size_t>(t.conditions().obligations_size()), 'z'));
         }
       }},
      {"long obligation", "malformed",
       [](auto& t) { t.mutable_conditions()->add_obligations(std::string(1025, 'z')); }},
      {"fields not sorted", "malformed",
       [](auto& t) { t.mutable_conditions()->mutable_fields()->SwapElements(0, 1); }},
      {"a reduction of nothing", "malformed",
       [](auto& t) { t.mutable_conditions()->add_reduced_fields("z"); }},
      {"onward to an unknown label", "malformed",
       [](auto& t) {
         t.mutable_conditions()->mutable_onward()->set_tlp_max(static_cast<record::v1::Tlp>(9));
       }},
      {"short case token", "malformed", [](auto& t) { t.set_case_token("x"); }},
      {"short correction", "malformed", [](auto& t) { t.set_corrects("x"); }},
      {"version 0", "malformed", [](auto& t) { t.clear_record_version(); }},
      {"no salt", "malformed", [](auto& t) { t.clear_salt(); }},
      {"a short salt", "malformed", [](auto& t) { t.mutable_salt()->pop_back(); }},
      {"a long salt", "malformed", [](auto& t) { t.mutable_salt()->push_back('s'); }},
      {"another label than the mark", "binding",
       [](auto& t) { t.mutable_conditions()->mutable_marks()->set_tlp(record::v1::TLP_GREEN); }},
      {"a secret denied", "binding",
       [](auto& t) { t.mutable_conditions()->mutable_marks()->set_secret(true); }},
      {"evidence denied", "binding",
       [](auto& t) { t.mutable_conditions()->mutable_marks()->set_no_evidence(false); }},
      {"a case given and not named", "binding", [](auto& t) { t.clear_case_token(); }},
      {"a case named and not given", "binding",
       [](auto& t) { t.mutable_attributes(2)->set_value("intake"); }},
      {"onward denied", "binding",
       [](auto& t) { t.mutable_conditions()->mutable_marks()->set_no_onward(true); }},
  };
  for (const auto& [name, word, change] : rows) {
    Terms terms = good_;
    change(terms);
    EXPECT_EQ(Word(ReadTerms(terms.SerializeAsString())), word) << name;
  }
  EXPECT_EQ(Word(ReadTerms("")), "malformed");
  EXPECT_EQ(Word(ReadTerms(std::string(kMaxTermsBytes + 1, 'x'))), "malformed");
}

TEST_F(TermsTest, DigestIsOverTheBytesUnderItsLabel) {
  EXPECT_EQ(TermsDigest("abc"), crypto::Sha256(crypto::Lp("sluis/terms/v1") + "abc"));
  EXPECT_NE(TermsDigest("abc"), TermsDigest("abd"));
}

TEST_F(TermsTest, AttributesAreFoundByName) {
  EXPECT_EQ(AttributeOf(good_, "purpose"), "casusoverleg-458ter");
  EXPECT_EQ(AttributeOf(good_, "to.role"), "livc-coordinator");
  EXPECT_EQ(AttributeOf(good_, "aaa"), std::nullopt);
  EXPECT_EQ(AttributeOf(good_, "zzz"), std::nullopt);
}

TEST_F(TermsTest, AcceptedMayBeStricterNeverLooser) {
  const std::tuple<const char*, bool, std::function<void(Conditions&)>> rows[] = {
      {"the same", true, [](auto&) {}},
      {"kept shorter", true, [](auto& c) { c.set_retention_until("2027-01-02"); }},
      {"kept longer", false, [](auto& c) { c.set_retention_until("2027-01-04"); }},
      {"narrower label", true, [](auto& c) { c.mutable_marks()->set_tlp(record::v1::TLP_RED); }},
      {"wider label", false, [](auto& c) { c.mutable_marks()->set_tlp(record::v1::TLP_GREEN); }},
      {"secret too", true, [](auto& c) { c.mutable_marks()->set_secret(true); }},
      {"not onward too", true, [](auto& c) { c.mutable_marks()->set_no_onward(true); }},
      {"evidence after all", false, [](auto& c) { c.mutable_marks()->set_no_evidence(false); }},
      {"never onward", true, [](auto& c) { c.mutable_onward()->set_none(true); }},
      {"onward unasked", false, [](auto& c) { c.mutable_onward()->set_originator_consent(false); }},
      {"onward up to green", true,
       [](auto& c) { c.mutable_onward()->set_tlp_max(record::v1::TLP_GREEN); }},
      {"a field less", true, [](auto& c) { c.mutable_fields()->RemoveLast(); }},
      {"a field more", false, [](auto& c) { c.add_fields("place"); }},
      {"an obligation more", true, [](auto& c) { c.add_obligations("log=full"); }},
      {"an obligation less", false, [](auto& c) { c.mutable_obligations()->RemoveLast(); }},
      {"another of its kind", true, [](auto& c) { c.set_obligations(1, "retention=P30D"); }},
      {"a reduction less", false, [](auto& c) { c.mutable_reduced_fields()->RemoveLast(); }},
      {"a reduction more", true, [](auto& c) { c.add_reduced_fields("z:remove"); }},
  };
  for (const auto& [name, holds, change] : rows) {
    Conditions accepted = good_.conditions();
    change(accepted);
    EXPECT_EQ(AtLeastAsStrict(accepted, good_.conditions()), holds) << name;
  }
  Conditions offered = good_.conditions();
  offered.mutable_onward()->set_tlp_max(record::v1::TLP_GREEN);
  EXPECT_FALSE(AtLeastAsStrict(good_.conditions(), offered)) << "no limit for a limit";
  Conditions accepted = offered;
  accepted.mutable_onward()->set_tlp_max(record::v1::TLP_AMBER);
  EXPECT_FALSE(AtLeastAsStrict(accepted, offered)) << "a wider limit";
}

TEST_F(TermsTest, CaseIsAnotherTokenForEachKeyRecipientAndCase) {
  auto key = crypto::Secret<32>();
  auto other = crypto::Secret<32>();
  other.mutable_span()[0] = 1;
  const auto token = CaseToken(key, "p.example", "a.example", "C-1");
  EXPECT_EQ(token, CaseToken(key, "p.example", "a.example", "C-1"));
  EXPECT_NE(token, CaseToken(other, "p.example", "a.example", "C-1"));
  EXPECT_NE(token, CaseToken(key, "q.example", "a.example", "C-1"));
  EXPECT_NE(token, CaseToken(key, "p.example", "b.example", "C-1"));
  EXPECT_NE(token, CaseToken(key, "p.example", "a.example", "C-2"));
  EXPECT_NE(token, CaseToken(key, "p.examplea", ".example", "C-1"));
}

}  // namespace
}  // namespace sluis::envelope
