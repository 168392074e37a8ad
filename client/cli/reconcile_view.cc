#include "client/cli/reconcile_view.h"

#include <string>

#include "client/lib/text.h"

namespace sluis::cli {
namespace {

using client::ExchangeEntry;
using client::ExchangeResult;
using client::ReconciledExchange;

constexpr std::array<ExchangeResult, client::kExchangeResults> kResults = {
    ExchangeResult::kMatched, ExchangeResult::kOpen, ExchangeResult::kIntentOnly,
    ExchangeResult::kCollectedOnly, ExchangeResult::kDiffering};

std::string RootOf(const client::ExchangeLog& log) {
  return log.report.head ? crypto::HexEncode(crypto::View(log.report.head->root)) : std::string();
}

Json EntryJson(const std::string& organisation, const ExchangeEntry& entry) {
  return {{"organisation", organisation},
          {"index", entry.index},
          {"logged_at_us", entry.logged_at_us},
          {"kind", entry.part.kind()},
          {"outcome", entry.part.outcome()},
          {"leaf_hash", crypto::HexEncode(crypto::View(entry.leaf_hash))}};
}

Json ExchangeJson(const ReconciledExchange& exchange) {
  Json entries = Json::array();
  for (const ExchangeEntry* entry : exchange.sent) {
    entries.push_back(EntryJson(exchange.sender, *entry));
  }
  for (const ExchangeEntry* entry : exchange.received) {
    entries.push_back(EntryJson(exchange.recipient, *entry));
  }
  return {{"exchange_id", crypto::HexEncode(exchange.exchange_id)},
          {"sender", exchange.sender},
          {"recipient", exchange.recipient},
          {"result", client::ExchangeResultName(exchange.result)},
          {"why", exchange.why},
          {"entries", entries}};
}

void SayEntry(Shell& shell, const std::string& organisation, const ExchangeEntry& entry) {
  std::string what = entry.part.kind();
  if (!entry.part.outcome().empty()) what += "/" + entry.part.outcome();
  shell.Say("reconcile.entry",
            {{"organisation", organisation},
             {"index", std::to_string(entry.index)},
             {"time", client::LegalMinute(static_cast<int64_t>(entry.logged_at_us / 1000000))},
             {"what", what},
             {"hash", crypto::HexEncode(crypto::View(entry.leaf_hash))}});
}

void SayExchange(Shell& shell, const ReconciledExchange& exchange) {
  const std::string result(client::ExchangeResultName(exchange.result));
  shell.Say("reconcile.exchange",
            {{"result", shell.Text("reconcile.result." + result)},
             {"id", crypto::HexEncode(exchange.exchange_id)},
             {"sender", exchange.sender},
             {"recipient", exchange.recipient},
             {"why", shell.Text("reconcile.why." + result + "." + std::string(exchange.why))}});
  for (const ExchangeEntry* entry : exchange.sent) SayEntry(shell, exchange.sender, *entry);
  for (const ExchangeEntry* entry : exchange.received) SayEntry(shell, exchange.recipient, *entry);
}

}  // namespace

Json ReconciliationJson(const client::Reconciliation& found, const TwoLogs& logs) {
  Json shown = Json::array();
  for (const client::ExchangeLog* log : logs) {
    shown.push_back(
        {{"organisation", log->organisation},
         {"origin", log->report.origin},
         {"verifier_key", log->report.verifier_key},
         {"key_is_claimed", log->report.key_is_claimed},
         {"entries", log->report.entries},
         {"shown", log->entries.size()},
         {"root", RootOf(*log)},
         {"signature_good", log->report.checkpoint && log->report.checkpoint->signature_good}});
  }
  Json totals = Json::object();
  for (const ExchangeResult result : kResults) {
    totals[std::string(client::ExchangeResultName(result))] = found.Total(result);
  }
  Json exchanges = Json::array();
  for (const ReconciledExchange& exchange : found.exchanges) {
    exchanges.push_back(ExchangeJson(exchange));
  }
  return {{"ok", found.ok()}, {"logs", shown}, {"totals", totals}, {"exchanges", exchanges}};
}

void SayReconciliation(Shell& shell, const client::Reconciliation& found, const TwoLogs& logs) {
  for (const ReconciledExchange& exchange : found.exchanges) {
    if (exchange.result != ExchangeResult::kMatched) SayExchange(shell, exchange);
  }
  for (const client::ExchangeLog* log : logs) {
    shell.Say("reconcile.log", {{"origin", log->report.origin},
                                {"count", std::to_string(log->report.entries)},
                                {"shown", std::to_string(log->entries.size())},
                                {"root", RootOf(*log)}});
    if (log->report.key_is_claimed) {
      shell.Say("verify.key_claimed", {{"key", log->report.verifier_key}});
    }
  }
  for (const ExchangeResult result : kResults) {
    const std::string word(client::ExchangeResultName(result));
    shell.Say("reconcile.total", {{"result", shell.Text("reconcile.result." + word)},
                                  {"count", std::to_string(found.Total(result))}});
  }
  shell.Say(found.ok() ? "reconcile.good" : "reconcile.bad");
}

}  // namespace sluis::cli
