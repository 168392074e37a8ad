#include "tests/fault/daemon_world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <sstream>

#include "client/lib/export_reader.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace sluis::fault {
namespace {

constexpr size_t kSeenKept = 64;

record::v1::Signal SignalOf(const std::string& text) {
  record::v1::Signal signal = test::PersonSignal();
  signal.mutable_content()->mutable_statements(0)->set_text(text);
  return signal;
}

// The node answered, though not with yes: it refused by rule, and the refusal is in the log.
bool RefusedAsGone(const client::Failure& failure) {
  return failure.refusal != nullptr && failure.refusal->code() == "not_found";
}

}  // namespace

void Author::Connect(const test::Organisation& organisation, int port) {
  calls_ = std::make_unique<client::Calls>(organisation.EndpointOf(person_, port));
}

template <typename Response>
bool Author::Told(const client::Result<Response>& result) {
  failure_.reset();
  if (result.ok()) {
    leaf_hashes_.insert(result->log_receipt().leaf_hash());
    return true;
  }
  failure_ = result.failure();
  if (failure_->refusal && !failure_->refusal->log_receipt().leaf_hash().empty()) {
    leaf_hashes_.insert(failure_->refusal->log_receipt().leaf_hash());
  }
  return false;
}

bool Author::Record() {
  node::v1::RecordSignalRequest request;
  *request.mutable_context() = test::Intake();
  const std::string text = "Nummer " + std::to_string(++number_) + " van " + person_.user_id + ".";
  *request.mutable_signal() = SignalOf(text);
  const auto result = calls_->Do(request);
  if (!Told(result)) return false;
  records_.push_back({.record_id = result->record_id(),
                      .version = 1,
                      .text = text,
                      .amending_to = {},
                      .erasing = false,
                      .erased = false});
  return true;
}

bool Author::Amend(OwnRecord& own) {
  node::v1::AmendSignalRequest request;
  *request.mutable_context() = test::Intake();
  request.set_record_id(own.record_id);
  request.set_version(own.version);
  const std::string text = "Verbetering " + std::to_string(++number_) + " van " + person_.user_id;
  *request.mutable_signal() = SignalOf(text);
  request.set_reason("nagelezen");
  own.amending_to = text;
  const auto result = calls_->Do(request);
  if (!Told(result)) {
    if (failure_->refusal) own.amending_to.reset();
    return false;
  }
  own.amending_to.reset();
  own.version = result->version();
  own.text = text;
  return true;
}

bool Author::Erase(OwnRecord& own) {
  node::v1::EraseSignalRequest request;
  *request.mutable_context() = test::Intake();
  request.set_record_id(own.record_id);
  request.set_reason("op vraag van de betrokkene");
  own.erasing = true;
  const auto result = calls_->Do(request);
  if (!Told(result)) return false;
  own.erased = true;
  return true;
}

bool Author::Open(const OwnRecord& own) {
  node::v1::OpenSignalRequest request;
  *request.mutable_context() = test::Intake();
  request.set_record_id(own.record_id);
  return Told(calls_->Do(request));
}

std::vector<std::string> Author::Compare() {
  std::vector<std::string> violations;
  for (OwnRecord& own : records_) {
    node::v1::OpenSignalRequest request;
    *request.mutable_context() = test::Intake();
    request.set_record_id(own.record_id);
    const auto result = calls_->Do(request);
    Told(result);
    if (own.erased) {
      if (result.ok()) violations.push_back("an erased record came back: " + own.text);
      continue;
    }
    if (!result.ok()) {
      if (own.erasing && RefusedAsGone(result.failure())) {
        own.erased = true;
        continue;
      }
      violations.push_back("an acknowledged record does not open: " + own.text + " (" +
                           result.failure().message.key + ")");
      continue;
    }
    own.erasing = false;
    const std::string text = result->view().content().statements(0).text();
    if (result->view().version() == own.version + 1 && own.amending_to == text) {
      own.version += 1;
      own.text = text;
    } else if (result->view().version() != own.version || text != own.text) {
      violations.push_back("a record holds other words than acknowledged: " + own.text);
    }
    own.amending_to.reset();
  }
  return violations;
}

DaemonWorld::DaemonWorld(int authors, test::OrganisationOptions options)
    : organisation_(folder_.path(), std::move(options)),
      auditor_(organisation_.MakePerson("functionaris")) {
  for (int i = 0; i < authors; ++i) {
    authors_.emplace_back(organisation_.MakePerson("auteur" + std::to_string(i)));
  }
}

bool DaemonWorld::Start(std::vector<std::string> prefix) {
  node_ = std::make_unique<test::NodeProcess>(organisation_.config_file(), std::move(prefix));
  if (!node_->started()) return false;
  for (Author& author : authors_) author.Connect(organisation_, node_->port());
  auditor_calls_ =
      std::make_unique<client::Calls>(organisation_.EndpointOf(auditor_, node_->port()));
  return true;
}

