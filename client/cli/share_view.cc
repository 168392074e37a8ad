#include "client/cli/share_view.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "client/cli/condition_view.h"
#include "client/cli/signal_view.h"
#include "client/lib/form_words.h"
#include "client/lib/share_signing.h"
#include "client/lib/text.h"
#include "client/lib/to_json.h"
#include "crypto/bytes.h"

namespace sluis::cli {
namespace {

constexpr uint64_t kSecond = 1000000;

std::string Moment(uint64_t at_us) {
  return client::LegalMinute(static_cast<int64_t>(at_us / kSecond));
}

void AppendTo(std::string* list, const std::string& item) {
  *list += (list->empty() ? "" : ", ") + item;
}

using Texts = google::protobuf::RepeatedPtrField<std::string>;

// By what a person is known; a node that is newer may have other words.
std::string KindsText(const Shell& shell, const Texts& kinds) {
  std::string text;
  for (const std::string& kind : kinds) {
    const std::string key = "tag.kind." + kind;
    AppendTo(&text, shell.catalogue().Has(key) ? shell.Text(key) : Harmless(kind));
  }
  return text;
}

template <typename List>
std::string Conditions(const Shell& shell, const List& obligations) {
  return ConditionWords(shell, {obligations.begin(), obligations.end()});
}

template <typename List>
bool Contains(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Those made coarser; those removed are named elsewhere.
template <typename List>
std::string Coarser(const Shell& shell, const List& reduced) {
  std::string out;
  for (const std::string& field : reduced) {
    if (const std::string words = CoarserWords(shell, field); !words.empty()) {
      AppendTo(&out, words);
    }
  }
  return out;
}

template <typename Enum>
std::string StateText(const Shell& shell, const std::string& prefix, Enum state,
                      const Args& args = {}) {
  const auto* value = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(state);
  return value == nullptr ? "?" : shell.Text(prefix + client::EnumWord(*value), args);
}

// Why, in words; a node that is newer may have others.
std::string ReasonText(const Shell& shell, const std::string& reason) {
  const std::string key = "reason." + reason;
  return shell.catalogue().Has(key) ? shell.Text(key) : Harmless(reason);
}

// Whether the partner has the key, or may get it at any moment.
bool IsOpenThere(const node::v1::SentSummary& sent) {
  return sent.state() == record::v1::SENT_STATE_RELEASED ||
         sent.state() == record::v1::SENT_STATE_OPENED || MayBeThereStill(sent);
}

}  // namespace

std::string LeftBehind(const node::v1::PreviewShareResponse& preview) {
  std::string out;
  const google::protobuf::Descriptor& content = *record::v1::SignalContent::descriptor();
  for (int i = 0; i < content.field_count(); ++i) {
    const std::string& name = content.field(i)->name();
    // The ground belongs to the answer.
    if (name == "client_informed_ground" || Contains(preview.fields(), name)) continue;
    AppendTo(&out, client::FormNameOf(name));
  }
  return out;
}

std::string MarkWords(const Shell& shell, const record::v1::SignalMarks& marks) {
  std::string words = "TLP " + client::WordOf(marks.tlp());
  if (marks.secret()) AppendTo(&words, shell.Text("share.mark_secret"));
  if (marks.no_evidence()) AppendTo(&words, shell.Text("condition.no_evidence"));
  if (marks.no_onward()) AppendTo(&words, shell.Text("condition.onward_none"));
  return words;
}

std::string PreviewLines(const Shell& shell, const node::v1::PreviewShareRequest& asked,
                         const node::v1::PreviewShareResponse& preview) {
  const auto line = [&shell](std::string_view key, const Args& args) {
    return shell.Text(key, args) + "\n";
  };
  std::string out = line("share.head", {{"to", Harmless(asked.recipient())},
                                        {"version", std::to_string(preview.version())}});
  out += TravellingLines(client::SignedContent(preview), preview.fields());
  if (preview.has_identity() && Contains(preview.fields(), "identity")) {
    out += line("share.identity", {}) + PersonLines(shell, preview.identity());
  }
  if (!preview.tag_kinds().empty()) {
    out += line("share.tags", {{"kinds", KindsText(shell, preview.tag_kinds())},
                               {"to", Harmless(asked.recipient())}});
  }
  if (const std::string stays = LeftBehind(preview); !stays.empty()) {
    out += line("share.stays", {{"fields", stays}});
  }
  if (const std::string coarser = Coarser(shell, preview.reduced_fields()); !coarser.empty()) {
    out += line("share.coarser", {{"fields", coarser}});
  }
  if (const std::string asked_for = Conditions(shell, preview.obligations()); !asked_for.empty()) {
    out += line("share.obligations", {{"obligations", asked_for}});
  }
  if (const auto marks = client::SignedMarks(preview)) {
    out += line("share.marks", {{"marks", MarkWords(shell, *marks)}});
  }
  if (!preview.clause().empty()) {
    out += line("share.clause", {{"clause", Harmless(preview.clause())},
                                 {"protocol", Harmless(preview.protocol())}});
  }
  out += line("share.retention", {{"day", preview.retention_until()}});
  out += preview.due_at_us() == 0 ? line("share.waits", {})
                                  : line("share.due", {{"due", Moment(preview.due_at_us())}});
  if (!preview.tell_contributor_until().empty()) {
    out += line("share.tell", {{"day", preview.tell_contributor_until()}});
  }
  for (const std::string& name : preview.warnings()) {
    out += line("share.recognisable", {{"field", client::FormNameOf(name)}});
  }
  return out;
}

bool MayBeThereStill(const node::v1::SentSummary& sent) {
  return sent.partner_may_have_it() && (sent.state() == record::v1::SENT_STATE_UNOPENABLE ||
                                        sent.state() == record::v1::SENT_STATE_REFUSED ||
                                        sent.state() == record::v1::SENT_STATE_EXPIRED);
}

std::string SentLine(const Shell& shell, const node::v1::SentSummary& sent) {
  const Args args = {
      {"due", Moment(sent.due_at_us())},
      {"expires", client::LegalMinute(static_cast<int64_t>(sent.expires_at_s()))},
      {"day", sent.erasure_day().empty() ? sent.retention_until() : sent.erasure_day()}};
  std::string line = crypto::HexEncode(sent.exchange_id()) + "  " +
                     crypto::HexEncode(sent.record_id()) + "  " + Harmless(sent.recipient()) +
                     "  " + StateText(shell, "sent.state.", sent.state(), args);
  if (!sent.reason().empty()) {
    line += "  " + shell.Text("sent.because", {{"reason", ReasonText(shell, sent.reason())}});
  }
  if (MayBeThereStill(sent)) line += "  " + shell.Text("sent.may_be_there");
  if (sent.erasure_overdue()) line += "  " + shell.Text("sent.erasure_overdue");
  if (sent.outdated()) line += "  " + shell.Text("sent.outdated");
  for (const node::v1::HandedOver& once : sent.handed_over()) {
    std::string fields;
    for (const std::string& field : once.scope()) {
      AppendTo(&fields, Harmless(client::FormNameOf(field)));
    }
    line += "  " + shell.Text(once.barred() ? "sent.handed_over_barred" : "sent.handed_over",
                              {{"at", client::LegalMinute(static_cast<int64_t>(once.at_s()))},
                               {"fields", fields}});
  }
  if (!sent.tell_contributor_until().empty()) {
    line += "  " + shell.Text("sent.tell", {{"day", sent.tell_contributor_until()}});
  }
  return line;
}

std::string ReceivedLine(const Shell& shell, const node::v1::ReceivedSummary& received) {
  const bool has_record = !received.record_id().empty();
  std::string line =
      crypto::HexEncode(has_record ? received.record_id() : received.exchange_id()) + "  " +
      client::LegalDay(static_cast<int64_t>(received.received_at_us() / kSecond)) + "  " +
      Harmless(received.sender()) + "  " + Harmless(received.category()) + "  " +
      client::WordOf(received.tlp()) + "  " + StateText(shell, "received.state.", received.state());
  if (!received.reason().empty()) {
    line += "  " + shell.Text("sent.because", {{"reason", ReasonText(shell, received.reason())}});
  }
  return line + "  " + shell.Text("signal.kept_until", {{"day", received.retention_until()}});
}

std::string SamePersonLines(
    const Shell& shell, const google::protobuf::RepeatedPtrField<node::v1::SamePerson>& records) {
  std::string out;
  for (const node::v1::SamePerson& one : records) {
    out += shell.Text("received.same_person", {{"id", crypto::HexEncode(one.record_id())},
                                               {"sender", Harmless(one.sender())},
                                               {"kinds", KindsText(shell, one.kinds())}}) +
           "\n";
  }
  return out;
}

bool CanBeTakenBack(const node::v1::SentSummary& sent) {
  return sent.state() == record::v1::SENT_STATE_COOLING_OFF ||
         sent.state() == record::v1::SENT_STATE_OFFERED || IsOpenThere(sent);
}

std::string LeftOpenLines(const Shell& shell, const std::string& id,
                          const node::v1::ListSentResponse& shares) {
  std::set<std::string> partners;
  for (const node::v1::SentSummary& sent : shares.sent()) {
    if (IsOpenThere(sent)) partners.insert(sent.recipient());
  }
  std::string out;
  for (const std::string& partner : partners) {
    out += shell.Text("share.left_open", {{"to", Harmless(partner)}, {"id", id}}) + '\n';
  }
  return out;
}

Json LeftOpenJson(const node::v1::ListSentResponse& shares) {
  Json out = Json::array();
  for (const node::v1::SentSummary& sent : shares.sent()) {
    if (!IsOpenThere(sent)) continue;
    const Json whole = client::ToJson(sent);
    out.push_back({{"recipient", whole["recipient"]},
                   {"exchange_id", whole["exchange_id"]},
                   {"state", whole["state"]}});
  }
  return out;
}

std::string TermsLines(const Shell& shell, const record::v1::ReceivedTerms& terms) {
  std::string out = shell.Text("received.from", {{"organisation", Harmless(terms.organisation())},
                                                 {"role", Harmless(terms.role())},
                                                 {"at", Moment(terms.opened_at_us())}}) +
                    "\n";
  return out + ConditionLines(shell, terms);
}

std::string ConditionLines(const Shell& shell, const record::v1::ReceivedTerms& terms) {
  std::string out;
  if (terms.onward_none()) out += shell.Text("received.onward_none") + "\n";
  if (terms.onward_asks_sender()) {
    out += shell.Text("received.onward_asks", {{"organisation", Harmless(terms.organisation())}}) +
           "\n";
  }
  if (terms.onward_tlp_max() != record::v1::TLP_UNSPECIFIED) {
    out +=
        shell.Text("received.onward_tlp", {{"tlp", client::WordOf(terms.onward_tlp_max())}}) + "\n";
  }
  if (const std::string asked_for = Conditions(shell, terms.obligations()); !asked_for.empty()) {
    out += shell.Text("share.obligations", {{"obligations", asked_for}}) + "\n";
  }
  if (const std::string coarser = Coarser(shell, terms.reduced_fields()); !coarser.empty()) {
    out += shell.Text("share.coarser", {{"fields", coarser}}) + "\n";
  }
  return out;
}

}  // namespace sluis::cli
