// Text that people typed, brought into the one form that is compared and sent.
//
// Guarantee: what comes out is valid UTF-8 in Unicode normal form C. Thread-safety: pure.
// Source: Unicode Standard Annex 15; Windows-1252 as ICU maps it.
#ifndef SLUIS_CLIENT_LIB_TEXT_H_
#define SLUIS_CLIENT_LIB_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluis::client {

bool IsUtf8(std::string_view bytes);

// UTF-8 text of Windows-1252 bytes; empty optional for the five bytes that it does not define.
std::optional<std::string> FromWindows1252(std::string_view bytes);

// Normal form C, CR LF and CR as LF, white space (no-break space included) off both ends. The input
// must be UTF-8.
std::string Tidy(std::string_view text);

// Lower case by the rules of no particular language. The input must be UTF-8.
std::string Lower(std::string_view text);

// Number of code points of UTF-8 text: what the limits of fields count.
size_t Length(std::string_view text);

// True when a control character other than line feed is in it.
bool HasControl(std::string_view text);

// A calendar day as YYYY-MM-DD from YYYY-MM-DD, DD/MM/YYYY or D/M/YYYY; empty optional for anything
// else, days that do not exist and years before 1900 included.
std::optional<std::string> ParseDay(std::string_view text);

// The day of `unix_seconds` in Europe/Brussels, YYYY-MM-DD.
std::string LegalDay(int64_t unix_seconds);

// First second of that day in Europe/Brussels, seconds since the epoch. `day` is YYYY-MM-DD.
int64_t DayBegin(std::string_view day);

// Day and minute of `unix_seconds` in Europe/Brussels, DD/MM/YYYY HH:MM, as people read it.
std::string LegalMinute(int64_t unix_seconds);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_TEXT_H_
