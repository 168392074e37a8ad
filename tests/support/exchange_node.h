#ifndef SLUIS_TESTS_SUPPORT_EXCHANGE_NODE_H_
#define SLUIS_TESTS_SUPPORT_EXCHANGE_NODE_H_

#include <memory>
#include <vector>

#include "server/partnership/manifest.h"
#include "tests/support/core_harness.h"
#include "tests/support/partnership.h"

namespace sluis::tests {

// Organisations that a manifest is made of, beside this node.
struct OtherMember {
  std::string organisation;
  std::string kind;
};

// A node without sockets and disks that is in a partnership: the harness, the statement of its
// organisation with the keys that the harness really uses, and partners that are keys only.
class ExchangeNode {
 public:
  explicit ExchangeNode(std::vector<OtherMember> others, HarnessOptions options = {});

  // Names the host that runs this node, from the next Join on.
  void RunOn(const std::string& host) { own_.statement.set_host(host); }
  // From the next Join on, that organisation is this real node and no longer keys only. It must
  // outlive this.
  void With(const ExchangeNode& real) { real_.push_back(&real); }
  // Brings the manifest of another node into force here.
  void Follow(const ExchangeNode& other);
  // Brings a manifest into force, signed by all, that names the packs of this node; what is in it
  // may be exchanged, unless the partnership is in preparation.
  void Join(record::v1::PartnershipState state = record::v1::PARTNERSHIP_STATE_EXERCISE);
  // Terms with that manifest, to be changed and put into force.
  std::shared_ptr<core::Terms> TermsWithManifest() const;
  void Put(std::shared_ptr<core::Terms> terms);

  const TestMember& own() const { return own_; }
  const TestMember& other(size_t at = 0) const { return others_.at(at); }
  const partnership::Manifest& manifest() const { return manifest_->manifest; }
  // The member as the manifest describes it.
  const partnership::Member& member(const std::string& organisation) const;

  CoreHarness h;

 private:
  TestMember own_;
  std::vector<TestMember> others_;
  std::vector<const ExchangeNode*> real_;
  std::shared_ptr<const partnership::SignedManifest> manifest_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_EXCHANGE_NODE_H_
