// Makes a golden data folder with the daemon of this tree: make_golden FOLDER
//
// Run it once, when a format is released, and never again over what it made
// (tests/golden/README.md). Besides the data folder it writes the key of the log and `acts`, one
// line for each record that the tests ask for by what was done to it.

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "client/lib/calls.h"
#include "crypto/bytes.h"
#include "tests/support/node_process.h"
#include "tests/support/organisation.h"
#include "tests/support/temp_folder.h"

namespace sluis::test {
namespace {

// More than a full tile of 256.
constexpr int kReadings = 250;

template <typename T>
T Must(client::Result<T> result, const char* what) {
  if (!result.ok()) throw std::runtime_error(std::string("refused: ") + what);
  return std::move(*result);
}

class Maker {
 public:
  explicit Maker(const std::string& folder)
      : organisation_(folder),
        node_(organisation_.config_file()),
        person_(organisation_.MakePerson("noor.w")),
        officer_(organisation_.MakePerson("dpo.caw")) {
    if (!node_.started()) throw std::runtime_error("the daemon does not start");
    organisation_.Admit(node_.port(), person_, {"maatschappelijk-werker"});
    organisation_.Admit(node_.port(), officer_, {"privacy-officer"});
  }

  std::string Record(const std::string& subject_ref) {
    node::v1::RecordSignalRequest request;
    *request.mutable_context() = Intake();
    *request.mutable_signal() = PersonSignal(subject_ref);
    return Must(Of(person_).Do(request), "record").record_id();
  }
  void Open(const std::string& id) {
    node::v1::OpenSignalRequest request;
    *request.mutable_context() = Intake();
    request.set_record_id(id);
    Must(Of(person_).Do(request), "open");
  }
  void Amend(const std::string& id) {
    node::v1::AmendSignalRequest request;
    *request.mutable_context() = Intake();
    request.set_record_id(id);
    request.set_version(1);
    *request.mutable_signal() = PersonSignal("dossier-2026-042");
    request.mutable_signal()->mutable_content()->set_positive_development("Komt weer langs.");
    request.set_reason("goed nieuws van de sportclub");
    Must(Of(person_).Do(request), "amend");
  }
  void Withdraw(const std::string& id) {
    node::v1::WithdrawSignalRequest request;
    *request.mutable_context() = Intake();
    request.set_record_id(id);
    request.set_reason("stond er dubbel in");
    Must(Of(person_).Do(request), "withdraw");
  }
  void Erase(const std::string& id) {
    node::v1::EraseSignalRequest request;
    *request.mutable_context() = Intake();
    request.set_record_id(id);
    request.set_reason("niet langer nodig");
    Must(Of(person_).Do(request), "erase");
  }
  void Hold(const std::string& id) {
    node::v1::HoldSignalRequest request;
    *request.mutable_context() = Oversight();
    request.mutable_context()->set_case_ref("KLACHT-7");
    request.set_record_id(id);
    request.set_held(true);
    request.set_reason("klacht in behandeling");
    request.set_review_on("2199-12-31");
    Must(Of(officer_).Do(request), "hold");
  }
  std::string Import() {
    node::v1::ImportSignalsRequest request;
    *request.mutable_context() = Intake();
    node::v1::ImportRow& row = *request.add_rows();
    row.set_line(2);
    *row.mutable_signal() = PersonSignal("dossier-van-de-tafel");
    return Must(Of(person_).Do(request), "import").results(0).record_id();
  }
  // A person who was given a role and lost it: a list of revoked mandates.
  void Revoke() {
    const Person leaver = organisation_.MakePerson("jo.v");
    const record::v1::SignedMandate mandate =
        organisation_.MakeMandate(leaver, {"maatschappelijk-werker"});
    client::Calls administrator = Of(organisation_.administrator());
    node::v1::AddUserRequest add;
    *add.mutable_request() = leaver.request;
    Must(administrator.Do(add), "add user");
    node::v1::AddMandateRequest give;
    *give.mutable_mandate() = mandate;
    Must(administrator.Do(give), "add mandate");
    record::v1::Mandate body;
    if (!body.ParseFromString(mandate.mandate())) throw std::runtime_error("no mandate");
    node::v1::PutMandateStatusRequest put;
    *put.mutable_status() = organisation_.MakeStatus(1, {body.mandate_id()});
    Must(administrator.Do(put), "put status");
  }
  void Refuse(const std::string& id) {
    node::v1::OpenSignalRequest request;
    *request.mutable_context() = Intake("casemanager");
    request.set_record_id(id);
    if (Of(person_).Do(request).ok()) throw std::runtime_error("granted: open without the role");
  }
  void Stop() {
    if (node_.Signal(SIGTERM) != 0) throw std::runtime_error("the daemon did not stop well");
  }
  const Organisation& organisation() const { return organisation_; }

 private:
  client::Calls Of(const Person& person) {
    return client::Calls(organisation_.EndpointOf(person, node_.port()));
  }

  Organisation organisation_;
  NodeProcess node_;
  Person person_;
  Person officer_;
};

void Make(const std::string& target) {
  tests::TempFolder folder;
  Maker maker(folder.path());
  const std::string opened = maker.Record("dossier-2026-041");
  const std::string amended = maker.Record("dossier-2026-042");
  const std::string withdrawn = maker.Record("dossier-2026-043");
  const std::string held = maker.Record("dossier-2026-044");
  const std::string erased = maker.Record("dossier-2026-045");
  const std::string imported = maker.Import();
  maker.Amend(amended);
  maker.Withdraw(withdrawn);
  maker.Hold(held);
  maker.Erase(erased);
  maker.Revoke();
  maker.Refuse(opened);
  for (int i = 0; i < kReadings; ++i) maker.Open(opened);
  maker.Stop();

  std::filesystem::copy(maker.organisation().data_folder(), target,
                        std::filesystem::copy_options::recursive);
  for (const char* derived : {"/lock", "/ballast", "/derived", "/ledger/LOCK", "/ledger/LOG"}) {
    std::filesystem::remove_all(target + derived);
  }
  std::filesystem::copy_file(folder.path() + "/log.key", target + "/log.key");
  std::ofstream acts(target + "/acts");
  for (const auto& [act, id] : {std::pair("opened", opened), std::pair("amended", amended),
                                std::pair("withdrawn", withdrawn), std::pair("held", held),
                                std::pair("erased", erased), std::pair("imported", imported)}) {
    acts << act << ' ' << crypto::HexEncode(id) << '\n';
  }
}

}  // namespace
}  // namespace sluis::test

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_golden FOLDER\n", stderr);
    return 2;
  }
  try {
    sluis::test::Make(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_golden: %s\n", error.what());
    return 1;
  }
  return 0;
}
