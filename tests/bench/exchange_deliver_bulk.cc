#include "tests/bench/exchange_deliver_bulk.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/exchange_core.h"
#include "tests/bench/exchange_sites.h"
#include "tests/bench/raw_writes.h"

namespace sluis::bench {
namespace {

constexpr size_t kEnvelope = 256;
constexpr size_t kRecords = 40 * kEnvelope;

// Envelopes of the sender, serialised as gRPC hands them over.
absl::StatusOr<std::vector<std::string>> Envelopes(const ExchangeSites& sites,
                                                   const std::vector<SignedShare>& shares) {
  absl::StatusOr<std::unique_ptr<ExchangeCore>> sender =
      ExchangeCore::Open(sites.care.organisation);
  if (!sender.ok()) return sender.status();
  if (absl::Status shared = (*sender)->Share(sites.sharers, shares); !shared.ok()) return shared;
  const auto requests = (*sender)->Depart(shares.size());
  if (!requests.ok()) return requests.status();
  std::vector<std::string> envelopes;
  for (const peer::v1::DeliverRequest& request : *requests) {
    if (request.envelope().leaves_size() != static_cast<int>(kEnvelope)) {
      return absl::InternalError("an envelope holds " +
                                 std::to_string(request.envelope().leaves_size()) + " offers");
    }
    envelopes.push_back(request.SerializeAsString());
  }
  return envelopes;
}

}  // namespace

absl::StatusOr<Result> ExchangeDeliverBulk() {
  absl::StatusOr<std::unique_ptr<ExchangeSites>> made = ExchangeSites::Make({});
  if (!made.ok()) return made.status();
  ExchangeSites& sites = **made;
  const absl::StatusOr<std::vector<SignedShare>> shares = sites.Sign(kRecords, kEnvelope);
  if (!shares.ok()) return shares.status();
  sites.Stop();
  const absl::StatusOr<std::vector<std::string>> envelopes = Envelopes(sites, *shares);
  if (!envelopes.ok()) return envelopes.status();

  std::unique_ptr<ExchangeCore> core;
  const auto open = [&](Writes writes) -> absl::Status {
    core.reset();
    absl::StatusOr<std::unique_ptr<ExchangeCore>> opened =
        ExchangeCore::Open(sites.town.organisation, writes);
    if (!opened.ok()) return opened.status();
    core = *std::move(opened);
    return absl::OkStatus();
  };
  if (absl::Status opened = open(Writes::kRecord); !opened.ok()) return opened;
  if (absl::Status taken = core->Take(kCare, *envelopes); !taken.ok()) return taken;
  const absl::StatusOr<size_t> collected = core->Collected();
  if (!collected.ok()) return collected.status();
  if (*collected != kRecords) {
    return absl::InternalError("only " + std::to_string(*collected) + " records were collected");
  }
  RawWrites raw(core->Written(), kRecords);

  const Side measured{.work = [&]() -> absl::StatusOr<uint64_t> {
                        absl::Status taken = core->Take(kCare, *envelopes);
                        if (!taken.ok()) return taken;
                        return kRecords;
                      },
                      .prepare = [&] { return open(Writes::kPass); }};
  return Compare("deliver_bulk", "records/s", measured, raw.side());
}

}  // namespace sluis::bench
