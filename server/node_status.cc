// What a node says of itself: its status to people, its metrics to machines.
#include <algorithm>

#include "crypto/secret.h"
#include "server/core/key_use.h"
#include "server/node_parts.h"
#include "server/rpc/credentials.h"
#include "server/storage/files.h"

namespace sluis::server {
namespace {

// A ledger that serves has something to say only while it signs no checkpoint.
bool HeldBack(const ledger::Ledger& ledger) {
  return ledger.serving() == ledger::Serving::kServing && !ledger.serving_detail().empty();
}

void FillProtocol(const core::ProtocolInForce& in_force, const std::string& today,
                  node::v1::ProtocolStatus& status) {
  const policies::Protocol& protocol = in_force.protocol();
  const auto standing = in_force.StandingOn(today);
  status.set_id(protocol.id);
  status.set_version(static_cast<uint32_t>(protocol.version));
  status.set_digest(std::string(crypto::View(protocol.digest)));
  status.set_phase(std::string(policies::ProtocolPhaseName(standing->phase)));
  status.set_new_disclosures(standing->new_disclosures);
  for (const policies::ProtocolReason& reason : standing->reasons) {
    if (reason.kind == policies::ProtocolReason::Kind::kMissing) {
      status.add_not_signed(reason.about);
    }
  }
  std::sort(status.mutable_not_signed()->begin(), status.mutable_not_signed()->end());
  status.set_review(protocol.review.text);
  status.set_last_day(
      std::min(policies::DayAfter(protocol.review.text, protocol.grace_days), protocol.until.text));
}

}  // namespace

void Node::FillStatus(node::v1::GetStatusResponse& response) const {
  const Parts& parts = *parts_;
  const Config config = parts.ConfigNow();
  const std::shared_ptr<const core::Terms> terms = parts.terms->Get();
  const ledger::Serving serving = ServingNow();
  const ledger::ShownCheckpoint checkpoint = parts.ledger->checkpoint();
  response.set_organisation(config.organisation);
  response.set_version(SLUIS_VERSION);
  response.set_serving(serving == ledger::Serving::kServing);
  response.set_not_serving_reason(ledger::ServingCode(serving));
  response.set_checkpoint_size(checkpoint.size);
  response.set_checkpoint_at_us(checkpoint.made_at_us);
  response.set_checkpoints_held_back(HeldBack(*parts.ledger));
  const auto free = storage::SystemFiles().FreeBytes(config.data_folder);
  if (free.ok()) response.set_disk_free_bytes(*free);
  response.set_configuration_digest(std::string(crypto::View(config.digest)));
  response.set_effective_pack_digest(std::string(crypto::View(terms->packs.digests().effective)));
  const auto not_after = rpc::CertificateNotAfter(config.certificate_folder);
  if (not_after.ok()) response.set_certificate_not_after_s(*not_after);
  response.set_log_key_not_after(parts.log_key_not_after);
  response.set_now_us(parts.clock.NowUs());
  if (terms->manifest) {
    response.set_partnership(terms->partnership);
    response.set_manifest_version(terms->manifest_version);
    response.set_partnership_state(terms->manifest->manifest.state);
  }
  if (terms->protocol) {
    FillProtocol(*terms->protocol, storage::LegalDay(response.now_us()),
                 *response.mutable_protocol());
  }
  response.set_keys_may_be_swapped(!crypto::SecretMemoryLocked());
  const policies::Schema& schema = terms->packs.schema();
  const auto words = [&schema](const char* name, auto add) {
    if (const policies::Vocabulary* vocabulary = schema.FindVocabulary(name)) {
      for (const policies::VocabularyValue& value : vocabulary->values) add(value.name);
    }
  };
  node::v1::Vocabulary& vocabulary = *response.mutable_vocabulary();
  words("role", [&](const std::string& word) { vocabulary.add_roles(word); });
  words("purpose", [&](const std::string& word) { vocabulary.add_purposes(word); });
  words("basis", [&](const std::string& word) { vocabulary.add_bases(word); });
  words("category", [&](const std::string& word) { vocabulary.add_categories(word); });
}

std::string Node::MetricsText() const {
  const Parts& parts = *parts_;
  const Config config = parts.ConfigNow();
  const uint64_t now_us = parts.clock.NowUs();
  const ledger::ShownCheckpoint checkpoint = parts.ledger->checkpoint();
  rpc::Metrics::Gauges gauges;
  gauges.serving = ServingNow() == ledger::Serving::kServing ? 1 : 0;
  gauges.entries = static_cast<double>(checkpoint.size);
  gauges.checkpoint_age_seconds = now_us > checkpoint.made_at_us
                                      ? static_cast<double>(now_us - checkpoint.made_at_us) / 1e6
                                      : 0;
  gauges.checkpoints_held_back = HeldBack(*parts.ledger) ? 1 : 0;
  const auto free = storage::SystemFiles().FreeBytes(config.data_folder);
  if (free.ok()) gauges.disk_free_bytes = static_cast<double>(*free);
  const auto not_after = rpc::CertificateNotAfter(config.certificate_folder);
  if (not_after.ok()) {
    gauges.certificate_seconds_left =
        static_cast<double>(*not_after) - static_cast<double>(now_us) / 1e6;
  }
  const auto snapshot = parts.ledger->store().NewSnapshot();
  const auto tasks = core::KeyTasks(core::View(*snapshot, parts.ledger->keyring()));
  if (tasks.ok()) gauges.key_tasks = static_cast<double>(*tasks);
  parts.link->Fill(gauges);
  return parts_->metrics.Text(gauges);
}

}  // namespace sluis::server
