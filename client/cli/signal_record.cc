#include <algorithm>

#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/signal_commands.h"
#include "client/cli/signal_view.h"
#include "client/lib/flat_yaml.h"
#include "client/lib/form_words.h"
#include "client/lib/identity_form.h"
#include "client/lib/own_files.h"
#include "client/lib/signal_form.h"

namespace sluis::cli {
namespace {

constexpr size_t kMaxFormBytes = 256 << 10;

struct FormOptionValues {
  ContextOptions context;
  std::string file;
  bool yes = false;
  std::map<std::string, std::vector<std::string>> fields;  // by name of the field
  std::map<std::string, std::string> person;               // the same for who it is about
  // For amend.
  std::string id;
  std::string version;
  std::string reason;
  bool remove_identity = false;
};

// What was filled in and agreed to.
struct Prepared {
  record::v1::Signal signal;
  // Absent when nobody is named.
  std::optional<record::v1::SubjectIdentity> identity;
};

// "cliënt_ingelicht" is the option --client-ingelicht.
std::string OptionOf(const client::FormField& field) {
  std::string name(field.column.plain.empty() ? field.column.name : field.column.plain);
  std::replace(name.begin(), name.end(), '_', '-');
  return "--" + name;
}

void AddFormOptions(Command& command, FormOptionValues* values) {
  command.Text("--file", &values->file, Need::kOptional, "form_file");
  for (const client::FormField& field : client::FormFields()) {
    const std::string option = OptionOf(field);
    command.Texts(option, &values->fields[std::string(field.column.name)], Need::kOptional,
                  "field." + option.substr(2));
  }
  for (const client::FormField& field : client::IdentityFields()) {
    const std::string option = OptionOf(field);
    command.Text(option, &values->person[std::string(field.column.name)], Need::kOptional,
                 "field." + option.substr(2));
  }
  command.Flag("--yes", &values->yes);
  AddContext(command, &values->context);
}

// The form of the file, options over it.
Result<client::Form> Given(const FormOptionValues& values) {
  client::Form form;
  if (!values.file.empty()) {
    const Result<std::string> text = client::ReadWhole(values.file, kMaxFormBytes);
    if (!text.ok()) return text.failure();
    Result<client::FlatYaml> yaml =
        client::ReadFlatYaml(*text, values.file, [](std::string_view key) {
          return client::FindFormField(key) != nullptr || client::FindIdentityField(key) != nullptr;
        });
    if (!yaml.ok()) return yaml.failure();
    for (auto& [name, texts] : *yaml) {
      const client::FormField* field = client::FindFormField(name);
      form[field == nullptr ? name : std::string(field->column.name)] = std::move(texts);
    }
  }
  for (const auto& [name, texts] : values.fields) {
    if (!texts.empty()) form[name] = texts;
  }
  for (const auto& [name, text] : values.person) {
    if (!text.empty()) form[name] = {text};
  }
  return form;
}

bool OnlyForAPerson(std::string_view name) {
  return name == "verwijzing" || name == "leeftijd" || name == "minderjarig" ||
         name.starts_with("cliënt_");
}

bool LookedFor(const std::vector<std::string>& answers) {
  return !answers.empty() && client::ValueOf<record::v1::SourceMode>(answers.front()) ==
                                 record::v1::SOURCE_MODE_LOOKED_FOR;
}

// Asks field by field; empty optional when the keyboard was closed.
std::optional<client::Form> AskForm(Shell& shell) {
  client::Form form;
  shell.Note("record.asking");
  for (const client::FormField& field : client::FormFields()) {
    const std::string name(field.column.name);
    const bool place = !form["over"].empty() && form["over"].front() == "plaats";
    if (place && OnlyForAPerson(name)) continue;
    if (name == "opdracht" && !LookedFor(form["bronwijze"])) continue;
    std::string question = shell.Text("option.field." + OptionOf(field).substr(2));
    if (field.column.required) question += " *";
    while (true) {
      const std::optional<std::string> answer = shell.Ask(question);
      if (!answer) return std::nullopt;
      if (!answer->empty()) form[name].push_back(*answer);
      if (answer->empty() ? !field.column.required || !form[name].empty() : !field.list) break;
    }
  }
  return form;
}

Exit SayRemarks(Shell& shell, const std::vector<client::Remark>& remarks) {
  if (shell.json) {
    Json list = Json::array();
    for (const client::Remark& remark : remarks) list.push_back(RemarkJson(shell, remark));
    shell.Print({{"error", {{"exit", static_cast<int>(Exit::kUsage)}, {"remarks", list}}}});
    return Exit::kUsage;
  }
  for (const client::Remark& remark : remarks) shell.err() << RemarkText(shell, remark) << '\n';
  return Exit::kUsage;
}

// The signal of the form and who it is about, shown and agreed to; nothing when it may not be sent,
// `exit` says why.
std::optional<Prepared> Prepare(Shell& shell, const client::Form& form, const client::Form& person,
                                bool yes, Exit* exit) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) {
    *exit = shell.Fail(profile.failure());
    return std::nullopt;
  }
  Prepared prepared;
  auto remarks =
      client::FillSignal(form, {shell.today(), profile->secrecy_regime}, &prepared.signal);
  if (!person.empty()) {
    if (prepared.signal.content().subject_kind() == record::v1::SUBJECT_KIND_PLACE) {
      remarks.push_back({0, 0, person.begin()->first, {"field.only_person", {}}});
    }
    for (client::Remark& remark : client::FillIdentity(person, &prepared.identity.emplace())) {
      remarks.push_back(std::move(remark));
    }
  }
  if (!remarks.empty()) {
    *exit = SayRemarks(shell, remarks);
    return std::nullopt;
  }
  if (yes) return prepared;
  shell.err() << SignalLines(shell, prepared.signal);
  if (prepared.identity) shell.err() << PersonLines(shell, *prepared.identity);
  shell.Note("record.preview");
  if (shell.Confirm("record.confirm")) return prepared;
  *exit = shell.Fail(Exit::kUsage, "signal.not_sent");
  return std::nullopt;
}

