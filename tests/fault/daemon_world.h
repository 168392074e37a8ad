#ifndef SLUIS_TESTS_FAULT_DAEMON_WORLD_H_
#define SLUIS_TESTS_FAULT_DAEMON_WORLD_H_

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/lib/verifier.h"
#include "tests/support/node_process.h"
#include "tests/support/organisation.h"
#include "tests/support/temp_folder.h"

namespace sluis::fault {

// A record as its author knows it from the answers of the node.
struct OwnRecord {
  std::string record_id;
  uint32_t version = 0;
  std::string text;
  // Asked for and not answered: it may have happened or not.
  std::optional<std::string> amending_to;
  bool erasing = false;
  bool erased = false;
};

// One author with a connection: does things and keeps what the node acknowledged. Belongs to one
// thread.
class Author {
 public:
  explicit Author(test::Person person) : person_(std::move(person)) {}

  void Connect(const test::Organisation& organisation, int port);
  void Disconnect() { calls_.reset(); }

  // Each true when the node answered OK. What was told is kept either way.
  bool Record();
  bool Amend(OwnRecord& own);
  bool Erase(OwnRecord& own);
  bool Open(const OwnRecord& own);

  // Opens every record and compares with what was acknowledged; what is found of acts without an
  // answer counts as known from then on. One line per violation.
  std::vector<std::string> Compare();

  const test::Person& person() const { return person_; }
  client::Calls& calls() { return *calls_; }
  std::vector<OwnRecord>& records() { return records_; }
  const std::set<std::string>& leaf_hashes() const { return leaf_hashes_; }
  // Why the last call failed.
  const std::optional<client::Failure>& failure() const { return failure_; }

 private:
  template <typename Response>
  bool Told(const client::Result<Response>& result);

  test::Person person_;
  std::unique_ptr<client::Calls> calls_;
  std::vector<OwnRecord> records_;
  std::set<std::string> leaf_hashes_;
  std::optional<client::Failure> failure_;
  int number_ = 0;
};

// An organisation with authors and an auditor, its real daemon, and what all of them saw.
class DaemonWorld {
 public:
  explicit DaemonWorld(int authors, test::OrganisationOptions options = {});

  // Starts the daemon (under `prefix`) and connects everyone. False when it ended instead.
  bool Start(std::vector<std::string> prefix = {});
  // Registers everyone; once, after the first start.
  void AdmitAll();
  // Ends the daemon; its exit code, or minus the signal.
  int End(int signal);

  // Everything acknowledged is there: records, entries, and a log that verifies against every
  // checkpoint shown before. Empty when all is well; one line per violation. The node must serve.
  std::vector<std::string> Check();

  // Asks for the newest checkpoint and keeps it.
  bool SeeCheckpoint(client::Calls& calls);

  // A whole export, opened as far as the auditor may, or nothing.
  std::optional<std::string> Export();

  test::Organisation& organisation() { return organisation_; }
  test::NodeProcess& node() { return *node_; }
  bool running() const { return node_ != nullptr; }
  std::vector<Author>& authors() { return authors_; }
  const std::string& folder() const { return folder_.path(); }
  client::Calls& auditor() { return *auditor_calls_; }

 private:
  bool WaitForProof(const std::string& leaf_hash);

  tests::TempFolder folder_;
  test::Organisation organisation_;
  std::unique_ptr<test::NodeProcess> node_;
  std::vector<Author> authors_;
  test::Person auditor_;
  std::unique_ptr<client::Calls> auditor_calls_;
  std::mutex mutex_;
  std::vector<std::string> seen_;  // checkpoints shown, the newest last
  std::string verifier_key_;
};

// "503 disk_low" and the like: status and body of the health page.
std::string Health(int loopback_port);

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_DAEMON_WORLD_H_
