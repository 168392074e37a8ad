// What is in the files of nodes that exchanged, and in what was overheard between them: after an
// erasure, between two recipients of one record, and about anybody else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/sent_exchange.h"
#include "server/envelope/envelope.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/terms.h"
#include "tests/fault/exchange_account.h"
#include "tests/fault/exchange_thief.h"

namespace sluis::fault {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr size_t kSender = FiveNodes::kLindervaart;
constexpr size_t kRecipient = FiveNodes::kZandrode;
constexpr size_t kOther = FiveNodes::kOverzet;

class ExchangeBytesTest : public ::testing::Test {
 protected:
  ExchangeBytesTest() {
    five_.network().Watch([this](const std::string& from, const std::string& to,
                                 const peer::v1::DeliverRequest& request) {
      overheard_.envelopes.push_back({from, to, request});
    });
    five_.network().WatchHeartbeats(
        [this](const std::string& from, const std::string& to, const std::string& bytes) {
          const std::set<std::string> both = {from, to};
          if (both.contains(NameOf(kSender)) && both.contains(NameOf(kRecipient)))
            heartbeats_ += bytes;
        });
    five_.Exchange();
  }
  std::string NameOf(size_t at) { return five_.node(at).organisation(); }
  DiskBytes Files(size_t at) { return FilesOf(five_.node(at).disk()); }
  record::v1::SentState SentState(const std::string& id) {
    record::v1::SentState state = record::v1::SENT_STATE_UNSPECIFIED;
    five_.node(kSender).Look([&](const core::View& view) {
      if (const auto sent = core::ReadSent(view, id); sent.ok()) state = sent->row.state();
    });
    return state;
  }
  // Records one and shares it with these: the exchange ids.
  std::vector<std::string> ShareWith(About about, const std::string& text,
                                     const std::vector<size_t>& recipients) {
    const auto record = five_.person(kSender).Record(about, text);
    EXPECT_TRUE(record.ok()) << record.status();
    record_ = record.ok() ? *record : std::string();
    std::vector<std::string> ids;
    for (const size_t to : recipients) {
      EXPECT_EQ(five_.person(kSender).Share(
                    {.about = about, .record_id = record_, .to = NameOf(to)}, ids.emplace_back()),
                absl::OkStatus());
      five_.node(kSender).Look([&](const core::View& view) {
        const auto sent = core::ReadSent(view, ids.back());
        ASSERT_TRUE(sent.ok()) << sent.status();
        shared_[ids.back()] = sent->row;
      });
    }
    return ids;
  }
  // What was shared is due, and the housekeeping of this hour is over: what the next one takes away
  // lives until then.
  void AlmostDue() {
    five_.Advance(hours(4) - minutes(1));
    five_.Exchange();
    five_.Advance(minutes(1));
  }
  FiveNodes five_{5};
  Overheard overheard_;
  std::string heartbeats_;  // between sender and recipient, both ways
  std::string record_;
  // Rows of the exchanges as they were when they were shared.
  std::map<std::string, record::v1::SentExchange> shared_;
};

// All 256 came under one one-time key, and their keys in one envelope that was taken down.
TEST_F(ExchangeBytesTest, OneOf256ErasedMinutesAfterItsKeyOpensNowhere) {
  constexpr size_t kRecords = 256;
  constexpr char kErased[] = "ZWALUW nestelt bij het station";
  std::vector<std::string> ids;
  for (size_t i = 1; i < kRecords; ++i) {
    ids.push_back(ShareWith(About::kPlace, "MEREL " + std::to_string(i), {kRecipient})[0]);
  }
  ids.push_back(ShareWith(About::kPlace, kErased, {kRecipient})[0]);
  AlmostDue();
  five_.Exchange(2, seconds(61));
  for (const std::string& id : ids) ASSERT_EQ(SentState(id), record::v1::SENT_STATE_OPENED);
  const KnownExchange erased =
      Know(five_.node(kSender), five_.node(kRecipient), shared_.at(ids.back()), overheard_);
  const KnownExchange kept =
      Know(five_.node(kSender), five_.node(kRecipient), shared_.at(ids.front()), overheard_);
  ASSERT_EQ(erased.key_envelope.size(), kRecords);
  ASSERT_EQ(erased.sealing_public, kept.sealing_public);
  // The attack is a real one.
  EXPECT_THAT(WaysIn(erased, Files(kSender), Files(kRecipient)),
              UnorderedElementsAre("link", "record", "share"));

  five_.Advance(minutes(3));
  ASSERT_EQ(five_.person(kSender).Erase(record_), absl::OkStatus());
  five_.Exchange(1, seconds(5));
  ASSERT_EQ(SentState(ids.back()), record::v1::SENT_STATE_ERASED);
  const DiskBytes sender = Files(kSender), recipient = Files(kRecipient);
  EXPECT_THAT(WaysIn(erased, sender, recipient), IsEmpty());
  // The others stay, though what was overheard of them opens no more either.
  EXPECT_THAT(WaysIn(kept, sender, recipient), UnorderedElementsAre("record", "share"));
  for (const DiskBytes* files : {&sender, &recipient}) {
    EXPECT_FALSE(AnyHolds(*files, "ZWALUW"));
    EXPECT_FALSE(AnyHolds(*files, "MEREL"));
  }
  EXPECT_EQ(overheard_.Between(NameOf(kSender), NameOf(kRecipient)).find("ZWALUW"),
            std::string::npos);
  for (size_t i = 0; i + 1 < ids.size(); ++i) {
    ASSERT_EQ(SentState(ids[i]), record::v1::SENT_STATE_OPENED);
  }
}

// Every value of eight bytes or more that two recipients of one record both hold is one of these:
// what the partnership, its rules and its members published, who shared it by pseudonym and
// mandate, and the terms in clear codes. docs/threat-model.md lists them.
TEST_F(ExchangeBytesTest, TwoRecipientsOfOneRecordHoldNothingInCommonByWhichToJoinIt) {
  const auto ids =
      ShareWith(About::kPerson, "REIGER staat elke avond op de kade", {kRecipient, kOther});
  five_.Advance(hours(4));
  five_.Exchange(3, seconds(61));
  std::string published;
  std::vector<std::string> times;
  const auto publish = [&published](const std::string& bytes) { published += bytes + '\n'; };
  for (const std::string& id : ids) {
    ASSERT_EQ(SentState(id), record::v1::SENT_STATE_OPENED);
    for (const Overheard::Envelope& one : overheard_.envelopes) {
      const auto envelope = envelope::ReadEnvelope(one.request.envelope());
      for (const envelope::Leaf& leaf : envelope->leaves) {
        const auto* offer = std::get_if<peer::v1::Offer>(&leaf);
        if (offer == nullptr || offer->binding().exchange_id() != id) continue;
        peer::v1::Terms terms = *envelope::ReadTerms(offer->terms());
        terms.clear_case_token();
        publish(terms.SerializeAsString());
        for (const auto& field : offer->fields()) publish(field.name());
        record::v1::UserStatement statement;
        ASSERT_TRUE(statement.ParseFromString(offer->user().statement().statement()));
        statement.clear_root();
        statement.clear_audience();
        publish(statement.SerializeAsString());
        // As each keeps it: with what the sender's clock may lag behind. Shorter than a window.
        record::v1::ReceivedExchange window;
        window.set_expires_at_s(statement.expires_at_s() + envelope::kMaxSkewSeconds);
        times.push_back(window.SerializeAsString());
        publish(offer->user().mandate().SerializeAsString());
        for (const auto& pack : offer->binding().packs()) publish(pack.SerializeAsString());
      }
    }
  }
  publish(five_.manifest().Serialise());
  five_.node(kSender).Look([&](const core::View& view) {
    const auto list = view.ReadMandateStatus();
    ASSERT_TRUE(list.ok() && list->has_value());
    publish((*list)->SerializeAsString());
  });
  // What a third node that got nothing has, it has of no exchange: form and the clock.
  for (const auto& [path, content] : Files(FiveNodes::kHeidezoom)) published += content;

  const auto add_windows = [](std::string_view bytes, std::set<std::string_view>& found) {
    for (size_t at = 0; at + 8 <= bytes.size(); ++at) found.insert(bytes.substr(at, 8));
  };
  const std::vector<std::string> stores[2] = {five_.node(kRecipient).Stored(),
                                              five_.node(kOther).Stored()};
  std::set<std::string_view> known, held[2];
  add_windows(published, known);
  // What a recipient in another world has, where other keys, numbers and people had another record
  // cross, it has of the form.
  FiveNodes elsewhere(6);
  elsewhere.Exchange();
  elsewhere.Shared(kSender, kRecipient, About::kPerson, "KAUW verzamelt takken");
  elsewhere.Advance(hours(4));
  elsewhere.Exchange(3, seconds(61));
  const std::vector<std::string> form = elsewhere.node(kRecipient).Stored();
  for (const std::string& item : form) add_windows(item, known);
  for (int i = 0; i < 2; ++i) {
    for (const std::string& item : stores[i]) add_windows(item, held[i]);
  }
  // The hour, as both clocks have it, in either form: microseconds, without the last bytes.
  record::v1::RecordBody clock;
  clock.set_recorded_at_us(five_.node(kRecipient).clock.NowUs());
  const std::string varint = clock.SerializeAsString();
  std::string fixed;
  crypto::AppendU64(fixed, clock.recorded_at_us());
  times.push_back(fixed.substr(1, 3));
  times.push_back(varint.substr(varint.size() - 3));
  const auto is_new = [&](std::string_view window) {
    // Where half of it is zeros it is a number of each log by itself: how many, which one.
    const bool counts = std::count(window.begin(), window.end(), '\0') >= 4;
    const bool tells_time = std::any_of(
        times.begin(), times.end(),
        [window](const std::string& time) { return window.find(time) != std::string_view::npos; });
    return !counts && !tells_time && held[1].contains(window) && !known.contains(window);
  };
  // Where a new window touches something known, up to seven of its bytes are that.
  std::set<std::string> common;
  for (const std::string_view item : stores[0]) {
    const auto is_known = [&](size_t at) {
      return at + 8 <= item.size() && known.contains(item.substr(at, 8));
    };
    for (size_t at = 0; at + 8 <= item.size(); ++at) {
      size_t end = at;
      while (end + 8 <= item.size() && is_new(item.substr(end, 8))) ++end;
      const size_t touching = (at > 0 && is_known(at - 1) ? 7 : 0) + (is_known(end) ? 7 : 0);
      if (end > at + touching) common.insert(crypto::HexEncode(item.substr(at, end - at + 7)));
      at = end;
    }
  }
  EXPECT_THAT(common, IsEmpty());
  EXPECT_GT(held[0].size(), 4000u);
}

// What two nodes hand each other names nobody else: no third organisation but, in a heartbeat,
// those of the manifest that both hold; nobody who works with the nodes, not who brought it in, and
// none of the numbers that a node keeps for itself.
TEST_F(ExchangeBytesTest, TrafficBetweenTwoNamesNobodyElse) {
  const auto ids =
      ShareWith(About::kPerson, "LIJSTER zingt in de tuin van de buren", {kRecipient, kOther});
  five_.Advance(hours(4));
  five_.Exchange(3, seconds(61));
  ASSERT_EQ(SentState(ids[0]), record::v1::SENT_STATE_OPENED);
  ASSERT_EQ(five_.person(kSender).Erase(record_), absl::OkStatus());
  five_.Exchange(2, seconds(61));
  ASSERT_EQ(SentState(ids[0]), record::v1::SENT_STATE_ERASED);
  const std::string heard = overheard_.Between(NameOf(kSender), NameOf(kRecipient));
  EXPECT_NE(heard.find(ids[0]), std::string::npos);
  for (const size_t third : {FiveNodes::kDrieSluizen, FiveNodes::kHeidezoom, kOther}) {
    EXPECT_EQ(heard.find(NameOf(third)), std::string::npos);
    EXPECT_NE(heartbeats_.find(NameOf(third)), std::string::npos) << "whose lists are held";
  }
  for (const std::string& secret :
       {std::string("medewerker"), std::string("beheer"), std::string("opbouwwerker"),
        std::string("LIJSTER"), std::string("dossier-"), std::string("C-2026-014"), record_,
        ids[1]}) {
    EXPECT_EQ(heard.find(secret), std::string::npos) << secret;
    EXPECT_EQ(heartbeats_.find(secret), std::string::npos) << secret;
  }
  EXPECT_EQ(heartbeats_.find(ids[0]), std::string::npos) << "a heartbeat is about no exchange";
}

// What both nodes kept of every exchange beside their ledgers grew for good.
TEST_F(ExchangeBytesTest, WhatEndedIsForgottenBesideTheLedger) {
  const auto ids = ShareWith(About::kPerson, "WULP roept boven het veld", {kRecipient, kOther});
  AlmostDue();
  five_.Exchange();
  const auto holds = [this](size_t at, const std::string& id) {
    const std::vector<std::string> all = five_.node(at).StoredBeside();
    return std::any_of(all.begin(), all.end(), [&id](const std::string& item) {
      return item.find(id) != std::string::npos;
    });
  };
  EXPECT_TRUE(holds(kSender, ids[0]));
  EXPECT_TRUE(holds(kRecipient, ids[0]));
  five_.Exchange(3, minutes(61));
  ASSERT_EQ(SentState(ids[0]), record::v1::SENT_STATE_OPENED);
  for (const size_t at : {kSender, kRecipient, kOther}) {
    for (const std::string& id : ids) EXPECT_FALSE(holds(at, id)) << NameOf(at);
  }
  // And nothing is said again for it.
  const size_t before = overheard_.envelopes.size();
  five_.Exchange(3, minutes(61));
  EXPECT_EQ(overheard_.envelopes.size(), before);
}

// Somebody who has everything that is left, and a list of all that it can have been, learns no more
// than before: the salts of every commitment went with the record.
TEST_F(ExchangeBytesTest, ADictionaryFindsNothingInCommitmentsOfWhatWasErased) {
  const std::string id = ShareWith(About::kPerson, "SPREEUW fluit", {kRecipient})[0];
  AlmostDue();
  five_.Exchange(3, seconds(61));
  ASSERT_EQ(SentState(id), record::v1::SENT_STATE_OPENED);
  const KnownExchange known =
      Know(five_.node(kSender), five_.node(kRecipient), shared_.at(id), overheard_);
  const auto exchange = *crypto::ToFixed<16>(id);
  // One of five, as the vocabulary has it.
  std::map<std::string, std::string> guesses;
  for (int band = record::v1::AgeBand_MIN; band <= record::v1::AgeBand_MAX; ++band) {
    record::v1::SignalContent content;
    content.set_age_band(static_cast<record::v1::AgeBand>(band));
    guesses[record::v1::AgeBand_Name(static_cast<record::v1::AgeBand>(band))] =
        *envelope::FieldValue(content, "age_band");
  }
  std::string commitment;
  for (const auto& field : known.offer.fields()) {
    if (field.name() == "age_band") commitment = field.commitment();
  }
  ASSERT_EQ(commitment.size(), 32u);
  // Whatever 32 bytes stand somewhere are tried as its salt.
  const auto found = [&](const std::string& bytes) {
    std::set<std::string> right;
    for (size_t at = 0; at + 32 <= bytes.size(); ++at) {
      envelope::FieldSalt salt;
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), salt.size(), salt.begin());
      for (const auto& [word, value] : guesses) {
        if (crypto::View(envelope::FieldCommitmentOf(exchange, "age_band", salt, value)) ==
            commitment) {
          right.insert(word);
        }
      }
    }
    return right;
  };
  // With the record it is easy.
  std::string salts;
  five_.node(kSender).Look([&](const core::View& view) {
    const auto record = view.OpenRecord(record_);
    ASSERT_TRUE(record.ok()) << record.status();
    const auto share = core::OpenShare((*record)->keys.data, known.sent);
    ASSERT_TRUE(share.ok()) << share.status();
    for (const envelope::FieldSalt& salt : share->salts) salts += crypto::View(salt);
  });
  EXPECT_THAT(found(salts), UnorderedElementsAre("AGE_BAND_18_TO_24"));

  ASSERT_EQ(five_.person(kSender).Erase(record_), absl::OkStatus());
  five_.Exchange(2, seconds(61));
  ASSERT_EQ(SentState(id), record::v1::SENT_STATE_ERASED);
  std::string left = overheard_.Between(NameOf(kSender), NameOf(kRecipient));
  left += five_.node(kSender).WholeExport() + five_.node(kRecipient).WholeExport();
  left += five_.node(kSender).ExportFor(NameOf(kRecipient));
  for (const size_t at : {kSender, kRecipient}) {
    for (const std::string& item : five_.node(at).Stored()) left += item;
  }
  EXPECT_THAT(found(left), IsEmpty());
}

