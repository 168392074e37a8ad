#include "server/rpc/metrics.h"

#include <prometheus/text_serializer.h>

namespace sluis::rpc {
namespace {

prometheus::Gauge* MakeGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {
  calls_ = &prometheus::BuildCounter()
                .Name("sluis_calls_total")
                .Help("Calls answered, by method and status code")
                .Register(*registry_);
  parked_envelopes_ = &prometheus::BuildCounter()
                           .Name("sluis_envelopes_not_believed_total")
                           .Help("Envelopes of partners that were not believed, by fault")
                           .Register(*registry_);
  unknown_peers_ = &prometheus::BuildCounter()
                        .Name("sluis_unknown_peers_total")
                        .Help("Calls over a certificate that names nobody of this organisation")
                        .Register(*registry_)
                        .Add({});
  refused_peers_ = &prometheus::BuildCounter()
                        .Name("sluis_refused_peers_total")
                        .Help("Connections and calls refused at the peer listener")
                        .Register(*registry_)
                        .Add({});
  serving_ = MakeGauge(*registry_, "sluis_serving", "1 when new work is accepted");
  entries_ =
      MakeGauge(*registry_, "sluis_checkpoint_entries", "Entries under the newest checkpoint");
  checkpoint_age_ =
      MakeGauge(*registry_, "sluis_checkpoint_age_seconds", "Age of the newest checkpoint");
  held_back_ =
      MakeGauge(*registry_, "sluis_checkpoints_held_back",
                "1 while no checkpoint is signed because the clock stands before the last");
  disk_free_ = MakeGauge(*registry_, "sluis_disk_free_bytes", "Free space at the data folder");
  certificate_left_ = MakeGauge(*registry_, "sluis_certificate_seconds_left",
                                "Time until the node's TLS certificate ends");
  partners_ = MakeGauge(*registry_, "sluis_partners", "Other members of the manifest in force");
  partners_reachable_ =
      MakeGauge(*registry_, "sluis_partners_reachable", "Partners that answered within a minute");
  partners_heard_ =
      MakeGauge(*registry_, "sluis_partners_heard", "Partners that asked within a minute");
  partners_in_trouble_ = MakeGauge(*registry_, "sluis_partners_in_trouble",
                                   "Partners that cannot be reached or worked with");
  outstanding_ = MakeGauge(*registry_, "sluis_messages_outstanding",
                           "Messages due to partners that they have not answered");
  outstanding_seconds_ = MakeGauge(*registry_, "sluis_messages_outstanding_seconds",
                                   "For how long the oldest of these has been due");
  outstanding_former_ =
      MakeGauge(*registry_, "sluis_messages_former_members",
                "What takes back, erases or tells, owed to who is in the manifest no more");
  parked_ = MakeGauge(*registry_, "sluis_exchanges_parked",
                      "Exchanges left alone because a partner did not believe a message");
  contradictions_ = MakeGauge(*registry_, "sluis_partner_log_contradictions",
                              "Signed heads of partners' logs that contradict an earlier one");
  erasures_overdue_ = MakeGauge(*registry_, "sluis_erasures_overdue",
                                "Erasures asked of partners a day ago and not acknowledged");
  key_tasks_ = MakeGauge(*registry_, "sluis_key_tasks",
                         "Keys that stop unless they are rolled or made anew");
  corrections_overdue_ =
      MakeGauge(*registry_, "sluis_corrections_overdue",
                "Corrections due at partners a day ago and neither opened nor refused");
}

void Metrics::CountParked(const std::string& fault) {
  parked_envelopes_->Add({{"fault", fault}}).Increment();
}

void Metrics::CountCall(const std::string& method, grpc::StatusCode code) {
  calls_->Add({{"method", method}, {"code", std::to_string(static_cast<int>(code))}}).Increment();
}

std::string Metrics::Text(const Gauges& gauges) {
  serving_->Set(gauges.serving);
  entries_->Set(gauges.entries);
  checkpoint_age_->Set(gauges.checkpoint_age_seconds);
  held_back_->Set(gauges.checkpoints_held_back);
  disk_free_->Set(gauges.disk_free_bytes);
  certificate_left_->Set(gauges.certificate_seconds_left);
  partners_->Set(gauges.partners);
  partners_reachable_->Set(gauges.partners_reachable);
  partners_heard_->Set(gauges.partners_heard);
  partners_in_trouble_->Set(gauges.partners_in_trouble);
  outstanding_->Set(gauges.outstanding);
  outstanding_seconds_->Set(gauges.outstanding_seconds);
  outstanding_former_->Set(gauges.outstanding_former);
  parked_->Set(gauges.parked);
  contradictions_->Set(gauges.contradictions);
  erasures_overdue_->Set(gauges.erasures_overdue);
  corrections_overdue_->Set(gauges.corrections_overdue);
  key_tasks_->Set(gauges.key_tasks);
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace sluis::rpc
