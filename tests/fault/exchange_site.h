#ifndef SLUIS_TESTS_FAULT_EXCHANGE_SITE_H_
#define SLUIS_TESTS_FAULT_EXCHANGE_SITE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/lib/calls.h"
#include "client/lib/partnership_mandate.h"
#include "tests/support/node_process.h"
#include "tests/support/organisation.h"
#include "tests/support/partners.h"
#include "tests/support/temp_folder.h"

namespace sluis::fault {

inline constexpr char kPartnership[] = "livc-r.vaartland.example";
inline constexpr char kWorkerRole[] = "maatschappelijk-werker";

// Where an organisation's daemon lives.
struct Place {
  // Address of this machine, or of the namespace, on which it listens.
  std::string host = "127.0.0.1";
  // Command that the daemon is started under, such as one that enters a namespace.
  std::vector<std::string> enter = {};
};

// One organisation with its real daemon, and three people there: a worker who writes down, shares
// and receives, a manager who hands over what an authority orders, and an auditor who takes
// exports. Throws when a step that everything rests on fails, which ends the test.
class ExchangeSite {
 public:
  ExchangeSite(const std::string& id, const std::string& kind, Place place);

  // A first life outside any partnership, in which everybody is registered.
  void Admit();
  // From now on it is in a partnership, and listens for partners on that port; 0 for any.
  void Join(int peer_port);
  // False when it ended instead of serving.
  bool Start();
  // Ends it; its exit code, or minus the signal.
  int End(int signal);

  const test::Organisation& organisation() const { return organisation_; }
  const std::string& id() const { return organisation_.id(); }
  test::NodeProcess& node() { return *node_; }

  // A made-up signal that may be shared.
  std::string Record();
  // The id of the exchange in which the partner gets it after its cooling-off time.
  std::string Share(const std::string& record_id, const std::string& partner);

  // Hands over what came in that exchange, which an authority ordered; its sender may know at once.
  void HandOver(const std::string& exchange);
  // How often the partner said so of that exchange; nothing when the node did not answer.
  std::optional<int> TimesHandedOver(const std::string& exchange);

  // What this node says of its partner; unknown when it says nothing.
  node::v1::PeerState StandingOf(const std::string& partner);
  // State by exchange id; nothing when the node did not answer.
  std::map<std::string, record::v1::SentState> Sent();
  std::map<std::string, record::v1::ReceivedState> Received();
  // The log as the auditor takes it for that partner, once a checkpoint covers all that was done.
  std::string ExportFor(const std::string& partner);

 private:
  client::Endpoint EndpointOf(const test::Person& person) const;
  bool WaitForProof(const std::string& leaf_hash);
  // Everything that was sent. False when the node did not answer.
  bool EachSent(const std::function<void(const node::v1::SentSummary&)>& visit);

  const Place place_;
  tests::TempFolder folder_;
  test::Organisation organisation_;
  test::Person worker_;
  test::Person manager_;
  test::Person auditor_;
  client::PartnershipMandate mandate_;
  std::unique_ptr<test::NodeProcess> node_;
  std::unique_ptr<client::Calls> worker_calls_;
  std::unique_ptr<client::Calls> manager_calls_;
  std::unique_ptr<client::Calls> auditor_calls_;
};

// Two such organisations in one partnership that practises: `care` shares with `town`.
struct ExchangePair {
  ExchangePair(Place care_place, Place town_place);

  // Both run, `addresses` (host:port by organisation) are where they find each other, and care
  // reached town. `listening` is called once both listen.
  void Start(
      const std::map<std::string, std::vector<std::string>>& addresses,
      const std::function<void()>& listening = [] {});
  // The exchange went all the way: both sides say so, and neither owes the other anything.
  bool Finished(const std::string& exchange);
  // "result why" of each exchange, as exports of both logs say together; other lines when a log
  // does not verify.
  std::vector<std::string> Verdicts();

  ExchangeSite care;
  ExchangeSite town;
  test::Partners partners;
};

// Asks again and again until it is so. Ends after minutes, which only bounds a hang.
bool Eventually(const std::function<bool()>& condition);

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_EXCHANGE_SITE_H_
