#ifndef SLUIS_SERVER_CORE_TERMS_H_
#define SLUIS_SERVER_CORE_TERMS_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "crypto/bytes.h"
#include "policies/pack.h"
#include "server/core/protocol_in_force.h"
#include "server/identity/key_kind.h"
#include "server/partnership/manifest.h"

namespace sluis::core {

// What is in force at this node while a call is planned. Immutable; a call keeps the one it began
// with.
struct Terms {
  explicit Terms(policies::PackSet packs_in_force) : packs(std::move(packs_in_force)) {}

  // Organisation id and kind ("municipality", "police-zone", "welfare").
  std::string organisation;
  std::string kind;
  // The author's secrecy mark is on unless it is taken off with a reason.
  bool secrecy_regime = false;
  policies::PackSet packs;
  // SHA-256 of the configuration in force.
  crypto::Hash configuration_digest{};
  // Manifest of the partnership; null while the node is in none. The three that follow say the same
  // for the entries: 0 and empty without one.
  std::shared_ptr<const partnership::SignedManifest> manifest;
  uint64_t manifest_version = 0;
  std::string partnership;
  bool exercise = false;
  // Whether anything may go to partners and be taken from them: in exercise, or active with nothing
  // of an exercise left to erase.
  bool may_exchange = false;
  // In exercise, and then only: the longest cooling-off time, microseconds, so that it can be shown
  // without waiting for hours. Nothing leaves it as the rules say. Source: the configuration.
  std::optional<uint64_t> exercise_cooling_off_us;
  // What the members signed as the text of these packs; null while the configuration names none.
  std::shared_ptr<const ProtocolInForce> protocol;
  // In exercise without a protocol, and then only: by what a person may be found
  // (core/identity_kinds.h). Source: the configuration.
  identity::KeyKinds identity_kinds;
  // Stamp of the ledger row that recorded these terms: a standing precondition of every effect, so
  // that nothing decided under earlier rules commits under later ones.
  uint64_t stamp = 0;
  // Days for which copies of key-encryption keys may live elsewhere.
  int key_copy_days = 14;

  bool active() const {
    return manifest && manifest->manifest.state == record::v1::PARTNERSHIP_STATE_ACTIVE;
  }
};

// Holds the terms in force; swapped whole. Thread-safe.
class TermsInForce {
 public:
  explicit TermsInForce(std::shared_ptr<const Terms> terms) : terms_(std::move(terms)) {}

  std::shared_ptr<const Terms> Get() const {
    std::lock_guard lock(mutex_);
    return terms_;
  }
  void Set(std::shared_ptr<const Terms> terms) {
    std::lock_guard lock(mutex_);
    terms_ = std::move(terms);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Terms> terms_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TERMS_H_
