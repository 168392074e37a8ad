#include "policies/protocol_yaml.h"

#include <string>
#include <utility>

#include "crypto/hash.h"
#include "policies/protocol_sections.h"
#include "policies/yaml_tree.h"

namespace sluis::policies {
namespace {

constexpr int32_t kLanguageVersion = 1;
constexpr std::string_view kDigestLabel = "sluis/protocol/v1";
constexpr std::string_view kVersionKey = "sluis";
constexpr std::string_view kHeaderKeys[] = {"protocol", "regelpakketten"};

class Reading {
 public:
  Reading(std::string_view file_name, const YamlNode& root)
      : file_name_(file_name), root_(root), protocol_{} {
    protocol_.file_name = file_name_;
  }

  ProtocolReading Run() && {
    if (!ReadTop()) return {std::nullopt, std::move(faults_)};
    for (const std::string_view key : kHeaderKeys) ReadKey(key, "the key");
    for (const ProtocolHeading& heading : ProtocolHeadings()) {
      if (heading.optional && root_.Find(heading.key) == nullptr) continue;
      ReadKey(heading.key, "the heading");
    }
    CheckDays();
    if (!faults_.empty()) return {std::nullopt, std::move(faults_)};
    protocol_.digest = crypto::Sha256({kDigestLabel, CanonicalBytes(root_)});
    return {std::move(protocol_), {}};
  }

 private:
  void Keep(const Complaint& complaint) {
    if (complaint.any()) faults_.push_back(complaint.status());
  }

  // Whether it is a protocol at all, in a language this program knows.
  bool ReadTop() {
    Complaint complaint(file_name_);
    const YamlReader reader(complaint);
    std::vector<std::string_view> keys = {kVersionKey};
    keys.insert(keys.end(), std::begin(kHeaderKeys), std::end(kHeaderKeys));
    for (const ProtocolHeading& heading : ProtocolHeadings()) keys.push_back(heading.key);
    if (reader.Mapping(root_, "the protocol", keys)) {
      reader.Integer(reader.One(reader.Required(root_, kVersionKey), kVersionKey), kLanguageVersion,
                     kLanguageVersion);
    }
    Keep(complaint);
    return !complaint.any();
  }

  void ReadKey(std::string_view key, std::string_view what) {
    Complaint complaint(file_name_);
    const YamlNode* node = root_.Find(key);
    if (node == nullptr) {
      complaint.At(root_.word.at,
                   std::string(what) + " \"" + std::string(key) + "\" is missing: add it");
    } else if (node->kind == YamlNode::Kind::kEmpty) {
      complaint.At(node->word.at,
                   std::string(what) + " \"" + std::string(key) + "\" is empty: fill it in");
    } else {
      SectionReaderOf(key)(FilledReader(complaint), *node, protocol_);
    }
    if (complaint.any()) Forget(key);
    Keep(complaint);
  }

  // What a part declares is not known when something is wrong with that part: no other part is
  // blamed for words that it may hold.
  void Forget(std::string_view key) {
    if (key == "partijen") protocol_.parties.clear();
    if (key == "doeleinden") protocol_.purposes.clear();
    if (key == "rechtsgronden") protocol_.disclosure_grounds.clear();
    if (key == "gegevens") {
      protocol_.categories.clear();
      protocol_.fields.clear();
    }
  }

  // What was advised on and assessed was there before it came into force.
  void CheckDays() {
    if (!faults_.empty()) return;
    const auto before = [this](const std::string& day, const char* what) {
      if (day <= protocol_.from.text) return;
      Complaint complaint(file_name_);
      complaint.About(protocol_.from, std::string("the first day lies before ") + what);
      Keep(complaint);
    };
    for (const DpoAdvice& advice : protocol_.advices) {
      before(advice.day, "the advice of a data protection officer");
    }
    if (protocol_.supervisor_advice) {
      before(protocol_.supervisor_advice->day, "the advice of the supervisor");
    }
    before(protocol_.dpia_day, "the impact assessment");
  }

  std::string file_name_;
  const YamlNode& root_;
  Protocol protocol_;
  std::vector<absl::Status> faults_;
};

}  // namespace

ProtocolReading ReadProtocol(std::string_view file_name, std::string_view text) {
  const absl::StatusOr<YamlNode> root = ParseYamlTree(file_name, text);
  if (!root.ok()) return {std::nullopt, {root.status()}};
  return Reading(file_name, *root).Run();
}

}  // namespace sluis::policies
