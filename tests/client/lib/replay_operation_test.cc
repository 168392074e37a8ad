// The decision that an entry holds is one about what the entry says was done, and with whom.
#include "client/lib/replay_operation.h"

#include <gtest/gtest.h>

#include "client/lib/replay.h"
#include "tests/client/lib/logged_decision.h"

namespace sluis::client {
namespace {

using record::v1::Operation;

// Something that the rules permit on each side; what differs is what was done with it.
class ReplayOperationTest : public LoggedDecision {
 protected:
  ReplayOperationTest() {
    act_.clear_rule_ids();
    act_.add_rule_ids("P-ORDER");
    part_.clear_granted_fields();
    part_.add_granted_fields("statements");
    part_.clear_reduced_fields();
    part_.clear_obligations();
    Asked("local", "compel");
  }

  void Asked(const char* side, const char* action) {
    Values(side, action,
           {{"actor.role", "worker"},
            {"actor.is_author", "false"},
            {"record.category", "light"},
            {"record.subject_kind", "place"},
            {"record.age_days", "12"},
            {"record.held", "false"}});
  }
  // A read on the own node, permitted and logged as a node does.
  void AskedToRead() {
    act_.add_rule_ids("R-WORKER");
    act_.set_rule_ids(0, "P-READ");
    part_.add_granted_fields("place");
    part_.add_reduced_fields("place:generalise=town");
    for (const char* text : {"fields=place:generalise=town", "log=full", "retention=P90D"}) {
      part_.add_obligations(text);
    }
    Asked("local", "read");
  }
  void With(const char* side, const char* kind) {
    counterpart_.emplace();
    counterpart_->set_side(side);
    counterpart_->set_kind(kind);
    counterpart_->set_peer("lindervaart.example");
  }
};

// What left the node rests on a question about releasing, and what the person may read is another.
TEST_F(ReplayOperationTest, ADisclosureRestsOnARelease) {
  AskedToRead();
  ExpectEqual();
  act_.set_operation(record::v1::OPERATION_DISCLOSURE);
  ExpectMismatch({"decision"});
  With("sender", "receipt");
  ExpectMismatch({"decision"});
  // The same as if it had been an act on the own node that any partner could be named with.
  act_.set_operation(record::v1::OPERATION_CONSULTATION);
  ExpectMismatch({"decision"});
}

TEST_F(ReplayOperationTest, ADisclosureOnAnOrderGoesToNoPartner) {
  act_.set_operation(record::v1::OPERATION_DISCLOSURE);
  ExpectEqual();
  counterpart_.emplace();
  ExpectEqual();
  With("receiver", "notice");  // the sender hears of it
  ExpectEqual();
  With("sender", "answer");
  ExpectMismatch({"decision"});
  With("receiver", "notice");
  Asked("accept", "compel");
  ExpectMismatch({"decision"});
}

TEST_F(ReplayOperationTest, EachStepOfAnExchangeRestsOnItsOwnQuestion) {
  struct Case {
    Operation operation;
    const char* asked;
    const char* side;
    const char* kind;
  };
  const Case cases[] = {{record::v1::OPERATION_ADMINISTRATION, "release", "sender", "intent"},
                        {record::v1::OPERATION_DISCLOSURE, "release", "sender", "receipt"},
                        {record::v1::OPERATION_COLLECTION, "accept", "receiver", "offer"},
                        {record::v1::OPERATION_ADMINISTRATION, "accept", "receiver", "key"}};
  for (const Case& one : cases) {
    act_.set_operation(one.operation);
    Asked(one.asked, "compel");
    counterpart_.reset();
    ExpectEqual();
    With(one.side, one.kind);
    ExpectEqual();
    act_.set_operation(record::v1::OPERATION_CONSULTATION);
    ExpectMismatch({"decision"});
    act_.set_operation(one.operation);
    Asked("local", "compel");
    ExpectMismatch({"decision"});
    Asked(std::string_view(one.asked) == "accept" ? "release" : "accept", "compel");
    ExpectMismatch({"decision"});
    Asked(one.asked, "compel");
    counterpart_->set_side(std::string_view(one.side) == "sender" ? "receiver" : "sender");
    ExpectMismatch({"decision"});
  }
}

// A disclosure and a collection with nobody on the other side are of no exchange.
TEST_F(ReplayOperationTest, WhatComesFromOrGoesToAPartnerNamesTheMessage) {
  counterpart_.emplace();
  act_.set_operation(record::v1::OPERATION_DISCLOSURE);
  Asked("release", "compel");
  ExpectMismatch({"decision"});
  act_.set_operation(record::v1::OPERATION_COLLECTION);
  Asked("accept", "compel");
  ExpectMismatch({"decision"});
  Asked("local", "compel");
  ExpectEqual();
  With("receiver", "answer");
  ExpectMismatch({"decision"});
  counterpart_.reset();
  Asked("release", "compel");
  ExpectMismatch({"decision"});
}

// Also of what was refused: nobody asks about releasing what a partner sent.
TEST_F(ReplayOperationTest, TheSideAskedIsThatOfTheMessage) {
  Asked("accept", "compel");
  With("receiver", "offer");
  Refused(record::v1::OUTCOME_REFUSED, "conditions", {"P-ORDER"});
  part_.add_granted_fields("statements");
  ExpectEqual();
  counterpart_->set_side("sender");
  ExpectMismatch({"decision"});
  Asked("release", "compel");
  ExpectEqual();
  counterpart_->set_side("receiver");
  ExpectMismatch({"decision"});
}

// Taking back is asked on the own node, and the partner is told.
TEST_F(ReplayOperationTest, TakingBackIsAskedHere) {
  act_.set_operation(record::v1::OPERATION_ADMINISTRATION);
  for (const char* kind : {"cancel", "end"}) {
    With("sender", kind);
    ExpectEqual();
  }
}

// Taken out of the entry of a step, the decision would leave an exchange that no rule is asked for.
TEST_F(ReplayOperationTest, AStepOfAnExchangeNeedsADecision) {
  act_.clear_rule_ids();
  part_.Clear();
  for (const auto operation :
       {record::v1::OPERATION_ADMINISTRATION, record::v1::OPERATION_ERASURE}) {
    act_.set_operation(operation);
    for (const char* kind : {"intent", "receipt", "offer", "key"}) {
      for (const char* side : {"sender", "receiver"}) {
        With(side, kind);
        ExpectMismatch({"decision"});
      }
    }
    for (const char* kind : {"cancel", "end", "opened", "unopenable", "refusal", "correction",
                             "erasure", "notice", "quarantine", "exercise", "export"}) {
      With("receiver", kind);
      EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision) << kind;
    }
  }
  // No key came in time: it ends by itself.
  act_.set_operation(record::v1::OPERATION_ADMINISTRATION);
  With("receiver", "offer");
  counterpart_->set_outcome("expired");
  EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision);
  // A message that answers to nothing here is refused before anything is asked.
  act_.set_operation(record::v1::OPERATION_REFUSAL);
  act_.set_outcome(record::v1::OUTCOME_REFUSED);
  With("sender", "receipt");
  EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision);
}

}  // namespace
}  // namespace sluis::client
