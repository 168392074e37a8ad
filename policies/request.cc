#include "policies/request.h"

namespace sluis::policies {
namespace {

constexpr std::string_view kSideAttribute = "side";

}  // namespace

std::string Describe(const RequestDefect& defect) {
  std::string text = "attribute \"" + defect.attribute + "\" ";
  switch (defect.kind) {
    case RequestDefect::Kind::kMissing:
      return text + "is missing";
    case RequestDefect::Kind::kUnknownAttribute:
      return text + "is not declared by these packs";
    case RequestDefect::Kind::kUnknownValue:
      return text + "has a value that these packs do not declare";
    case RequestDefect::Kind::kWrongSource:
      return text + "was taken from another source than declared";
    case RequestDefect::Kind::kDerived:
      return text + "follows from another attribute and cannot be given";
    case RequestDefect::Kind::kGivenTwice:
      return text + "was given twice";
    case RequestDefect::Kind::kOtherPacks:
      return "the request was made for other packs than those in force: make it again";
  }
  return text;
}

RequestBuilder::RequestBuilder(const PackSet& packs)
    : packs_(packs), slots_(packs.schema().attributes.size()) {}

void RequestBuilder::Refuse(std::string_view attribute, RequestDefect::Kind kind) {
  if (!defect_) defect_ = {std::string(attribute), kind};
}

RequestBuilder& RequestBuilder::Set(AttributeId attribute, ValueId value, Source source) {
  if (attribute >= slots_.size()) {
    Refuse("#" + std::to_string(attribute), RequestDefect::Kind::kUnknownAttribute);
    return *this;
  }
  const Attribute& declared = packs_.schema().attributes[attribute];
  Slot& slot = slots_[attribute];
  if (declared.derivation) {
    Refuse(declared.name, RequestDefect::Kind::kDerived);
  } else if (slot.given) {
    Refuse(declared.name, RequestDefect::Kind::kGivenTwice);
  } else if (!packs_.schema().InRange(declared, value)) {
    Refuse(declared.name, RequestDefect::Kind::kUnknownValue);
  }
  slot = {value, source, true};
  return *this;
}

RequestBuilder& RequestBuilder::Set(std::string_view attribute, std::string_view value,
                                    Source source) {
  const std::optional<AttributeId> id = packs_.FindAttribute(attribute);
  if (!id) {
    Refuse(attribute, RequestDefect::Kind::kUnknownAttribute);
    return *this;
  }
  const std::optional<ValueId> found = packs_.FindValue(*id, value);
  if (!found) {
    Refuse(attribute, RequestDefect::Kind::kUnknownValue);
    slots_[*id].given = true;
    return *this;
  }
  return Set(*id, *found, source);
}

Request RequestBuilder::Build() const {
  Request request;
  request.packs_ = packs_.digests().effective;
  request.defect_ = defect_;
  if (request.defect_) return request;

  const Schema& schema = packs_.schema();
  Side side = Side::kLocal;
  if (const auto id = schema.FindAttribute(kSideAttribute); id && slots_[*id].given) {
    side = schema.SideOf(schema.attributes[*id], slots_[*id].value);
  }
  request.values_.reserve(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Attribute& attribute = schema.attributes[i];
    if (attribute.derivation) {
      request.values_.push_back(kNone);  // filled in below, once its base is known
      continue;
    }
    if (!slots_[i].given) {
      request.defect_ = {attribute.name, RequestDefect::Kind::kMissing};
      return request;
    }
    if (slots_[i].source != attribute.SourceOn(side)) {
      request.defect_ = {attribute.name, RequestDefect::Kind::kWrongSource};
      return request;
    }
    request.values_.push_back(slots_[i].value);
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto& derivation = schema.attributes[i].derivation;
    if (!derivation) continue;
    const auto base = static_cast<std::size_t>(request.values_[derivation->base]);
    request.values_[i] = derivation->value_of[base];
  }
  return request;
}

}  // namespace sluis::policies
