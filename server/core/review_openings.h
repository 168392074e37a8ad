// Opens the sample of a review.
//
// Guarantee: each entry that is opened is an entry of its own, with what it showed, written with
// the verdict; a verdict that no other opening can change stays. What nobody opened rightly before
// the end has failed. One whose person was erased meanwhile is told apart, with the entry that is
// the erasure, and whether the person who asked erased it and when: it is neither right nor wrong.
// Refused as review_acts.h says. Source: docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_CORE_REVIEW_OPENINGS_H_
#define SLUIS_SERVER_CORE_REVIEW_OPENINGS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "crypto/secret.h"
#include "server/core/review_acts.h"

namespace sluis::core {

// All must outlive the calls.
struct ReviewTools {
  // Of the own log.
  const std::string& origin;
  const evaluation::Caps& caps;
  // Makes the tokens by which partners see a case.
  const crypto::Secret<32>& case_key;
};

class OpenSample : public UseCase {
 public:
  static constexpr int kMost = 32;

  // Without tools the node has no keys for partners, and no key to review.
  OpenSample(const node::v1::OpenSampleRequest& request, const std::optional<ReviewTools>& tools,
             std::shared_ptr<node::v1::OpenSampleResponse> response)
      : request_(request), tools_(tools), response_(std::move(response)) {}
  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::OpenSampleRequest request_;
  const std::optional<ReviewTools> tools_;
  const std::shared_ptr<node::v1::OpenSampleResponse> response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_REVIEW_OPENINGS_H_
