#include "policies/visibility.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "policies/compiled_rules.h"

namespace sluis::policies {
namespace {

constexpr std::array<std::string_view, 3> kSightNames = {"never", "coarser", "as_is"};

// An attribute whose values become rows.
struct Axis {
  AttributeId attribute = 0;
  std::vector<ValueId> values;
};

absl::StatusOr<Axis> AxisOf(const PackSet& packs, const std::string& name) {
  const auto refuse = [&name](const char* why) {
    return absl::InvalidArgumentError("policies: attribute \"" + name + "\" " + why +
                                      "; name others as axes");
  };
  const auto id = packs.FindAttribute(name);
  if (!id) return refuse("is not declared by these packs");
  const Attribute& attribute = packs.schema().attributes[*id];
  if (attribute.derivation) return refuse("follows from another one");
  if (attribute.type == ValueType::kInteger) return refuse("is a whole number");
  Axis axis{*id, {}};
  const std::size_t count = attribute.type == ValueType::kBool
                                ? 2
                                : packs.schema().vocabularies[attribute.vocabulary].values.size();
  for (std::size_t value = 0; value < count; ++value) {
    axis.values.push_back(static_cast<ValueId>(value));
  }
  if (attribute.optional) axis.values.push_back(kNone);
  return axis;
}

// Whether a rule asks for this field to be generalised or removed.
bool Reduces(const Rule& rule, const std::string& field) {
  return std::any_of(
      rule.obligations.begin(), rule.obligations.end(), [&field](const Obligation& obligation) {
        const auto* treatments = std::get_if<FieldTreatments>(&obligation);
        if (treatments == nullptr) return false;
        const auto found = treatments->fields.find(field);
        return found != treatments->fields.end() && found->second.kind != Treatment::Kind::kKeep;
      });
}

// The rules that grant a field, and those that keep it from being seen in one way.
RuleBits Granting(const RuleSpace& rules, FieldId field) {
  return rules.RulesThat(
      [&](std::size_t i) { return ((rules.packs().compiled().GrantsOf(i) >> field) & 1) != 0; });
}
RuleBits Hindering(const RuleSpace& rules, FieldId field, Sight sight) {
  const std::string& name = rules.packs().schema().fields[field].name;
  const ObligationSlots& slots = rules.packs().compiled().slots();
  return rules.RulesThat([&](std::size_t i) {
    return sight == Sight::kAsIs ? Reduces(rules.packs().rules()[i], name)
                                 : ((slots.RemovedBy(i) >> field) & 1) != 0;
  });
}

// Looks for one request that shows as many as possible of these fields, each as said: field after
// field, with each permit that grants it or without the field, and back from where no more fields
// than those of the best can come. Ends after kTries questions with the best so far.
class WidestRequest {
 public:
  WidestRequest(const RuleSpace& rules, const std::vector<Sight>& sights) : rules_(rules) {
    for (std::size_t field = 0; field < sights.size(); ++field) {
      if (sights[field] == Sight::kNever) continue;
      const auto id = static_cast<FieldId>(field);
      fields_.push_back({id, Hindering(rules, id, sights[field])});
      wanted_ |= uint64_t{1} << field;
    }
    for (std::size_t rule = 0; rule < rules.packs().rules().size(); ++rule) {
      if (rules.permits().Has(rule) && (GrantsOf(rule) & wanted_) != 0) permits_.push_back(rule);
    }
    std::stable_sort(permits_.begin(), permits_.end(), [this](std::size_t a, std::size_t b) {
      return std::popcount(GrantsOf(a) & wanted_) > std::popcount(GrantsOf(b) & wanted_);
    });
  }

  // `permitted` when there is no field to show.
  absl::StatusOr<Box> Of(const Box& where, const Box& permitted) && {
    best_ = permitted;
    const absl::Status searched = Search({where, permitted, {}, 0, 0}, 0);
    if (!searched.ok()) return searched;
    return best_;
  }

 private:
  static constexpr std::size_t kTries = 256;

  struct Field {
    FieldId id;
    RuleBits hindering;
  };
  struct Choice {
    Box where;  // what the permits chosen leave
    Box found;  // a request there
    RuleBits hindering;
    uint64_t granted = 0;   // by the permits chosen
    std::size_t shown = 0;  // fields
  };

  uint64_t GrantsOf(std::size_t rule) const { return rules_.packs().compiled().GrantsOf(rule); }