// The digest of the terms stays in both logs, and the terms are words of small vocabularies.
// Without a salt whoever had a log could try them all.
TEST_F(ExchangeBytesTest, TheTermsOfWhatWasErasedWereGuessedFromTheirDigest) {
  const std::string id = ShareWith(About::kPlace, "PUTTER op de distel", {kRecipient})[0];
  AlmostDue();
  five_.Exchange(3, seconds(61));
  ASSERT_EQ(SentState(id), record::v1::SENT_STATE_OPENED);
  const KnownExchange known =
      Know(five_.node(kSender), five_.node(kRecipient), shared_.at(id), overheard_);
  const std::string digest = known.offer.binding().terms_digest();
  // All but the salt, as somebody who knows the vocabulary comes to them.
  peer::v1::Terms terms;
  ASSERT_TRUE(terms.ParseFromString(known.offer.terms()));
  ASSERT_TRUE(terms.case_token().empty());
  terms.clear_salt();
  const std::string guessed = terms.SerializeAsString();
  EXPECT_NE(crypto::View(envelope::TermsDigest(guessed)), digest);
  const auto is_guessed = [&](const std::string& bytes) {
    for (size_t at = 0; at + envelope::kTermsSaltBytes <= bytes.size(); ++at) {
      terms.set_salt(bytes.substr(at, envelope::kTermsSaltBytes));
      if (crypto::View(envelope::TermsDigest(terms.SerializeAsString())) == digest) return true;
    }
    return false;
  };
  const auto files = [&] {
    std::string all = five_.node(kSender).WholeExport() + five_.node(kRecipient).WholeExport();
    for (const size_t at : {kSender, kRecipient}) {
      for (const std::string& item : five_.node(at).Stored()) all += item;
    }
    return all;
  };
  EXPECT_TRUE(is_guessed(files())) << "with the Offer it is easy";

  ASSERT_EQ(five_.person(kSender).Erase(record_), absl::OkStatus());
  five_.Exchange(2, seconds(61));
  ASSERT_EQ(SentState(id), record::v1::SENT_STATE_ERASED);
  const std::string left = files();
  EXPECT_NE(left.find(digest), std::string::npos) << "it stays, or this looks for nothing";
  EXPECT_FALSE(is_guessed(left));
}

}  // namespace
}  // namespace sluis::fault
