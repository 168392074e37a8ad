#ifndef SLUIS_SERVER_CORE_EXPORT_COMPELLED_H_
#define SLUIS_SERVER_CORE_EXPORT_COMPELLED_H_

#include "crypto/random.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// ExportCompelled: gives what an authority ordered to be handed over. Travelling marks do not stand
// in its way; they go along. Who may do it, and what of the content, the rules decide (action
// "compel"); the order can ask less, never more. One entry, a disclosure: the fields and the day of
// a bar in the act part, reference and authority in the subject part, which dies with the record.
//
// The organisation that shared the record is owed a Notice, at once or after the last day on which
// the order bars it. While it is barred no entry names that organisation: its export of this log
// would tell it.
//
// Refused beside what the rules refuse: `not_ordered` without an order, whatever the marks of the
// record, `bad_request` for an order that is not of form, `scope`
// when it names a field that the rules do not hand over.
class ExportCompelled : public UseCase {
 public:
  // All must outlive the call.
  ExportCompelled(const node::v1::ExportCompelledRequest& request,
                  node::v1::ExportCompelledResponse& response, crypto::Random& random)
      : request_(request), response_(response), random_(random) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ExportCompelledRequest& request_;
  node::v1::ExportCompelledResponse& response_;
  crypto::Random& random_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EXPORT_COMPELLED_H_
