// Any text is either a protocol or faults that say something; a protocol has what every one has.
// The same for the signatures beside it: what is read is written again as it came.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "policies/protocol_check.h"
#include "policies/protocol_state.h"
#include "policies/protocol_yaml.h"
#include "tests/support/require.h"

namespace {

using namespace sluis::policies;  // NOLINT(google-build-using-namespace)

using sluis::tests::Require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto signatures = ReadSignatures("fuzz", text);
  Require(signatures.ok() ? signatures->Serialise() == text
                          : !signatures.status().message().empty());
  const ProtocolReading reading = ReadProtocol("fuzz.yaml", text);
  Require(reading.protocol.has_value() == reading.faults.empty());
  for (const absl::Status& fault : reading.faults) {
    Require(fault.code() == absl::StatusCode::kInvalidArgument && !fault.message().empty());
  }
  if (!reading.protocol) return 0;
  const Protocol& protocol = *reading.protocol;
  Require(protocol.parties.size() >= 2 && protocol.advices.size() == protocol.parties.size() &&
          protocol.publications.size() == protocol.parties.size());
  Require(!protocol.dpia_reference.empty() && protocol.dpia_day <= protocol.from.text);
  Require(protocol.from.text <= protocol.review.text &&
          protocol.review.text <= protocol.until.text);
  Require(DayAfter(protocol.review.text, protocol.grace_days) >= protocol.review.text);
  Require(!KindsBetween(protocol).empty());
  for (const ProtocolClause& clause : protocol.clauses) {
    Require(protocol.FindPurpose(clause.purpose.text) != nullptr);
  }
  const ProtocolStanding standing = ProtocolState(protocol, {}, {}, protocol.from.text);
  Require(standing.phase == ProtocolPhase::kDraft && !standing.new_disclosures);
  return 0;
}
