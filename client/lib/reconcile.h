// Compares what two logs say about the exchanges between their organisations.
//
// Guarantee: every exchange that either log names has exactly one result, and each result rests on
// entries that are listed with it. *Matched* only when both logs say how it ended, and say the
// same. Not guaranteed: that an export gives every entry that it should (a log that never held an
// entry shows only in the other one), nor what happened after either export was made; an exchange
// under way while the two were made can look as if they differed, and is settled by two new ones.
// Thread-safety: pure. Errors: none; whoever calls this made sure that both logs verify.
// Source: docs/formats.md, "Reconciling".
#ifndef SLUIS_CLIENT_LIB_RECONCILE_H_
#define SLUIS_CLIENT_LIB_RECONCILE_H_

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/lib/exchange_log.h"

namespace sluis::client {

enum class ExchangeResult {
  kMatched,        // both logs say how it ended, and the same
  kOpen,           // nothing contradicts; one side has not said yet how it ended
  kIntentOnly,     // the sender's log alone knows of it, and no key was given
  kCollectedOnly,  // the recipient's log alone knows of it
  kDiffering,      // the logs contradict each other
};
inline constexpr size_t kExchangeResults = 5;

// "matched", "open", "intent-only", "collected-only", "differing": the words of reports.
std::string_view ExchangeResultName(ExchangeResult result);

// Every result with its word for how it ended, what it waits for, or in what the logs differ.
inline constexpr std::array<std::pair<ExchangeResult, std::string_view>, 32> kReconcileWords = {{
    {ExchangeResult::kMatched, "opened"},
    {ExchangeResult::kMatched, "unopenable"},
    {ExchangeResult::kMatched, "refused"},
    {ExchangeResult::kMatched, "cancelled"},
    {ExchangeResult::kMatched, "ended"},
    {ExchangeResult::kMatched, "erased"},
    {ExchangeResult::kOpen, "collected"},
    {ExchangeResult::kOpen, "released"},
    {ExchangeResult::kOpen, "opened"},
    {ExchangeResult::kOpen, "unopenable"},
    {ExchangeResult::kOpen, "refused"},
    {ExchangeResult::kOpen, "cancelled"},
    {ExchangeResult::kOpen, "closed"},
    {ExchangeResult::kOpen, "expired"},
    {ExchangeResult::kOpen, "unanswered"},
    {ExchangeResult::kIntentOnly, "intent"},
    {ExchangeResult::kCollectedOnly, "collected"},
    {ExchangeResult::kCollectedOnly, "refused"},
    {ExchangeResult::kDiffering, "no_intent"},
    {ExchangeResult::kDiffering, "no_collection"},
    {ExchangeResult::kDiffering, "withheld"},
    {ExchangeResult::kDiffering, "turned_away"},
    {ExchangeResult::kDiffering, "partnership"},
    {ExchangeResult::kDiffering, "terms"},
    {ExchangeResult::kDiffering, "intent"},
    {ExchangeResult::kDiffering, "offer"},
    {ExchangeResult::kDiffering, "collection"},
    {ExchangeResult::kDiffering, "shorter"},
    {ExchangeResult::kDiffering, "rewritten"},
    {ExchangeResult::kDiffering, "endings"},
    {ExchangeResult::kDiffering, "no_release"},
    {ExchangeResult::kDiffering, "no_key"},
}};

struct ReconciledExchange {
  std::string exchange_id;  // 16 bytes
  std::string sender;
  std::string recipient;
  ExchangeResult result = ExchangeResult::kOpen;
  // One of kReconcileWords for this result.
  std::string_view why;
  // In the order of their logs. They borrow the logs compared.
  std::vector<const ExchangeEntry*> sent;
  std::vector<const ExchangeEntry*> received;
};

struct Reconciliation {
  // By sender, then by exchange id.
  std::vector<ReconciledExchange> exchanges;
  std::array<uint64_t, kExchangeResults> totals{};  // by ExchangeResult

  uint64_t Total(ExchangeResult result) const { return totals[static_cast<size_t>(result)]; }
  // Nothing but matched and open.
  bool ok() const {
    return Total(ExchangeResult::kMatched) + Total(ExchangeResult::kOpen) == exchanges.size();
  }
};

// One of the two logs.
struct ReconciledLog {
  const ExchangeLog& log;
  // The root at each size that the other log names, where this one is so long (RootsAt).
  std::map<uint64_t, crypto::Hash> roots;
};

// Why the two cannot be reconciled with each other: "same" when both are of one organisation,
// "not_for" when one holds an entry towards anybody but the other. Empty when they can.
std::string_view CannotReconcile(const ExchangeLog& a, const ExchangeLog& b);

// Sizes of the partner's log that the entries of this one name.
std::set<uint64_t> SizesNamed(const ExchangeLog& log);

// Both must outlive the result.
Reconciliation Reconcile(const ReconciledLog& a, const ReconciledLog& b);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_RECONCILE_H_
