// A protocol as people read it: the text under its headings, and beside it what the packs make of
// it. In Dutch, because it is the Dutch text that is signed.
//
// Guarantee: HTML and Markdown are renderings of one sequence of blocks, so neither says what the
// other does not; every text of a file is escaped, so that none of it becomes markup. The page is
// one file, fetches nothing and runs nothing. Pure; thread-safe.
#ifndef SLUIS_POLICIES_PROTOCOL_DOCUMENT_H_
#define SLUIS_POLICIES_PROTOCOL_DOCUMENT_H_

#include <string>
#include <string_view>
#include <vector>

#include "policies/disclosure_flows.h"
#include "policies/protocol.h"
#include "policies/protocol_signatures.h"

namespace sluis::policies {

struct DocumentBlock {
  enum class Kind { kSection, kParagraph, kList, kTable };

  Kind kind = Kind::kParagraph;
  std::string text;                                 // title, paragraph, caption
  std::vector<std::string> items;                   // of a list; column heads of a table
  std::vector<std::vector<std::string>> rows = {};  // of a table: first cell names the row
};

struct ProtocolDocument {
  std::string title;
  std::vector<DocumentBlock> blocks;
};

// `groups` are what the packs let go between the parties' kinds, `schema` what the packs declare:
// the document also lists what goes along with every disclosure. `held` are the signatures that
// hold.
ProtocolDocument DescribeProtocol(const Protocol& protocol, const std::vector<FlowGroup>& groups,
                                  const Schema& schema, const std::vector<ProtocolSignature>& held);

std::string DocumentHtml(const ProtocolDocument& document);
std::string DocumentMarkdown(const ProtocolDocument& document);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_DOCUMENT_H_
