// Two organisations that exchange signals, with real nodes, and people who share.
//
// Everything travels as it does for people: over gRPC and mutual TLS, through the stores on disk.
// What is prepared on the running nodes can then be measured on copies of their data folders.
// Errors say which step failed. Organisations that cannot be made end the process.
#ifndef SLUIS_TESTS_BENCH_EXCHANGE_SITES_H_
#define SLUIS_TESTS_BENCH_EXCHANGE_SITES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/calls.h"
#include "client/lib/partnership_mandate.h"
#include "server/node.h"
#include "sluis/record/v1/manifest.pb.h"
#include "tests/support/organisation.h"
#include "tests/support/partners.h"
#include "tests/support/temp_folder.h"

namespace sluis::bench {

// Who shares, and who is shared with.
inline constexpr char kCare[] = "caw-de-overzet.example";
inline constexpr char kTown[] = "lindervaart.example";
// Of both nodes, as nodes have it by default, milliseconds.
inline constexpr int kTickMs = 1000;

absl::Status StatusOf(const client::Failure& failure, const char* step);

// One organisation, and its node while it runs.
struct Site {
  Site(const std::string& id, const std::string& kind, int cooling_off_s);

  absl::Status Start();
  absl::Status Reload();
  std::unique_ptr<client::Calls> CallsOf(const test::Person& person) const;

  tests::TempFolder folder;
  test::Organisation organisation;
  std::unique_ptr<server::Node> node;
};

// A preview, and what it is the answer to.
struct Look {
  node::v1::PreviewShareRequest asked;
  node::v1::PreviewShareResponse preview;
};

// A person of the care organisation at their own machine: registered there, with a mandate for the
// partnership under which they sign.
class Sharer {
 public:
  // Throws when the running node does not take them.
  Sharer(const Site& care, const std::string& user_id);

  // A made-up signal that may be shared; its record id.
  absl::StatusOr<std::string> Record();
  // Looked at as it would travel to the town under that case.
  absl::StatusOr<Look> Preview(const std::string& record_id, const std::string& case_ref);
  // All of these under one signature.
  absl::StatusOr<std::vector<node::v1::ShareSignalRequest>> Sign(const std::vector<Look>& looks);
  const test::Person& person() const { return person_; }
  const client::PartnershipMandate& mandate() const { return mandate_; }
  client::Calls& calls() { return *calls_; }

 private:
  const test::Person person_;
  client::PartnershipMandate mandate_;
  std::unique_ptr<client::Calls> calls_;
};

// A share that waits to be handed to the node, and by whom.
struct SignedShare {
  size_t sharer = 0;
  node::v1::ShareSignalRequest request;
};

struct SitesOptions {
  record::v1::PartnershipState state = record::v1::PARTNERSHIP_STATE_ACTIVE;
  // Longest cooling-off time in exercise, seconds; 0 for what the rules say.
  int cooling_off_s = 0;
  size_t sharers = 8;
};

class ExchangeSites {
 public:
  // Both nodes run under a manifest that says where they listen, and have met: the town knows the
  // list of revoked mandates of the care organisation.
  static absl::StatusOr<std::unique_ptr<ExchangeSites>> Make(const SitesOptions& options);

  // So many signals, each of its own case, recorded, looked at and signed by the sharers at once:
  // `per_signature` in one go.
  absl::StatusOr<std::vector<SignedShare>> Sign(size_t count, size_t per_signature = 1);
  // Nobody runs any more; what they wrote is on disk.
  void Stop();

  explicit ExchangeSites(const SitesOptions& options);

  Site care;
  Site town;
  std::vector<std::unique_ptr<Sharer>> sharers;
  // May look at what the town received.
  test::Person reader;

 private:
  absl::Status Begin(const SitesOptions& options);

  test::Partners partners_;
};

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_EXCHANGE_SITES_H_
