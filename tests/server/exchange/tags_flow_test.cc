// What stands for a person goes along with a record, for its recipient alone, which knows by it the
// same person again among what it received.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/ceremony_rows.h"
#include "server/core/end_evaluation.h"
#include "server/core/exercise.h"
#include "server/core/list_received.h"
#include "server/core/open_signal.h"
#include "server/core/received_tags.h"
#include "server/core/shared_tags.h"
#include "server/envelope/content.h"
#include "server/keys/package.h"
#include "sluis/record/v1/tags.pb.h"
#include "tests/server/exchange/identity_pair.h"
#include "tests/server/exchange/puts.h"

namespace sluis::exchange {
namespace {

namespace oprf = crypto::oprf;
using identity::KeyKind;
using ledger::Table;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::kCity;
using tests::kPolice;
using tests::Must;
using tests::Put;
using tests::Text;

constexpr char kHelp[] = "doorverwijzing-hulp";
constexpr char kIntakePurpose[] = "signaal-intake";

class TagsFlowTest : public tests::IdentityPair {
 protected:
  // A key of three holders for that purpose, of that epoch.
  keys::Package MadeKey(const std::string& purpose, uint32_t epoch = 1) {
    const auto secret = oprf::SecretScalar::Random(random_);
    const oprf::Polynomial polynomial = Must(oprf::Polynomial::Random(secret.Clone(), 2, random_));
    keys::PackageDraft draft;
    draft.partnership = welfare_.manifest().partnership;
    draft.purpose = purpose;
    draft.epoch = epoch;
    draft.generation = 1;
    draft.commitments = polynomial.Commit();
    draft.holders = {{1, tests::kWelfare}, {2, kCity}, {3, kPolice}};
    return Must(keys::MakePackage(std::move(draft)));
  }
  // At both nodes.
  void Pin(const keys::Package& package, uint64_t stops_s = 0) {
    for (tests::ExchangeNode* node : {static_cast<tests::ExchangeNode*>(&welfare_), &city_}) {
      PinAt(*node, package, stops_s);
    }
  }
  static void PinAt(tests::ExchangeNode& node, const keys::Package& package, uint64_t stops_s = 0) {
    Put(node, [&](core::Effect& effect) {
      record::v1::StoredKey row;
      row.set_package(package.bytes);
      row.set_ceremony(std::string(32, 'c'));
      row.set_stops_s(stops_s);
      row.set_exercise(true);
      effect.rows.push_back(
          {core::PinnedKeyKey(package.partnership, package.purpose, package.use, package.epoch),
           row.SerializeAsString()});
    });
  }
  static std::array<uint8_t, 32> ElementOf(int person) {
    return oprf::MultiplyGenerator(oprf::Scalar(static_cast<uint64_t>(person))).encoding();
  }
  // As if holders had computed it: what stands for that person under this key.
  void Keep(const std::string& record, const keys::Package& package, int person,
            std::vector<KeyKind> kinds = {KeyKind::kNameAndDate}) {
    core::GivenElements given;
    given.request_id = random_.Array<16>();
    core::RecordElements& one = given.records.emplace_back();
    one.record = record;
    one.identity_key = RowOf(welfare_, record).identity().key_id();
    for (const KeyKind kind : kinds) {
      auto bytes = ElementOf(person);
      one.elements.push_back(
          {package.partnership, package.purpose, package.key_id, kind,
           Must(oprf::SecretElement::Deserialize(crypto::Secret<32>::FromBytes(bytes)))});
    }
    auto kept = std::make_shared<std::vector<std::string>>();
    ASSERT_EQ(welfare_.h.executor->RunAsNodeAndWait(
                  std::make_shared<core::KeepElements>(std::move(given), welfare_.h.random, kept)),
              absl::OkStatus());
    ASSERT_THAT(*kept, ElementsAre(record));
  }
  std::string NamedAndKept(int person) {
    std::string record = Named();
    Keep(record, key_, person);
    return record;
  }
  // Crosses, and gives the record id there.
  std::string Crossed(const std::string& record) {
    const std::string id = DueOf(record);
    Cross();
    EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
    return Received(id).record_id();
  }
  std::vector<std::string> KindsShown(const std::string& record) {
    const auto preview = welfare_.Preview(record);
    EXPECT_TRUE(preview.ok()) << preview.status();
    if (!preview.ok()) return {"?"};
    return {preview->tag_kinds().begin(), preview->tag_kinds().end()};
  }
  static size_t Rows(tests::ExchangeNode& node, Table table) {
    const auto snapshot = node.h.ledger->store().NewSnapshot();
    size_t rows = 0;
    const std::string from = ledger::RowKey(table);
    EXPECT_EQ(snapshot->Scan(from, storage::PrefixEnd(from),
                             [&rows](std::string_view, std::string_view) {
                               ++rows;
                               return true;
                             }),
              absl::OkStatus());
    return rows;
  }
  // What the list says of that record there; nothing when it is not in it.
  std::optional<std::vector<node::v1::SamePerson>> SameAs(const std::string& record) {
    node::v1::ListReceivedRequest request;
    node::v1::ListReceivedResponse response;
    *request.mutable_context() = tests::Intake();
    EXPECT_EQ(city_.h.Run(reader_, std::make_shared<core::ListReceived>(request, response)),
              absl::OkStatus());
    for (const node::v1::ReceivedSummary& one : response.received()) {
      if (one.record_id() != record) continue;
      return std::vector<node::v1::SamePerson>(one.same_person().begin(), one.same_person().end());
    }
    return std::nullopt;
  }
  std::vector<std::string> IdsOfSame(const std::string& record) {
    std::vector<std::string> ids;
    for (const node::v1::SamePerson& one :
         SameAs(record).value_or(std::vector<node::v1::SamePerson>{})) {
      ids.push_back(one.record_id());
    }
    return ids;
  }
  // Under what the one tag of a record lies there.
  evaluation::Tag IndexOf(const std::string& record) {
    return Look(city_, [&](const core::View& view) {
      evaluation::Tag found{};
      const std::string from = core::TagsOf(record);
      EXPECT_EQ(view.snapshot().Scan(from, storage::PrefixEnd(from),
                                     [&](std::string_view key, std::string_view) {
                                       found =
                                           crypto::ToFixed<32>(key.substr(from.size(), 32)).value();
                                       return false;
                                     }),
                absl::OkStatus());
      return found;
    });
  }
  // As if that sender had shared a record like this one, about the same person.
  void AddAlike(const std::string& record, const std::string& sender) {
    core::RecordWrite write;
    Look(city_, [&](const core::View& view) {
      const auto opened = Must(view.OpenRecord(record));
      write.body = opened->body;
      write.row.set_version(1);
      write.row.set_state(record::v1::RECORD_STATE_OPEN);
      write.row.set_retention_until(opened->row.retention_until());
      write.row.set_exercise(opened->row.exercise());
      return true;
    });
    const std::string id = Text(random_.Array<16>());
    const evaluation::Tag index = IndexOf(record);
    record::v1::ReceivedTag tag;
    tag.set_version(1);
    tag.set_key_id(Text(key_.key_id));
    tag.set_kind("name-date");
    tag.set_tag(std::string(32, 't'));
    std::string key = core::TagsOf(id) + Text(index);
    crypto::AppendLp(key, sender);
    write.row.set_record_id(id);
    write.tags.push_back({std::move(key), tag.SerializeAsString()});
    Put(city_, [&](core::Effect& effect) {
      effect.entry.subject.add_record_ids(id);
      effect.entry.subject.set_version(1);
      effect.rows.push_back({core::TagIndexKey(index, sender, id), std::string()});
      effect.record = write;
    });
  }
  // What is inside the ciphertext of a share.
  peer::v1::OfferedContent ContentOf(const std::string& exchange) {
    const core::SentRow sent = welfare_.Row(exchange);
    return Look(welfare_, [&](const core::View& view) {
      const auto record = Must(view.OpenRecord(sent.row.record_id()));
      const core::SealedShare share = Must(core::OpenShare(record->keys.data, sent.row));
      return Must(envelope::OpenContent(share.key, Must(core::OwnOfferOf(sent))));
    });
  }

