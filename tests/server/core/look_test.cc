// Looking into the log: queries, exports, proofs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/proof.h"
#include "server/core/export_log.h"
#include "server/core/log_proof.h"
#include "server/core/query_log.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;
using tests::PersonSignal;

class LookTest : public ::testing::Test {
 protected:
  LookTest() {
    request_ = Question();
    for (int i = 0; i < 4; ++i) {
      ids_.push_back(h_.Record(jan_, PersonSignal("dossier-" + std::to_string(i))).record_id);
      h_.clock.Advance(std::chrono::seconds(10));
    }
    EXPECT_TRUE(h_.Open(jan_, ids_[0]).ok());
    EXPECT_TRUE(h_.Open(piet_, ids_[1]).ok());
    EXPECT_EQ(CodeOf(h_.Open(jan_, std::string(16, 'x')).status()), "not_found");
  }

  static node::v1::QueryLogRequest Question() {
    node::v1::QueryLogRequest request;
    *request.mutable_context() = tests::Oversight();
    request.set_reason("jaarlijkse steekproef");
    return request;
  }
  node::v1::QueryLogResponse Ask(const node::v1::QueryLogRequest& request) {
    node::v1::QueryLogResponse response;
    EXPECT_EQ(Run(request, response), absl::OkStatus());
    return response;
  }
  absl::Status Run(const node::v1::QueryLogRequest& request, node::v1::QueryLogResponse& response) {
    return h_.Run(dpo_, std::make_shared<QueryLog>(request, response, h_.ledger->origin()));
  }
  std::string CodeFor(const node::v1::QueryLogRequest& request) {
    node::v1::QueryLogResponse response;
    const std::string code = CodeOf(Run(request, response));
    EXPECT_EQ(response.rows_size(), 0);
    return code;
  }
  std::string Export(const node::v1::OpenParts& open, bool closed = false) {
    h_.ledger->Tick();
    ExportStream stream(*h_.ledger, h_.ledger->checkpoint(), open, closed);
    return Rest(stream);
  }
  static std::string Rest(ExportStream& stream) {
    std::string bytes;
    for (;;) {
      auto piece = stream.Next();
      EXPECT_TRUE(piece.ok()) << piece.status();
      if (!piece.ok() || !*piece) return bytes;
      EXPECT_LE((*piece)->size(), size_t{256} << 10);
      bytes += **piece;
    }
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person piet_ = h_.Admit("piet", {"maatschappelijk-werker"});
  const Person dpo_ = h_.Admit("dpo", {"privacy-officer"});
  std::vector<std::string> ids_;
  node::v1::QueryLogRequest request_;
};

TEST_F(LookTest, ListsNewestFirstAndIsItselfLogged) {
  const uint64_t before = h_.size();
  const auto answer = Ask(request_);
  ASSERT_EQ(h_.size(), before + 1);
  EXPECT_EQ(answer.covered(), before);
  ASSERT_EQ(answer.rows_size(), static_cast<int>(before));
  for (int i = 0; i < answer.rows_size(); ++i) {
    EXPECT_EQ(answer.rows(i).index(), before - 1 - static_cast<uint64_t>(i));
    EXPECT_TRUE(answer.rows(i).has_act());
    EXPECT_FALSE(answer.rows(i).has_actor());
    EXPECT_FALSE(answer.rows(i).has_subject());
    EXPECT_FALSE(answer.rows(i).has_decision());
  }
  EXPECT_EQ(answer.next_page_token(), "");
  const Opened look = h_.Last();
  EXPECT_EQ(look.act.operation(), record::v1::OPERATION_CONSULTATION);
  EXPECT_EQ(look.act.method(), "LogService.QueryLog");
  EXPECT_EQ(look.act.reason(), "jaarlijkse steekproef");
  EXPECT_EQ(look.act.purpose(), "toezicht");
  EXPECT_EQ(look.actor.user_id(), "dpo");
  EXPECT_EQ(answer.log_receipt().leaf_hash(), crypto::View(look.leaf_hash));
}

TEST_F(LookTest, ActorAndSubjectNeedARecordedDecision) {
  for (const bool actor : {true, false}) {
    request_ = Question();
    request_.mutable_open()->set_actor(actor);
    request_.mutable_open()->set_subject(!actor);
    EXPECT_EQ(CodeFor(request_), "bad_request");
    request_.mutable_open()->set_decision_ref("ab");
    EXPECT_EQ(CodeFor(request_), "bad_request");
    request_.mutable_open()->set_decision_ref(std::string(65, 'a'));
    EXPECT_EQ(CodeFor(request_), "bad_request");
    request_.mutable_open()->set_decision_ref("DPO-2026-7");
    const auto answer = Ask(request_);
    EXPECT_EQ(h_.Last().act.decision_ref(), "DPO-2026-7");
    EXPECT_EQ(answer.rows(0).has_actor(), actor);
    EXPECT_FALSE(answer.rows(0).has_decision());
  }
  // And the reference of one when nothing of the kind is opened is a mistake as well.
  request_ = Question();
  request_.mutable_open()->set_decision_ref("DPO-2026-7");
  EXPECT_EQ(CodeFor(request_), "bad_request");
}

TEST_F(LookTest, IllFormedQuestionsAreRefusedAndLogged) {
  const std::function<void(node::v1::QueryLogRequest&)> wrong[] = {
      [](auto& r) { r.clear_reason(); },
      [](auto& r) { r.set_reason("te kort"); },
      [](auto& r) { r.set_reason(std::string(501, 'a')); },
      [](auto& r) { r.set_reason("zoeken naar 85.07.30-033.28"); },
      [](auto& r) { r.set_page_size(501); },
      [](auto& r) { r.set_user_id("jan"); },
      [](auto& r) { r.set_record_id(std::string(16, 'x')); },
  };
  for (const auto& spoil : wrong) {
    request_ = Question();
    spoil(request_);
    EXPECT_EQ(CodeFor(request_), "bad_request");
    EXPECT_EQ(h_.Last().act.refusal(), "bad_request");
    EXPECT_EQ(h_.Last().act.reason(), "");
  }
}

TEST_F(LookTest, Filters) {
  const auto count = [&] { return Ask(request_).rows_size(); };
  request_.add_operations(record::v1::OPERATION_COLLECTION);
  EXPECT_EQ(count(), 4);
  request_.add_operations(record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(count(), 5);
  request_.add_outcomes(record::v1::OUTCOME_REFUSED);
  EXPECT_EQ(count(), 1);

  request_ = Question();
  request_.set_purpose("signaal-intake");
  EXPECT_EQ(count(), 7);
  request_.set_purpose("beheer");
  EXPECT_EQ(count(), 0);

  request_ = Question();
  request_.mutable_open()->set_actor(true);
  request_.mutable_open()->set_decision_ref("DPO-1");
  request_.set_user_id("piet");
  EXPECT_EQ(count(), 1);
  request_.mutable_open()->set_actor(false);
  request_.clear_user_id();
  request_.mutable_open()->set_subject(true);
  request_.set_record_id(ids_[0]);
  EXPECT_EQ(count(), 2);

  request_ = Question();
  request_.add_operations(record::v1::OPERATION_COLLECTION);
  const auto all = Ask(request_);
  request_.set_from_us(all.rows(2).logged_at_us());
  EXPECT_EQ(count(), 3) << "from includes its moment";
  request_.set_until_us(all.rows(0).logged_at_us());
  EXPECT_EQ(count(), 2) << "until does not";
}

TEST_F(LookTest, PagesCoverEachEntryOnce) {
  const uint64_t size = h_.size();
  request_.set_page_size(3);
  std::vector<uint64_t> seen;
  for (;;) {
    const auto answer = Ask(request_);
    for (const auto& row : answer.rows()) {
      if (row.index() < size) seen.push_back(row.index());
    }
    if (answer.next_page_token().empty()) break;
    request_.set_page_token(answer.next_page_token());
    ASSERT_LT(seen.size(), 1000u);
  }
  ASSERT_EQ(seen.size(), size);
  for (size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], size - 1 - i);
  for (const std::string& token :
       {std::string("x"), std::string(8, '\xff'), std::string(9, '\0')}) {
    request_.set_page_token(token);
    EXPECT_EQ(CodeFor(request_), "bad_page_token");
  }
}

TEST_F(LookTest, ErasedSubjectsAreSaidToBeErased) {
  ASSERT_EQ(h_.Erase(jan_, ids_[0]), absl::OkStatus());
  request_.mutable_open()->set_subject(true);
  request_.mutable_open()->set_decision_ref("DPO-1");
  request_.add_operations(record::v1::OPERATION_COLLECTION);
  const auto answer = Ask(request_);
  ASSERT_EQ(answer.rows_size(), 4);
  EXPECT_TRUE(answer.rows(3).subject_erased());
  EXPECT_FALSE(answer.rows(3).has_subject());
  EXPECT_THAT(answer.rows(2).subject().record_ids(), ElementsAre(ids_[1]));
  EXPECT_FALSE(answer.rows(2).subject_erased());
}

TEST_F(LookTest, SubjectErasedWhileTheAnswerIsPlannedIsNotShown) {
  h_.ledger->BeforeNext([&] { ASSERT_EQ(h_.Erase(jan_, ids_[0]), absl::OkStatus()); });
  request_.mutable_open()->set_subject(true);
  request_.mutable_open()->set_decision_ref("DPO-1");
  const auto answer = Ask(request_);
  EXPECT_EQ(answer.SerializeAsString().find("dossier-0"), std::string::npos);
  EXPECT_NE(answer.SerializeAsString().find("dossier-1"), std::string::npos);
}

TEST_F(LookTest, ExportVerifies) {
  ASSERT_EQ(h_.Erase(jan_, ids_[2]), absl::OkStatus());
  node::v1::OpenParts all;
  all.set_actor(true);
  all.set_subject(true);
  all.set_decision(true);
  const std::string vkey = h_.ledger->verifier_key();
  const std::string whole = Export(all);
  EXPECT_THAT(tests::VerdictOf(whole, vkey), IsEmpty());
  EXPECT_NE(whole.find("dossier-1"), std::string::npos);
  EXPECT_EQ(whole.find("dossier-2"), std::string::npos) << "erased";

  const std::string acts = Export({});
  EXPECT_THAT(tests::VerdictOf(acts, vkey), IsEmpty());
  EXPECT_NE(acts.find("SignalService.OpenSignal"), std::string::npos);
  EXPECT_EQ(acts.find("dossier-1"), std::string::npos);
  EXPECT_EQ(acts.find("maatschappelijk-werker"), std::string::npos);

  const std::string closed = Export({}, true);
  EXPECT_THAT(tests::VerdictOf(closed, vkey), IsEmpty());
  EXPECT_EQ(closed.find("SignalService"), std::string::npos);

  std::string tampered = whole;
  tampered[tampered.size() - 10] ^= 1;
  EXPECT_FALSE(tests::VerdictOf(tampered, vkey).empty());
}

TEST_F(LookTest, ExportOfManyEntriesComesInPieces) {
  for (int i = 0; i < 1100; ++i) h_.Open(jan_, "kort").status().IgnoreError();
  h_.ledger->Tick();
  node::v1::OpenParts all;
  all.set_actor(true);
  all.set_decision(true);
  ExportStream stream(*h_.ledger, h_.ledger->checkpoint(), all, false);
  EXPECT_EQ(stream.entries_total(), h_.size());
  auto first = stream.Next();
  ASSERT_TRUE(first.ok() && first->has_value());
  EXPECT_GT(stream.entries_done(), 0u);
  EXPECT_LT(stream.entries_done(), stream.entries_total());
  // What is logged meanwhile is not part of it.
  ASSERT_TRUE(h_.Record(jan_, PersonSignal()).status.ok());
  h_.ledger->Tick();
  const std::string bytes = **first + Rest(stream);
  EXPECT_EQ(stream.entries_done(), stream.entries_total());
  EXPECT_THAT(tests::VerdictOf(bytes, h_.ledger->verifier_key()), IsEmpty());
}

TEST_F(LookTest, ErasureDuringAnExportLeavesItGood) {
  h_.ledger->Tick();
  node::v1::OpenParts all;
  all.set_subject(true);
  ExportStream stream(*h_.ledger, h_.ledger->checkpoint(), all, false);
  ASSERT_EQ(h_.Erase(jan_, ids_[0]), absl::OkStatus());
  const std::string bytes = Rest(stream);
  EXPECT_THAT(tests::VerdictOf(bytes, h_.ledger->verifier_key()), IsEmpty());
  EXPECT_EQ(bytes.find("dossier-0"), std::string::npos);
  EXPECT_NE(bytes.find("dossier-1"), std::string::npos) << "survivors open";
}

TEST_F(LookTest, ExportIsAskedAndLoggedFirst) {
  node::v1::ExportLogRequest request;
  *request.mutable_context() = tests::Oversight();
  request.set_reason("controle door de toezichthouder");
  h_.ledger->Tick();
  const ledger::ShownCheckpoint checkpoint = h_.ledger->checkpoint();
  const auto run = [&](const Person& who) {
    return CodeOf(
        h_.Run(who, std::make_shared<ExportLog>(request, h_.ledger->origin(), checkpoint)));
  };
  EXPECT_EQ(run(dpo_), "ok");
  EXPECT_EQ(h_.Last().act.reason(), "controle door de toezichthouder");
  // The text of the checkpoint: what anyone who has the export can compute.
  const std::string text = checkpoint.note.substr(0, checkpoint.note.find("\n\n") + 1);
  EXPECT_EQ(h_.Last().act.object_digest(), crypto::View(crypto::Sha256(text)));
  EXPECT_EQ(run(jan_), "role_not_held");
  request.mutable_open()->set_subject(true);
  EXPECT_EQ(run(dpo_), "bad_request");
  request.mutable_open()->set_decision_ref("DPO-1");
  EXPECT_EQ(run(dpo_), "ok");
  request.set_closed(true);
  EXPECT_EQ(run(dpo_), "bad_request");
  request.mutable_open()->Clear();
  EXPECT_EQ(run(dpo_), "ok");
}

TEST_F(LookTest, ProofOfOwnActVerifiesOnceACheckpointCoversIt) {
  const auto derived = storage::NewMemoryStore();
  ledger::LeafIndex index(*derived, *h_.ledger);
  h_.ledger->Tick();
  const auto recorded = h_.Record(jan_, PersonSignal());
  node::v1::GetProofRequest request;
  request.set_leaf_hash(std::string(crypto::View(recorded.leaf_hash)));
  node::v1::GetProofResponse response;
  EXPECT_EQ(FillProof(request, *h_.ledger, index, response).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(response.proof(), "");
  h_.ledger->Tick();
  ASSERT_EQ(FillProof(request, *h_.ledger, index, response), absl::OkStatus());
  const auto proof = crypto::ParseProof(response.proof());
  ASSERT_TRUE(proof.ok()) << proof.status();
  const auto key = crypto::VerifierKey::Parse(h_.ledger->verifier_key());
  EXPECT_TRUE(crypto::VerifyProof(*proof, response.leaf(), *key).ok());
  EXPECT_EQ(proof->index, h_.size() - 1);
  // The row of the index is the one of docs/formats.md.
  std::string at;
  crypto::AppendU64(at, proof->index);
  EXPECT_EQ(*derived->Get("l" + std::string(crypto::View(recorded.leaf_hash).substr(0, 16))), at);
  std::string other = response.leaf();
  other[20] ^= 1;
  EXPECT_FALSE(crypto::VerifyProof(*proof, other, *key).ok());

  request.set_leaf_hash(std::string(32, 'x'));
  EXPECT_EQ(FillProof(request, *h_.ledger, index, response).code(), absl::StatusCode::kNotFound);
  for (const size_t length : {0, 31, 33}) {
    request.set_leaf_hash(std::string(length, 'x'));
    EXPECT_EQ(FillProof(request, *h_.ledger, index, response).code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace sluis::core