Exit Record(Shell& shell, const FormOptionValues& values) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, values.context);
  if (!context.ok()) return shell.Fail(context.failure());
  Result<client::Form> form = Given(values);
  if (!form.ok()) return shell.Fail(form.failure());
  const client::Form person = client::TakeIdentity(*form);
  if (form->empty()) {
    std::optional<client::Form> asked = AskForm(shell);
    if (!asked) return shell.Fail(Exit::kUsage, "signal.not_sent");
    *form = *std::move(asked);
  }
  Exit exit = Exit::kDone;
  const auto prepared = Prepare(shell, *form, person, values.yes, &exit);
  if (!prepared) return exit;
  node::v1::RecordSignalRequest request;
  *request.mutable_context() = *context;
  *request.mutable_signal() = prepared->signal;
  if (prepared->identity) *request.mutable_identity() = *prepared->identity;
  const auto answer = Call<node::v1::RecordSignalResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  for (const std::string& field : answer->warnings()) {
    shell.Note("record.recognisable", {{"field", client::FormNameOf(field)}});
  }
  return SayDone(
      shell, *answer, "record.done",
      {{"id", crypto::HexEncode(answer->record_id())}, {"day", answer->retention_until()}});
}

// Opens the signal as it stands, for the fields that the correction leaves as they are.
Result<node::v1::OpenSignalResponse> Current(Shell& shell, const node::v1::RequestContext& context,
                                             const std::string& id) {
  node::v1::OpenSignalRequest request;
  *request.mutable_context() = context;
  request.set_record_id(id);
  return Call<node::v1::OpenSignalResponse>(shell, request);
}

