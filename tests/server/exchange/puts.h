#ifndef SLUIS_TESTS_SERVER_EXCHANGE_PUTS_H_
#define SLUIS_TESTS_SERVER_EXCHANGE_PUTS_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/core/refusal.h"
#include "server/core/use_case.h"
#include "tests/support/exchange_node.h"

namespace sluis::tests {

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  ADD_FAILURE() << result.status();
  std::abort();
}

template <typename Bytes>
std::string Text(const Bytes& bytes) {
  return std::string(crypto::View(bytes));
}

// An act of the node with these effects and no more.
class Puts final : public core::UseCase {
 public:
  using Fill = std::function<void(core::Effect&)>;
  explicit Puts(Fill fill) : fill_(std::move(fill)) {}
  const core::Method& method() const override {
    static const core::Method& method =
        *new core::Method{"Node.Puts", node::v1::METHOD_CLASS_UNSPECIFIED};
    return method;
  }
  absl::StatusOr<core::Plan> Decide(const core::Call& call, core::View&) override {
    core::Plan plan;
    core::Effect& effect = plan.effects.emplace_back();
    effect.entry =
        core::EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    fill_(effect);
    plan.reply = [this](std::span<const ledger::Logged> logged) {
      leaf_hash = logged[0].leaf_hash;
      return absl::OkStatus();
    };
    return plan;
  }

  crypto::Hash leaf_hash{};

 private:
  const Fill fill_;
};

// Does that and gives the leaf hash of its entry.
inline crypto::Hash Put(ExchangeNode& node, Puts::Fill fill) {
  auto puts = std::make_shared<Puts>(std::move(fill));
  EXPECT_EQ(node.h.executor->RunAsNodeAndWait(puts), absl::OkStatus());
  return puts->leaf_hash;
}

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_EXCHANGE_PUTS_H_
