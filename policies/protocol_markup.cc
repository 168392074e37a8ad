// The blocks of a document as HTML and as Markdown.
#include "policies/protocol_document.h"
#include "policies/written_text.h"

namespace sluis::policies {
namespace {

using Kind = DocumentBlock::Kind;

constexpr std::string_view kStyle =
    "body{font-family:sans-serif;line-height:1.5;max-width:70rem;margin:0 auto;padding:1rem}"
    "table{border-collapse:collapse;margin:1rem 0}.wide{overflow-x:auto}"
    "caption{font-weight:bold;text-align:left}th,td{border:1px solid #555;padding:.3rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}thead th{background:#eee}";

std::string Markdown(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (TurnsDirection(text, i)) {
      out += '?';
      i += 2;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += ' ';
    } else if (c == '<' || c == '>' || c == '&') {
      // As entities, because not every reader of Markdown honours a backslash before HTML.
      out += HtmlText(text.substr(i, 1));
    } else {
      if (std::string_view("\\`*_[]|~#!$").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  // What at the begin of a line would make a list, a rule or a title of the line above.
  const std::size_t first = out.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  out.erase(0, first);
  if (std::string_view("-+=").find(out[0]) != std::string_view::npos) return "\\" + out;
  const std::size_t digits = out.find_first_not_of("0123456789");
  if (digits != 0 && digits != std::string::npos && (out[digits] == '.' || out[digits] == ')')) {
    out.insert(digits, "\\");
  }
  return out;
}

std::string HtmlTable(const DocumentBlock& block) {
  // Wide ones can be scrolled with the keyboard as well; the table itself keeps its meaning.
  std::string out = "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"" +
                    HtmlText(block.text) + "\">\n<table>\n<caption>" + HtmlText(block.text) +
                    "</caption>\n<thead><tr>";
  for (const std::string& head : block.items)
    out += "<th scope=\"col\">" + HtmlText(head) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : block.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += i == 0 ? "<th scope=\"row\">" + HtmlText(row[i]) + "</th>"
                    : "<td>" + HtmlText(row[i]) + "</td>";
    }
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n</div>\n";
}

std::string MarkdownTable(const DocumentBlock& block) {
  std::string out = "**" + Markdown(block.text) + "**\n\n|";
  for (const std::string& head : block.items) out += " " + Markdown(head) + " |";
  out += "\n|";
  for (std::size_t i = 0; i < block.items.size(); ++i) out += "---|";
  for (const std::vector<std::string>& row : block.rows) {
    out += "\n|";
    for (const std::string& cell : row) out += " " + Markdown(cell) + " |";
  }
  return out + "\n";
}

}  // namespace

std::string DocumentHtml(const ProtocolDocument& document) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>" +
      HtmlText(document.title) + "</title>\n<style>" + std::string(kStyle) +
      "</style>\n</head>\n<body>\n<main>\n<h1>" + HtmlText(document.title) + "</h1>\n";
  for (const DocumentBlock& block : document.blocks) {
    switch (block.kind) {
      case Kind::kSection:
        out += "<h2>" + HtmlText(block.text) + "</h2>\n";
        break;
      case Kind::kParagraph:
        out += "<p>" + HtmlText(block.text) + "</p>\n";
        break;
      case Kind::kList:
        out += "<ul>\n";
        for (const std::string& item : block.items) out += "<li>" + HtmlText(item) + "</li>\n";
        out += "</ul>\n";
        break;
      case Kind::kTable:
        out += HtmlTable(block);
        break;
    }
  }
  return out + "</main>\n</body>\n</html>\n";
}

std::string DocumentMarkdown(const ProtocolDocument& document) {
  std::string out = "# " + Markdown(document.title) + "\n";
  for (const DocumentBlock& block : document.blocks) {
    out += "\n";
    switch (block.kind) {
      case Kind::kSection:
        out += "## " + Markdown(block.text) + "\n";
        break;
      case Kind::kParagraph:
        out += Markdown(block.text) + "\n";
        break;
      case Kind::kList:
        for (const std::string& item : block.items) out += "- " + Markdown(item) + "\n";
        break;
      case Kind::kTable:
        out += MarkdownTable(block);
        break;
    }
  }
  return out;
}

}  // namespace sluis::policies
