#ifndef SLUIS_SERVER_CORE_PLAN_H_
#define SLUIS_SERVER_CORE_PLAN_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "crypto/hpke.h"
#include "crypto/secret.h"
#include "server/core/record.h"
#include "server/evaluation/logged_durably.h"
#include "server/ledger/effect.h"
#include "server/ledger/row.h"
#include "sluis/record/v1/entry.pb.h"
#include "sluis/record/v1/identity.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

// The plain content of one log entry.
struct Entry {
  record::v1::ActPart act;
  record::v1::ActorPart actor;
  record::v1::SubjectPart subject;
  // The decision part, serialised; null for none. Made once for each decision and never changed:
  // entries that rest on the same decision share it.
  std::shared_ptr<const std::string> decision;
  std::string counterpart;
};

// A tag that came with a record, to be sealed under its data key (received_tags.h).
struct TagWrite {
  std::string row_key;
  std::string plain;
};

// A record to be written. The executor seals `body` under the record's keys: fresh ones, or those
// of `Effect::about`.
struct RecordWrite {
  // Id, version, state, retention, hold; the executor fills in key and sealed body.
  record::v1::StoredRecord row;
  record::v1::RecordBody body;
  // For an imported row: what is compared when the same table is imported again; sealed under the
  // record's key.
  std::optional<std::string> import_row;
  // Who it is about, checked (subject_identity.h). The executor seals it under fresh keys of its
  // own, in place of what `row` holds; nothing leaves that as it is.
  std::optional<record::v1::SubjectIdentity> identity;
  std::vector<TagWrite> tags = {};
};

// A one-time key to be kept. The executor seals the private half under fresh keys, which an erasure
// destroys, and writes the row of the public half.
struct SecretWrite {
  crypto::hpke::PublicKey public_key{};
  std::shared_ptr<const crypto::hpke::PrivateKey> private_key;
  // When it is of no use any more, seconds since the epoch, UTC.
  uint64_t expires_at_s = 0;
};

// A secret of a key that is held with others, to be kept. The executor seals it under fresh keys,
// which an erasure destroys, and writes the row.
struct KeySecretWrite {
  std::string row_key;
  std::shared_ptr<const crypto::Secret<32>> secret;
};

// A step of an evaluation that an effect logs: its rows are the step's, and so is the counterpart
// part of its entry, which is otherwise empty. Its subject part lies under a key of its own.
struct StepWrite {
  evaluation::ToLog to_log;
  // Of its rows.
  ledger::Table table = ledger::Table::kEvaluated;
  // The executor puts there what makes of the ledger's word the proof that the step may be taken.
  // Nothing when one entry took the place of several refusals.
  std::shared_ptr<std::optional<evaluation::Ticket>> ticket =
      std::make_shared<std::optional<evaluation::Ticket>>();
};

// What one act will do, still plain. A pure value: no key, no time of commit, no index is in it.
struct Effect {
  Entry entry;
  std::vector<ledger::Precondition> preconditions;
  std::optional<RecordWrite> record;
  std::optional<SecretWrite> secret;
  std::vector<KeySecretWrite> key_secrets;
  std::optional<StepWrite> step;
  // The record that the act is about, when it exists: its keys seal the subject part.
  std::shared_ptr<const OpenedRecord> about;
  std::vector<ledger::RowWrite> rows;
  std::vector<ledger::KeyRef> erase;
};

// Given one Logged per effect once they are durable, fills in the response and returns the status
// of the call. Owns what it needs: the effects are gone by then. One that is never called is
// dropped before anybody hears that the plan failed, and before the call is planned again: what a
// plan holds back until it is durable it gives back there.
using Reply = std::function<absl::Status(std::span<const ledger::Logged>)>;

// What a use case decided: an indivisible list of effects, at least one, and the answer for when
// they are durable. Only what a peer sends, and what the node does by itself, may come to no effect
// at all: when all of it is durable here already, or there is nothing to do.
struct Plan {
  std::vector<Effect> effects;
  // Called once. A refusal is a plan like any other.
  Reply reply;
  // True for a refusal: counted per caller, each of its effects once.
  bool refusal = false;
  // Which effects, ascending, are refusals of a part of what was asked, such as rows of a table; in
  // a plan with other effects too they count as well. Above the limit one entry stands for them.
  std::vector<size_t> refused_parts;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PLAN_H_
