// A signal of which the node knows who it is about, between two nodes whose protocol may let it
// cross; for tests.
#ifndef SLUIS_TESTS_SERVER_EXCHANGE_IDENTITY_PAIR_H_
#define SLUIS_TESTS_SERVER_EXCHANGE_IDENTITY_PAIR_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "server/core/amend_signal.h"
#include "server/core/open_identity.h"
#include "server/core/record_signal.h"
#include "server/core/sealing_key.h"
#include "server/core/shared_identity.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/record_proof.h"
#include "server/ledger/sealed_row.h"
#include "tests/support/linked_pair.h"
#include "tests/support/protocol_between.h"

namespace sluis::tests {

inline constexpr char kSurname[] = "Ouwelandse";
inline constexpr char kOtherSurname[] = "Terneuzense";

// Social workers read who it is at their own node; these sides let it cross, none when empty.
inline PackEdits IdentityRules(const std::string& sides) {
  std::string rules =
      "  - id: P-WIE\n    effect: permit\n    who: {actor.role: maatschappelijk-werker}\n"
      "    do: {action: read}\n    why: {purpose: signaal-intake, basis: vl-livc-2021}\n"
      "    when: {side: local}\n    grants: [identity]\n    because: {nl: \"wie het is\"}\n";
  if (!sides.empty()) {
    rules +=
        "  - id: P-WIE-DELEN\n    effect: permit\n    who: {actor.role: maatschappelijk-werker}\n"
        "    do: {action: share}\n    why: {purpose: doorverwijzing-hulp, basis: vl-livc-2021}\n"
        "    what: {record.subject_kind: person, record.client_agrees: \"yes\"}\n"
        "    when: {side: [" +
        sides +
        "], from.kind: [municipality, welfare], to.kind: [municipality, welfare]}\n"
        "    grants: [identity]\n    because: {nl: \"wie geholpen wordt\"}\n";
  }
  return {{"  - id: P-LIJST\n", rules + "  - id: P-LIJST\n"}};
}

inline record::v1::SubjectIdentity Somebody(const std::string& surname = kSurname) {
  record::v1::SubjectIdentity person;
  person.set_surname(surname);
  person.set_given("Lena");
  person.set_born("1985-03-14");
  return person;
}

class IdentityPair : public tests::LinkedPair {
 protected:
  explicit IdentityPair(const std::string& sides = "release, accept")
      : LinkedPair(IdentityRules(sides)) {}

  static record::v1::Signal Signal() {
    record::v1::Signal signal = tests::PersonSignal();
    signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
    return signal;
  }
  std::string Named(const record::v1::SubjectIdentity& person = Somebody()) {
    node::v1::RecordSignalRequest request;
    node::v1::RecordSignalResponse response;
    *request.mutable_context() = tests::Intake();
    *request.mutable_signal() = Signal();
    *request.mutable_identity() = person;
    EXPECT_EQ(welfare_.h.Run(welfare_.jan, std::make_shared<core::RecordSignal>(request, response,
                                                                                welfare_.h.random)),
              absl::OkStatus());
    return response.record_id();
  }
  absl::Status Amend(const std::string& record, uint32_t version,
                     const record::v1::SubjectIdentity* person) {
    node::v1::AmendSignalRequest request;
    node::v1::AmendSignalResponse response;
    *request.mutable_context() = tests::Intake();
    request.set_record_id(record);
    request.set_version(version);
    *request.mutable_signal() = Signal();
    request.set_reason("verbeterd");
    if (person != nullptr) *request.mutable_identity() = *person;
    request.set_remove_identity(person == nullptr);
    return welfare_.h.Run(welfare_.jan, std::make_shared<core::AmendSignal>(request, response));
  }
  std::string Corrected(const std::string& record, const std::string& earlier) {
    const auto preview = welfare_.Preview(record);
    EXPECT_TRUE(preview.ok()) << preview.status();
    node::v1::ShareSignalRequest request = welfare_.Signed(record, *preview);
    request.set_corrects(earlier);
    EXPECT_EQ(welfare_.Share(request), absl::OkStatus());
    Advance(std::chrono::hours(4));
    return request.exchange_id();
  }
  absl::StatusOr<record::v1::SubjectIdentity> WhoIs(const std::string& record_id) {
    node::v1::OpenIdentityRequest request;
    node::v1::OpenIdentityResponse response;
    *request.mutable_context() = tests::Intake();
    request.set_record_id(record_id);
    const absl::Status status =
        city_.h.Run(reader_, std::make_shared<core::OpenIdentity>(request, response));
    if (!status.ok()) return status;
    return response.identity();
  }
  template <typename Use>
  auto Look(ExchangeNode& node, Use use) {
    const auto snapshot = node.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, node.h.ledger->keyring());
    return use(view);
  }
  record::v1::StoredRecord RowOf(ExchangeNode& node, const std::string& record_id) {
    return Look(node, [&](const core::View& view) {
      const auto row = view.ReadRecordRow(record_id);
      EXPECT_TRUE(row.ok()) << row.status();
      return row.ok() ? *row : record::v1::StoredRecord();
    });
  }
  static ledger::KeyRef KeyIn(const record::v1::StoredRecord& row) {
    return {row.identity().bucket(), crypto::ToFixed<16>(row.identity().key_id()).value()};
  }
  bool IsGone(ExchangeNode& node, const ledger::KeyRef& key) {
    return Look(node, [&](const core::View& view) {
      return absl::IsNotFound(view.keyring().Unwrap(view.snapshot(), key).status());
    });
  }
  // Whether a row of that node holds these bytes, as it lies there or opened, or an entry does.
  bool InPlain(ExchangeNode& node, const std::string& bytes) {
    bool found = Look(node, [&](const core::View& view) {
      bool holds = false;
      EXPECT_EQ(
          view.snapshot().Scan({}, "\xff",
                               [&](std::string_view key, std::string_view stored) {
                                 const auto row = ledger::OpenRow(view.keyring(), key, stored);
                                 holds = holds || stored.find(bytes) != stored.npos ||
                                         (row.ok() && row->value.find(bytes) != std::string::npos);
                                 return true;
                               }),
          absl::OkStatus());
      return holds;
    });
    for (const tests::Opened& entry : node.h.Entries()) {
      found = found || entry.all_bytes.find(bytes) != std::string::npos;
    }
    return found;
  }
  peer::v1::Key KeyThatCame(const std::string& id) {
    const auto proof = envelope::ReadRecordProof(Received(id).key_proof());
    EXPECT_TRUE(proof.ok()) << proof.status();
    return proof.ok() ? std::get<peer::v1::Key>(proof->leaf) : peer::v1::Key();
  }
  // Of the last act of that operation at the sender, of that method where one is named.
  std::vector<std::string> ScopeOf(const std::string& method, record::v1::Operation operation) {
    std::optional<std::vector<std::string>> scope;
    for (const tests::Opened& entry : welfare_.h.Entries()) {
      if (entry.act.operation() != operation) continue;
      if (!method.empty() && entry.act.method() != method) continue;
      scope.emplace(entry.act.scope().begin(), entry.act.scope().end());
    }
    EXPECT_TRUE(scope.has_value()) << "there is no such act";
    return scope.value_or(std::vector<std::string>{"?"});
  }
  bool AcceptedIt(const std::string& id) {
    peer::v1::Conditions accepted;
    EXPECT_TRUE(accepted.ParseFromString(Received(id).accepted()));
    return envelope::NamesIdentity(accepted.fields());
  }

  tests::Person reader_ = city_.h.Admit("els", {"maatschappelijk-werker"});
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_EXCHANGE_IDENTITY_PAIR_H_
