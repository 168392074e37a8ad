// A stated period that is read is within bounds and has one encoding, and no list of it twice.
#include "server/evaluation/limits.h"
#include "server/evaluation/stated_period.h"
#include "tests/fuzz/server/evaluation/evaluation_world.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::EvaluationWorld world;
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto period = evaluation::ReadStatedPeriod(input); period.ok()) {
    Require(input.size() <= evaluation::kMaxStatedPeriodBytes);
    Require(period->Serialise() == input);
    Require(period->body.last_day() - period->body.first_day() < evaluation::kMaxPeriodDays);
    Require(period->digest == evaluation::PeriodDigest(period->body));
  }
  // The body as an asker would sign it.
  peer::v1::EvaluationPeriod body;
  if (!body.ParseFromArray(data, static_cast<int>(size))) return 0;
  const evaluation::StatedPeriod made = evaluation::SignStatedPeriod(body, world.identity);
  const auto read = evaluation::ReadStatedPeriod(made.Serialise());
  if (!read.ok()) return 0;
  Require(read->digest == made.digest);
  std::set<std::pair<uint32_t, uint32_t>> seen;
  for (const peer::v1::ListedDay& list : read->body.lists()) {
    Require(seen.emplace(list.holder(), list.day()).second);
  }
  return 0;
}
