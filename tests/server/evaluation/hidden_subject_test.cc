// Whether a question is about the persons that are shown to who signs it.
#include "server/evaluation/hidden_subject.h"

#include <gtest/gtest.h>

#include <vector>

#include "server/evaluation/person_of.h"
#include "server/identity/person_keys.h"
#include "tests/server/evaluation/group.h"

namespace sluis::evaluation {
namespace {

using record::v1::SubjectIdentity;
using test::World;

SubjectIdentity Named(const char* surname, const char* number = "") {
  SubjectIdentity identity;
  identity.set_surname(surname);
  identity.set_given("Lena");
  identity.set_born("1985-07-30");
  identity.set_national_number(number);
  return identity;
}

Person KeysFor(const SubjectIdentity& identity, identity::KeyKinds kinds = identity::KeyKinds()) {
  const auto scope = identity::KeyScope::Of(test::kPartnership, test::kPurpose);
  const auto person = PersonOf(identity);
  EXPECT_TRUE(person.ok()) << person.status();
  Person out;
  for (identity::FreeInput& input : identity::KeysOf(*person, *scope, kinds).free) {
    out.push_back(identity::CrossNodeInput::Of(std::move(input)));
  }
  return out;
}

record::v1::SubjectPart Asked(World& world, const std::vector<SubjectIdentity>& persons,
                              identity::KeyKinds kinds = identity::KeyKinds()) {
  std::vector<Person> keys;
  for (const SubjectIdentity& one : persons) keys.push_back(KeysFor(one, kinds));
  record::v1::SubjectPart subject;
  world.Ask(std::move(keys)).FillSubject(subject);
  return subject;
}

bool Checks(const record::v1::SubjectPart& subject, const std::vector<SubjectIdentity>& persons,
            std::string_view purpose = test::kPurpose) {
  return CheckPersons(test::kPartnership, purpose, subject, persons);
}

TEST(HiddenSubjectTest, ItIsAboutThesePersonsInThisOrderAndNobodyElse) {
  World world(3, 2);
  const SubjectIdentity one = Named("Ouwelandse"), two = Named("Terneuzense");
  const record::v1::SubjectPart subject = Asked(world, {one, two});
  EXPECT_TRUE(Checks(subject, {one, two}));
  EXPECT_FALSE(Checks(subject, {two, one}));
  EXPECT_FALSE(Checks(subject, {one}));
  EXPECT_FALSE(Checks(subject, {one, two, two}));
  EXPECT_FALSE(Checks(subject, {one, Named("Terneuzen")}));
}

TEST(HiddenSubjectTest, EachMatchKeyIsOneOfThatPerson) {
  World world(3, 2);
  const auto kinds = identity::KeyKinds().With(identity::KeyKind::kNationalNumber);
  const SubjectIdentity person = Named("Ouwelandse", "85073003328");
  const record::v1::SubjectPart subject = Asked(world, {person}, kinds);
  ASSERT_EQ(subject.evaluated(0).inputs_size(), 2);
  EXPECT_TRUE(Checks(subject, {person}));
  EXPECT_FALSE(Checks(subject, {Named("Ouwelandse")})) << "a number that is not shown";
  record::v1::SubjectPart fewer = subject;
  fewer.mutable_evaluated(0)->mutable_inputs()->RemoveLast();
  EXPECT_TRUE(Checks(fewer, {person})) << "a kind that is not in use is not asked by";
  fewer.mutable_evaluated(0)->clear_inputs();
  EXPECT_FALSE(Checks(fewer, {person}));
  record::v1::SubjectPart other = subject;
  other.mutable_evaluated(0)->mutable_inputs(0)->set_kind("skeleton-date");
  EXPECT_FALSE(Checks(other, {person})) << "how names sound takes a grant";
  SubjectIdentity nobody;
  EXPECT_FALSE(Checks(subject, {nobody}));
}

}  // namespace
}  // namespace sluis::evaluation
