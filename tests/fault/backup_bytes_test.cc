// What a thief of a backup reads without any key: docs/threat-model.md, "A thief of a backup".
// Every file of a backup is searched as bytes, for what the page calls sealed and for what it
// calls readable.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "server/backup.h"
#include "server/core/received_exchange.h"
#include "server/core/record.h"
#include "server/core/sent_exchange.h"
#include "server/envelope/terms.h"
#include "server/exchange/owed.h"
#include "server/ledger/row.h"
#include "tests/fault/exchange_thief.h"
#include "tests/fault/five_nodes.h"
#include "tests/fault/node_core.h"
#include "tests/fault/signal_calls.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::fault {
namespace {

namespace fs = std::filesystem;

constexpr char kUser[] = "lotte.maes";
constexpr char kRole[] = "maatschappelijk-werker";
constexpr char kWords[] = "ZWALUW vloog over het plein";
constexpr char kAmendedWords[] = "ZWALUW vloog over de gracht";
constexpr char kSubject[] = "dossier-zwaluw";
constexpr char kSurname[] = "Boerenzwaluwe";
constexpr char kContributor[] = "de vogelwachter van de toren";
constexpr char kCase[] = "ZAAK-ZWALUW-7";

class BackupBytesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(data_);
    FolderNode open(organisation_, data_);
    ASSERT_TRUE(open.serves()) << open.status;
    NodeCore& node = *open.node;
    ASSERT_EQ(node.Admit(organisation_, person_, {kRole}), absl::OkStatus());
    node::v1::RecordSignalRequest request;
    *request.mutable_context() = test::Intake();
    request.mutable_context()->set_case_ref(kCase);
    *request.mutable_signal() = Told(kWords);
    request.mutable_identity()->set_surname(kSurname);
    request.mutable_identity()->set_born("14/3/1985");
    const auto call = std::make_shared<RecordCall>(std::move(request), node.random());
    ASSERT_EQ(node.RunAndWait(FactsOf(person_), RecordCall::UseCaseOf(call)), absl::OkStatus());
    record_id_ = call->response.record_id();
    ASSERT_EQ(Amend(node, person_, record_id_, 1, Told(kAmendedWords)), absl::OkStatus());
    ASSERT_TRUE(Open(node, person_, record_id_).ok());
    const auto stored = open.store->Get(core::RecordKey(record_id_));
    ASSERT_TRUE(stored.ok() && stored->has_value());
    ASSERT_TRUE(row_.ParseFromString(ledger::SplitRow(**stored)->value));
    node.ledger().Tick();
    const auto backup =
        server::MakeBackup({*open.store, *open.witness}, data_, folder_.PathOf("backups"),
                           storage::SystemClock().NowUs());
    ASSERT_TRUE(backup.ok()) << backup.status();
    for (const auto& item : fs::recursive_directory_iterator(backup->folder)) {
      if (!item.is_regular_file()) continue;
      std::ifstream file(item.path(), std::ios::binary);
      files_.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    ASSERT_GT(files_.size(), 4u);
  }

  static record::v1::Signal Told(const std::string& words) {
    record::v1::Signal signal = SignalWith(words);
    signal.mutable_content()->set_subject_ref(kSubject);
    signal.mutable_content()->set_contributor(kContributor);
    return signal;
  }

