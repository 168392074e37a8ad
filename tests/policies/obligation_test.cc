#include "policies/obligation.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>

namespace sluis::policies {
namespace {

const std::array<std::string, 4> kWords = {"a", "b", "c", "d"};

std::string AnyWord() { return *rc::gen::elementOf(kWords); }
int32_t AnyNumber() { return *rc::gen::inRange(1, 6); }
bool AnyTruth() { return *rc::gen::arbitrary<bool>(); }

Treatment AnyTreatment() {
  const int choice = *rc::gen::inRange(0, 5);
  if (choice == 0) return {};
  if (choice == 4) return {Treatment::Kind::kRemove, 0, ""};
  const auto step = static_cast<uint32_t>(choice - 1);
  return {Treatment::Kind::kGeneralise, step, "step" + std::to_string(step)};
}

template <typename T>
T Any();

template <>
FieldTreatments Any() {
  FieldTreatments treatments;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) treatments.fields[AnyWord()] = AnyTreatment();
  return treatments;
}
template <>
Retention Any() {
  return {AnyNumber()};
}
template <>
KAnonymity Any() {
  return {AnyNumber(), {AnyWord(), AnyWord()}};
}
template <>
Approval Any() {
  Approval approval;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    approval.count_by_roles[{AnyWord(), AnyWord()}] = AnyNumber();
  }
  return approval;
}
template <>
Onward Any() {
  Onward onward;
  if (AnyTruth()) {
    onward.tlp_max_rank = AnyNumber();
    onward.tlp_max = "tlp" + std::to_string(*onward.tlp_max_rank);
  }
  onward.originator_consent = AnyTruth();
  onward.none = AnyTruth();
  return onward;
}
template <>
NoEvidence Any() {
  return {};
}
template <>
Notify Any() {
  return {{{AnyWord(), AnyNumber()}, {AnyWord(), AnyNumber()}}};
}
template <>
CoolingOff Any() {
  return {AnyNumber()};
}
template <>
LogDepth Any() {
  return {AnyTruth() ? LogDepth::Level::kFull : LogDepth::Level::kStandard};
}

template <typename T>
class Semilattice : public ::testing::Test {};

using Kinds = ::testing::Types<FieldTreatments, Retention, KAnonymity, Approval, Onward, NoEvidence,
                               Notify, CoolingOff, LogDepth>;
TYPED_TEST_SUITE(Semilattice, Kinds);

TYPED_TEST(Semilattice, JoinIsAssociativeCommutativeIdempotent) {
  const bool holds = rc::check([] {
    const auto a = Any<TypeParam>();
    const auto b = Any<TypeParam>();
    const auto c = Any<TypeParam>();
    RC_ASSERT(Join(a, a) == a);
    RC_ASSERT(Join(a, b) == Join(b, a));
    RC_ASSERT(Join(Join(a, b), c) == Join(a, Join(b, c)));
    // What follows from these, said apart because it is what users rely on: joining more never
    // loosens.
    RC_ASSERT(Join(Join(a, b), a) == Join(a, b));
  });
  EXPECT_TRUE(holds);
}

TYPED_TEST(Semilattice, VariantJoinsTheSameWay) {
  const bool holds = rc::check([] {
    const auto a = Any<TypeParam>();
    const auto b = Any<TypeParam>();
    RC_ASSERT(Join(Obligation(a), Obligation(b)) == std::optional(Obligation(Join(a, b))));
    RC_ASSERT((ObligationText(Obligation(a)) == ObligationText(Obligation(b))) == (a == b));
  });
  EXPECT_TRUE(holds);
}

// The laws above also hold for joins that pick the loosest side, so each direction is pinned.
TEST(Join, PicksTheStrictest) {
  const Treatment keep, month{Treatment::Kind::kGeneralise, 0, "month"};
  const Treatment quarter{Treatment::Kind::kGeneralise, 1, "quarter"};
  const Treatment remove{Treatment::Kind::kRemove, 0, ""};
  EXPECT_EQ(Join(keep, month), month);
  EXPECT_EQ(Join(month, quarter), quarter);
  EXPECT_EQ(Join(remove, quarter), remove);
  EXPECT_EQ(Join(Retention{30}, Retention{90}), Retention{30});
  EXPECT_EQ(Join(KAnonymity{5, {"a"}}, KAnonymity{10, {"b"}}), (KAnonymity{10, {"a", "b"}}));
  EXPECT_EQ(Join(Approval{{{{"a"}, 1}}}, Approval{{{{"a"}, 2}, {{"b"}, 1}}}),
            (Approval{{{{"a"}, 2}, {{"b"}, 1}}}));
  EXPECT_EQ(Join(Onward{3, "red", false, false}, Onward{1, "green", true, false}),
            (Onward{1, "green", true, false}));
  EXPECT_TRUE(Join(Onward{}, Onward{std::nullopt, "", false, true}).none);
  EXPECT_EQ(Join(Notify{{{"a", 30}}}, Notify{{{"a", 14}, {"b", 2}}}),
            (Notify{{{"a", 14}, {"b", 2}}}));
  EXPECT_EQ(Join(CoolingOff{4}, CoolingOff{24}), CoolingOff{24});
  EXPECT_EQ(Join(LogDepth{}, LogDepth{LogDepth::Level::kFull}).level, LogDepth::Level::kFull);
}

TEST(Join, DifferentKindsDoNotJoin) {
  EXPECT_EQ(Join(Obligation(Retention{1}), Obligation(CoolingOff{1})), std::nullopt);
}

TEST(ObligationText, IsReadable) {
  EXPECT_EQ(ObligationText(Retention{90}), "retention=P90D");
  EXPECT_EQ(ObligationText(CoolingOff{4}), "cooling_off=PT4H");
  EXPECT_EQ(ObligationText(NoEvidence{}), "no_evidence=true");
  EXPECT_EQ(ObligationText(LogDepth{LogDepth::Level::kFull}), "log=full");
  EXPECT_EQ(ObligationText(KAnonymity{10, {"quarter", "municipality"}}),
            "k_anonymity=10/municipality,quarter");
  EXPECT_EQ(ObligationText(Approval{{{{"b", "a"}, 1}, {{"c"}, 2}}}), "approval=a+b:1,c:2");
  EXPECT_EQ(ObligationText(Onward{1, "green", true, true}),
            "onward=none,originator_consent,tlp_max=green");
  EXPECT_EQ(ObligationText(Notify{{{"subject", 30}}}), "notify=subject:P30D");
  FieldTreatments treatments;
  treatments.fields["place"] = {Treatment::Kind::kGeneralise, 0, "town"};
  treatments.fields["contributor"] = {Treatment::Kind::kRemove, 0, ""};
  EXPECT_EQ(ObligationText(treatments), "fields=contributor:remove,place:generalise=town");
}

TEST(ObligationName, NamesAndKindsAgree) {
  for (std::size_t i = 0; i < kObligationKinds; ++i) {
    const auto kind = static_cast<ObligationKind>(i);
    EXPECT_EQ(FindObligation(ObligationName(kind)), kind);
  }
  EXPECT_EQ(FindObligation("delete"), std::nullopt);
}

}  // namespace
}  // namespace sluis::policies
