// An access matrix as a table for a terminal, as CSV and as a page.
//
// Guarantee: all three hold the same rows and fields; CSV is that of RFC 4180 (CR LF, quotes
// doubled) and none of its cells begins like a formula of a spreadsheet; in HTML every text is
// escaped and nothing is loaded from elsewhere. Thread-safety: pure. Errors: none.
// Source: policies/visibility.h (AccessMatrix).
#ifndef SLUIS_CLIENT_CLI_MATRIX_VIEW_H_
#define SLUIS_CLIENT_CLI_MATRIX_VIEW_H_

#include <string>
#include <vector>

#include "client/cli/shell.h"
#include "policies/visibility.h"

namespace sluis::cli {

struct Matrix {
  std::string packs;                // which rules it is of
  std::string digest;               // of all of them together
  std::string where;                // to what it is narrowed; empty when to nothing
  std::vector<std::string> axes;    // as many as each row has values
  std::vector<std::string> fields;  // as many as each row has sights
  std::vector<policies::MatrixRow> rows;
};

std::string MatrixTable(const Shell& shell, const Matrix& matrix);
std::string MatrixCsv(const Matrix& matrix);
std::string MatrixHtml(const Shell& shell, const Matrix& matrix);
Json MatrixJson(const Matrix& matrix);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_MATRIX_VIEW_H_
