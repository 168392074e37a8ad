// What is in force at the node: how it gets there, and what it writes down before it serves.

#include <spdlog/spdlog.h>

#include "server/core/node_acts.h"
#include "server/node_parts.h"
#include "server/terms_loader.h"

namespace sluis::server {

// Brings terms into force: unchanged ones get the stamp they have, others an entry and a new one.
absl::Status Node::RecordTerms(std::shared_ptr<core::Terms> terms) {
  Parts& parts = *parts_;
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
    absl::Status status =
        parts.executor->RunAsNodeAndWait(std::make_shared<core::RecordTerms>(terms));
    if (!status.ok()) return status;
    same = recorded();
    if (!same.ok()) return same.status();
    if (!*same) return absl::AbortedError("the terms changed again meanwhile; reload once more");
  }
  parts.terms->Set(std::move(terms));
  return absl::OkStatus();
}

// What a serving node writes down before anything else: the terms in force, and its first
// administrator.
absl::Status Node::RecordFirst() {
  Parts& parts = *parts_;
  absl::StatusOr<std::shared_ptr<core::Terms>> terms = LoadTerms(parts.config);
  if (!terms.ok()) return terms.status();
  absl::Status status = RecordTerms(*std::move(terms));
  if (!status.ok()) return status;
  if (parts.config.first_administrator_request.empty()) return absl::OkStatus();
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
  absl::StatusOr<record::v1::UserRequest> request = LoadFirstAdministrator(parts.config);
  if (!request.ok()) return request.status();
  return parts.executor->RunAsNodeAndWait(
      std::make_shared<core::RegisterFirstAdministrator>(*std::move(request)));
}

absl::Status Node::Reload(Config next) {
  absl::Status status = CheckReload(parts_->ConfigNow(), next);
  if (!status.ok()) return status;
  absl::StatusOr<std::shared_ptr<core::Terms>> terms = LoadTerms(next);
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