  // What would go along to that recipient, whether the rules let it or not.
  std::string TagFor(const std::string& record, const std::string& recipient) {
    core::Call call;
    call.terms = welfare_.h.terms.Get();
    call.now_us = welfare_.h.clock.NowUs();
    call.today = storage::LegalDay(call.now_us);
    call.purpose = kHelp;
    return Look(welfare_, [&](const core::View& view) {
      const core::TravellingTags tags =
          Must(core::TagsFor(call, view, Must(view.ReadRecordRow(record)), recipient));
      return tags.tags.size() == 1 ? tags.tags[0].tag() : std::string();
    });
  }

  tests::SeededRandom random_{77};
  const keys::Package key_ = MadeKey(kHelp);
};

TEST_F(TagsFlowTest, TheRecipientKnowsTheSamePersonAgain) {
  Pin(key_);
  const std::string first = NamedAndKept(3);
  EXPECT_THAT(KindsShown(first), ElementsAre("name-date"));
  EXPECT_THAT(ScopeOf("ExchangeService.PreviewShare", record::v1::OPERATION_CONSULTATION),
              ::testing::Contains(core::kTagsScope));
  const std::string one = Crossed(first);
  EXPECT_THAT(ScopeOf("", record::v1::OPERATION_DISCLOSURE), ::testing::Contains(core::kTagsScope));
  EXPECT_THAT(IdsOfSame(one), IsEmpty());
  const std::string two = Crossed(NamedAndKept(3));
  const std::string somebody = Crossed(NamedAndKept(4));
  const std::string nobody = Crossed(Named());

  const auto same = SameAs(one);
  ASSERT_TRUE(same.has_value());
  ASSERT_THAT(*same, SizeIs(1));
  EXPECT_EQ(same->front().record_id(), two);
  EXPECT_EQ(same->front().sender(), tests::kWelfare);
  EXPECT_THAT(same->front().kinds(), ElementsAre("name-date"));
  EXPECT_THAT(IdsOfSame(two), ElementsAre(one));
  EXPECT_THAT(IdsOfSame(somebody), IsEmpty());
  EXPECT_THAT(IdsOfSame(nobody), IsEmpty());

  node::v1::OpenSignalRequest request;
  node::v1::OpenSignalResponse response;
  *request.mutable_context() = tests::Intake();
  request.set_record_id(one);
  ASSERT_EQ(city_.h.Run(reader_, std::make_shared<core::OpenSignal>(request, response)),
            absl::OkStatus());
  ASSERT_THAT(response.same_person(), SizeIs(1));
  EXPECT_EQ(response.same_person(0).record_id(), two);
  const tests::Opened beside = city_.h.Last();
  EXPECT_EQ(beside.act.operation(), record::v1::OPERATION_CONSULTATION);
  EXPECT_THAT(beside.subject.record_ids(), ElementsAre(two)) << "that it is there was read too";
}

TEST_F(TagsFlowTest, NoTagLiesOpenAnywhereAndTwoRecipientsHaveNothingInCommon) {
  Pin(key_);
  const std::string record = NamedAndKept(3);
  const peer::v1::OfferedContent at_city = ContentOf(welfare_.Shared(record));
  ASSERT_THAT(at_city.tags(), SizeIs(1));
  const std::string& one = at_city.tags(0).tag();
  EXPECT_EQ(at_city.tags(0).key_id(), Text(key_.key_id));
  const std::string other = TagFor(record, kPolice);
  EXPECT_EQ(TagFor(record, kCity), one);
  for (size_t at = 0; at + 8 <= one.size(); ++at) {
    EXPECT_EQ(other.find(one.substr(at, 8)), std::string::npos);
  }
  Advance(std::chrono::hours(4));
  Cross();
  ASSERT_EQ(Rows(city_, Table::kReceivedTag), 1u);
  const std::string element(crypto::View(ElementOf(3)));
  for (const std::string& bytes : {one, other, element}) {
    EXPECT_FALSE(InPlain(welfare_, bytes));
    EXPECT_FALSE(InPlain(city_, bytes));
  }
}

TEST_F(TagsFlowTest, OnlyWhatThePersonNamedGoesAlong) {
  Pin(key_);
  const std::string record = NamedAndKept(3);
  auto preview = welfare_.Preview(record);
  ASSERT_TRUE(preview.ok());
  node::v1::ShareSignalRequest request = welfare_.Signed(record, *preview);
  request.clear_tag_kinds();
  ASSERT_EQ(welfare_.Share(request), absl::OkStatus());
  EXPECT_THAT(ContentOf(request.exchange_id()).tags(), IsEmpty());

  request = welfare_.Signed(record, *preview);
  request.add_tag_kinds("skeleton-date");
  EXPECT_EQ(welfare_.Share(request).code(), absl::StatusCode::kAborted);
  request.add_tag_kinds("name-date");
  EXPECT_EQ(welfare_.Share(request).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(TagsFlowTest, NothingCrossesOfAnotherPurposeKindOrKeyThatMayNotBeUsed) {
  const keys::Package intake = MadeKey(kIntakePurpose);
  const std::string record = Named();
  Keep(record, intake, 3);
  Keep(record, key_, 3, {KeyKind::kSkeleton, KeyKind::kNationalNumber});
  EXPECT_THAT(KindsShown(record), IsEmpty()) << "there is no key";
  Pin(intake);
  EXPECT_THAT(KindsShown(record), IsEmpty()) << "a key of another purpose";
  Pin(key_);
  EXPECT_THAT(KindsShown(record), IsEmpty())
      << "one kind crosses no node without a grant, the other is not used";
  Keep(record, key_, 3);
  EXPECT_THAT(KindsShown(record), ElementsAre("name-date"));
  Pin(key_, welfare_.h.clock.NowUs() / 1'000'000);
  EXPECT_THAT(KindsShown(record), IsEmpty()) << "it stopped";
  Pin(key_);
  Pin(MadeKey(kHelp, 2));
  EXPECT_THAT(KindsShown(record), IsEmpty()) << "under the newest key nothing was computed";
}

// A sender that gives what it made for one purpose with what it shares for another would make the
// recipient combine the two.
TEST_F(TagsFlowTest, AttackATagUnderAKeyThatIsNotPinnedForThePurposeIsNotKept) {
  PinAt(welfare_, key_);
  const std::string unpinned = Crossed(NamedAndKept(3));
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 0u) << "no key of that purpose is pinned there";
  EXPECT_EQ(Rows(city_, Table::kTagIndex), 0u);
  ASSERT_TRUE(SameAs(unpinned).has_value()) << "the record is opened all the same";

  PinAt(city_, MadeKey(kIntakePurpose));
  PinAt(city_, key_, city_.h.clock.NowUs() / 1'000'000);
  Crossed(NamedAndKept(3));
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 0u) << "it stopped there, and another is for intake";

  PinAt(city_, key_);
  const std::string kept = Crossed(NamedAndKept(3));
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 1u);
  EXPECT_THAT(IdsOfSame(kept), IsEmpty());
}

TEST_F(TagsFlowTest, WhatIsChangedMeanwhileIsPreviewedAnew) {
  Pin(key_);
  const std::string record = NamedAndKept(3);
  const auto preview = welfare_.Preview(record);
  ASSERT_TRUE(preview.ok());
  Pin(key_, 1);
  EXPECT_EQ(welfare_.Share(welfare_.Signed(record, *preview)).code(), absl::StatusCode::kAborted);
}

TEST_F(TagsFlowTest, WhatIsTakenBackOrErasedLinksNothingAnyMore) {
  Pin(key_);
  const std::string kept = Crossed(NamedAndKept(3));
  const std::string record = NamedAndKept(3);
  const std::string id = DueOf(record);
  Cross();
  const std::string there = Received(id).record_id();
  EXPECT_THAT(IdsOfSame(kept), ElementsAre(there));
  ASSERT_EQ(Rows(city_, Table::kTagIndex), 2u);
  ASSERT_EQ(welfare_.Withdraw(id, true), absl::OkStatus());
  Cross();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_CANCELLED);
  EXPECT_THAT(IdsOfSame(kept), IsEmpty());
  EXPECT_EQ(Rows(city_, Table::kTagIndex), 1u);
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 1u) << "its key says what the index said";
  ASSERT_EQ(welfare_.Erase(record), absl::OkStatus());
  Cross();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 1u);
  EXPECT_EQ(Rows(city_, Table::kTagIndex), 1u);
}

