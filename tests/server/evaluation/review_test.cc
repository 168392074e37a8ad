#include "server/evaluation/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/evaluation/hidden_subject.h"
#include "tests/server/evaluation/group.h"

namespace sluis::evaluation {
namespace {

using test::AskerLog;
using test::Group;
using test::kNow_s;
using test::People;
using test::World;
using ::testing::SizeIs;

// What was opened of one request that rests on an entry about `logged`, asked about `asked`.
OpeningVerdict Opened(const std::function<void(Group&, Opening&)>& change,
                      const std::string& asked = "een") {
  Group group;
  Question question = group.world.Ask(People({"een"}));
  const crypto::Hash leaf = group.log.Log(question).leaf_hash();
  if (asked != "een") {
    // The counterpart part names what is asked, the subject part somebody else.
    record::v1::SubjectPart subject;
    question.FillSubject(subject);
    question = group.world.Ask(People({asked}));
    const crypto::Hash false_leaf =
        group.log.Append(subject.SerializeAsString(),
                         AskerPart(question.entry(), kOutcomeAsked).SerializeAsString());
    group.AskOf(question, false_leaf, {1, 2, 3});
    group.ProveAll({false_leaf});
    const Period period = group.All();
    Review review(*group.world.package, period, group.world.case_key, Sample::Everything(period),
                  kNow_s + 100);
    return review.Take(period.requests().begin()->first, group.log.Open(false_leaf), kNow_s)
        .value();
  }
  group.AskOf(question, leaf, {1, 2, 3});
  const Period period = group.All();
  Opening opening = group.log.Open(leaf);
  change(group, opening);
  Review review(*group.world.package, period, group.world.case_key, Sample::Everything(period),
                kNow_s + 100);
  return review.Take(period.requests().begin()->first, opening, kNow_s).value();
}

TEST(ReviewTest, AnEntryAboutThePersonThatWasEvaluatedMatches) {
  EXPECT_EQ(Opened([](auto&, auto&) {}), OpeningVerdict::kMatches);
}

TEST(ReviewTest, AnEntryAboutSomebodyElseIsFoundAlthoughItWasProvenToHolders) {
  EXPECT_EQ(Opened([](auto&, auto&) {}, "iemand anders"), OpeningVerdict::kOtherPersons);
}

// A holder left the partnership after it gave its lists and its part of the seed, and its key is in
// no manifest any more: what was kept of it still makes the period and the sample.
TEST(ReviewTest, WhoLeavesTakesNothingBackOfWhatItGave) {
  Group group;
  for (int i = 0; i < 3; ++i) group.AskAbout(std::to_string(i));
  const std::vector<std::string> lists = group.Lists({1, 2, 3, 4, 5});
  const Period period = group.Gather(lists).value();
  const std::vector<std::string> reveals = group.Reveals(period);
  HolderKeys left = group.world.Keys();
  left.erase(4);
  EXPECT_FALSE(
      Period::Gather(group.world.Sharings(), left, period.scope(), test::Wide(), lists).ok());
  const auto kept = Period::OfKept(group.world.Sharings(), period.scope(), test::Wide(), lists);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->digest(), period.digest());
  const auto sample = Sample::OfKept(*kept, reveals, 1);
  ASSERT_TRUE(sample.ok()) << sample.status();
  EXPECT_EQ(sample->requests(), Sample::Drawn(period, group.world.Keys(), reveals, 1)->requests());
}

// The holder of the lowest index lists another entry, which is in order, under the request of one
// that is not. It would choose what is opened.
TEST(ReviewTest, WhatHoldersSayDifferentThingsOfIsSampledAndNeverMatches) {
  Group group;
  for (int i = 0; i < 3; ++i) group.AskAbout(std::to_string(i));
  std::vector<std::string> lists = group.Lists({2, 3, 4, 5});
  std::string changed;
  lists.push_back(group.Changed(1, [&](peer::v1::EvaluationList& body) {
    peer::v1::EvaluatedItem& item = *body.mutable_items(0);
    changed = item.request_digest();
    item.set_count(item.count() + 1);
  }));
  const Period period = group.Gather(lists).value();
  const crypto::Hash digest = crypto::ToFixed<32>(changed).value();
  EXPECT_THAT(Chosen(period, {}, 0), ::testing::ElementsAre(digest));
  Review review(*group.world.package, period, group.world.case_key, Sample::Everything(period),
                kNow_s + 100);
  for (const auto& [request, listed] : period.requests()) {
    const Opening opening = group.log.Open(group.leaves.at(request));
    EXPECT_EQ(review.Take(request, opening, kNow_s).value(),
              request == digest ? OpeningVerdict::kOtherRequest : OpeningVerdict::kMatches);
  }
  // Of the highest index it changes nothing that is opened, and matches as little.
  std::vector<std::string> others = group.Lists({1, 2, 4, 5});
  others.push_back(group.Changed(
      3, [](peer::v1::EvaluationList& body) { body.mutable_items(0)->set_count(7); }));
  const Period turned = group.Gather(others).value();
  Review second(*group.world.package, turned, group.world.case_key, Sample::Everything(turned),
                kNow_s + 100);
  size_t failed = 0;
  for (const auto& [request, listed] : turned.requests()) {
    const Opening opening = group.log.Open(group.leaves.at(request));
    failed += second.Take(request, opening, kNow_s).value() == OpeningVerdict::kOtherRequest;
  }
  EXPECT_EQ(failed, 1u);
}

TEST(ReviewTest, WhatDoesNotOpenFails) {
  EXPECT_EQ(Opened([](auto&, Opening& o) { o.leaf.clear(); }), OpeningVerdict::kUnopenable);
  EXPECT_EQ(Opened([](auto&, Opening& o) { o.subject = {}; }), OpeningVerdict::kUnopenable);
  EXPECT_EQ(Opened([](auto&, Opening& o) { o.subject_salt.back() ^= 1; }),
            OpeningVerdict::kUnopenable);
  EXPECT_EQ(Opened([](auto&, Opening& o) { o.counterpart.back() ^= 1; }),
            OpeningVerdict::kUnopenable);
  EXPECT_EQ(Opened([](Group& group, Opening& o) { o = group.log.Open(group.log.Append("", "x")); }),
            OpeningVerdict::kOtherEntry);
}

TEST(ReviewTest, TheCounterpartPartMustNameTheRequest) {
  Group group;
  Question question = group.world.Ask(People({"een"}));
  record::v1::SubjectPart subject;
  question.FillSubject(subject);
  AskedEntry other = question.entry();
  other.request_id[0] ^= 1;
  const crypto::Hash leaf = group.log.Append(subject.SerializeAsString(),
                                             AskerPart(other, kOutcomeAsked).SerializeAsString());
  const crypto::Hash request = group.AskOf(question, leaf, {1, 2, 3});
  const Period period = group.All();
  Review review(*group.world.package, period, group.world.case_key, Sample::Everything(period),
                kNow_s);
  EXPECT_EQ(review.Take(request, group.log.Open(leaf), kNow_s).value(),
            OpeningVerdict::kOtherRequest);
}

// The entry opens, but no holder has seen a log that it is in.
TEST(ReviewTest, AttackAnEntryThatIsInNoLogThatHoldersKnow) {
  Group group;
  const Question question = group.world.Ask(People({"een"}));
  // Of a log that the asker shows to nobody else.
  AskerLog hidden(group.world.keys.at(1).log);
  hidden.Append("", "x");
  const crypto::Hash leaf = hidden.Log(question).leaf_hash();
  const crypto::Hash request = group.AskOf(question, leaf, {1, 2, 3});
  group.log.Append("", "y");
  group.log.Append("", "z");
  const Period period = group.All();
  Review review(*group.world.package, period, group.world.case_key, Sample::Everything(period),
                kNow_s);
  EXPECT_EQ(review.Take(request, hidden.Open(leaf), kNow_s).value(), OpeningVerdict::kNotInLog);
  EXPECT_FALSE(review.Closed(kNow_s)) << "a later head that holders know could still show it";
  Opening opening = hidden.Open(leaf);
  review.KnowHead(hidden.Head());
  opening.inclusion.back()[0] ^= 1;
  EXPECT_EQ(review.Take(request, opening, kNow_s).value(), OpeningVerdict::kNotInLog);
  opening = hidden.Open(leaf);
  opening.tree_size += 1;
  EXPECT_EQ(review.Take(request, opening, kNow_s).value(), OpeningVerdict::kNotInLog);
  EXPECT_EQ(review.Take(request, hidden.Open(leaf), kNow_s).value(), OpeningVerdict::kMatches);
}

// The caps of a case count under the token, so it must be that of the case in the entry.
TEST(ReviewTest, AttackACaseTokenOfAnotherCaseThanTheEntryNames) {
  Group group;
  Question question = group.world.Ask(People({"een"}));
  const crypto::Hash leaf = group.log.Log(question).leaf_hash();
  const crypto::Hash request = group.AskOf(question, leaf, {1, 2, 3}, "C-verzonnen");
  const Period period = group.All();
  Review review(*group.world.package, period, group.world.case_key, Sample::Everything(period),
                kNow_s);
  EXPECT_EQ(review.Take(request, group.log.Open(leaf), kNow_s).value(), OpeningVerdict::kOtherCase);
  EXPECT_TRUE(review.Closed(kNow_s)) << "no other opening changes it";
}

TEST(ReviewTest, UnopenableBeforeTheEndCountsAsFailed) {
  Group group;
  for (int i = 0; i < 3; ++i) group.AskAbout(std::to_string(i));
  const Period period = group.All();
  const Sample drawn = Sample::Drawn(period, group.world.Keys(), group.Reveals(period), 3).value();
  const std::vector<crypto::Hash>& sample = drawn.requests();
  const uint64_t end = kNow_s + 14 * kSecondsPerDay;
  Review review(*group.world.package, period, group.world.case_key, drawn, end);
  const uint64_t size = group.log.Head().size;
  const auto open = [&](size_t i, uint64_t now_s) {
    return review.Take(sample[i], group.log.Open(group.leaves.at(sample[i]), size), now_s).value();
  };
  EXPECT_EQ(open(0, kNow_s), OpeningVerdict::kMatches);
  group.log.EraseSubject(group.leaves.at(sample[1]));
  EXPECT_EQ(open(1, kNow_s), OpeningVerdict::kUnopenable);
  EXPECT_FALSE(review.Closed(end));
  EXPECT_THAT(review.Waiting(end), SizeIs(2));
  EXPECT_THAT(review.Results(end), SizeIs(1));
  EXPECT_TRUE(review.Closed(end + 1));
  EXPECT_EQ(open(2, end + 1), OpeningVerdict::kUnopenable) << "too late";
  const auto results = review.Results(end + 1);
  ASSERT_THAT(results, SizeIs(3));
  for (const Review::Result& result : results) {
    EXPECT_EQ(result.verdict,
              result.request == sample[0] ? OpeningVerdict::kMatches : OpeningVerdict::kUnopenable);
  }
  EXPECT_FALSE(review.Take(crypto::Hash{}, group.log.Open(group.leaves.at(sample[0])), 0).ok());
}

// Whose record was erased meanwhile; who opens has seen the entry that did it.
TEST(ReviewTest, WhatWasErasedIsToldApart) {
  Group group;
  const crypto::Hash leaf = group.AskAbout("een");
  const crypto::Hash other = group.AskAbout("twee");
  const Period period = group.All();
  const Sample all = Sample::Everything(period);
  Review review(*group.world.package, period, group.world.case_key, all, kNow_s);
  const crypto::Hash request =
      group.leaves.at(all.requests()[0]) == leaf ? all.requests()[0] : all.requests()[1];
  Opening opening = group.log.Open(leaf);
  opening.subject.clear();
  opening.subject_salt.clear();
  EXPECT_EQ(review.Take(request, opening, kNow_s).value(), OpeningVerdict::kUnopenable)
      << "nothing says that it was erased";
  Opening instead = group.log.Open(other);
  instead.subject_erased = true;
  EXPECT_EQ(review.Take(request, instead, kNow_s).value(), OpeningVerdict::kOtherEntry);
  opening.subject_erased = true;
  EXPECT_EQ(review.Take(request, opening, kNow_s).value(), OpeningVerdict::kErased);
  EXPECT_THAT(review.Waiting(kNow_s), SizeIs(1));
}

TEST(ReviewTest, OneThatIsMadeAnewGoesOnWhereTheOtherWas) {
  Group group;
  group.AskAbout("een");
  const Period period = group.All();
  const Sample all = Sample::Everything(period);
  const crypto::Hash request = all.requests()[0];
  Review review(*group.world.package, period, group.world.case_key, all, kNow_s);
  EXPECT_TRUE(review.Restore(request, OpeningVerdict::kOtherPersons).ok());
  EXPECT_EQ(review.Take(request, group.log.Open(group.leaves.at(request)), kNow_s).value(),
            OpeningVerdict::kOtherPersons);
  EXPECT_TRUE(review.Closed(kNow_s));
  EXPECT_FALSE(review.Restore(crypto::Hash{}, OpeningVerdict::kMatches).ok());
}

TEST(ReviewTest, WhatWasShownFalseStaysFailed) {
  Group group;
  Question question = group.world.Ask(People({"een"}));
  record::v1::SubjectPart subject;
  question.FillSubject(subject);
  question = group.world.Ask(People({"twee"}));
  const crypto::Hash leaf = group.log.Append(
      subject.SerializeAsString(), AskerPart(question.entry(), kOutcomeAsked).SerializeAsString());
  const crypto::Hash request = group.AskOf(question, leaf, {1, 2, 3});
  const Period period = group.All();
  Review review(*group.world.package, period, group.world.case_key, Sample::Everything(period),
                kNow_s + 1);
  EXPECT_EQ(review.Take(request, group.log.Open(leaf), kNow_s).value(),
            OpeningVerdict::kOtherPersons);
  Opening nothing;
  EXPECT_EQ(review.Take(request, nothing, kNow_s).value(), OpeningVerdict::kOtherPersons);
  EXPECT_TRUE(review.Closed(kNow_s));
}

// A match key moved from one person to the other makes another list.
TEST(ReviewTest, WhichMatchKeysAreOfOnePersonIsPartOfWhatIsOpened) {
  World world(3, 2);
  std::vector<Person> one(1);
  one[0].push_back(test::NameKey("een"));
  one[0].push_back(test::NumberKey("85073003328"));
  const Question question = world.Ask(std::move(one));
  record::v1::SubjectPart subject;
  question.FillSubject(subject);
  const auto checks = [&](const record::v1::SubjectPart& part) {
    return CheckSubject(test::kPartnership, test::kPurpose, part.SerializeAsString(), 2,
                        question.entry().blinded_digest);
  };
  EXPECT_TRUE(checks(subject));
  EXPECT_FALSE(CheckSubject(test::kPartnership, test::kPurpose, subject.SerializeAsString(), 3,
                            question.entry().blinded_digest));
  record::v1::SubjectPart two = subject;
  *two.add_evaluated()->add_inputs() = two.evaluated(0).inputs(1);
  two.mutable_evaluated(0)->mutable_inputs()->RemoveLast();
  EXPECT_FALSE(checks(two));
  record::v1::SubjectPart kind = subject;
  kind.mutable_evaluated(0)->mutable_inputs(0)->set_kind("be-bis");
  EXPECT_FALSE(checks(kind));
  EXPECT_FALSE(CheckSubject(test::kPartnership, "ander-doel", subject.SerializeAsString(), 2,
                            question.entry().blinded_digest));
  EXPECT_FALSE(
      CheckSubject(test::kPartnership, test::kPurpose, "x", 2, question.entry().blinded_digest));
}

}  // namespace
}  // namespace sluis::evaluation
