// What a command reads of sluisd.yaml: who the organisation is, and where its files are.
//
// Guarantee: paths are absolute or taken from the folder of the file, as the daemon takes them.
// witness.key and receipt.key lie beside the identity key, where `sluis node init` puts them.
// Not guaranteed: that the daemon would take the file: keys that are not read here are not looked
// at. Thread-safety: the file system's. Errors: a Failure with Exit::kUsage naming path and key.
// Source: deploy/sluisd.example.yaml.
#ifndef SLUIS_CLIENT_LIB_NODE_CONFIGURATION_H_
#define SLUIS_CLIENT_LIB_NODE_CONFIGURATION_H_

#include <string>

#include "client/lib/message.h"
#include "crypto/signature.h"

namespace sluis::client {

struct NodeConfiguration {
  std::string organisation;
  std::string kind;
  std::string host;  // empty when not given
  bool secrecy_regime = false;
  crypto::PublicKey mandate_public{};
  // Paths.
  std::string ca_certificate;
  std::string identity_key;
  std::string log_key;
  std::string witness_key;
  std::string receipt_key;
  std::string statutory_pack;
  std::string partnership_pack;
};

Result<NodeConfiguration> ReadNodeConfiguration(const std::string& path);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_NODE_CONFIGURATION_H_
