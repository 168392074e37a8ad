#include "server/core/subject_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/identity/person_keys.h"
#include "tests/support/seeded_random.h"

namespace sluis::core {
namespace {

using identity::KeyKind;
using identity::KeyKinds;
using record::v1::SubjectIdentity;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kRecord(16, 'r');

SubjectIdentity Known() {
  SubjectIdentity known;
  known.set_surname("Van den Ouweland-Şahin");
  known.set_given("Lena Maria");
  known.set_born("14/3/1985");
  known.set_sex(record::v1::SEX_FEMALE);
  known.set_postal_area("BE 2018");
  return known;
}

// The field at fault, and nothing when it is kept; what is said quotes no part of it.
std::string FaultOf(const SubjectIdentity& written, const KeyKinds& used = KeyKinds()) {
  const auto kept = KeptIdentity(written, used);
  const auto* problem = std::get_if<SignalProblem>(&kept);
  if (problem == nullptr) return "";
  EXPECT_NE(problem->what, "") << problem->field;
  for (const std::string* text :
       {&written.surname(), &written.given(), &written.born(), &written.national_number(),
        &written.bis_number(), &written.foreign_number()}) {
    if (!text->empty()) {
      EXPECT_THAT(problem->what, Not(HasSubstr(*text)));
    }
  }
  return problem->field;
}

SubjectIdentity Kept(const SubjectIdentity& written, const KeyKinds& used = KeyKinds()) {
  const auto kept = KeptIdentity(written, used);
  EXPECT_TRUE(std::holds_alternative<SubjectIdentity>(kept)) << FaultOf(written, used);
  const auto* identity = std::get_if<SubjectIdentity>(&kept);
  return identity == nullptr ? SubjectIdentity() : *identity;
}

SubjectIdentity With(const std::function<void(SubjectIdentity&)>& change) {
  SubjectIdentity written = Known();
  change(written);
  return written;
}

TEST(SubjectIdentityTest, NamesAreKeptAsWrittenAndTheRestInOneForm) {
  const SubjectIdentity kept = Kept(Known());
  EXPECT_EQ(kept.surname(), "Van den Ouweland-Şahin");
  EXPECT_EQ(kept.given(), "Lena Maria");
  EXPECT_EQ(kept.born(), "1985-03-14");
  EXPECT_EQ(kept.sex(), record::v1::SEX_FEMALE);
  EXPECT_EQ(kept.postal_area(), "20") << "the area, never the code";
  EXPECT_EQ(Kept(kept).SerializeAsString(), kept.SerializeAsString()) << "once is enough";
  EXPECT_EQ(Kept(With([](auto& p) { p.set_born("03/1985"); })).born(), "1985-03");
  EXPECT_EQ(Kept(With([](auto& p) { p.set_given("onbekend"); })).given(), "");
}

// Whoever makes tags later makes them of what was written.
TEST(SubjectIdentityTest, WhatIsKeptMakesTheKeysOfWhatWasWritten) {
  SubjectIdentity written = Known();
  written.set_national_number("85.07.30-033.28");
  written.set_foreign_country("fr");
  written.set_foreign_number("12ab 34567");
  const auto scope = identity::KeyScope::Of("vaartland", "signaal-intake").value();
  const crypto::Secret<32> node_key;
  const auto indexes = [&](const identity::Person& person) {
    std::set<std::string> out;
    const identity::PersonKeys keys = identity::KeysOf(person, scope, KeyKinds::All());
    for (const auto& input : keys.free) out.emplace(crypto::View(input.LocalIndex(node_key)));
    out.emplace(crypto::View(keys.granted->LocalIndex(node_key)));
    for (const auto& input : keys.own_node) out.emplace(crypto::View(input.LocalIndex(node_key)));
    return out;
  };
  const auto before = identity::Person::From({.surname = written.surname(),
                                              .given = written.given(),
                                              .born = written.born(),
                                              .sex = identity::Sex::kFemale,
                                              .postal_code = written.postal_area(),
                                              .national_number = written.national_number(),
                                              .foreign_country = written.foreign_country(),
                                              .foreign_number = written.foreign_number()});
  ASSERT_TRUE(before.ok()) << before.status();
  const auto after = PersonOf(Kept(written, KeyKinds::All()));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(indexes(*before).size(), 6u);
  EXPECT_EQ(indexes(*before), indexes(*after));
}

TEST(SubjectIdentityTest, FaultsNameTheField) {
  EXPECT_EQ(FaultOf({}), "identity");
  EXPECT_EQ(FaultOf(With([](auto& p) {
              p.clear_surname();
              p.clear_given();
            })),
            "identity");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_surname("Ли"); })), "identity.surname");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_surname(std::string(401, 'a')); })),
            "identity.surname");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_surname("Jan\x1b[2J"); })), "identity.surname");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_surname("Jan\nlast"); })), "identity.surname");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_given("L3na"); })), "identity.given");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_born("30/02/1985"); })), "identity.born");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_sex(static_cast<record::v1::Sex>(7)); })),
            "identity.sex");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_postal_area("75011"); })), "identity.postal_area");
  const KeyKinds all = KeyKinds::All();
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_national_number("85.07.30-033.29"); }), all),
            "identity.national_number");
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_bis_number("85.07.30-033.28"); }), all),
            "identity.bis_number")
      << "a national number in the field of the other";
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_foreign_number("12AB34567"); }), all),
            "identity.foreign_number")
      << "of no country";
  EXPECT_EQ(FaultOf(With([](auto& p) { p.set_foreign_country("FR"); }), all),
            "identity.foreign_number");
  EXPECT_EQ(FaultOf(With([](auto& p) {
                      p.set_foreign_country("FR");
                      p.set_foreign_number("85073003328");
                    }),
                    all),
            "identity.foreign_number")
      << "a Belgian number by the back door";
}

