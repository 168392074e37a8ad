#include "server/core/exercise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "server/core/held_manifest.h"
#include "server/core/list_signals.h"
#include "server/core/node_acts.h"
#include "server/ledger/row.h"
#include "tests/support/core_harness.h"
#include "tests/support/signed_members.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;
using tests::PersonSignal;
using Signed = std::shared_ptr<const partnership::SignedManifest>;

constexpr auto kPreparation = record::v1::PARTNERSHIP_STATE_PREPARATION;
constexpr auto kExercise = record::v1::PARTNERSHIP_STATE_EXERCISE;
constexpr auto kActive = record::v1::PARTNERSHIP_STATE_ACTIVE;

class ExerciseTest : public ::testing::Test {
 protected:
  Signed Make(record::v1::PartnershipState state, const Signed& held = nullptr,
              const std::string& partnership = "livc-r.vaartland.example") {
    test::ManifestSpec spec;
    spec.state = state;
    spec.held = held ? &held->manifest : nullptr;
    spec.partnership = partnership;
    return std::make_shared<const partnership::SignedManifest>(
        test::MakeSigned({&own_, &other_}, spec));
  }
  absl::Status Install(Signed manifest, const crypto::Hash& configuration = {}) {
    auto terms = h_.MakeTerms();
    terms->configuration_digest = configuration;
    TakeManifest(std::move(manifest), *terms);
    return h_.PutTerms(std::move(terms));
  }
  template <typename Use>
  auto Look(Use use) {
    const auto snapshot = h_.ledger->store().NewSnapshot();
    const View view(*snapshot, h_.ledger->keyring());
    return use(view);
  }
  absl::StatusOr<HeldManifest> Held() {
    return Look([](const View& view) { return ReadHeldManifest(view); });
  }
  std::vector<std::string> Left() {
    return *Look([](const View& view) { return view.RecordsOfExercise(); });
  }
  std::string Recorded() { return h_.Record(jan_, PersonSignal()).record_id; }
  absl::Status Erase(std::vector<std::string> ids) {
    return h_.executor->RunAsNodeAndWait(std::make_shared<EraseExercise>(std::move(ids)));
  }
  // Replaces what a row holds and keeps its stamp, as no act of a node can.
  void Tamper(const std::string& key, const std::string& value) {
    const uint64_t stamp =
        Look([&](const View& view) { return *ledger::ReadRow(view.snapshot(), key); }).stamp;
    h_.store.Tamper(key, ledger::JoinRow(stamp, value));
  }

  const test::MemberKit own_ =
      test::MakeMember({.organisation = "caw-de-overzet.example", .kind = "welfare"});
  const test::MemberKit other_ = test::MakeMember({});
  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person dpo_ = h_.Admit("dpo", {"privacy-officer"});
};

TEST_F(ExerciseTest, TheManifestIsHeldWithTheEntryThatBroughtItIntoForce) {
  ASSERT_TRUE(Held().ok());
  EXPECT_EQ(Held()->manifest, nullptr);
  const Signed first = Make(kExercise);
  ASSERT_EQ(Install(first), absl::OkStatus());
  const Opened entry = h_.Last();
  EXPECT_EQ(entry.act.method(), "Node.RecordTerms");
  EXPECT_EQ(entry.act.manifest_version(), 1u);
  EXPECT_EQ(entry.act.partnership(), "livc-r.vaartland.example");
  EXPECT_TRUE(entry.act.exercise());
  const crypto::Hash row = crypto::Sha256(TermsRowOf(*h_.terms.Get()));
  EXPECT_EQ(entry.act.object_digest(), crypto::View(row)) << "the entry commits to the manifest";
  const auto held = Held();
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(held->manifest->Serialise(), first->Serialise());
  EXPECT_EQ(held->stamp, entry.index + 1);
}

