// A person from bytes: first byte which kinds of numbers are used. What is kept is kept again as it
// is, holds numbers of those kinds only, and is a person to server/identity.
#include <cstdint>
#include <string>

#include "server/core/subject_identity.h"
#include "tests/support/require.h"

namespace {

using namespace sluis;  // NOLINT(google-build-using-namespace)

using sluis::tests::Require;

identity::KeyKinds UsedOf(uint8_t bits) {
  identity::KeyKinds used;
  if (bits & 1) used = used.With(identity::KeyKind::kNationalNumber);
  if (bits & 2) used = used.With(identity::KeyKind::kBisNumber);
  if (bits & 4) used = used.With(identity::KeyKind::kForeignNumber);
  return used;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const identity::KeyKinds used = UsedOf(data[0]);
  record::v1::SubjectIdentity written;
  if (!written.ParseFromArray(data + 1, static_cast<int>(size - 1))) return 0;
  const auto kept = core::KeptIdentity(written, used);
  if (const auto* problem = std::get_if<core::SignalProblem>(&kept)) {
    Require(problem->field.starts_with("identity") && !problem->what.empty());
    return 0;
  }
  const auto& person = std::get<record::v1::SubjectIdentity>(kept);
  const auto again = core::KeptIdentity(person, used);
  Require(std::holds_alternative<record::v1::SubjectIdentity>(again));
  Require(std::get<record::v1::SubjectIdentity>(again).SerializeAsString() ==
          person.SerializeAsString());
  using identity::KeyKind;
  Require(person.national_number().empty() || used.Uses(KeyKind::kNationalNumber));
  Require(person.bis_number().empty() || used.Uses(KeyKind::kBisNumber));
  Require(person.foreign_number().empty() || used.Uses(KeyKind::kForeignNumber));
  Require(person.postal_area().empty() || person.postal_area().size() == 2);
  Require(core::PersonOf(person).ok());
  return 0;
}
