// The files that organisations hand each other to form a partnership, and what of the own node goes
// into them.
//
//   statement   SignedMember           `sluis partnership member`
//   draft       SignedManifest without signatures   `draft`
//   signed      the same draft with one or more signatures   `sign`
//   manifest    the same with all   `assemble`
//
// Guarantee: what is read obeys every rule of server/partnership/manifest.h. Private keys are read
// for their public half and one signature, and leave their files no further.
// Thread-safety: the file system's. Errors: a Failure with Exit::kUsage naming the path.
#ifndef SLUIS_CLIENT_LIB_PARTNERSHIP_FILES_H_
#define SLUIS_CLIENT_LIB_PARTNERSHIP_FILES_H_

#include <string>
#include <vector>

#include "client/lib/message.h"
#include "client/lib/node_configuration.h"
#include "server/partnership/manifest.h"

namespace sluis::client {

Result<partnership::Member> ReadMemberFile(const std::string& path);
Result<partnership::SignedManifest> ReadManifestFile(const std::string& path);

// One rule pack, as people name it and as a manifest does.
struct PackFacts {
  std::string id;
  int version = 0;
  crypto::Hash digest{};
};
struct PackPair {
  PackFacts statutory;
  PackFacts partnership;
};
// Reads both files and checks that they work together.
Result<PackPair> ReadPackPair(const std::string& statutory, const std::string& partnership);

// What of a statement is neither in the configuration nor in a key file.
struct StatementPlan {
  std::string name;
  std::string host;  // empty: that of the configuration
  std::string zone;  // empty: none said
  std::vector<std::string> addresses;
  std::string mandate_until;  // last day of the mandate key, YYYY-MM-DD
  std::string today;
};
// The statement of this node. A key that `held` gives it already keeps its first day; a new one
// begins today. `held` may be null.
Result<record::v1::Member> StatementOf(const NodeConfiguration& node, const StatementPlan& plan,
                                       const partnership::Manifest* held);

// Whether the statement is about this node as it is now: organisation, kind, regime, CA and keys.
Step CheckOwn(const partnership::Member& member, const NodeConfiguration& node);

// Whether `next` may follow, told per reason.
Step CheckFollows(const partnership::Manifest* held, const partnership::Manifest& next);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_PARTNERSHIP_FILES_H_