TEST_F(TagsFlowTest, ACorrectionTakesThePlaceOfTheTagsOfTheEarlierVersion) {
  Pin(key_);
  const std::string record = NamedAndKept(3);
  const std::string earlier = DueOf(record);
  Cross();
  const record::v1::SubjectIdentity other = tests::Somebody(tests::kOtherSurname);
  ASSERT_EQ(Amend(record, 1, &other), absl::OkStatus());
  Keep(record, key_, 5);
  const std::string later = Corrected(record, earlier);
  Cross();
  ASSERT_EQ(Received(later).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(Rows(city_, Table::kTagIndex), 1u);
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 1u);
}

TEST_F(TagsFlowTest, AKindThatIsUsedNoMoreStopsTheShareAndIsNotKept) {
  Pin(key_);
  const auto use_none = [](tests::ExchangeNode& node) {
    const std::shared_ptr<core::Terms> terms = node.TermsWithManifest();
    terms->identity_kinds = identity::KeyKinds::None();
    node.Put(terms);
  };
  use_none(city_);
  Crossed(NamedAndKept(3));
  EXPECT_EQ(Rows(city_, Table::kTagIndex), 0u);
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 0u);
  const std::string id = DueOf(NamedAndKept(3));
  use_none(welfare_);
  for (int i = 0; i < 2; ++i) Cross();
  EXPECT_EQ(welfare_.Row(id).row.reason(), "rule");
  EXPECT_EQ(Received(id).record_id(), "");
}

