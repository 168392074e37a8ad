// The Dutch words that stand for the enumerated values of a signal.
//
// Guarantee: WordOf and ValueOf are each other's inverse on every value but UNSPECIFIED, whose word
// is empty. Thread-safety: pure. Source: docs/import.md; the terms of signal.proto.
#ifndef SLUIS_CLIENT_LIB_FORM_WORDS_H_
#define SLUIS_CLIENT_LIB_FORM_WORDS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sluis/record/v1/signal.pb.h"

namespace sluis::client {

// A word and the number of the value it stands for. The first word of a value is the one shown.
struct Word {
  std::string_view word;
  int value;
};

// The words of an enumeration of signal.proto.
template <typename Enum>
std::span<const Word> WordsOf();

template <>
std::span<const Word> WordsOf<record::v1::SubjectKind>();
template <>
std::span<const Word> WordsOf<record::v1::AgeBand>();
template <>
std::span<const Word> WordsOf<record::v1::Onlife>();
template <>
std::span<const Word> WordsOf<record::v1::SourceMode>();
template <>
std::span<const Word> WordsOf<record::v1::NormativeBorder>();
template <>
std::span<const Word> WordsOf<record::v1::Channel>();
template <>
std::span<const Word> WordsOf<record::v1::Tlp>();
template <>
std::span<const Word> WordsOf<record::v1::ClientInformed>();
template <>
std::span<const Word> WordsOf<record::v1::ClientAgrees>();
template <>
std::span<const Word> WordsOf<record::v1::Assertion>();

// ja and nee, and what spreadsheets make of them.
std::span<const Word> YesNoWords();

// `text` as typed: case does not matter, underscores and hyphens stand for blanks.
std::optional<int> FindValue(std::span<const Word> words, std::string_view text);
// Empty for a value without a word.
std::string_view FindWord(std::span<const Word> words, int value);

// Name on the form of a field of signal.proto, as nodes name fields: "risico" for "risk_factors",
// and of one of identity.proto: "achternaam" for "identity.surname".
// The name itself when the form has no field for it.
std::string FormNameOf(std::string_view proto_field);

template <typename Enum>
std::optional<Enum> ValueOf(std::string_view text) {
  const std::optional<int> value = FindValue(WordsOf<Enum>(), text);
  return value ? std::optional<Enum>(static_cast<Enum>(*value)) : std::nullopt;
}

template <typename Enum>
std::string WordOf(Enum value) {
  return std::string(FindWord(WordsOf<Enum>(), static_cast<int>(value)));
}

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_FORM_WORDS_H_
