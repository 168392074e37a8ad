#include "tests/bench/exchange_p95.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/exchange_sites.h"

namespace sluis::bench {
namespace {

using std::chrono::milliseconds;

static_assert(kExchangeBarMs == 3 * kTickMs + 200);

constexpr size_t kExchanges = 60;
constexpr milliseconds kLook{20};
constexpr uint64_t kLongestUs = 30'000'000;

double ProcessCpuUs() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

// The newest received exchange, by its sender's id; its record once it can be opened.
absl::StatusOr<std::string> RecordOf(client::Calls& reader, const std::string& exchange) {
  node::v1::ListReceivedRequest request;
  *request.mutable_context() = test::Intake();
  request.set_page_size(1);
  const auto page = reader.Do(request);
  if (!page.ok()) return StatusOf(page.failure(), "list");
  for (const node::v1::ReceivedSummary& one : page->received()) {
    if (one.exchange_id() == exchange && one.state() == record::v1::RECEIVED_STATE_OPENED) {
      return one.record_id();
    }
  }
  return std::string();
}

// When it could be read, microseconds since the epoch.
absl::StatusOr<uint64_t> ReadAt(client::Calls& reader, const std::string& exchange,
                                uint64_t due_us) {
  while (storage::SystemClock().NowUs() < due_us + kLongestUs) {
    const absl::StatusOr<std::string> record = RecordOf(reader, exchange);
    if (!record.ok()) return record.status();
    if (record->empty()) {
      std::this_thread::sleep_for(kLook);
      continue;
    }
    node::v1::OpenSignalRequest open;
    *open.mutable_context() = test::Intake();
    open.set_record_id(*record);
    const auto opened = reader.Do(open);
    if (!opened.ok()) return StatusOf(opened.failure(), "open");
    if (opened->view().content().statements().empty()) {
      return absl::InternalError("it was opened and shows no text");
    }
    return storage::SystemClock().NowUs();
  }
  return absl::DeadlineExceededError("a shared signal did not arrive within 30 s");
}

// One signal to its end, milliseconds from due to read.
absl::StatusOr<double> Exchange(Sharer& sharer, client::Calls& reader, size_t number) {
  const absl::StatusOr<std::string> record = sharer.Record();
  if (!record.ok()) return record.status();
  auto look = sharer.Preview(*record, "C-2026-" + std::to_string(number));
  if (!look.ok()) return look.status();
  const auto shares = sharer.Sign({*std::move(look)});
  if (!shares.ok()) return shares.status();
  const node::v1::ShareSignalRequest& share = shares->front();
  const auto shared = sharer.calls().Do(share);
  if (!shared.ok()) return StatusOf(shared.failure(), "share");
  const uint64_t due_us = std::max(shared->due_at_us(), storage::SystemClock().NowUs());
  const absl::StatusOr<uint64_t> read = ReadAt(reader, share.exchange_id(), due_us);
  if (!read.ok()) return read.status();
  return static_cast<double>(*read - due_us) / 1e3;
}

}  // namespace

absl::StatusOr<Result> ExchangeP95() {
  absl::StatusOr<std::unique_ptr<ExchangeSites>> made = ExchangeSites::Make(
      {.state = record::v1::PARTNERSHIP_STATE_EXERCISE, .cooling_off_s = 1, .sharers = 1});
  if (!made.ok()) return made.status();
  ExchangeSites& sites = **made;
  const std::unique_ptr<client::Calls> reader = sites.town.CallsOf(sites.reader);
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> within_tick(0, kTickMs - 1);
  std::vector<double> took;
  double cpu_us = 0;
  // The first opens connections and is not counted.
  for (size_t i = 0; i <= kExchanges; ++i) {
    std::this_thread::sleep_for(milliseconds(within_tick(random)));
    const double cpu_before = ProcessCpuUs();
    const absl::StatusOr<double> ms = Exchange(*sites.sharers[0], *reader, i + 100);
    if (!ms.ok()) return ms.status();
    if (i == 0) continue;
    took.push_back(*ms);
    cpu_us += ProcessCpuUs() - cpu_before;
  }
  std::sort(took.begin(), took.end());
  Result result;
  result.name = "exchange_p95";
  result.unit = "ms";
  // The smallest that at least 95 of 100 do not exceed.
  result.value = took[static_cast<size_t>(std::ceil(0.95 * static_cast<double>(took.size()))) - 1];
  result.baseline = kExchangeBarMs;
  result.ratio = result.baseline / result.value;
  result.cpu_us_per_op = cpu_us / static_cast<double>(kExchanges);
  return result;
}

}  // namespace sluis::bench
