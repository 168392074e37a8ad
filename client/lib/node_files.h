// The files of a new node: CA, certificate, keys, rules, configuration.
//
//   sluisd.yaml  openssl.cnf  first-administrator.request
//   tls/    tls.crt tls.key ca.crt           packs/  statutory.yaml partnership.yaml [node.yaml]
//   keys/   log.key identity.key witness.key receipt.key case.key
//   data/   backup/                          (empty)
//   ca/     ca.crt ca.key                    (to be kept off the node)
//   mandate/ mandate.key                     (to be kept off the node, by someone else)
//
// Guarantee: nothing that exists is replaced; private keys are 0600 in folders of 0700. When it
// fails, what was written so far stays and the folder must be emptied before trying again.
// Not guaranteed: that ca/ and mandate/ are moved away: that is the person's act.
// Thread-safety: the file system's. Errors: a Failure with Exit::kUsage.
#ifndef SLUIS_CLIENT_LIB_NODE_FILES_H_
#define SLUIS_CLIENT_LIB_NODE_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/lib/certificate.h"
#include "client/lib/message.h"

namespace sluis::client {

struct NodePlan {
  std::string folder;  // absolute
  std::string organisation;
  std::string kind;  // municipality, police-zone, welfare
  std::string host;  // name of the host that runs the node
  bool secrecy_regime = false;
  std::string listen;   // host:port that the daemon binds
  std::string address;  // host:port that users dial
  std::vector<std::string> dns;
  std::vector<std::string> ips;
  std::string statutory_pack;
  std::string partnership_pack;
  std::string node_pack;  // may be empty
};

struct NodeMade {
  CertifiedKey ca;  // key_pem to be wiped by the caller
  std::string mandate_key_path;
  std::string ca_folder;
  std::string configuration_path;
  std::string request_path;  // where the first administrator's request belongs
};

// Checks the values alone: organisation, kind, addresses.
Step CheckPlan(const NodePlan& plan);

Result<NodeMade> MakeNodeFiles(const NodePlan& plan, int64_t now_s);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_NODE_FILES_H_
