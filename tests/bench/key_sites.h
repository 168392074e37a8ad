// Organisations that hold a key together, with real nodes, of which the first one asks.
//
// They made the key as people let them, by a ceremony over gRPC and mutual TLS. Errors say which
// step failed. Organisations that cannot be made end the process.
#ifndef SLUIS_TESTS_BENCH_KEY_SITES_H_
#define SLUIS_TESTS_BENCH_KEY_SITES_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/exchange_sites.h"

namespace sluis::bench {

// For which the key is made; the shipped rules let a worker share for it on that ground.
inline constexpr char kKeyPurpose[] = "doorverwijzing-hulp";
// Nothing is refused because too much was measured.
inline constexpr uint32_t kWideCap = 1000;

class KeySites {
 public:
  // So many nodes run, of which `threshold` are needed. Each has the newest list of revoked
  // mandates of the first one.
  static absl::StatusOr<std::unique_ptr<KeySites>> Make(size_t nodes, uint32_t threshold);

  // Who asks: a worker of the first organisation.
  const Sharer& worker() const { return *worker_; }
  // Its node has stopped; the others run.
  const test::Organisation& StopFirst();

 private:
  KeySites() = default;
  absl::Status Begin(size_t nodes);
  absl::Status MakeKey(uint32_t threshold);
  std::unique_ptr<client::Calls> AdministratorOf(const Site& site) const;

  std::vector<std::unique_ptr<Site>> sites_;
  test::Partners partners_;
  std::unique_ptr<Sharer> worker_;
};

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_KEY_SITES_H_
