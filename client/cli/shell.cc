#include "client/cli/shell.h"

#include <algorithm>
#include <utility>

#include "client/cli/policy_possible.h"
#include "client/cli/signal_view.h"
#include "client/lib/call_failure.h"
#include "client/lib/form_words.h"
#include "client/lib/identity_form.h"
#include "client/lib/own_files.h"
#include "client/lib/signal_form.h"
#include "client/lib/text.h"
#include "client/lib/to_json.h"
#include "crypto/secret.h"

namespace sluis::cli {
namespace {

constexpr size_t kMaxPemBytes = 64 << 10;
// Black on orange, of the 256 colours of a terminal.
constexpr char kOrange[] = "\x1b[30;48;5;208m";
constexpr char kPlain[] = "\x1b[0m";
// Codes that stand for several causes: which one it is, only the node's own words say.
constexpr std::string_view kOfSeveralCauses[] = {"bad_mandate", "bad_request", "bad_signal",
                                                 "not_evaluated", "bad_persons"};

// Reads the endpoint's files; the key is wiped by the caller.
Result<client::Endpoint> EndpointOf(const client::Profile& profile) {
  if (!client::Exists(profile.PathOf("cert.pem"))) {
    return Failure{Exit::kUsage, {"profile.no_certificate", {{"path", profile.folder}}}, nullptr};
  }
  client::Endpoint endpoint{profile.node, profile.organisation, "", "", ""};
  const std::pair<const char*, std::string*> files[] = {{"ca.pem", &endpoint.ca_pem},
                                                        {"cert.pem", &endpoint.certificate_pem}};
  for (const auto& [name, target] : files) {
    Result<std::string> text = client::ReadWhole(profile.PathOf(name), kMaxPemBytes);
    if (!text.ok()) return text.failure();
    *target = std::move(*text);
  }
  Result<std::string> key = client::ReadSecret(profile.PathOf("tls.key"), kMaxPemBytes);
  if (!key.ok()) return key.failure();
  endpoint.key_pem = std::move(*key);
  return endpoint;
}

// What the node said, where the text of the code leaves open what exactly; empty otherwise.
std::string NodeWords(const Failure& failure) {
  if (failure.refusal == nullptr ||
      std::find(std::begin(kOfSeveralCauses), std::end(kOfSeveralCauses),
                failure.refusal->code()) == std::end(kOfSeveralCauses)) {
    return "";
  }
  for (const auto& [name, value] : failure.message.args) {
    if (name == "text") return Harmless(value);
  }
  return "";
}

// What the form says of a field of a signal, named as nodes name it.
std::string HelpOf(const Shell& shell, const std::string& field) {
  const std::string form_name = client::FormNameOf(field);
  const client::FormField* found = client::FindFormField(form_name);
  if (found == nullptr) found = client::FindIdentityField(form_name);
  if (found == nullptr) return "";
  std::string name(found->column.plain.empty() ? found->column.name : found->column.plain);
  std::replace(name.begin(), name.end(), '_', '-');
  return shell.Text("option.field." + name);
}

}  // namespace

std::string Shell::today() const { return client::LegalDay(now_s()); }

void Shell::Say(std::string_view key, const Args& args) { out() << Text(key, args) << '\n'; }

void Shell::Note(std::string_view key, const Args& args) { err() << Text(key, args) << '\n'; }

void Shell::Print(const Json& json_value) {
  out() << json_value.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

Exit Shell::Fail(const Failure& failure, Json done) {
  const node::v1::RefusalDetail* refusal = failure.refusal.get();
  std::string text = catalogue_.Text(failure.message);
  const std::string node_words = NodeWords(failure);
  if (refusal != nullptr) {
    if (const std::string why = RefusalText(*this, *refusal); !why.empty()) text = why;
    if (!refusal->field().empty()) {
      text = Text("place.field", {{"field", client::FormNameOf(refusal->field())}}) + ": " + text;
    }
  }
  if (json) {
    Json error{{"exit", static_cast<int>(failure.exit)},
               {"kind", failure.message.key},
               {"text", text},
               {"refusal", nullptr}};
    if (refusal != nullptr) error["refusal"] = client::ToJson(*refusal);
    if (!node_words.empty()) error["node_says"] = node_words;
    done["error"] = std::move(error);
    Print(done);
    return failure.exit;
  }
  err() << text << '\n';
  if (!node_words.empty()) Note("refusal.node_says", {{"text", node_words}});
  if (refusal != nullptr && !refusal->nearest_rule().empty()) {
    std::string changing, fixed;
    for (const std::string& name : refusal->blocking_attributes()) {
      // A pack may have attributes of its own, which the catalogue cannot know.
      const std::string label = "attribute." + name;
      std::string& list = FixedBy(name) == Fixed::kNot ? changing : fixed;
      list += (list.empty() ? "" : ", ") + (catalogue_.Has(label) ? Text(label) : Harmless(name));
    }
    if (changing.empty()) {
      Note("refusal.no_way", {{"attributes", fixed}});
    } else {
      Note("refusal.possible", {{"rule", refusal->nearest_rule()}, {"attributes", changing}});
      if (!fixed.empty()) Note("refusal.fixed", {{"attributes", fixed}});
    }
  }
  return failure.exit;
}

std::optional<std::string> Shell::Ask(const std::string& question) {
  err() << question << ' ' << std::flush;
  std::string line;
  if (!std::getline(around_.in, line)) return std::nullopt;
  return client::IsUtf8(line) ? client::Tidy(line) : std::string();
}

bool Shell::Confirm(std::string_view key, const Args& args) {
  const std::optional<std::string> answer = Ask(Text(key, args));
  if (!answer) return false;
  const std::string word = client::Lower(*answer);
  return word == Text("answer.yes") || word == Text("answer.y") || word == "ja" || word == "j";
}

Result<client::Profile> Shell::Profile() {
  return client::ChooseProfile(around_.profiles_folder, profile_name);
}

Result<std::shared_ptr<client::Calls>> Shell::Node() {
  if (calls_ != nullptr) return calls_;
  const Result<client::Profile> profile = Profile();
  if (!profile.ok()) return profile.failure();
  Result<client::Endpoint> endpoint = EndpointOf(*profile);
  if (!endpoint.ok()) return endpoint.failure();
  calls_ = std::make_shared<client::Calls>(*endpoint);
  crypto::Wipe(endpoint->key_pem);
  calls_->OnExercise([this] { SayExercise(); });
  return calls_;
}

void Shell::SayExercise(std::string_view key) {
  if (std::exchange(exercise_said_, true)) return;
  const std::string banner = Text(key);
  err() << (around_.colours ? kOrange + banner + kPlain : banner) << '\n' << std::flush;
}

std::string RefusalText(const Shell& shell, const node::v1::RefusalDetail& refusal) {
  std::string because = client::BecauseOf(refusal, shell.Language());
  if (!because.empty()) return because;
  const std::string key = "refusal." + refusal.code();
  if (!shell.catalogue().Has(key)) return "";
  std::string text = shell.Text(key);
  if (refusal.field().empty()) return text;
  if (const std::string of_field = key + "." + refusal.field(); shell.catalogue().Has(of_field)) {
    text += " " + shell.Text(of_field);
  } else if (refusal.code() == "bad_signal") {
    const std::string help = HelpOf(shell, refusal.field());
    if (!help.empty()) text += " " + shell.Text("refusal.field_holds", {{"help", help}});
  }
  return text;
}

std::string PlaceOf(const Shell& shell, const client::Remark& remark) {
  const std::string line = std::to_string(remark.line);
  if (remark.sheet_row == 0 || remark.sheet_row == remark.line) {
    return shell.Text("place.line", {{"line", line}});
  }
  return shell.Text("place.line_and_row",
                    {{"line", line}, {"row", std::to_string(remark.sheet_row)}});
}

std::string RemarkText(const Shell& shell, const client::Remark& remark) {
  std::string out;
  if (remark.line != 0) out = PlaceOf(shell, remark);
  if (!remark.field.empty()) {
    out += (out.empty() ? "" : ", ") + shell.Text("place.field", {{"field", remark.field}});
  }
  const std::string text = shell.catalogue().Text(remark.message);
  return out.empty() ? text : out + ": " + text;
}

Json RemarkJson(const Shell& shell, const client::Remark& remark) {
  return {{"line", remark.line},
          {"sheet_row", remark.sheet_row},
          {"field", remark.field},
          {"kind", remark.message.key},
          {"text", shell.catalogue().Text(remark.message)}};
}

}  // namespace sluis::cli
