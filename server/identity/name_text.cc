#include "server/identity/name_text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <string>

#include "server/identity/name_words.h"

namespace sluis::identity {
namespace {

using Units = WipedVector<UChar>;

// 400 bytes are at most 400 units; what decomposes and folds to more than this is no name.
constexpr int32_t kMaxUnits = 2048;

absl::Status Refuse(const char* why) {
  return absl::InvalidArgumentError(std::string("name: ") + why);
}

// One call of ICU into a buffer of fixed size, which never moves and so never leaves a copy.
template <typename Call>
absl::Status Fill(Units& out, Call call) {
  out.assign(kMaxUnits, 0);
  UErrorCode error = U_ZERO_ERROR;
  const int32_t length = call(out.data(), kMaxUnits, &error);
  if (error == U_BUFFER_OVERFLOW_ERROR) return Refuse("too long");
  if (error == U_INVALID_CHAR_FOUND) return Refuse("not UTF-8; save the text as UTF-8");
  if (U_FAILURE(error) != 0)
    return absl::InternalError("name: ICU lacks its data; install libicu72");
  out.resize(static_cast<size_t>(length));
  return absl::OkStatus();
}

int32_t Size(const Units& units) { return static_cast<int32_t>(units.size()); }

absl::Status Decompose(const Units& in, Units& out) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* form = unorm2_getNFKDInstance(&error);
  if (U_FAILURE(error) != 0)
    return absl::InternalError("name: ICU lacks its data; install libicu72");
  return Fill(out, [&](UChar* to, int32_t room, UErrorCode* status) {
    return unorm2_normalize(form, in.data(), Size(in), to, room, status);
  });
}

// Signs that stand inside a word and mean nothing to its spelling: apostrophes, the signs for hamza
// and ayn. They go before decomposition, which makes a blank and a mark of some.
bool IsApostrophe(UChar32 c) {
  constexpr std::array<UChar32, 16> kSigns = {0x27,   0x60,   0xb4,   0x2b9, 0x2bb,  0x2bc,
                                              0x2bd,  0x2be,  0x2bf,  0x2c8, 0x2018, 0x2019,
                                              0x201a, 0x201b, 0x2032, 0xff07};
  return std::find(kSigns.begin(), kSigns.end(), c) != kSigns.end();
}

void WithoutApostrophes(const Units& in, Units& out) {
  out.clear();
  out.reserve(in.size());
  for (int32_t at = 0; at < Size(in);) {
    const int32_t from = at;
    UChar32 c = 0;
    U16_NEXT(in.data(), at, Size(in), c);
    if (IsApostrophe(c) || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0)
      continue;
    out.insert(out.end(), in.begin() + from, in.begin() + at);
  }
}

// What decomposition leaves whole, after folding.
std::string_view TakenApart(UChar32 c) {
  switch (c) {
    case 0xe6:
      return "ae";
    case 0x153:
      return "oe";
    case 0xf8:
      return "o";
    case 0x142:
      return "l";
    case 0x111:
    case 0xf0:
    case 0x257:
      return "d";
    case 0xfe:
      return "th";
    case 0x131:
      return "i";
    case 0x127:
      return "h";
    case 0x14b:
      return "ng";
    case 0x167:
      return "t";
    case 0x259:
    case 0x1dd:
      return "e";
    default:
      return {};
  }
}

// Letters into `word`; a blank or punctuation ends it.
absl::Status AddLetter(UChar32 c, WipedText& word, Words& words) {
  if (c >= 'a' && c <= 'z') {
    word.push_back(static_cast<char>(c));
    return absl::OkStatus();
  }
  if (const std::string_view letters = TakenApart(c); !letters.empty()) {
    Append(word, letters);
    return absl::OkStatus();
  }
  const uint32_t category = U_GET_GC_MASK(c);
  if ((category & U_GC_M_MASK) != 0) return absl::OkStatus();
  if ((category & U_GC_N_MASK) != 0) {
    return Refuse("it has a digit; a number belongs in a field for numbers");
  }
  if ((category & U_GC_L_MASK) != 0) {
    return Refuse("write it in Latin letters, as on the identity card");
  }
  const bool blank = u_isUWhiteSpace(c) != 0;
  if (!blank && (category & (U_GC_P_MASK | U_GC_S_MASK)) == 0) {
    return Refuse("it has a sign that nobody sees; type it again");
  }
  if (!word.empty()) words.push_back(std::move(word));
  word = WipedText();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Words> NormaliseName(std::string_view written) {
  if (written.size() > kMaxNameBytes) return Refuse("too long; it has at most 400 bytes");
  Units units, other;
  if (absl::Status read = Fill(units,
                               [&](UChar* to, int32_t room, UErrorCode* status) {
                                 int32_t length = 0;
                                 u_strFromUTF8(to, room, &length, written.data(),
                                               static_cast<int32_t>(written.size()), status);
                                 return length;
                               });
      !read.ok()) {
    return read;
  }
  WithoutApostrophes(units, other);
  if (absl::Status done = Decompose(other, units); !done.ok()) return done;
  if (absl::Status done = Fill(other,
                               [&](UChar* to, int32_t room, UErrorCode* status) {
                                 return u_strFoldCase(to, room, units.data(), Size(units),
                                                      U_FOLD_CASE_DEFAULT, status);
                               });
      !done.ok()) {
    return done;
  }
  // Folding takes some letters apart again.
  if (absl::Status done = Decompose(other, units); !done.ok()) return done;

  Words words;
  WipedText word;
  for (int32_t at = 0; at < Size(units);) {
    UChar32 c = 0;
    U16_NEXT(units.data(), at, Size(units), c);
    if (absl::Status added = AddLetter(c, word, words); !added.ok()) return added;
  }
  if (!word.empty()) words.push_back(std::move(word));
  if (words.size() > kMaxNameWords) return Refuse("it has more than 16 words");
  // A sign of three bytes can stand for four letters; what is kept has a bound of its own.
  size_t length = words.size();
  for (const WipedText& some : words) length += some.size();
  if (length > kMaxNameBytes + 1) return Refuse("too long; it has at most 400 letters");
  return WordsThatCount(std::move(words));
}

WipedText Joined(const Words& words) {
  WipedText out;
  for (const WipedText& word : words) {
    if (!out.empty()) out.push_back(' ');
    Append(out, View(word));
  }
  return out;
}

}  // namespace sluis::identity
