// A signal as people fill it in: fields with Dutch names and words. The same names are the columns
// of a table, the keys of a YAML file and, with hyphens, the options of the command.
//
// Guarantee: FillSignal answers no remark only for a signal that satisfies every length, format
// and combination stated in signal.proto; FormOf(signal) filled in again gives the same signal, but
// that statements are ordered by kind. Not guaranteed: that the node accepts it: the vocabulary of
// the pack and the rules are the node's. Thread-safety: pure. Source: docs/import.md.
#ifndef SLUIS_CLIENT_LIB_SIGNAL_FORM_H_
#define SLUIS_CLIENT_LIB_SIGNAL_FORM_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/lib/message.h"
#include "client/lib/table.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::client {

// Field name to values; a field that is absent, or whose values are empty texts, was left open.
using Form = std::map<std::string, std::vector<std::string>, std::less<>>;

struct FormOptions {
  std::string today;            // YYYY-MM-DD, legal time; later days are refused
  bool secrecy_regime = false;  // of the own organisation: what an open `beroepsgeheim` stands for
};

// One field of the form.
struct FormField {
  Column column;
  bool list = false;            // may hold several values; in a table one per line of the cell
  bool statement = false;       // a list whose values may hold line breaks: one per cell
  std::string_view words = {};  // the words it may hold, "|" between them; empty for free text
};

// All fields, in the order of the documentation.
std::span<const FormField> FormFields();
// Their columns, for ReadTable.
std::span<const Column> FormColumns();
// The field of this name, with or without accents; null when there is none.
const FormField* FindFormField(std::string_view name);

// Writes the signal; answers what is wrong, in the order of the fields, empty when all is well.
std::vector<Remark> FillSignal(const Form& form, const FormOptions& options,
                               record::v1::Signal* signal);

Form FormOf(const record::v1::Signal& signal);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_SIGNAL_FORM_H_
