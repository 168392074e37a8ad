#include "client/cli/compelled_file.h"

#include <algorithm>
#include <string_view>

#include "client/cli/share_view.h"
#include "client/cli/signal_view.h"
#include "client/lib/form_words.h"
#include "client/lib/text.h"
#include "crypto/bytes.h"

namespace sluis::cli {
namespace {

constexpr int64_t kSecond = 1000000;
constexpr std::string_view kNoEvidence = "no_evidence=true";

// What a person typed, as part of a line.
std::string OneLine(std::string_view text) {
  std::string out = Harmless(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

// The marks, and what the organisation signed for that is one.
std::string MarkLines(const Shell& dutch, const record::v1::SignalView& view) {
  const record::v1::SignalMarks& marks = view.marks();
  const auto& obligations = view.received().obligations();
  const bool no_evidence = marks.no_evidence() || std::find(obligations.begin(), obligations.end(),
                                                            kNoEvidence) != obligations.end();
  std::string out = dutch.Text("compelled.marks") + "\n";
  const auto add = [&](std::string_view key, const Args& args = {}) {
    out += "- " + dutch.Text(key, args) + "\n";
  };
  add("compelled.mark_tlp", {{"tlp", client::WordOf(marks.tlp())}});
  if (marks.secret()) add("compelled.mark_secret");
  if (no_evidence) add("compelled.mark_no_evidence");
  if (marks.no_onward() || view.received().onward_none()) add("compelled.mark_no_onward");
  return out;
}

template <typename List>
std::string Names(const List& fields) {
  std::string out;
  for (const std::string& field : fields) {
    out += (out.empty() ? "" : ", ") + OneLine(client::FormNameOf(field));
  }
  return out;
}

}  // namespace

std::string CompelledFile(const Shell& dutch, const node::v1::ExportCompelledRequest& order,
                          const node::v1::ExportCompelledResponse& handed) {
  const record::v1::SignalView& view = handed.view();
  const std::string by = OneLine(handed.organisation());
  std::string out;
  const auto line = [&](std::string_view key, const Args& args = {}) {
    out += dutch.Text(key, args) + "\n";
  };
  if (handed.exercise()) line("compelled.exercise");
  line("compelled.title");
  line("compelled.order",
       {{"authority", OneLine(order.authority())},
        {"reference", OneLine(order.reference())},
        {"organisation", by},
        {"at", client::LegalMinute(static_cast<int64_t>(handed.handed_over_at_us()) / kSecond)}});
  out += MarkLines(dutch, view);
  line("compelled.retention", {{"day", view.retention_until()}});
  out += "\n";
  line("compelled.signal",
       {{"id", crypto::HexEncode(view.record_id())}, {"version", std::to_string(view.version())}});
  if (view.state() != record::v1::RECORD_STATE_OPEN) line("compelled.closed");
  if (view.has_received()) {
    line("compelled.exchange", {{"exchange", crypto::HexEncode(view.received().exchange_id())}});
    line("compelled.from",
         {{"organisation", OneLine(view.received().organisation())},
          {"at",
           client::LegalMinute(static_cast<int64_t>(view.received().opened_at_us() / kSecond))}});
    out += ConditionLines(dutch, view.received());
  } else {
    line("compelled.own", {{"organisation", by}});
  }
  line("compelled.scope", {{"fields", Names(view.granted_fields())}});
  out += "\n" + TravellingLines(view.content(), view.granted_fields()) + "\n";
  line("compelled.log",
       {{"organisation", by}, {"hash", crypto::HexEncode(handed.log_receipt().leaf_hash())}});
  return out;
}

}  // namespace sluis::cli