// Every act is held to the stamp of the terms in memory: manifests that were written down one after
// another changed it under the node that serves, which could write nothing from then on.
TEST_F(ExerciseTest, ManifestsBetweenComeWithTheLastOneAndTheNodeGoesOn) {
  const Signed first = Make(kExercise);
  ASSERT_EQ(Install(first), absl::OkStatus());
  const Signed second = Make(kExercise, first), third = Make(kExercise, second),
               fourth = Make(kExercise, third);
  const uint64_t size = h_.size();
  const auto record = [&](const ManifestChain& between) {
    auto terms = h_.MakeTerms();
    TakeManifest(fourth, *terms);
    return h_.executor->RunAsNodeAndWait(std::make_shared<RecordTerms>(std::move(terms), between));
  };
  for (const ManifestChain& wrong :
       {ManifestChain{}, ManifestChain{second}, ManifestChain{third, second}}) {
    EXPECT_EQ(record(wrong).code(), absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_EQ(h_.size(), size) << "all or none";
  EXPECT_NE(Recorded(), "") << "after one that failed";

  const uint64_t before = h_.size();
  ASSERT_EQ(record({second, third}), absl::OkStatus());
  const std::vector<Opened> entries = h_.Entries(before);
  ASSERT_THAT(entries, SizeIs(3));
  for (size_t at = 0; at < entries.size(); ++at) {
    EXPECT_EQ(entries[at].act.method(), "Node.RecordTerms");
    EXPECT_EQ(entries[at].act.manifest_version(), at + 2);
  }
  ASSERT_TRUE(Held().ok());
  EXPECT_EQ(Held()->manifest->Serialise(), fourth->Serialise());
  EXPECT_EQ(Held()->stamp, entries.back().index + 1);
  // As the node does once they are written down.
  auto in_force = h_.MakeTerms();
  TakeManifest(fourth, *in_force);
  EXPECT_TRUE(*Look([&](const View& view) { return TermsRecorded(view, *in_force); }));
  in_force->stamp = *Look([](const View& view) { return view.StampOf(TermsKey()); });
  h_.terms.Set(std::move(in_force));
  EXPECT_NE(Recorded(), "");
}

TEST_F(ExerciseTest, OnlyWhatFollowsTakesThePlaceOfAManifest) {
  const Signed first = Make(kPreparation);
  ASSERT_EQ(Install(first), absl::OkStatus());
  EXPECT_FALSE(h_.Last().act.exercise()) << "preparation is not exercise";
  const uint64_t size = h_.size();
  const uint64_t stamp = Held()->stamp;
  for (const Signed& wrong : {Make(kExercise), Make(kExercise, nullptr, "other.example"),
                              Make(kActive, Make(kExercise)), Signed()}) {
    EXPECT_EQ(Install(wrong).code(), absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_EQ(h_.size(), size) << "nothing is written";
  EXPECT_EQ(Held()->get()->digest, first->manifest.digest);
  ASSERT_EQ(Install(first, crypto::Sha256("another configuration")), absl::OkStatus());
  EXPECT_EQ(Held()->stamp, stamp) << "the same manifest is not written twice";
  ASSERT_EQ(Install(Make(kActive, first)), absl::OkStatus());
  EXPECT_EQ(Held()->get()->version, 2u);
}

TEST_F(ExerciseTest, ARowThatIsNotTheOneInForceIsNotRead) {
  const Signed first = Make(kExercise);
  ASSERT_EQ(Install(first), absl::OkStatus());
  const std::string key = ManifestKey("livc-r.vaartland.example");
  for (const std::string& value :
       {Make(kActive)->Serialise(), Make(kExercise, nullptr, "other.example")->Serialise(),
        std::string("none")}) {
    Tamper(key, value);
    EXPECT_EQ(Held().status().code(), absl::StatusCode::kDataLoss);
  }
  h_.store.Tamper(key, std::nullopt);
  EXPECT_EQ(Held().status().code(), absl::StatusCode::kDataLoss) << "one that was taken away";
}

TEST_F(ExerciseTest, EveryEntryAndRecordSaysSo) {
  const std::string before = Recorded();
  ASSERT_EQ(Install(Make(kExercise)), absl::OkStatus());
  const std::string id = Recorded();
  EXPECT_TRUE(h_.Last().act.exercise());
  EXPECT_EQ(h_.Last().act.manifest_version(), 1u);
  ASSERT_TRUE(h_.Open(jan_, id).ok());
  EXPECT_TRUE(h_.Last().act.exercise());
  ASSERT_EQ(CodeOf(h_.Open(dpo_, id, tests::Oversight()).status()), "denied");
  EXPECT_TRUE(h_.Last().act.exercise()) << "refusals too";
  ASSERT_EQ(h_.Amend(jan_, id, 1, PersonSignal()), absl::OkStatus());
  ASSERT_EQ(h_.Amend(jan_, before, 1, PersonSignal()), absl::OkStatus());
  EXPECT_THAT(Left(), ElementsAre(id)) << "what was there before is not made up";
  Look([&](const View& view) {
    EXPECT_TRUE(view.ReadRecordRow(id)->exercise());
    EXPECT_FALSE(view.ReadRecordRow(before)->exercise());
    return 0;
  });
  ASSERT_EQ(h_.Erase(jan_, id), absl::OkStatus());
  EXPECT_THAT(Left(), IsEmpty());
}

TEST_F(ExerciseTest, BecomingActiveHidesAndErasesWhatWasMadeUp) {
  const std::string before = Recorded();
  const Signed first = Make(kExercise);
  ASSERT_EQ(Install(first), absl::OkStatus());
  const uint64_t begin = h_.size();
  const std::string one = Recorded(), held = Recorded();
  ASSERT_EQ(h_.Hold(dpo_, held, true), absl::OkStatus());
  EXPECT_EQ(CodeOf(Erase({one})), "not_due") << "not while the exercise goes on";
  ASSERT_EQ(Install(Make(kActive, first)), absl::OkStatus());

  // Until they are erased they are there for nobody.
  EXPECT_EQ(CodeOf(h_.Open(jan_, one).status()), "not_found");
  EXPECT_EQ(CodeOf(h_.Amend(jan_, one, 1, PersonSignal())), "not_found");
  EXPECT_EQ(CodeOf(h_.Hold(dpo_, held, false)), "not_found");
  EXPECT_TRUE(h_.Open(jan_, before).ok());
  node::v1::ListSignalsRequest request;
  node::v1::ListSignalsResponse response;
  *request.mutable_context() = tests::Intake();
  ASSERT_EQ(h_.Run(jan_, std::make_shared<ListSignals>(request, response)), absl::OkStatus());
  ASSERT_EQ(response.signals_size(), 1);
  EXPECT_EQ(response.signals(0).record_id(), before);

  ASSERT_THAT(Left(), SizeIs(2));
  const uint64_t from = h_.size();
  ASSERT_EQ(Erase(Left()), absl::OkStatus());
  const std::vector<Opened> erasures = h_.Entries(from);
  ASSERT_THAT(erasures, SizeIs(2)) << "one entry for each record";
  for (const Opened& erasure : erasures) {
    EXPECT_EQ(erasure.act.operation(), record::v1::OPERATION_ERASURE);
    EXPECT_EQ(erasure.act.method(), "Node.EraseExercise");
    EXPECT_EQ(erasure.actor.user_id(), "node");
    EXPECT_FALSE(erasure.act.exercise()) << "what ends an exercise is no exercise";
    EXPECT_EQ(erasure.act.manifest_version(), 2u);
    EXPECT_EQ(erasure.act.erased_everywhere_on(), "2026-10-20");
  }
  EXPECT_THAT(Left(), IsEmpty());
  for (const std::string& id : {one, held}) {
    EXPECT_TRUE(
        absl::IsNotFound(Look([&](const View& view) { return view.OpenRecord(id); }).status()));
  }
  int open = 0;
  for (const Opened& entry : h_.Entries(begin)) {
    for (const std::string& id : entry.subject.record_ids()) open += id != before;
  }
  EXPECT_EQ(open, 0) << "no subject part of theirs opens";
  EXPECT_TRUE(h_.Open(jan_, before).ok());
}

TEST_F(ExerciseTest, NothingIsMarkedAfterTheEnd) {
  const Signed first = Make(kExercise);
  ASSERT_EQ(Install(first), absl::OkStatus());
  ASSERT_EQ(Install(Make(kActive, first)), absl::OkStatus());
  const std::string id = Recorded();
  EXPECT_FALSE(h_.Last().act.exercise());
  EXPECT_THAT(Left(), IsEmpty());
  EXPECT_TRUE(h_.Open(jan_, id).ok());
}

TEST_F(ExerciseTest, OneThatCannotBeReadDoesNotKeepTheOthers) {
  const Signed first = Make(kExercise);
  ASSERT_EQ(Install(first), absl::OkStatus());
  const std::string broken = Recorded(), good = Recorded();
  ASSERT_EQ(Install(Make(kActive, first)), absl::OkStatus());
  Tamper(RecordKey(broken), "no row");
  ASSERT_EQ(Erase(Left()), absl::OkStatus());
  EXPECT_THAT(Left(), ElementsAre(broken));
  EXPECT_EQ(Erase({broken}).code(), absl::StatusCode::kDataLoss);
}

TEST_F(ExerciseTest, OneWhoseBodyCannotBeOpenedGoesToo) {
  const Signed first = Make(kExercise);
  ASSERT_EQ(Install(first), absl::OkStatus());
  const std::string id = Recorded();
  ASSERT_EQ(Install(Make(kActive, first)), absl::OkStatus());
  record::v1::StoredRecord row = Look([&](const View& view) { return *view.ReadRecordRow(id); });
  row.mutable_sealed()->back() = static_cast<char>(row.sealed().back() ^ 1);
  Tamper(RecordKey(id), row.SerializeAsString());
  const ledger::KeyRef key{row.bucket(), *crypto::ToFixed<16>(row.key_id())};
  EXPECT_EQ(*h_.ledger->keyring().ErasedBy(key), std::nullopt);
  const uint64_t from = h_.size();
  ASSERT_EQ(Erase({id}), absl::OkStatus());
  EXPECT_THAT(Left(), IsEmpty()) << "one damaged record must not keep the partnership waiting";
  EXPECT_EQ(*h_.ledger->keyring().ErasedBy(key), from) << "its keys are destroyed";
  const std::vector<Opened> erasures = h_.Entries(from);
  ASSERT_THAT(erasures, SizeIs(1));
  EXPECT_EQ(erasures[0].act.operation(), record::v1::OPERATION_ERASURE);
  EXPECT_THAT(erasures[0].subject.record_ids(), ElementsAre(id));
}

TEST_F(ExerciseTest, AMarkWhoseKeysAreGoneIsTakenAway) {
  const Signed first = Make(kExercise);
  ASSERT_EQ(Install(first), absl::OkStatus());
  const std::string id = Recorded();
  const auto row = Look([&](const View& view) { return *view.ReadRecordRow(id); });
  ASSERT_EQ(Install(Make(kActive, first)), absl::OkStatus());
  const ledger::KeyRef key{row.bucket(), *crypto::ToFixed<16>(row.key_id())};
  const auto mark = *h_.store.Get(ExerciseKey(id));
  ASSERT_EQ(
      h_.executor->RunAsNodeAndWait(std::make_shared<EraseAgain>(std::vector<ledger::KeyRef>{key})),
      absl::OkStatus());
  ASSERT_THAT(Left(), IsEmpty()) << "the mark went with the record";
  // As after a start of an earlier version, which erased the keys of what came back, and left rows.
  Tamper(RecordKey(id), row.SerializeAsString());
  h_.store.Tamper(ExerciseKey(id), *mark);
  ASSERT_THAT(Left(), ElementsAre(id));
  ASSERT_EQ(Erase({id}), absl::OkStatus());
  EXPECT_THAT(Left(), IsEmpty());
}

}  // namespace
}  // namespace sluis::core