void DaemonWorld::AdmitAll() {
  for (const Author& author : authors_) {
    organisation_.Admit(node_->port(), author.person(), {"maatschappelijk-werker"});
  }
  organisation_.Admit(node_->port(), auditor_, {"privacy-officer"});
}

int DaemonWorld::End(int signal) {
  for (Author& author : authors_) author.Disconnect();
  auditor_calls_.reset();
  const int code = signal == 0 ? node_->Wait() : node_->Signal(signal);
  node_.reset();
  return code;
}

bool DaemonWorld::SeeCheckpoint(client::Calls& calls) {
  const auto result = calls.Do(node::v1::GetCheckpointRequest());
  if (!result.ok()) return false;
  const std::lock_guard lock(mutex_);
  verifier_key_ = result->verifier_key();
  // Its second line is the size; the checkpoint of an empty log says nothing.
  if (result->checkpoint().find("\n0\n") != std::string::npos) return true;
  if (seen_.empty() || seen_.back() != result->checkpoint()) {
    seen_.push_back(result->checkpoint());
  }
  if (seen_.size() > kSeenKept) seen_.erase(seen_.begin());
  return true;
}

// The next tick makes the checkpoint that covers this entry.
bool DaemonWorld::WaitForProof(const std::string& leaf_hash) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  node::v1::GetProofRequest request;
  request.set_leaf_hash(leaf_hash);
  while (std::chrono::steady_clock::now() < until) {
    if (auditor_calls_->Do(request).ok()) return true;
  }
  return false;
}

std::optional<std::string> DaemonWorld::Export() {
  node::v1::ExportLogRequest request;
  *request.mutable_context() = test::Oversight();
  request.set_reason("controle na een storing");
  request.mutable_open()->set_subject(true);
  request.mutable_open()->set_actor(true);
  request.mutable_open()->set_decision(true);
  request.mutable_open()->set_decision_ref("BESLUIT-1");
  std::string bytes;
  const client::Step failed =
      auditor_calls_->Export(request, [&](const node::v1::ExportLogResponse& piece) {
        bytes += piece.data();
        return client::Step();
      });
  if (failed) return std::nullopt;
  return bytes;
}

std::vector<std::string> DaemonWorld::Check() {
  std::vector<std::string> violations;
  std::set<std::string> acknowledged;
  for (Author& author : authors_) {
    for (std::string& violation : author.Compare()) violations.push_back(std::move(violation));
    acknowledged.insert(author.leaf_hashes().begin(), author.leaf_hashes().end());
  }
  const auto looked = [&] {
    node::v1::QueryLogRequest request;
    *request.mutable_context() = test::Oversight();
    request.set_reason("controle na een storing");
    request.set_page_size(1);
    return auditor_calls_->Do(request);
  }();
  if (!looked.ok() || !WaitForProof(looked->log_receipt().leaf_hash())) {
    violations.push_back("the log makes no checkpoint any more: " +
                         (looked.ok() ? "" : looked.failure().message.key));
    return violations;
  }
  const std::optional<std::string> bytes = Export();
  if (!bytes) {
    violations.push_back("the log cannot be exported");
    return violations;
  }
  std::istringstream input(*bytes);
  const absl::StatusOr<client::VerifyReport> report =
      client::VerifyExport(input, {.verifier_key = verifier_key_, .seen = seen_});
  if (!report.ok()) {
    violations.push_back("the export does not read: " + report.status().ToString());
    return violations;
  }
  for (const client::Finding& finding : report->findings) {
    violations.push_back("verify says: " + finding.text);
  }
  if (report->seen_confirmed != seen_.size()) {
    violations.push_back("not every checkpoint shown before was confirmed");
  }
  std::istringstream again(*bytes);
  client::ExportReader reader(again);
  const auto header = reader.ReadHeader();
  std::set<std::string> logged;
  client::ExportEntry entry;
  for (uint64_t i = 0; header.ok() && i < header->count && reader.Next(entry).ok(); ++i) {
    if (!logged.insert(std::string(crypto::View(crypto::LeafHash(entry.leaf)))).second) {
      violations.push_back("entry " + std::to_string(i) + " is there twice");
    }
  }
  for (const std::string& leaf_hash : acknowledged) {
    if (!logged.contains(leaf_hash)) violations.push_back("an acknowledged entry is lost");
  }
  SeeCheckpoint(*auditor_calls_);
  return violations;
}

std::string Health(int loopback_port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(loopback_port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = "GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n";
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      char piece[1024];
      for (ssize_t count; (count = ::recv(fd, piece, sizeof(piece), 0)) > 0;) {
        answer.append(piece, static_cast<size_t>(count));
      }
    }
  }
  ::close(fd);
  const size_t status = answer.find(' ');
  const size_t body = answer.find("\r\n\r\n");
  if (status == std::string::npos || body == std::string::npos) return "";
  return answer.substr(status + 1, 3) + " " + answer.substr(body + 4);
}

}  // namespace sluis::fault