TEST_F(TagsFlowTest, AKeyThatStopsWhileAShareWaitsStopsTheShare) {
  Pin(key_);
  const std::string id = DueOf(NamedAndKept(3));
  PinAt(welfare_, key_, 1);
  for (int i = 0; i < 2; ++i) Cross();
  EXPECT_EQ(welfare_.Row(id).row.reason(), "rule");
  EXPECT_EQ(Received(id).record_id(), "");

  Pin(key_);
  const std::string rolled = DueOf(NamedAndKept(3));
  Pin(MadeKey(kHelp, 2));
  Cross();
  EXPECT_EQ(Received(rolled).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 1u) << "its time is not over";
}

// Index rows of one sender come first and are many: those of another are found all the same.
TEST_F(TagsFlowTest, AttackAFloodOfOneSenderHidesNobody) {
  Pin(key_);
  const std::string one = Crossed(NamedAndKept(3));
  const std::string two = Crossed(NamedAndKept(3));
  const evaluation::Tag index = IndexOf(one);
  Put(city_, [&](core::Effect& effect) {
    for (int i = 0; i < 200; ++i) {
      effect.rows.push_back(
          {core::TagIndexKey(index, "aaa.example", Text(random_.Array<16>())), std::string()});
    }
  });
  EXPECT_THAT(IdsOfSame(one), ElementsAre(two));
}

