#ifndef SLUIS_SERVER_CONFIG_H_
#define SLUIS_SERVER_CONFIG_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/evaluation/book.h"
#include "server/identity/key_kind.h"

namespace sluis::server {

// The configuration of one node, as deploy/sluisd.example.yaml explains it. A value; valid as a
// whole or not made.
struct Config {
  std::string organisation;
  std::string kind;
  // Name of the host that runs the node; empty for a node that is to be in no partnership.
  std::string host;
  bool secrecy_regime = false;
  std::string data_folder;
  std::string backup_folder;
  // Folder for copies of the key-encryption key on another medium; empty for none.
  std::string key_copy_folder;
  int key_copy_days = 14;
  std::string listen_address;
  std::string certificate_folder;
  std::string log_key_file;
  // Key that signs envelopes and manifests; there whenever a manifest is.
  std::string identity_key_file;
  crypto::FixedBytes<32> mandate_public{};
  std::string statutory_pack;
  std::string partnership_pack;
  std::string node_pack;
  // Signed manifest of the partnership; empty while the node is in none.
  std::string manifest_file;
  // Protocol that the members signed; empty while there is none, and then nothing real is
  // exchanged.
  std::string protocol_file;
  // In exercise, and then only: longest cooling-off time, seconds; 0 for what the rules say.
  uint64_t exercise_cooling_off_s = 0;
  // In exercise without a protocol, and then only: by what a person may be found, and so which
  // numbers may be kept of one; none unless it is named.
  identity::KeyKinds exercise_identity_keys;
  // Where partners connect; empty for a node that only dials out.
  std::string peer_listen_address;
  std::string loopback_address;
  uint64_t tick_ms = 1000;
  uint64_t heartbeat_s = 600;
  uint64_t low_water_mb = 256;
  uint64_t ballast_mb = 16;
  uint32_t refusals_per_minute = 30;
  // How many elements this node evaluates for one partner.
  evaluation::Caps evaluation_caps;
  std::string first_administrator_request;
  std::string openssl_conf;
  // SHA-256 of the file's bytes.
  crypto::Hash digest{};
};

inline constexpr size_t kMaxConfigBytes = 64 << 10;

// Reads a configuration. Relative paths are taken from the folder of `file_name`.
// INVALID_ARGUMENT names file, line and key for an unknown key, one given twice, a missing one, or
// a wrong value.
absl::StatusOr<Config> ParseConfig(const std::string& file_name, std::string_view text);

// Reads the file and parses it. NOT_FOUND when it cannot be read.
absl::StatusOr<Config> ReadConfig(const std::string& file_name);

// OK when `next` can be taken into force without a restart; otherwise FAILED_PRECONDITION naming
// the first key that cannot change while the node runs.
absl::Status CheckReload(const Config& now, const Config& next);

}  // namespace sluis::server

#endif  // SLUIS_SERVER_CONFIG_H_