  bool Holds(std::string_view bytes) const {
    for (const std::string& file : files_) {
      if (file.find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  tests::TempFolder folder_;
  test::Organisation organisation_{folder_.path()};
  test::Person person_ = organisation_.MakePerson(kUser);
  const std::string data_ = folder_.PathOf("node");
  std::string record_id_;
  record::v1::StoredRecord row_;
  std::vector<std::string> files_;
};

TEST_F(BackupBytesTest, WhatThePageCallsSealedIsInNoFile) {
  for (const char* sealed : {
           "ZWALUW",                      // the words of either version
           kSubject,                      //
           kSurname,                      // who it is about
           "1985-03-14",                  //
           kContributor,                  //
           kCase,                         //
           "gedrag-offline",              // category
           "nagelezen",                   // reason of the amendment
           "signaal-intake",              // purpose
           "vl-prev-2024",                // basis
           "SignalService.RecordSignal",  // what was done
       }) {
    EXPECT_FALSE(Holds(sealed)) << "in plain: " << sealed;
  }
}

// The page said that nothing but sizes, times and numbers could be read. It proves besides that the
// search above can find something.
TEST_F(BackupBytesTest, UsersRolesRecordIdsAndRetentionDaysWereReadableAndThePageDeniedIt) {
  ASSERT_EQ(record_id_.size(), core::kRecordIdBytes);
  ASSERT_EQ(row_.retention_until().size(), 10u);
  EXPECT_TRUE(Holds(kUser));
  EXPECT_TRUE(Holds(kRole));
  EXPECT_TRUE(Holds(record_id_));
  EXPECT_TRUE(Holds(row_.retention_until()));
  EXPECT_TRUE(Holds(row_.key_id()));
  EXPECT_TRUE(Holds(row_.sealed())) << "as sealed bytes";
  EXPECT_TRUE(Holds(row_.identity().key_id())) << "that somebody is named can be read";
  EXPECT_TRUE(Holds(row_.identity().sealed())) << "and who it is as sealed bytes";
  std::ifstream file(tests::InSources("/docs/threat-model.md"));
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  const size_t at = page.find("### A thief of a backup");
  ASSERT_NE(at, std::string::npos);
  const std::string section = page.substr(at, page.find("\n### ", at + 1) - at);
  for (const char* named : {"user ids", "roles", "record ids", "retention day", "key ids"}) {
    EXPECT_NE(section.find(named), std::string::npos) << named;
  }
}

// Everything on the disk of a node but its key-encryption keys: what a backup holds, and more.
DiskBytes WithoutKeys(const MortalNode& node) {
  DiskBytes files = FilesOf(node.disk());
  std::erase_if(files,
                [](const auto& file) { return file.first.find("/kek-") != file.first.npos; });
  return files;
}

// Rows of exchanges lay open: who shared which record with whom, by the signature of the person, on
// what terms about whom, and what was handed over on an order that bars telling it.
TEST(BackupOfAnExchangeTest, WhoSharedWhatAboutWhomWasReadable) {
  using std::chrono::hours;
  using std::chrono::minutes;
  constexpr size_t kFrom = FiveNodes::kLindervaart, kTo = FiveNodes::kZandrode;
  FiveNodes five(7);
  five.Exchange();
  const auto record = five.person(kFrom).Record(About::kPerson, "FUUT duikt in de gracht");
  ASSERT_TRUE(record.ok()) << record.status();
  std::string id;
  ASSERT_EQ(
      five.person(kFrom).Share(
          {.about = About::kPerson, .record_id = *record, .to = five.node(kTo).organisation()}, id),
      absl::OkStatus());
  // The housekeeping of this hour is over: what it takes away beside the ledger is still there.
  five.Advance(hours(4) - minutes(1));
  five.Exchange();
  five.Advance(minutes(1));
  five.Exchange();

  std::set<std::string> secrets;
  std::string there;
  five.node(kFrom).Look([&](const core::View& view) {
    const auto sent = core::ReadSent(view, id);
    ASSERT_TRUE(sent.ok()) << sent.status();
    ASSERT_EQ(sent->row.state(), record::v1::SENT_STATE_OPENED);
    peer::v1::Offer offer;
    ASSERT_TRUE(offer.ParseFromString(sent->row.offer()));
    const auto terms = envelope::ReadTerms(offer.terms());
    ASSERT_TRUE(terms.ok()) << terms.status();
    secrets = {offer.terms(),
               terms->conditions().SerializeAsString(),
               terms->case_token(),
               std::string(envelope::AttributeOf(*terms, "record.category").value_or("?")),
               std::string(envelope::AttributeOf(*terms, "purpose").value_or("?")),
               offer.user().statement().statement(),
               offer.user().statement().signature(),
               offer.user().mandate().mandate(),
               offer.ciphertext().substr(0, 32),
               sent->row.receipt_proof(),
               sent->row.answer_proof()};
  });
  five.node(kTo).Look([&](const core::View& view) {
    const auto received = core::ReadReceived(view, id);
    ASSERT_TRUE(received.ok()) << received.status();
    there = received->row.record_id();
    secrets.insert(received->row.accepted());
  });
  const auto handed_over = five.person(kTo).HandOver(there, "2030-01-31");
  ASSERT_TRUE(handed_over.ok()) << handed_over.status();
  five.node(kTo).Look([&](const core::View& view) {
    const auto owed = exchange::OwedRows().To(view, five.node(kFrom).organisation(), ~uint64_t{0},
                                              [](const exchange::Owed&) { return true; });
    ASSERT_TRUE(owed.ok()) << owed.status();
    const auto notice = std::find_if(owed->begin(), owed->end(), [](const exchange::Owed& one) {
      return one.kind == peer::v1::ENVELOPE_KIND_NOTICE;
    });
    ASSERT_NE(notice, owed->end());
    secrets.insert(notice->leaf);
  });

  std::string opened;
  for (const size_t at : {kFrom, kTo}) {
    for (const std::string& item : five.node(at).Stored()) opened += item + '\n';
  }
  for (const std::string& secret : secrets) {
    ASSERT_GE(secret.size(), 5u) << secret;
    EXPECT_NE(opened.find(secret), std::string::npos) << "the search can find it: " << secret;
    for (const size_t at : {kFrom, kTo}) {
      EXPECT_FALSE(AnyHolds(WithoutKeys(five.node(at)), secret)) << at << " in plain: " << secret;
    }
  }
  // What the page calls readable of it: that record went, in an exchange of that id.
  EXPECT_TRUE(AnyHolds(WithoutKeys(five.node(kFrom)), *record + id));
  EXPECT_TRUE(AnyHolds(WithoutKeys(five.node(kTo)), id));
}

}  // namespace
}  // namespace sluis::fault