// Every field that this signal can have must be known before a whole new version can be sent.
bool SawEverything(const record::v1::SignalView& view) {
  const bool place = view.content().subject_kind() == record::v1::SUBJECT_KIND_PLACE;
  for (const char* field :
       {"statements", "category", "onlife", "source_mode", "risk_factors", "protective_factors",
        "alternative_explanation", "positive_development", "observed_on", "place", "channel",
        "normative_border", "contributor", "subject_ref", "age_band", "minor", "client_informed",
        "client_agrees"}) {
    if (place && OnlyForAPerson(client::FormNameOf(field))) continue;
    const auto& granted = view.granted_fields();
    const auto& reduced = view.reduced_fields();
    // A reduced field is named alone or with what was done to it, "place:generalise=municipality".
    const bool whole = std::none_of(reduced.begin(), reduced.end(), [&](const std::string& name) {
      return name.substr(0, name.find(':')) == field;
    });
    if (!whole || std::find(granted.begin(), granted.end(), field) == granted.end()) return false;
  }
  return true;
}

Exit Amend(Shell& shell, const FormOptionValues& values) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, values.context);
  if (!context.ok()) return shell.Fail(context.failure());
  const Result<std::string> id = IdOf(values.id, 16);
  if (!id.ok()) return shell.Fail(id.failure());
  Result<client::Form> form = Given(values);
  if (!form.ok()) return shell.Fail(form.failure());
  if (form->empty() && !values.remove_identity) return shell.Fail(Exit::kUsage, "amend.nothing");
  const client::Form person = client::TakeIdentity(*form);
  if (!person.empty() && values.remove_identity) {
    return shell.Fail(Exit::kUsage, "amend.person_twice");
  }
  uint32_t version = 0;
  if (!values.version.empty()) {
    const char* end = values.version.data() + values.version.size();
    const auto read = std::from_chars(values.version.data(), end, version);
    if (read.ec != std::errc() || read.ptr != end || version == 0) {
      return shell.Fail(Exit::kUsage, "amend.bad_version");
    }
  }
  if (values.file.empty() || version == 0) {
    const auto current = Current(shell, *context, *id);
    if (!current.ok()) return shell.Fail(current.failure());
    if (version == 0) version = current->view().version();
    if (values.file.empty()) {
      if (!SawEverything(current->view())) return shell.Fail(Exit::kUsage, "amend.not_all_seen");
      record::v1::Signal signal;
      *signal.mutable_content() = current->view().content();
      *signal.mutable_marks() = current->view().marks();
      form->merge(client::FormOf(signal));  // keeps what was given
    }
  }
  Exit exit = Exit::kDone;
  const auto prepared = Prepare(shell, *form, person, values.yes, &exit);
  if (!prepared) return exit;
  node::v1::AmendSignalRequest request;
  *request.mutable_context() = *context;
  request.set_record_id(*id);
  request.set_version(version);
  *request.mutable_signal() = prepared->signal;
  if (prepared->identity) *request.mutable_identity() = *prepared->identity;
  request.set_remove_identity(values.remove_identity);
  request.set_reason(values.reason);
  const auto answer = Call<node::v1::AmendSignalResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, "amend.done", {{"version", std::to_string(answer->version())}});
}

}  // namespace

void AddRecordCommand(CommandSet& set, CLI::App& group) {
  const auto values = Options<FormOptionValues>();
  Shell& shell = set.shell();
  Command command(set, group, "record", "sluis signal record --case INTAKE --file signaal.yaml");
  AddFormOptions(command, values.get());
  command.Runs([&shell, values] { return Record(shell, *values); });
}

void AddAmendCommand(CommandSet& set, CLI::App& group) {
  const auto values = Options<FormOptionValues>();
  Shell& shell = set.shell();
  Command command(set, group, "amend",
                  "sluis signal amend 4f0c9a1be2d37788a0b1c2d3e4f50617 --case INTAKE "
                  "--wijk Heikant --reason \"verkeerde wijk\"");
  command.Text("id", &values->id, Need::kRequired, "record_id")
      .Text("--reason", &values->reason, Need::kRequired)
      .Text("--version-read", &values->version)
      .Flag("--remove-identity", &values->remove_identity);
  AddFormOptions(command, values.get());
  command.Runs([&shell, values] { return Amend(shell, *values); });
}

}  // namespace sluis::cli
