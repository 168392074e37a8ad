#include "client/cli/signal_view.h"

#include <algorithm>

#include "client/cli/share_view.h"
#include "client/lib/form_words.h"
#include "client/lib/identity_form.h"
#include "client/lib/signal_form.h"
#include "client/lib/text.h"
#include "client/lib/to_json.h"
#include "crypto/bytes.h"

namespace sluis::cli {
namespace {

// Lines of a value beyond the first are set in, so that they cannot pass for another field.
void AppendLine(const std::string& name, std::string_view value, std::string* out) {
  *out += name + ": ";
  for (const char c : Harmless(value)) {
    out->push_back(c);
    if (c == '\n') *out += "  ";
  }
  *out += "\n";
}

std::string FormLines(const client::Form& form) {
  std::string out;
  for (const client::FormField& field : client::FormFields()) {
    const auto at = form.find(field.column.name);
    if (at == form.end()) continue;
    for (const std::string& value : at->second) {
      AppendLine(std::string(field.column.name), value, &out);
    }
  }
  return out;
}

std::string StateText(const Shell& shell, record::v1::RecordState state) {
  const auto* value =
      google::protobuf::GetEnumDescriptor<record::v1::RecordState>()->FindValueByNumber(state);
  return value == nullptr ? "?" : shell.Text("state." + client::EnumWord(*value));
}

}  // namespace

std::string Harmless(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const bool second_block =
        byte == 0xC2 && i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) < 0xA0;
    if ((byte < 0x20 && text[i] != '\n') || byte == 0x7F) {
      out.push_back('?');
    } else if (second_block) {
      out.push_back('?');
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string SignalLines(const Shell& shell, const record::v1::Signal& signal) {
  std::string out = FormLines(client::FormOf(signal));
  if (signal.marks().no_evidence() || signal.marks().no_onward()) {
    out += shell.Text("signal.mark_limit") + "\n";
  }
  return out;
}

std::string PersonLines(const Shell& shell, const record::v1::SubjectIdentity& identity) {
  const client::Form form = client::FormOf(identity);
  std::string out = shell.Text("signal.person") + "\n";
  for (const client::FormField& field : client::IdentityFields()) {
    const auto at = form.find(field.column.name);
    if (at == form.end()) continue;
    AppendLine(std::string(field.column.name), at->second.front(), &out);
  }
  return out;
}

std::string TravellingLines(const record::v1::SignalContent& content,
                            const google::protobuf::RepeatedPtrField<std::string>& fields) {
  record::v1::Signal signal;
  *signal.mutable_content() = content;
  client::Form form = client::FormOf(signal);
  for (const char* mark :
       {"tlp", "beroepsgeheim", "beroepsgeheim_reden", "geen_bewijs", "niet_doorgeven"}) {
    form.erase(mark);
  }
  // A "nee" that nobody gave would be read as one.
  if (std::find(fields.begin(), fields.end(), "minor") == fields.end()) form.erase("minderjarig");
  return FormLines(form);
}

std::string ViewLines(const Shell& shell, const record::v1::SignalView& view) {
  record::v1::Signal signal;
  *signal.mutable_content() = view.content();
  *signal.mutable_marks() = view.marks();
  std::string out = shell.Text("signal.head", {{"id", crypto::HexEncode(view.record_id())},
                                               {"version", std::to_string(view.version())},
                                               {"state", StateText(shell, view.state())}}) +
                    "\n" + SignalLines(shell, signal);
  if (!view.recorded_by().empty()) {
    AppendLine(shell.Text("signal.recorded_by"), view.recorded_by(), &out);
  }
  AppendLine(shell.Text("signal.retention_until"), view.retention_until(), &out);
  if (view.has_received()) out += TermsLines(shell, view.received());
  if (view.has_hold()) {
    out += shell.Text("signal.held", {{"day", view.hold().review_on()},
                                      {"reason", Harmless(view.hold_reason())}}) +
           "\n";
  }
  std::string reduced;
  for (const std::string& name : view.reduced_fields()) {
    reduced += (reduced.empty() ? "" : ", ") + Harmless(name);
  }
  if (!reduced.empty()) out += shell.Text("signal.reduced", {{"fields", reduced}}) + "\n";
  return out;
}

std::string SummaryLine(const Shell& shell, const node::v1::SignalSummary& summary) {
  std::string line = crypto::HexEncode(summary.record_id()) + "  " + summary.recorded_on() + "  " +
                     StateText(shell, summary.state()) + "  " + Harmless(summary.case_ref()) +
                     "  " + Harmless(summary.category()) + "  " +
                     client::WordOf(summary.subject_kind()) + "  " +
                     client::WordOf(summary.onlife()) + "  " + client::WordOf(summary.tlp()) +
                     "  " + shell.Text("signal.kept_until", {{"day", summary.retention_until()}});
  if (summary.held()) line += "  " + shell.Text("signal.held_short");
  return line;
}

}  // namespace sluis::cli
