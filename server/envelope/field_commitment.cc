#include "server/envelope/field_commitment.h"

#include <algorithm>
#include <array>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "google/protobuf/descriptor.h"

namespace sluis::envelope {
namespace {

using google::protobuf::FieldDescriptor;
using record::v1::SignalContent;

constexpr std::string_view kFieldLabel = "sluis/field/v1";

// Each is the name of a field of SignalContent as well.
constexpr std::array<std::string_view, 17> kTravelling = {
    "age_band",
    "alternative_explanation",
    "category",
    "channel",
    "client_agrees",
    "client_informed",
    "minor",
    "normative_border",
    "observed_on",
    "onlife",
    "place",
    "positive_development",
    "protective_factors",
    "risk_factors",
    "source_mode",
    "statements",
    "subject_kind",
};
static_assert(std::is_sorted(kTravelling.begin(), kTravelling.end()));

// Of the fields that travel, in the order of kTravelling, and of the ground that belongs to one.
struct Descriptors {
  std::array<const FieldDescriptor*, kTravelling.size()> travelling{};
  const FieldDescriptor* ground = nullptr;
};

const Descriptors& AllDescriptors() {
  static const Descriptors all = [] {
    const auto* content = SignalContent::descriptor();
    Descriptors found;
    for (size_t i = 0; i < kTravelling.size(); ++i) {
      found.travelling[i] = content->FindFieldByName(std::string(kTravelling[i]));
    }
    found.ground = content->FindFieldByName("client_informed_ground");
    return found;
  }();
  return all;
}

// Null for a field that does not travel.
const FieldDescriptor* DescriptorOf(std::string_view name) {
  const auto found = std::lower_bound(kTravelling.begin(), kTravelling.end(), name);
  if (found == kTravelling.end() || *found != name) return nullptr;
  return AllDescriptors().travelling[static_cast<size_t>(found - kTravelling.begin())];
}

void CopyRepeated(const SignalContent& from, const FieldDescriptor* field, SignalContent& to) {
  const auto* reflection = from.GetReflection();
  for (int i = 0; i < reflection->FieldSize(from, field); ++i) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      reflection->AddMessage(&to, field)->CopyFrom(reflection->GetRepeatedMessage(from, field, i));
    } else {
      reflection->AddString(&to, field, reflection->GetRepeatedString(from, field, i));
    }
  }
}

// The types that occur in SignalContent; a test compares the outcome with a copy of the whole.
void CopyOne(const SignalContent& from, const FieldDescriptor* field, SignalContent& to) {
  const auto* reflection = from.GetReflection();
  if (field->is_repeated()) return CopyRepeated(from, field, to);
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->SetString(&to, field, reflection->GetString(from, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnumValue(&to, field, reflection->GetEnumValue(from, field));
    default:
      return reflection->SetBool(&to, field, reflection->GetBool(from, field));
  }
}

// False for a field that does not travel.
bool CopyField(const SignalContent& from, std::string_view name, SignalContent& to) {
  const FieldDescriptor* field = DescriptorOf(name);
  if (field == nullptr) return false;
  CopyOne(from, field, to);
  // The ground belongs to the answer, in packs and here.
  if (name == "client_informed") CopyOne(from, AllDescriptors().ground, to);
  return true;
}

}  // namespace

std::span<const std::string_view> TravellingFields() { return kTravelling; }

std::optional<std::string> FieldValue(const SignalContent& content, std::string_view name) {
  SignalContent only;
  if (!CopyField(content, name, only)) return std::nullopt;
  return only.SerializeAsString();
}

bool NamesIdentity(const Repeated<std::string>& names) {
  return std::find(names.begin(), names.end(), kIdentityField) != names.end();
}

std::string IdentityValue(const record::v1::SubjectIdentity& identity) {
  return identity.SerializeAsString();
}

SignalContent OnlyFields(const SignalContent& content, const Repeated<std::string>& names) {
  SignalContent only;
  for (const std::string& name : names) CopyField(content, name, only);
  return only;
}

crypto::Hash FieldCommitmentOf(const ExchangeId& exchange, std::string_view name,
                               const FieldSalt& salt, std::string_view value) {
  return crypto::Sha256({crypto::Lp(kFieldLabel), crypto::View(exchange), crypto::Lp(name),
                         crypto::View(salt), crypto::Lp(value)});
}

CommittedFields CommitFields(const ExchangeId& exchange, const SignalContent& preview,
                             const std::vector<std::string>& names, crypto::Random& random,
                             const record::v1::SubjectIdentity* identity) {
  CommittedFields committed;
  for (const std::string& name : names) {
    const std::optional<std::string> value = identity != nullptr && name == kIdentityField
                                                 ? IdentityValue(*identity)
                                                 : FieldValue(preview, name);
    if (!value) continue;
    const FieldSalt& salt = committed.salts.emplace_back(random.Array<32>());
    peer::v1::FieldCommitment& field = committed.fields.emplace_back();
    field.set_name(name);
    field.set_commitment(
        std::string(crypto::View(FieldCommitmentOf(exchange, name, salt, *value))));
  }
  return committed;
}

bool IsCommittedTo(const Repeated<peer::v1::FieldCommitment>& fields, const ExchangeId& exchange,
                   std::string_view name, const FieldSalt& salt, std::string_view value) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [name](const auto& field) { return field.name() == name; });
  return found != fields.end() &&
         found->commitment() == crypto::View(FieldCommitmentOf(exchange, name, salt, value));
}

crypto::Hash FieldsRoot(const Repeated<peer::v1::FieldCommitment>& fields) {
  crypto::CompactRange range;
  crypto::Bytes leaf;
  for (const auto& field : fields) {
    leaf.clear();
    crypto::AppendLp(leaf, field.name());
    leaf += field.commitment();
    range.Append(crypto::LeafHash(leaf));
  }
  return range.Root();
}

}  // namespace sluis::envelope
