#include "tests/fault/exchange_account.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "client/lib/reconcile.h"
#include "client/lib/verifier.h"
#include "crypto/bytes.h"
#include "server/envelope/envelope.h"

namespace sluis::fault {
namespace {

using client::ExchangeEntry;
using client::ExchangeLog;

struct Read {
  std::string bytes;
  ExchangeLog log;
};

Read ReadFor(MortalNode& node, const std::string& partner, LogsAccount& account) {
  Read read{node.ExportFor(partner), {}};
  std::istringstream input(read.bytes);
  auto log = client::ReadExchangeLog(input, node.ledger().verifier_key());
  if (!log.ok() || !log->report.ok() || !log->fault.empty()) {
    account.violations.push_back("the log of " + node.organisation() + " for " + partner +
                                 " does not verify");
    return read;
  }
  read.log = *std::move(log);
  return read;
}

std::map<uint64_t, crypto::Hash> Roots(const Read& read, const ExchangeLog& other) {
  std::istringstream input(read.bytes);
  auto roots = client::RootsAt(input, client::SizesNamed(other));
  return roots.ok() ? *std::move(roots) : std::map<uint64_t, crypto::Hash>();
}

size_t Count(const std::vector<const ExchangeEntry*>& entries, const std::string& kind,
             const std::string& outcome) {
  return static_cast<size_t>(
      std::count_if(entries.begin(), entries.end(), [&](const ExchangeEntry* entry) {
        return entry->part.kind() == kind && entry->part.outcome() == outcome;
      }));
}

void JudgeOne(const client::ReconciledExchange& one, LogsAccount& account) {
  LogsAccount::Exchange& exchange = account.exchanges[one.exchange_id];
  exchange = {one.sender, one.recipient,
              std::string(client::ExchangeResultName(one.result)) + " " + std::string(one.why),
              Count(one.received, "key", "opened")};
  ++account.verdicts[exchange.verdict];
  const auto violate = [&](const std::string& what) {
    account.violations.push_back(crypto::HexEncode(one.exchange_id) + " from " + one.sender +
                                 " to " + one.recipient + " (" + exchange.verdict + "): " + what);
  };
  const size_t releases = Count(one.sent, "receipt", "");
  const size_t keys = exchange.opened + Count(one.received, "key", "unopenable");
  if (Count(one.sent, "intent", "") != 1) violate("not one intent");
  if (releases > 1) violate("released twice");
  if (Count(one.sent, "opened", "") > 1) violate("told twice that it was opened");
  if (Count(one.received, "offer", "accepted") > 1) violate("collected twice");
  if (keys > 1) violate("a key was stored twice");
  if (keys > releases) violate("a key without a receipt");
  if (Count(one.received, "erasure", "erased") > 1) violate("erased twice");
  // One that is barred has no entry at the recipient.
  std::set<std::string> told;
  for (const ExchangeEntry* entry : one.sent) {
    if (entry->part.kind() != "notice") continue;
    if (entry->part.outcome() != "compelled") violate("a notice was turned away");
    if (!told.insert(entry->part.message_digest()).second) violate("a notice was taken twice");
  }
  for (const ExchangeEntry* entry : one.received) {
    if (entry->part.kind() == "notice" && !told.contains(entry->part.message_digest())) {
      violate("what was handed over was not told");
    }
  }
  if (Count(one.received, "offer", "refused") + Count(one.received, "offer", "accepted") > 1) {
    violate("decided twice");
  }
}

}  // namespace

void WireAccount::Take(const std::string& from, const std::string& to,
                       const peer::v1::DeliverRequest& request) {
  ++envelopes_;
  const auto envelope = envelope::ReadEnvelope(request.envelope());
  if (!envelope.ok()) {
    violations_.push_back(from + " sends " + to + " what cannot be read");
    return;
  }
  for (const envelope::Leaf& leaf : envelope->leaves) {
    const std::string& id = envelope::BindingOf(leaf).exchange_id();
    if (envelope->head.head.kind() == peer::v1::ENVELOPE_KIND_RECEIPT) receipts_.insert({id, from});
    if (envelope->head.head.kind() == peer::v1::ENVELOPE_KIND_KEY &&
        !receipts_.contains({id, to})) {
      violations_.push_back("a key of " + crypto::HexEncode(id) + " goes to " + to +
                            ", which gave no receipt");
    }
  }
}

LogsAccount AccountOf(FiveNodes& five) {
  LogsAccount account;
  for (size_t a = 0; a < FiveNodes::kCount; ++a) {
    MortalNode& node = five.node(a);
    std::istringstream whole(node.WholeExport());
    const auto report = client::VerifyExport(whole, {.verifier_key = node.ledger().verifier_key()});
    if (!report.ok() || !report->ok()) {
      account.violations.push_back("the log of " + node.organisation() + " does not verify");
    }
    const auto contradictions = node.heads().Contradictions();
    if (!contradictions.ok() || !contradictions->empty()) {
      account.violations.push_back(node.organisation() + " holds a fork against a partner");
    }
    for (size_t b = a + 1; b < FiveNodes::kCount; ++b) {
      const Read one = ReadFor(node, five.node(b).organisation(), account);
      const Read other = ReadFor(five.node(b), node.organisation(), account);
      if (!client::CannotReconcile(one.log, other.log).empty()) {
        account.violations.push_back("two logs cannot be reconciled");
        continue;
      }
      const client::Reconciliation found =
          client::Reconcile({one.log, Roots(one, other.log)}, {other.log, Roots(other, one.log)});
      for (const client::ReconciledExchange& exchange : found.exchanges) {
        JudgeOne(exchange, account);
      }
    }
  }
  return account;
}

}  // namespace sluis::fault