// No number unless the partnership uses its kind, well-formed or not.
TEST(SubjectIdentityTest, NumbersAreKeptOnlyOfKindsThatAreUsed) {
  const auto national = With([](auto& p) { p.set_national_number("85.07.30-033.28"); });
  const auto bis = With([](auto& p) { p.set_national_number("854730-033-17"); });
  const auto foreign = With([](auto& p) {
    p.set_foreign_country("FR");
    p.set_foreign_number("12AB34567");
  });
  for (const SubjectIdentity& written : {national, bis}) {
    EXPECT_EQ(FaultOf(written), "identity.national_number");
  }
  EXPECT_EQ(FaultOf(foreign), "identity.foreign_number");
  const KeyKinds only_national = KeyKinds().With(KeyKind::kNationalNumber);
  const KeyKinds only_bis = KeyKinds().With(KeyKind::kBisNumber);
  EXPECT_EQ(Kept(national, only_national).national_number(), "85073003328");
  EXPECT_EQ(FaultOf(national, only_bis), "identity.national_number");
  EXPECT_EQ(FaultOf(bis, only_national), "identity.national_number");
  EXPECT_EQ(Kept(bis, only_bis).bis_number(), "85473003317") << "under its own name";
  EXPECT_EQ(FaultOf(foreign, only_national), "identity.foreign_number");
  const SubjectIdentity kept = Kept(foreign, KeyKinds::All());
  EXPECT_EQ(kept.foreign_country() + " " + kept.foreign_number(), "FR 12AB34567");
}

TEST(SubjectIdentityTest, SealedItOpensForItsRecordAndKeyAndSaysNothingOfItsLength) {
  tests::SeededRandom random(3);
  const crypto::DataKey key = crypto::NewDataKey(random), other = crypto::NewDataKey(random);
  const SubjectIdentity kept = Kept(Known());
  std::string sealed = SealIdentity(key, kRecord, kept, random);
  const auto opened = UnsealIdentity(key, kRecord, sealed);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->SerializeAsString(), kept.SerializeAsString());
  SubjectIdentity brief;
  brief.set_surname("Li");
  EXPECT_EQ(SealIdentity(key, kRecord, brief, random).size(), sealed.size());
  EXPECT_EQ(sealed.find("Ouweland"), std::string::npos);
  EXPECT_TRUE(absl::IsDataLoss(UnsealIdentity(other, kRecord, sealed).status()));
  EXPECT_TRUE(absl::IsDataLoss(UnsealIdentity(key, std::string(16, 's'), sealed).status()));
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  EXPECT_TRUE(absl::IsDataLoss(UnsealIdentity(key, kRecord, sealed).status()));
}

}  // namespace
}  // namespace sluis::core
