// Protocols, their packs and their signatures that a command is given as files.
//
// Guarantee: what is wrong with a text is told in the words of policies/, all headings at once,
// with file, line and column. Thread-safety: the file system's. Errors: a Failure with
// Exit::kUsage.
#ifndef SLUIS_CLIENT_CLI_PROTOCOL_FILES_H_
#define SLUIS_CLIENT_CLI_PROTOCOL_FILES_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/shell.h"
#include "policies/disclosure_flows.h"
#include "policies/protocol.h"
#include "policies/protocol_state.h"

namespace sluis::cli {

Result<policies::Protocol> ReadProtocolFile(const std::string& path);

// Packs with the questions asked of them, which borrow from each other and so stay in their place.
class AskedPacks {
 public:
  // Of one statutory and one partnership pack.
  static Result<std::unique_ptr<AskedPacks>> Read(const std::vector<std::string>& files);

  const policies::PackSet& packs() const { return packs_; }
  const policies::RuleSpace& rules() const { return *rules_; }
  const policies::DisclosureFlows& flows() const { return *flows_; }

 private:
  explicit AskedPacks(policies::PackSet packs) : packs_(std::move(packs)) {}

  policies::PackSet packs_;
  std::optional<policies::RuleSpace> rules_;
  std::optional<policies::DisclosureFlows> flows_;
};

// Whether the text is that of these packs.
Step CheckPacksOf(const policies::Protocol& protocol, const policies::PackSet& packs);

// A text with the packs that it is the text of.
struct TextWithPacks {
  std::unique_ptr<AskedPacks> packs;
  policies::Protocol protocol;
};
Result<TextWithPacks> ReadWithPacks(const std::string& protocol,
                                    const std::vector<std::string>& packs);

// The identity keys that manifests of one partnership give their members.
struct ManifestKeys {
  std::string path;  // of the newest
  uint64_t version = 0;
  std::vector<policies::PartyKey> newest;  // what a node has that holds the newest, and no others
  std::vector<policies::PartyKey> all;
};
// Refused: manifests of two partnerships, and two that differ under one version.
Result<ManifestKeys> KeysOfManifests(const std::vector<std::string>& paths);

// Whether each party that these manifests list is of the kind there that the text gives it.
Step CheckKinds(const policies::Protocol& protocol, const std::vector<std::string>& manifests);

// Where signatures lie when no option says so.
std::string SignaturesPath(const std::string& option, const std::string& protocol);
// None, under this text, when there is no such file yet.
Result<policies::ProtocolSignatures> ReadSignaturesFile(const std::string& path,
                                                        const policies::Protocol& protocol);

// Lists of words with commas.
std::string Listed(const std::vector<std::string>& words);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_PROTOCOL_FILES_H_
