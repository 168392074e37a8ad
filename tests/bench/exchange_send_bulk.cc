#include "tests/bench/exchange_send_bulk.h"

#include <memory>
#include <utility>
#include <vector>

#include "tests/bench/exchange_core.h"
#include "tests/bench/exchange_sites.h"
#include "tests/bench/raw_writes.h"

namespace sluis::bench {
namespace {

constexpr size_t kRecords = 20 * 256;

absl::StatusOr<uint64_t> Send(ExchangeCore& core, const ExchangeSites& sites,
                              const std::vector<SignedShare>& shares) {
  if (absl::Status shared = core.Share(sites.sharers, shares); !shared.ok()) return shared;
  const auto left = core.Depart(shares.size());
  if (!left.ok()) return left.status();
  return shares.size();
}

}  // namespace

absl::StatusOr<Result> ExchangeSendBulk() {
  absl::StatusOr<std::unique_ptr<ExchangeSites>> made = ExchangeSites::Make({});
  if (!made.ok()) return made.status();
  ExchangeSites& sites = **made;
  const absl::StatusOr<std::vector<SignedShare>> shares = sites.Sign(kRecords, 256);
  if (!shares.ok()) return shares.status();
  sites.Stop();

  std::unique_ptr<ExchangeCore> core;
  const auto open = [&](Writes writes) -> absl::Status {
    core.reset();
    absl::StatusOr<std::unique_ptr<ExchangeCore>> opened =
        ExchangeCore::Open(sites.care.organisation, writes);
    if (!opened.ok()) return opened.status();
    core = *std::move(opened);
    return absl::OkStatus();
  };
  if (absl::Status opened = open(Writes::kRecord); !opened.ok()) return opened;
  if (const auto sent = Send(*core, sites, *shares); !sent.ok()) return sent.status();
  RawWrites raw(core->Written(), shares->size());

  const Side measured{.work = [&] { return Send(*core, sites, *shares); },
                      .prepare = [&] { return open(Writes::kPass); }};
  return Compare("send_bulk", "records/s", measured, raw.side());
}

}  // namespace sluis::bench
