// A list that is read has one encoding. Whatever holders sign, a period that comes of it holds what
// they say and nothing else, in whatever order it is gathered.
#include <array>

#include "server/evaluation/limits.h"
#include "server/evaluation/sample.h"
#include "tests/fuzz/server/evaluation/evaluation_world.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::EvaluationWorld world;
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto list = evaluation::ReadDayList(input); list.ok()) {
    Require(input.size() <= evaluation::kMaxListBytes);
    Require(list->Serialise() == input);
  }
  // The body as each of three holders would sign it, the second without the last item.
  peer::v1::EvaluationList body;
  if (!body.ParseFromArray(data, static_cast<int>(size))) return 0;
  body.set_key_id(std::string(crypto::View(world.package.key_id)));
  std::vector<std::string> lists;
  for (uint32_t holder = 1; holder <= 3; ++holder) {
    peer::v1::EvaluationList one = body;
    one.set_holder(holder);
    if (holder == 2 && one.items_size() > 0) one.mutable_items()->RemoveLast();
    lists.push_back(evaluation::SignDayList(one, world.identity).Serialise());
  }
  const evaluation::PeriodScope scope = {body.asker(), body.day(), body.day()};
  const std::vector<evaluation::Sharing> sharings = {{world.package}};
  const auto period = evaluation::Period::Gather(sharings, world.keys, scope, {}, lists);
  if (!period.ok()) return 0;
  Require(period->holders().size() == 3 && period->missing().empty());
  Require(period->requests().size() == static_cast<size_t>(body.items_size()));
  for (const evaluation::PeriodFinding& finding : period->findings()) {
    Require(finding.fault != evaluation::PeriodFault::kHoldersDiffer);
    Require(finding.fault != evaluation::PeriodFault::kTwoLists);
  }
  const std::vector<std::string> turned(lists.rbegin(), lists.rend());
  Require(evaluation::Period::Gather(sharings, world.keys, scope, {}, turned)->digest() ==
          period->digest());
  // 3 of each list at most, and at least what one list alone would give.
  const size_t sampled = evaluation::Chosen(*period, crypto::Hash{}, 3).size();
  Require(sampled >= std::min<size_t>(3, period->requests().size()) && sampled <= 9);
  Require(evaluation::Sample::Everything(*period).requests().size() == period->requests().size());
  return 0;
}
