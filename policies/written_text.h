// Text put into HTML and CSV, for everything in this program that people open in a browser or a
// spreadsheet.
//
// Guarantee: HtmlText gives text and no markup, in an element and in a quoted attribute; a line
// stays a line. CsvLine gives one record of RFC 4180 whose cells a spreadsheet shows as text: a
// cell that begins with one of = + - @, after spaces too, or with a tab or a line end, gets an
// apostrophe before it, so that it is no formula; a cell with a comma, a semicolon (which some
// spreadsheets separate by), a quote or a line end is quoted. Thread-safety: pure. Errors: none.
#ifndef SLUIS_POLICIES_WRITTEN_TEXT_H_
#define SLUIS_POLICIES_WRITTEN_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

namespace sluis::policies {

std::string HtmlText(std::string_view text);

// Ended by CR LF.
std::string CsvLine(const std::vector<std::string>& cells);

// Whether at `at` a character begins that turns the direction of the text after it; it has three
// bytes.
bool TurnsDirection(std::string_view text, std::size_t at);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_WRITTEN_TEXT_H_
