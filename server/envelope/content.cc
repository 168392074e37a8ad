#include "server/envelope/content.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>

#include "crypto/hash.h"
#include "server/envelope/fault.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/form.h"
#include "server/envelope/leaf.h"
#include "server/envelope/padded_seal.h"
#include "server/envelope/terms.h"

namespace sluis::envelope {
namespace {

constexpr Padding kPadding{256, kMaxCiphertextBytes};
using peer::v1::OfferedContent;
using peer::v1::Terms;
using record::v1::SignalContent;

constexpr std::string_view kKeyLabel = "sluis/key-commitment/v1";
constexpr std::string_view kContentLabel = "sluis/content/v1";

bool Travels(const Terms& terms, const std::string& field) {
  const auto& fields = terms.conditions().fields();
  return std::binary_search(fields.begin(), fields.end(), field);
}

// Whether the terms say of this attribute what the content says; also when they say nothing.
bool Says(const Terms& terms, std::string_view attribute, std::string_view value) {
  return AttributeOf(terms, attribute).value_or(value) == value;
}

std::string_view WeakestAssertion(const SignalContent& content) {
  auto weakest = record::v1::ASSERTION_UNSPECIFIED;
  for (const auto& statement : content.statements()) {
    weakest = std::max(weakest, statement.assertion());
  }
  return AssertionWord(weakest);
}

bool AttributesHold(const SignalContent& content, const Terms& terms) {
  const bool person = content.subject_kind() == record::v1::SUBJECT_KIND_PERSON;
  const bool place = content.subject_kind() == record::v1::SUBJECT_KIND_PLACE;
  if (!person && !place) return false;
  const struct {
    const char* field;
    std::string_view attribute;
    std::string_view value;
  } rows[] = {
      {"subject_kind", "record.subject_kind", person ? "person" : "place"},
      {"category", "record.category", content.category()},
      {"statements", "record.assertion", WeakestAssertion(content)},
      {"onlife", "record.onlife", OnlifeWord(content.onlife())},
      {"source_mode", "record.source_mode", SourceModeWord(content.source_mode())},
      {"minor", "subject.minor",
       !person           ? "none"
       : content.minor() ? "true"
                         : "false"},
      {"client_agrees", "record.client_agrees",
       person ? AgreesWord(content.client_agrees()) : "none"},
  };
  return std::all_of(std::begin(rows), std::end(rows), [&](const auto& row) {
    return !Travels(terms, row.field) || Says(terms, row.attribute, row.value);
  });
}

// The step to which a field was generalised, "" when it was not.
std::string_view StepOf(const Terms& terms, std::string_view field) {
  constexpr std::string_view kMiddle = ":generalise=";
  for (const std::string& reduced : terms.conditions().reduced_fields()) {
    const std::string_view text = reduced;
    if (text.size() > field.size() + kMiddle.size() && text.substr(0, field.size()) == field &&
        text.substr(field.size(), kMiddle.size()) == kMiddle) {
      return text.substr(field.size() + kMiddle.size());
    }
  }
  return "";
}

// YYYY-MM-DD, or coarser as the terms say: a day under "month" would say more than was agreed.
bool DayIsAsStated(const std::string& day, const Terms& terms) {
  if (day.empty()) return true;
  const std::string_view step = StepOf(terms, "observed_on");
  if (step.empty()) return day.size() == std::string_view("2026-10-05").size();
  if (step == "month") return day.size() == std::string_view("2026-10").size();
  if (step == "quarter") return day.size() == std::string_view("2026-Q4").size() && day[5] == 'Q';
  return step == "year" && day.size() == std::string_view("2026").size();
}

// At most so many, of a person only, sorted by key and kind, each once.
bool TagsAreOfForm(const OfferedContent& content) {
  const auto& tags = content.tags();
  if (tags.empty()) return true;
  const auto of_form = [](const peer::v1::ShareTag& tag) {
    return IsHash(tag.key_id()) && IsCode(tag.kind()) && IsHash(tag.tag());
  };
  const auto not_after = [](const peer::v1::ShareTag& one, const peer::v1::ShareTag& next) {
    return std::tie(one.key_id(), one.kind()) >= std::tie(next.key_id(), next.kind());
  };
  return tags.size() <= kMaxShareTags &&
         content.content().subject_kind() == record::v1::SUBJECT_KIND_PERSON &&
         std::all_of(tags.begin(), tags.end(), of_form) &&
         std::adjacent_find(tags.begin(), tags.end(), not_after) == tags.end();
}

absl::Status JudgeSignedFields(const OfferedContent& content, const peer::v1::Offer& offer,
                               const Terms& terms) {
  const auto exchange = crypto::ToFixed<kExchangeIdBytes>(offer.binding().exchange_id());
  const auto& names = terms.conditions().fields();
  // Who it is about is held against its commitment where it is opened, which may be nowhere.
  const int apart = NamesIdentity(names) ? 1 : 0;
  if (!exchange.ok() || content.salts_size() + apart != names.size()) {
    return Refuse(Fault::kFields);
  }
  int at = 0;
  for (const std::string& name : names) {
    if (name == kIdentityField) continue;
    const auto salt = crypto::ToFixed<32>(content.salts(at++));
    const std::optional<std::string> value = FieldValue(content.content(), name);
    if (!salt.ok() || !value || !IsCommittedTo(offer.fields(), *exchange, name, *salt, *value)) {
      return Refuse(Fault::kFields);
    }
  }
  return absl::OkStatus();
}

}  // namespace

crypto::Hash KeyCommitment(const crypto::DataKey& key, crypto::BytesView exchange_id) {
  return crypto::HmacSha256(crypto::View(key.expose()), {crypto::Lp(kKeyLabel), exchange_id});
}

crypto::Bytes ContentBinding(const peer::v1::Binding& offer) {
  return PartBinding(kContentLabel, offer);
}

absl::StatusOr<crypto::Bytes> SealContent(const crypto::DataKey& key,
                                          const peer::v1::Binding& offer,
                                          const OfferedContent& content, crypto::Random& random) {
  return SealPadded(key, ContentBinding(offer), content, kPadding, random);
}

absl::StatusOr<OfferedContent> OpenContent(const crypto::DataKey& key,
                                           const peer::v1::Offer& offer) {
  if (!crypto::ConstantTimeEqual(crypto::View(KeyCommitment(key, offer.binding().exchange_id())),
                                 offer.binding().key_commitment())) {
    return Refuse(Fault::kKeyCommitment);
  }
  OfferedContent content;
  const absl::Status opened =
      OpenPadded(key, ContentBinding(offer.binding()), offer.ciphertext(), kPadding, content);
  if (!opened.ok()) return opened;
  return content;
}

absl::Status JudgeContent(const OfferedContent& content, const peer::v1::Offer& offer,
                          const Terms& terms) {
  // What no condition names must be empty, whatever anybody signed.
  const SignalContent named = OnlyFields(content.content(), terms.conditions().fields());
  if (named.SerializeAsString() != content.content().SerializeAsString()) {
    return Refuse(Fault::kTerms);
  }
  if (absl::Status fields = JudgeSignedFields(content, offer, terms); !fields.ok()) return fields;
  if (!DayIsAsStated(content.content().observed_on(), terms) ||
      !AttributesHold(content.content(), terms) || !TagsAreOfForm(content)) {
    return Refuse(Fault::kTerms);
  }
  return absl::OkStatus();
}

}  // namespace sluis::envelope
