// What is in force at the node: how it gets there, and what it writes down before it serves.

#include <spdlog/spdlog.h>

#include <algorithm>

#include "server/core/exercise.h"
#include "server/core/exercise_keys.h"
#include "server/core/held_manifest.h"
#include "server/core/node_acts.h"
#include "server/ledger/data_folder.h"
#include "server/manifest_loader.h"
#include "server/node_parts.h"
#include "server/protocol_loader.h"
#include "server/storage/files.h"
#include "server/terms_loader.h"

namespace sluis::server {

namespace {

// Whoever runs the node is told why nothing will leave it.
void WarnOfProtocol(const core::Terms& terms, const std::string& today) {
  if (terms.protocol) {
    const auto standing = terms.protocol->StandingOn(today);
    if (standing->new_disclosures) return;
    spdlog::warn("nothing new is disclosed: the protocol is {} today; see sluis protocol show",
                 policies::ProtocolPhaseName(standing->phase));
  } else if (terms.active()) {
    spdlog::warn(
        "nothing is disclosed: name the protocol of the partnership under "
        "partnership.protocol");
  }
}

// Whether anything that was recorded or made in exercise is there still.
absl::StatusOr<bool> IsLeftOfExercise(ledger::Ledger& ledger) {
  const auto snapshot = ledger.store().NewSnapshot();
  const core::View view(*snapshot, ledger.keyring());
  const absl::StatusOr<std::vector<std::string>> records = view.RecordsOfExercise();
  if (!records.ok()) return records.status();
  if (!records->empty()) return true;
  return core::KeysOfExercise(view);
}

}  // namespace

absl::StatusOr<core::HeldManifest> Node::HeldNow() const {
  const auto snapshot = parts_->ledger->store().NewSnapshot();
  return core::ReadHeldManifest(core::View(*snapshot, parts_->ledger->keyring()));
}

// Terms that the configuration asks for, judged against what the ledger holds, and the manifests
// that lie between.
struct Node::Next {
  std::shared_ptr<core::Terms> terms;
  core::ManifestChain between;
};

absl::StatusOr<Node::Next> Node::NextTerms(const Config& config) const {
  absl::StatusOr<std::shared_ptr<core::Terms>> terms = LoadTerms(config);
  if (!terms.ok()) return terms.status();
  absl::StatusOr<core::HeldManifest> held = HeldNow();
  if (!held.ok()) return held.status();
  const std::string today = storage::LegalDay(parts_->clock.NowUs());
  absl::StatusOr<core::ManifestChain> between = ManifestsBetween(config, held->manifest, today);
  if (!between.ok()) return between.status();
  auto manifest = LoadManifest(config, parts_->log_public, **terms,
                               between->empty() ? held->manifest : between->back(), today);
  if (!manifest.ok()) return manifest.status();
  if (*manifest && !parts_->exchange_keys) {
    return absl::FailedPreconditionError(
        "the keys for partners were not there when the node started; restart it");
  }
  core::TakeManifest(*std::move(manifest), **terms);
  auto protocol = LoadProtocol(config, **terms);
  if (!protocol.ok()) return protocol.status();
  (*terms)->protocol = *std::move(protocol);
  return Next{*std::move(terms), *std::move(between)};
}

// Brings terms into force: unchanged ones get the stamp they have, others an entry and a new one.
// terms_mutex is held.
absl::Status Node::RecordTerms(Next next) {
  Parts& parts = *parts_;
  std::shared_ptr<core::Terms> terms = std::move(next.terms);
  const auto recorded = [&]() -> absl::StatusOr<bool> {
    const auto snapshot = parts.ledger->store().NewSnapshot();
    const core::View view(*snapshot, parts.ledger->keyring());
    absl::StatusOr<bool> same = core::TermsRecorded(view, *terms);
    if (!same.ok() || !*same) return same;
    absl::StatusOr<uint64_t> stamp = view.StampOf(core::TermsKey());
    if (!stamp.ok()) return stamp.status();
    terms->stamp = *stamp;
    return true;
  };
  absl::StatusOr<bool> same = recorded();
  if (!same.ok()) return same.status();
  if (!*same) {
    absl::Status status = parts.executor->RunAsNodeAndWait(
        std::make_shared<core::RecordTerms>(terms, std::move(next.between)));
    if (!status.ok()) return status;
    same = recorded();
    if (!same.ok()) return same.status();
    if (!*same) return absl::AbortedError("the terms changed again meanwhile; reload once more");
  }
  // Known before they are in force: a node that was active and stays so is at no moment taken for
  // one that is suspended. Since the entry nothing decided in an exercise can commit any more.
  const absl::StatusOr<bool> left =
      terms->active() ? IsLeftOfExercise(*parts.ledger) : absl::StatusOr<bool>(true);
  terms->may_exchange = terms->exercise || (left.ok() && !*left);
  WarnOfProtocol(*terms, storage::LegalDay(parts.clock.NowUs()));
  parts.terms->Set(std::move(terms));
  // In force whatever comes of this: records of an exercise are hidden, nothing is exchanged, and
  // the house tries again.
  const absl::Status erased = EraseExercise();
  if (!erased.ok()) {
    spdlog::error("records of the exercise are not erased yet, and nothing is exchanged: {}",
                  std::string(erased.message()));
  }
  return absl::OkStatus();
}

absl::Status Node::EndExercise() {
  std::lock_guard lock(parts_->terms_mutex);
  return EraseExercise();
}

// Once the partnership is active, erases what was recorded in exercise; when nothing is left, opens
// the way to partners. terms_mutex is held.
absl::Status Node::EraseExercise() {
  Parts& parts = *parts_;
  const std::shared_ptr<const core::Terms> terms = parts.terms->Get();
  if (!terms->active() || terms->may_exchange) return absl::OkStatus();
  const auto left = [&parts] {
    const auto snapshot = parts.ledger->store().NewSnapshot();
    return core::View(*snapshot, parts.ledger->keyring()).RecordsOfExercise();
  };
  absl::StatusOr<std::vector<std::string>> ids = left();
  if (!ids.ok()) return ids.status();
  absl::Status first = absl::OkStatus();
  for (size_t at = 0; at < ids->size(); at += core::kExerciseErasures) {
    const auto begin = ids->begin() + static_cast<ptrdiff_t>(at);
    const auto end =
        ids->begin() + static_cast<ptrdiff_t>(std::min(at + core::kExerciseErasures, ids->size()));
    first.Update(parts.executor->RunAsNodeAndWait(
        std::make_shared<core::EraseExercise>(std::vector<std::string>(begin, end))));
  }
  ids = left();
  if (!ids.ok()) return ids.status();
  if (!ids->empty()) {
    first.Update(absl::InternalError(std::to_string(ids->size()) +
                                     " records of the exercise cannot be read to erase them; run "
                                     "the node's doctor"));
    return first;
  }
  const auto keys_left = [&parts] {
    const auto snapshot = parts.ledger->store().NewSnapshot();
    return core::KeysOfExercise(core::View(*snapshot, parts.ledger->keyring()));
  };
  absl::StatusOr<bool> keys = keys_left();
  while (keys.ok() && *keys) {
    const absl::Status erased =
        parts.executor->RunAsNodeAndWait(std::make_shared<core::EraseKeysOfExercise>());
    if (!erased.ok()) return erased;
    keys = keys_left();
  }
  if (!keys.ok()) return keys.status();
  auto open = std::make_shared<core::Terms>(*terms);
  open->may_exchange = true;
  parts.terms->Set(std::move(open));
  return absl::OkStatus();
}

// What a serving node writes down before anything else: that it was put back from a backup, the
// terms in force, and its first administrator.
absl::Status Node::RecordFirst() {
  Parts& parts = *parts_;
  std::lock_guard lock(parts.terms_mutex);
  const Config config = parts.ConfigNow();
  absl::Status status = absl::OkStatus();
  if (parts.restored_to.has_value()) {
    status =
        parts.executor->RunAsNodeAndWait(std::make_shared<core::RecordRestore>(*parts.restored_to));
    if (!status.ok()) return status;
    // A node that ends before this says it a second time, rather than never.
    status = storage::RemoveDurably(storage::SystemFiles(),
                                    config.data_folder + "/" + std::string(ledger::kRestoredName));
    if (!status.ok()) return status;
    parts.restored_to.reset();
  }
  absl::StatusOr<Next> terms = NextTerms(config);
  if (!terms.ok()) return terms.status();
  status = RecordTerms(*std::move(terms));
  if (!status.ok()) return status;
  if (config.first_administrator_request.empty()) return absl::OkStatus();
  bool anyone = false;
  {
    const auto snapshot = parts.ledger->store().NewSnapshot();
    const core::View view(*snapshot, parts.ledger->keyring());
    status = view.VisitUsers([&anyone](const record::v1::User&) {
      anyone = true;
      return false;
    });
    if (!status.ok()) return status;
  }
  if (anyone) return absl::OkStatus();
  absl::StatusOr<record::v1::UserRequest> request = LoadFirstAdministrator(config);
  if (!request.ok()) return request.status();
  return parts.executor->RunAsNodeAndWait(
      std::make_shared<core::RegisterFirstAdministrator>(*std::move(request)));
}

absl::Status Node::Reload(Config next) {
  std::lock_guard one_at_a_time(parts_->terms_mutex);
  absl::Status status = CheckReload(parts_->ConfigNow(), next);
  if (!status.ok()) return status;
  absl::StatusOr<Next> terms = NextTerms(next);
  if (!terms.ok()) return terms.status();
  status = RecordTerms(*std::move(terms));
  if (!status.ok()) return status;
  // The terms are in force whether or not partners can connect; the heartbeat tries again.
  const absl::Status listening = parts_->link->Follow(next);
  if (!listening.ok()) spdlog::error("{}", std::string(listening.message()));
  std::lock_guard lock(parts_->config_mutex);
  parts_->config = std::move(next);
  return absl::OkStatus();
}

}  // namespace sluis::server
