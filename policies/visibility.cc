#include "policies/visibility.h"

#include <algorithm>
#include <array>
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
    MatrixRow row{std::move(values), rules_.Example(permitted), {}};
    for (std::size_t field = 0; field < rules_.packs().schema().fields.size(); ++field) {
      const absl::StatusOr<Seen> seen = SeeField(rules_, static_cast<FieldId>(field), box);
      if (!seen.ok()) return seen.status();
      row.fields.push_back(seen->sight);
    }
    rows_.push_back(std::move(row));
    return absl::OkStatus();
  }

  const RuleSpace& rules_;
  std::vector<Axis> axes_;
  std::vector<MatrixRow> rows_;
};

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

}  // namespace

std::string_view SightName(Sight sight) { return kSightNames[static_cast<std::size_t>(sight)]; }

absl::StatusOr<Seen> SeeField(const RuleSpace& rules, FieldId field, const Box& where) {
  const CompiledRules& compiled = rules.packs().compiled();
  const std::string& name = rules.packs().schema().fields[field].name;
  const RuleBits grant =
      rules.RulesThat([&](std::size_t i) { return ((compiled.GrantsOf(i) >> field) & 1) != 0; });
  const RuleBits reduce =
      rules.RulesThat([&](std::size_t i) { return Reduces(rules.packs().rules()[i], name); });
  absl::StatusOr<std::optional<Box>> found = rules.Permitted(where, grant, reduce);
  if (!found.ok()) return found.status();
  if (found->has_value()) return Seen{Sight::kAsIs, rules.Example(**found)};
  const RuleBits remove = rules.RulesThat(
      [&](std::size_t i) { return ((compiled.slots().RemovedBy(i) >> field) & 1) != 0; });
  found = rules.Permitted(where, grant, remove);
  if (!found.ok()) return found.status();
  if (found->has_value()) return Seen{Sight::kCoarser, rules.Example(**found)};
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