// Rows of what cannot be read, or not by this caller, come first.
TEST_F(TagsFlowTest, AttackRowsThatSayNothingHideNoOtherRecordOfTheirSender) {
  Pin(key_);
  const std::string one = Crossed(NamedAndKept(3));
  const std::string two = Crossed(NamedAndKept(3));
  const evaluation::Tag index = IndexOf(one);
  Put(city_, [&](core::Effect& effect) {
    for (size_t i = 1; i <= 2 * core::kPerSender; ++i) {
      std::string id(16, '\0');
      id.back() = static_cast<char>(i);
      effect.rows.push_back({core::TagIndexKey(index, tests::kWelfare, id), std::string()});
    }
  });
  EXPECT_THAT(IdsOfSame(one), ElementsAre(two));
}

TEST_F(TagsFlowTest, OfOneSenderNoMoreThanEightAreNamed) {
  Pin(key_);
  const std::string one = Crossed(NamedAndKept(3));
  for (size_t i = 0; i < core::kPerSender + 2; ++i) AddAlike(one, tests::kWelfare);
  AddAlike(one, kPolice);
  EXPECT_THAT(IdsOfSame(one), SizeIs(core::kPerSender + 1));
}

// All that an answer names stands in its entry, which holds so many and no more: it was refused.
TEST_F(TagsFlowTest, AttackAPersonWithManyRecordsClosesNoListAndNoOpening) {
  Pin(key_);
  const std::string one = Crossed(NamedAndKept(3));
  const std::string two = Crossed(NamedAndKept(3));
  for (size_t i = 0; i <= core::kMaxNamed; ++i) {
    AddAlike(two, "sender" + std::to_string(i / core::kPerSender) + ".example");
  }
  std::vector<std::string> listed;
  node::v1::ListReceivedRequest request;
  *request.mutable_context() = tests::Intake();
  for (int page = 0; page < 3; ++page) {
    node::v1::ListReceivedResponse response;
    ASSERT_EQ(city_.h.Run(reader_, std::make_shared<core::ListReceived>(request, response)),
              absl::OkStatus());
    for (const node::v1::ReceivedSummary& row : response.received()) {
      listed.push_back(row.record_id());
      EXPECT_THAT(row.same_person(), SizeIs(core::kMaxNamed - 1));
    }
    EXPECT_THAT(city_.h.Last().subject.record_ids(), SizeIs(core::kMaxNamed));
    if (response.next_page_token().empty()) break;
    request.set_page_token(response.next_page_token());
    if (listed.size() == 2) break;
  }
  EXPECT_THAT(listed, ElementsAre(two, one));

  node::v1::OpenSignalRequest open;
  node::v1::OpenSignalResponse opened;
  *open.mutable_context() = tests::Intake();
  open.set_record_id(one);
  ASSERT_EQ(city_.h.Run(reader_, std::make_shared<core::OpenSignal>(open, opened)),
            absl::OkStatus());
  EXPECT_THAT(opened.same_person(), SizeIs(core::kMaxNamed));
}

TEST_F(TagsFlowTest, AnExerciseLeavesNoTags) {
  Pin(key_);
  Crossed(NamedAndKept(3));
  ASSERT_EQ(Rows(city_, Table::kTagIndex), 1u);
  welfare_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
  city_.Follow(welfare_);
  const std::vector<std::string> left =
      Look(city_, [](const core::View& view) { return view.RecordsOfExercise().value(); });
  ASSERT_EQ(city_.h.executor->RunAsNodeAndWait(std::make_shared<core::EraseExercise>(left)),
            absl::OkStatus());
  EXPECT_EQ(Rows(city_, Table::kTagIndex), 0u);
  EXPECT_EQ(Rows(city_, Table::kReceivedTag), 0u);
}

}  // namespace
}  // namespace sluis::exchange