  absl::Status Search(const Choice& choice, std::size_t next) {
    if (choice.shown + (fields_.size() - next) <= most_) return absl::OkStatus();
    if (next == fields_.size()) {
      most_ = choice.shown;
      best_ = choice.found;
      return absl::OkStatus();
    }
    const Field& field = fields_[next];
    Choice with = choice;
    with.hindering |= field.hindering;
    ++with.shown;
    if (((choice.granted >> field.id) & 1) != 0) {
      if (absl::Status tried = Try(with, next); !tried.ok()) return tried;
    } else {
      for (const std::size_t permit : permits_) {
        if (((GrantsOf(permit) >> field.id) & 1) == 0) continue;
        Choice one = with;
        if (!Narrow(rules_.BoxOf(permit), one.where)) continue;
        one.granted |= GrantsOf(permit);
        if (absl::Status tried = Try(one, next); !tried.ok()) return tried;
      }
    }
    return Search(choice, next + 1);
  }

  absl::Status Try(Choice& with, std::size_t next) {
    if (most_ == fields_.size() || tries_ == kTries) return absl::OkStatus();
    ++tries_;
    absl::StatusOr<std::optional<Box>> found =
        rules_.Permitted(with.where, rules_.permits(), with.hindering);
    if (!found.ok()) return found.status();
    if (!found->has_value()) return absl::OkStatus();
    with.found = **std::move(found);
    return Search(with, next + 1);
  }

  const RuleSpace& rules_;
  std::vector<Field> fields_;
  std::vector<std::size_t> permits_;  // those that grant most first
  uint64_t wanted_ = 0;
  std::size_t tries_ = 0;
  std::size_t most_ = 0;
  Box best_;
};

class Matrix {
 public:
  Matrix(const RuleSpace& rules, std::vector<Axis> axes) : rules_(rules), axes_(std::move(axes)) {}

  absl::Status Fill(const Box& box, std::vector<std::string> chosen) {
    const absl::StatusOr<std::optional<Box>> some = rules_.Permitted(box, rules_.permits(), {});
    if (!some.ok()) return some.status();
    if (!some->has_value()) return absl::OkStatus();
    if (chosen.size() == axes_.size()) return AddRow(box, **some, std::move(chosen));
    const Axis& axis = axes_[chosen.size()];
    const Schema& schema = rules_.packs().schema();
    for (const ValueId value : axis.values) {
      Box part = box;
      if (!Narrow(rules_.With(axis.attribute, value), part)) continue;
      std::vector<std::string> with = chosen;
      with.push_back(schema.ValueName(schema.attributes[axis.attribute], value));
      if (absl::Status filled = Fill(part, std::move(with)); !filled.ok()) return filled;
    }
    return absl::OkStatus();
  }

  std::vector<MatrixRow> Rows() && { return std::move(rows_); }

 private:
  absl::Status AddRow(const Box& box, const Box& permitted, std::vector<std::string> values) {
    MatrixRow row{std::move(values), {}, {}, {}};
    for (std::size_t field = 0; field < rules_.packs().schema().fields.size(); ++field) {
      absl::StatusOr<Seen> seen = SeeField(rules_, static_cast<FieldId>(field), box);
      if (!seen.ok()) return seen.status();
      row.fields.push_back(seen->sight);
      row.examples.push_back(std::move(seen->example));
    }
    const absl::StatusOr<Box> widest = WidestRequest(rules_, row.fields).Of(box, permitted);
    if (!widest.ok()) return widest.status();
    row.example = rules_.Example(*widest);
    rows_.push_back(std::move(row));
    return absl::OkStatus();
  }

  const RuleSpace& rules_;
  std::vector<Axis> axes_;
  std::vector<MatrixRow> rows_;
};

}  // namespace

std::string_view SightName(Sight sight) { return kSightNames[static_cast<std::size_t>(sight)]; }

absl::StatusOr<Seen> SeeField(const RuleSpace& rules, FieldId field, const Box& where) {
  const RuleBits grant = Granting(rules, field);
  for (const Sight sight : {Sight::kAsIs, Sight::kCoarser}) {
    const absl::StatusOr<std::optional<Box>> found =
        rules.Permitted(where, grant, Hindering(rules, field, sight));
    if (!found.ok()) return found.status();
    if (found->has_value()) return Seen{sight, rules.Example(**found)};
  }
  return Seen{};
}

absl::StatusOr<std::vector<MatrixRow>> AccessMatrix(const RuleSpace& rules,
                                                    const std::vector<std::string>& axes,
                                                    const Box& where) {
  std::vector<Axis> read;
  for (const std::string& name : axes) {
    absl::StatusOr<Axis> axis = AxisOf(rules.packs(), name);
    if (!axis.ok()) return axis.status();
    read.push_back(*std::move(axis));
  }
  Matrix matrix(rules, std::move(read));
  if (absl::Status filled = matrix.Fill(where, {}); !filled.ok()) return filled;
  return std::move(matrix).Rows();
}

}  // namespace sluis::policies
