#include "server/core/subject_identity.h"

#include <optional>
#include <utility>

#include "crypto/bytes.h"
#include "server/identity/birth_date.h"
#include "server/identity/foreign_number.h"
#include "server/identity/name_text.h"
#include "server/identity/national_number.h"
#include "server/identity/postal_area.h"

namespace sluis::core {
namespace {

using identity::KeyKind;
using record::v1::SubjectIdentity;

constexpr std::string_view kLabel = "sluis/identity/v1";
constexpr size_t kStep = 256;
constexpr size_t kLengthBytes = 4;

SignalProblem FaultIn(const char* field, const absl::Status& fault) {
  return {std::string("identity.") + field, std::string(fault.message())};
}
SignalProblem FaultIn(const char* field, const char* what) {
  return {std::string("identity.") + field, what};
}

template <typename Digits>
std::string Text(const Digits& digits) {
  return {reinterpret_cast<const char*>(digits.data()), digits.size()};
}

std::optional<SignalProblem> KeepName(const char* field, const std::string& written,
                                      std::string& kept) {
  const absl::StatusOr<identity::Words> words = identity::NormaliseName(written);
  if (!words.ok()) return FaultIn(field, words.status());
  // What says that a name is not known is none.
  if (words->empty()) return std::nullopt;
  if (!IsText(written, 1, identity::kMaxNameBytes) || written.find('\n') != std::string::npos) {
    return FaultIn(field, "write one line, without control characters");
  }
  kept = written;
  return std::nullopt;
}

std::optional<SignalProblem> KeepSex(record::v1::Sex written, SubjectIdentity& kept) {
  if (!record::v1::Sex_IsValid(written)) return FaultIn("sex", "choose female or male, or neither");
  kept.set_sex(written);
  return std::nullopt;
}

std::optional<SignalProblem> KeepNumber(const char* field, const std::string& written,
                                        bool bis_only, const identity::KeyKinds& used,
                                        SubjectIdentity& kept) {
  if (written.empty()) return std::nullopt;
  // Asked first: of a number that is not used nobody is told whether it is well-formed.
  if (!used.Uses(KeyKind::kNationalNumber) && !used.Uses(KeyKind::kBisNumber)) {
    return FaultIn(field, "this partnership uses no such numbers; leave it out");
  }
  const auto number = identity::NationalNumber::Parse(written);
  if (!number.ok()) return FaultIn(field, number.status());
  const bool bis = number->kind() == identity::NumberKind::kBis;
  if (!bis && bis_only) {
    return FaultIn(field, "this is a national number; swap the fields");
  }
  if (!used.Uses(bis ? KeyKind::kBisNumber : KeyKind::kNationalNumber)) {
    return FaultIn(field, "this partnership uses no such numbers; leave it out");
  }
  std::string& own = bis ? *kept.mutable_bis_number() : *kept.mutable_national_number();
  if (!own.empty()) return FaultIn(field, "both numbers are bis numbers; give the newer");
  own = Text(number->expose());
  return std::nullopt;
}

std::optional<SignalProblem> KeepForeign(const SubjectIdentity& written,
                                         const identity::KeyKinds& used, SubjectIdentity& kept) {
  if (written.foreign_number().empty() && written.foreign_country().empty()) return std::nullopt;
  if (!used.Uses(KeyKind::kForeignNumber)) {
    return FaultIn("foreign_number", "this partnership uses no such numbers; leave it out");
  }
  const auto number =
      identity::ForeignNumber::Parse(written.foreign_country(), written.foreign_number());
  if (!number.ok()) return FaultIn("foreign_number", number.status());
  const std::string kept_number = Text(number->expose());
  // A Belgian number in here would pass by what decides whether those are kept.
  if (HoldsRegisterNumber(kept_number)) {
    return FaultIn("foreign_number",
                   "this has the form of a Belgian number: if Belgium gave it, it has its own "
                   "field; otherwise "
                   "leave it out");
  }
  kept.set_foreign_country(std::string(number->country()));
  kept.set_foreign_number(kept_number);
  return std::nullopt;
}

std::string Data(std::string_view record_id) {
  std::string data;
  crypto::AppendLp(data, kLabel);
  data += record_id;
  return data;
}

absl::Status Unreadable() {
  return absl::DataLossError("a stored identity cannot be read; run the node's doctor");
}

}  // namespace

std::variant<SubjectIdentity, SignalProblem> KeptIdentity(const SubjectIdentity& written,
                                                          const identity::KeyKinds& used) {
  SubjectIdentity kept;
  std::optional<SignalProblem> problem =
      KeepName("surname", written.surname(), *kept.mutable_surname());
  if (!problem) problem = KeepName("given", written.given(), *kept.mutable_given());
  if (!problem) problem = KeepSex(written.sex(), kept);
  if (problem) return *std::move(problem);
  const absl::StatusOr<identity::BirthDate> born = identity::BirthDate::Parse(written.born());
  if (!born.ok()) return FaultIn("born", born.status());
  kept.set_born(std::string(identity::View(born->Known())));
  const absl::StatusOr<identity::WipedText> area = identity::PostalArea(written.postal_area());
  if (!area.ok()) return FaultIn("postal_area", area.status());
  kept.set_postal_area(std::string(identity::View(*area)));
  problem = KeepNumber("national_number", written.national_number(), false, used, kept);
  if (!problem) problem = KeepNumber("bis_number", written.bis_number(), true, used, kept);
  if (!problem) problem = KeepForeign(written, used, kept);
  if (problem) return *std::move(problem);
  const absl::StatusOr<identity::Person> person = PersonOf(kept);
  if (!person.ok()) {
    return SignalProblem{kIdentityField, std::string(person.status().message())};
  }
  return kept;
}

SubjectIdentity WithoutUnused(SubjectIdentity kept, const identity::KeyKinds& used) {
  if (!used.Uses(KeyKind::kNationalNumber)) kept.clear_national_number();
  if (!used.Uses(KeyKind::kBisNumber)) kept.clear_bis_number();
  if (!used.Uses(KeyKind::kForeignNumber)) {
    kept.clear_foreign_country();
    kept.clear_foreign_number();
  }
  return kept;
}

bool HoldsUnused(const SubjectIdentity& kept, const identity::KeyKinds& used) {
  return (!kept.national_number().empty() && !used.Uses(KeyKind::kNationalNumber)) ||
         (!kept.bis_number().empty() && !used.Uses(KeyKind::kBisNumber)) ||
         (!(kept.foreign_number().empty() && kept.foreign_country().empty()) &&
          !used.Uses(KeyKind::kForeignNumber));
}

std::string SealIdentity(const crypto::DataKey& key, std::string_view record_id,
                         const SubjectIdentity& identity, crypto::Random& random) {
  const size_t length = identity.ByteSizeLong();
  const size_t whole = (kLengthBytes + length + kStep - 1) / kStep * kStep;
  std::string plain;
  plain.reserve(whole);  // so that growing leaves no copy behind
  crypto::AppendU32(plain, static_cast<uint32_t>(length));
  identity.AppendToString(&plain);
  plain.resize(whole, '\0');
  std::string sealed = crypto::Seal(key, Data(record_id), plain, random);
  crypto::Wipe(plain);
  return sealed;
}

absl::StatusOr<SubjectIdentity> UnsealIdentity(const crypto::DataKey& key,
                                               std::string_view record_id,
                                               std::string_view sealed) {
  absl::StatusOr<crypto::Bytes> plain = crypto::Open(key, Data(record_id), sealed);
  if (!plain.ok()) return Unreadable();
  SubjectIdentity identity;
  bool read = false;
  if (plain->size() >= kLengthBytes) {
    uint32_t length = 0;
    for (size_t i = 0; i < kLengthBytes; ++i) {
      length = length << 8 | static_cast<uint8_t>((*plain)[i]);
    }
    read = length <= plain->size() - kLengthBytes &&
           identity.ParseFromArray(plain->data() + kLengthBytes, static_cast<int>(length));
  }
  crypto::Wipe(*plain);
  if (!read) return Unreadable();
  return identity;
}

}  // namespace sluis::core
