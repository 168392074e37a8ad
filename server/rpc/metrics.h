#ifndef SLUIS_SERVER_RPC_METRICS_H_
#define SLUIS_SERVER_RPC_METRICS_H_

#include <grpcpp/support/status_code_enum.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

namespace sluis::rpc {

// Numbers for the operator, in Prometheus text. No identifiers: a method and a status code at most.
// Thread-safe.
class Metrics {
 public:
  Metrics();

  void CountCall(const std::string& method, grpc::StatusCode code);
  // A call over a certificate that names nobody here.
  void CountUnknownPeer() { unknown_peers_->Increment(); }

  // A connection or call of another node that was refused at the peer listener.
  void CountRefusedPeer() { refused_peers_->Increment(); }

  // An envelope of a member that was not believed, by a fixed word.
  void CountParked(const std::string& fault);

  // Values read when someone asks.
  struct Gauges {
    double serving = 0;
    double entries = 0;
    double checkpoint_age_seconds = 0;
    double checkpoints_held_back = 0;
    double disk_free_bytes = 0;
    double certificate_seconds_left = 0;
    double partners = 0;
    double partners_reachable = 0;
    double partners_heard = 0;
    double partners_in_trouble = 0;
    double outstanding = 0;
    double outstanding_seconds = 0;
    double outstanding_former = 0;
    double parked = 0;
    double contradictions = 0;
    double erasures_overdue = 0;
    double corrections_overdue = 0;
    double key_tasks = 0;
  };
  // Prometheus text exposition.
  std::string Text(const Gauges& gauges);

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>* calls_;
  prometheus::Family<prometheus::Counter>* parked_envelopes_;
  prometheus::Counter* unknown_peers_;
  prometheus::Counter* refused_peers_;
  prometheus::Gauge* serving_;
  prometheus::Gauge* entries_;
  prometheus::Gauge* checkpoint_age_;
  prometheus::Gauge* held_back_;
  prometheus::Gauge* disk_free_;
  prometheus::Gauge* certificate_left_;
  prometheus::Gauge* partners_;
  prometheus::Gauge* partners_reachable_;
  prometheus::Gauge* partners_heard_;
  prometheus::Gauge* partners_in_trouble_;
  prometheus::Gauge* outstanding_;
  prometheus::Gauge* outstanding_seconds_;
  prometheus::Gauge* outstanding_former_;
  prometheus::Gauge* parked_;
  prometheus::Gauge* contradictions_;
  prometheus::Gauge* erasures_overdue_;
  prometheus::Gauge* corrections_overdue_;
  prometheus::Gauge* key_tasks_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_METRICS_H_
