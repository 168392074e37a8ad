// Somebody with the stopped node's data folder and every key in it. A changed value is found by the
// start, by the call, by a proof, by verifying an export, or only by whoever compares a row with
// the entry that wrote it: the table that this test prints says which. A tree made again and signed
// again looks right in itself; only a checkpoint kept elsewhere shows it.

#include <gmock/gmock.h>

#include "crypto/checkpoint.h"
#include "server/config.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/mark_file.h"
#include "server/ledger/tree_rows.h"
#include "server/storage/memory_store.h"
#include "server/terms_loader.h"
#include "sluis/record/v1/ledger.pb.h"
#include "tests/fault/tamper_world.h"

namespace sluis::fault {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

using TamperTest = TamperWorld;

TEST_F(TamperTest, NothingIsFoundWhereNothingWasChanged) {
  const Examination found = Examine("nothing", {Before().seen});
  EXPECT_EQ(found.start, "");
  EXPECT_TRUE(found.verify.empty()) << found.verify[0];
  EXPECT_EQ(found.proof, "");
  EXPECT_EQ(found.open_amended, absl::OkStatus());
  EXPECT_FALSE(found.row_differs_from_entry);
  EXPECT_EQ(report_.seen_confirmed, 1u);
}

// --- Weak: one value.

TEST_F(TamperTest, ACommitmentInALeafIsNamedByVerify) {
  ChangeEntry(kEntryChanged, [](std::string& leaf, std::string&) { leaf[24 + 3] ^= 1; });
  const Examination found = Examine("segment: commitment of the act in a leaf");
  EXPECT_THAT(found.verify, Contains("5 - damaged"));
  EXPECT_NE(found.proof, "");
}

TEST_F(TamperTest, TheTimeOfALeafIsNamedByVerify) {
  ChangeEntry(kEntryChanged, [](std::string& leaf, std::string&) { leaf[16 + 2] ^= 1; });
  const Examination found = Examine("segment: time of a leaf");
  EXPECT_THAT(found.verify, Contains("5 - damaged"));
  EXPECT_NE(found.proof, "");
}

TEST_F(TamperTest, TheIndexOfALeafIsNamedByVerify) {
  ChangeEntry(kEntryChanged, [](std::string& leaf, std::string&) { leaf[15] ^= 1; });
  const Examination found = Examine("segment: index of a leaf");
  EXPECT_THAT(found.verify, Contains("5 - damaged"));
  EXPECT_NE(found.proof, "");
}

TEST_F(TamperTest, ASealedPartIsNamedByVerify) {
  ChangeEntry(kEntryChanged, [](std::string&, std::string& sealed) { sealed[25 + 2 + 80] ^= 1; });
  const Examination found = Examine("segment: sealed act of an entry");
  EXPECT_THAT(found.verify, Contains("5 act missing"));
  EXPECT_EQ(found.proof, "") << "the tree does not cover sealed bytes";
}

TEST_F(TamperTest, AMissingSegmentLeavesNoExport) {
  Tamper([](const storage::Snapshot& rows) {
    std::vector<storage::Write> out = Changed(rows, kEntryChanged, [](auto&, auto&) {});
    out[0].value.reset();
    return out;
  });
  const Examination found = Examine("segment: gone");
  EXPECT_THAT(found.verify, Contains("5 - damaged"));
  EXPECT_NE(found.proof, "");
}

TEST_F(TamperTest, ARecordIsNotOpened) {
  Tamper([](const storage::Snapshot& rows) {
    std::string row = **rows.Get(core::RecordKey(Before().amended));
    row[row.size() - 1] ^= 1;
    return std::vector<storage::Write>{{core::RecordKey(Before().amended), row}};
  });
  const Examination found = Examine("record: sealed body");
  EXPECT_FALSE(found.open_amended.ok());
  EXPECT_EQ(found.open_untouched, absl::OkStatus());
  EXPECT_TRUE(found.row_differs_from_entry);
}

// Not found by a call: the earlier version was sealed under the same keys. The log tells.
TEST_F(TamperTest, AnEarlierVersionOfARecordContradictsItsEntry) {
  Tamper([](const storage::Snapshot&) {
    return std::vector<storage::Write>{{core::RecordKey(Before().amended), Before().first_version}};
  });
  const Examination found = Examine("record: an earlier version of it");
  EXPECT_TRUE(found.row_differs_from_entry);
  EXPECT_TRUE(found.verify.empty()) << "records are not in the tree";
}

TEST_F(TamperTest, AnotherRecordsRowIsNotOpened) {
  Tamper([](const storage::Snapshot& rows) {
    return std::vector<storage::Write>{
        {core::RecordKey(Before().amended), **rows.Get(core::RecordKey(Before().untouched))}};
  });
  const Examination found = Examine("record: the row of another");
  EXPECT_TRUE(found.row_differs_from_entry);
}

TEST_F(TamperTest, AHashRowKeepsTheNodeFromServing) {
  FlipInRow(ledger::RowKey(Table::kHashes), 1);
  const Examination found = Examine("tree: hash of the right edge");
  EXPECT_NE(found.start, "");
}

TEST_F(TamperTest, ATileIsNamedByVerifyAndTheProof) {
  FlipInRow(ledger::RowKey(Table::kTile), 8192 - 32 * kEntryChanged);
  const Examination found = Examine("tree: a hash in a full tile");
  EXPECT_NE(found.proof, "");
  EXPECT_THAT(found.verify, Contains("5 - damaged"));
}

TEST_F(TamperTest, TheStateRowKeepsTheNodeFromServing) {
  Tamper([](const storage::Snapshot& rows) {
    record::v1::LedgerState state;
    EXPECT_TRUE(state.ParseFromString(**rows.Get(ledger::RowKey(Table::kState))));
    (*state.mutable_compact_range())[20] ^= 1;
    return std::vector<storage::Write>{{ledger::RowKey(Table::kState), state.SerializeAsString()}};
  });
  EXPECT_NE(Examine("state: compact range").start, "");
}

TEST_F(TamperTest, ABucketKeepsTheNodeFromStarting) {
  Tamper([](const storage::Snapshot& rows) {
    record::v1::Bucket bucket;
    const std::string key = ledger::BucketRowKey(1);
    EXPECT_TRUE(bucket.ParseFromString(**rows.Get(key)));
    (*bucket.mutable_wrapped_key())[40] ^= 1;
    return std::vector<storage::Write>{{key, bucket.SerializeAsString()}};
  });
  EXPECT_NE(Examine("keys: a bucket key").start, "");
}

TEST_F(TamperTest, AWrappedKeyIsFoundByTheCallAndNamedByVerify) {
  Tamper([](const storage::Snapshot& rows) {
    record::v1::StoredRecord row;
    EXPECT_TRUE(row.ParseFromString(
        ledger::SplitRow(**rows.Get(core::RecordKey(Before().amended)))->value));
    const std::string key =
        ledger::KeyRowKey({row.bucket(), crypto::ToFixed<16>(row.key_id()).value()});
    std::string wrapped = **rows.Get(key);
    wrapped[wrapped.size() - 1] ^= 1;
    return std::vector<storage::Write>{{key, wrapped}};
  });
  const Examination found = Examine("keys: the wrapped key of a record");
  EXPECT_FALSE(found.open_amended.ok());
  EXPECT_EQ(found.open_untouched, absl::OkStatus());
  EXPECT_THAT(found.verify, Contains(HasSubstr("subject missing")));
}

TEST_F(TamperTest, ALostErasureMarkIsNamedByVerify) {
  Tamper([](const storage::Snapshot& rows) {
    std::vector<storage::Write> out;
    const std::string prefix = ledger::RowKey(Table::kErasedKey);
    EXPECT_EQ(rows.Scan(prefix, storage::PrefixEnd(prefix),
                        [&](std::string_view key, std::string_view) {
                          out.push_back({std::string(key), std::nullopt});
                          return true;
                        }),
              absl::OkStatus());
    return out;
  });
  EXPECT_THAT(Examine("keys: the mark of an erasure").verify,
              Contains(HasSubstr("subject missing")));
}

TEST_F(TamperTest, AnotherTlsKeyOfAUserEndsTheirAccess) {
  Tamper([](const storage::Snapshot& rows) {
    const ledger::Row row = *ledger::ReadRow(rows, core::UserKey(Before().person.user_id));
    record::v1::User user;
    EXPECT_TRUE(user.ParseFromString(row.value));
    (*user.mutable_tls_key_digest())[0] ^= 1;
    return std::vector<storage::Write>{{core::UserKey(Before().person.user_id),
                                        ledger::JoinRow(row.stamp, user.SerializeAsString())}};
  });
  EXPECT_EQ(Examine("register: TLS key of a user").open_amended.code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(TamperTest, AMandateIsSignedSoItIsNotInForceAnyMore) {
  Tamper([](const storage::Snapshot& rows) {
    std::vector<storage::Write> out;
    const std::string prefix = core::MandateKey(Before().person.user_id, {});
    EXPECT_EQ(rows.Scan(prefix, storage::PrefixEnd(prefix),
                        [&](std::string_view key, std::string_view stored) {
                          const ledger::Row row = *ledger::SplitRow(stored);
                          record::v1::SignedMandate held;
                          record::v1::Mandate mandate;
                          EXPECT_TRUE(held.ParseFromString(row.value) &&
                                      mandate.ParseFromString(held.mandate()));
                          mandate.set_not_after_s(mandate.not_after_s() + 3600);
                          held.set_mandate(mandate.SerializeAsString());
                          out.push_back({std::string(key),
                                         ledger::JoinRow(row.stamp, held.SerializeAsString())});
                          return true;
                        }),
              absl::OkStatus());
    return out;
  });
  EXPECT_EQ(Examine("register: dates of a mandate").open_amended.code(),
            absl::StatusCode::kPermissionDenied);
}

// --- Strong: the whole tree again, signed with the log's own key.

TEST_F(TamperTest, ATreeMadeAndSignedAgainIsFoundOnlyByAnEarlierCheckpoint) {
  const test::Organisation& organisation = Before().organisation;
  const auto config = server::ReadConfig(organisation.config_file());
  ASSERT_TRUE(config.ok());
  const auto log_key = server::LoadLogKey(*config, "2000-01-01");
  ASSERT_TRUE(log_key.ok());
  std::string note;
  Tamper([&](const storage::Snapshot& rows) {
    std::vector<storage::Write> out;
    record::v1::LedgerState state;
    EXPECT_TRUE(state.ParseFromString(**rows.Get(ledger::RowKey(Table::kState))));
    for (const Table table : {Table::kHashes, Table::kTile}) {
      const std::string prefix = ledger::RowKey(table);
      EXPECT_EQ(rows.Scan(prefix, storage::PrefixEnd(prefix),
                          [&](std::string_view key, std::string_view) {
                            out.push_back({std::string(key), std::nullopt});
                            return true;
                          }),
                absl::OkStatus());
    }
    const auto nothing = storage::NewMemoryStore();
    ledger::RightEdge edge = *ledger::RightEdge::Load(*nothing->NewSnapshot(), 0);
    crypto::CompactRange range;
    const std::string from = ledger::RowKey(Table::kSegment);
    EXPECT_EQ(rows.Scan(from, storage::PrefixEnd(from),
                        [&](std::string_view key, std::string_view value) {
                          // From one entry on, everything happened a second later.
                          uint64_t index = *ledger::SegmentFirst(key);
                          std::string segment;
                          std::vector<crypto::Hash> hashes;
                          const auto entries = ledger::ParseSegment(value);
                          for (const ledger::SegmentEntry& entry : *entries) {
                            ledger::Leaf leaf = *ledger::DecodeLeaf(entry.leaf);
                            if (index++ >= kEntryChanged) leaf.logged_at_us += 1'000'000;
                            const auto bytes = ledger::EncodeLeaf(leaf);
                            ledger::AppendSegmentEntry(segment, bytes, entry.sealed);
                            hashes.push_back(crypto::LeafHash(crypto::View(bytes)));
                            range.Append(hashes.back());
                          }
                          out.push_back({std::string(key), std::move(segment)});
                          edge.Append(hashes, &out);
                          return true;
                        }),
              absl::OkStatus());
    state.set_last_logged_at_us(state.last_logged_at_us() + 1'000'000);
    state.set_compact_range(range.Serialise().substr(8));  // the size stands apart
    out.push_back({ledger::RowKey(Table::kState), state.SerializeAsString()});
    note = *crypto::SignCheckpoint({config->organisation + "/log", range.Head()}, log_key->key);
    return out;
  });
  {
    auto mark = ledger::MarkFile::Open(storage::SystemFiles(), data_ + "/mark");
    ASSERT_TRUE(mark.ok()) << mark.status();
    ASSERT_EQ(mark->Write(mark->newest()->made_at_us, note), absl::OkStatus());
  }

  const Examination alone = Examine("strong: tree and signature made again");
  EXPECT_EQ(alone.start, "");
  EXPECT_TRUE(alone.verify.empty()) << alone.verify[0];
  EXPECT_EQ(alone.proof, "");
  EXPECT_TRUE(report_.self_consistency_only) << "verify must say that it proves no more";

  const Examination with = Examine("strong: the same, with a checkpoint kept", {Before().seen});
  EXPECT_THAT(with.verify, Contains(HasSubstr("rewritten")));
  EXPECT_EQ(report_.seen_confirmed, 0u);
}

}  // namespace
}  // namespace sluis::fault
