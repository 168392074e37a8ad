#include <array>
#include <cstdio>
#include <string_view>

#include "tests/server/identity/identity_pairs.h"
#include "tests/support/seeded_random.h"

namespace sluis::tests {
namespace {

struct Pool {
  std::vector<std::string> surnames, women, men;
};

// Invented surnames; given names as they are given.
const std::array<Pool, 4>& Pools() {
  static const std::array<Pool, 4> pools = {
      Pool{{"Van Wassenkerke", "De Brandaert", "Van der Sluysmans", "Kuypersoord",
            "Vandenoeverghem", "Schaepdrijvers", "Ghekierveld", "Verschaffelaer", "Moentjensdael",
            "Crombruggen", "Van Puttenaert", "De Quickenborn", "Hillewaertens", "Tytgadts",
            "Broothaersch", "Wijffelsteen"},
           {"Griet", "Machteld", "Lieselot", "Hanne", "Katrijn", "Myriam", "Els", "Veerle"},
           {"Joachim", "Maarten", "Cedric", "Sander", "Rik", "Geert", "Stijn", "Matthias"}},
      Pool{{"Dubrulemont", "Vandecasteleyn", "Lheureuxval", "Berthelotte", "Marchandise-Petit",
            "De Thibaudcourt", "Fontignies", "Rochefortin", "Le Quesnoyer", "Jacquetiaux",
            "Charpentigny", "Goffinette"},
           {"Béatrice", "Christelle", "Aurélie", "Océane", "Chantal", "Mégane", "Édith"},
           {"Jérôme", "Étienne", "Grégory", "Jean-Michel", "Théo", "Xavier", "Didier"}},
      Pool{{"El Ghaddouri", "Bourakhdi", "Ben Youchaf", "Chaïbouni", "El Ouahmadi", "Aït Tzekri",
            "Lakhdarouni", "Boukhrissat", "Al Jazmati", "Shoukrallahi", "Zekhnouni", "Hammoudaji"},
           {"Ikram", "Chaimae", "Meryem", "Asmae", "Dounia", "Ghizlane", "Sanae", "Widad"},
           {"Abderrahmane", "Mustapha", "Jaouad", "Khalid", "Othman", "Zakaria", "Mimoun",
            "Taoufik"}},
      Pool{{"Kahramanlar", "Özdoğru", "Çetinbaş", "Yalçınsoy", "Kocabıyıklı", "Erdoğmuş",
            "Şengüler", "Tosunbey", "Üçkardeşli", "Gürsoytürk"},
           {"Emine", "Gülay", "Hatice", "Şeyma", "Büşra", "Nurcan", "Çiğdem"},
           {"Mehmet", "Oğuzhan", "Serdar", "Tayfun", "Gökhan", "Volkan", "Süleyman"}}};
  return pools;
}

// How a clerk hears or copies a name: one of these for the other.
constexpr std::array<std::array<std::string_view, 2>, 30> kHeard = {
    {{"ou", "u"},  {"ou", "oe"}, {"u", "oe"}, {"i", "ie"}, {"y", "i"},   {"ij", "y"},
     {"ae", "aa"}, {"ee", "e"},  {"k", "c"},  {"ck", "k"}, {"kh", "k"},  {"q", "k"},
     {"ch", "sh"}, {"sh", "sj"}, {"s", "z"},  {"ph", "f"}, {"th", "t"},  {"gh", "g"},
     {"dj", "j"},  {"w", "v"},   {"x", "ks"}, {"dt", "d"}, {"ss", "s"},  {"mm", "m"},
     {"nn", "n"},  {"ll", "l"},  {"rr", "r"}, {"e", "a"},  {"au", "ou"}, {"eu", "u"}}};

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  IdentityPair Same() {
    const WrittenPerson person = Anyone();
    IdentityPair pair{"", true, person, person};
    WrittenPerson& other = pair.right;
    switch (Below(20)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        pair.group = "copied";
        other.surname = Plain(other.surname);
        other.given = Plain(other.given);
        break;
      case 5:
      case 6:
      case 7:
      case 8:
      case 9:
      case 10:
        pair.group = "heard";
        Hear(Below(2) == 0 ? other.surname : other.given);
        if (Below(3) == 0) Hear(other.surname);
        break;
      case 11:
      case 12:
      case 13:
        pair.group = "mistyped";
        Mistype(Below(2) == 0 ? other.surname : other.given);
        break;
      case 14:
      case 15:
        pair.group = "date_swapped";
        std::swap(day_, month_);
        other.born = Date(year_, month_, day_);
        break;
      case 16:
        pair.group = "fields_swapped";
        std::swap(other.surname, other.given);
        break;
      case 17:
        pair.group = "joined";
        if (const size_t space = other.surname.find(' '); space != std::string::npos) {
          other.surname.erase(space, 1);
        } else {
          other.surname += "-" + Surname(Pools()[Below(4)]);
        }
        break;
      case 18:
        pair.group = "renamed";
        other.surname = Surname(Pools()[Below(4)]);
        break;
      default:
        pair.group = "less_known";
        if (Below(2) == 0) other.area.clear();
        if (Below(2) == 0) other.sex.clear();
        if (Below(3) == 0) other.born = other.born.substr(0, 4);
        break;
    }
    return pair;
  }

  IdentityPair Other() {
    const WrittenPerson person = Anyone();
    IdentityPair pair{"", false, person, person};
    WrittenPerson& other = pair.right;
    const Pool& pool = Pools()[pool_];
    switch (Below(5)) {
      case 0:  // also of one sex, of two, and with one initial, as they come
        pair.group = "twins";
        other.sex = Below(2) == 0 ? "m" : "f";
        do {
          other.given = Given(pool, other.sex);
        } while (other.given == person.given);
        break;
      case 1:
        pair.group = "namesakes";
        while (other.born == person.born) other.born = AnyDate();
        break;
      case 2:
        pair.group = "parent";
        other.born = Date(year_ + 19 + static_cast<int>(Below(20)), month_, day_);
        break;
      case 3:
        pair.group = "family";  // surname and place, nothing else
        other.sex = Below(2) == 0 ? "m" : "f";
        other.given = Given(pool, other.sex);
        while (other.born == person.born) other.born = AnyDate();
        break;
      default:
        pair.group = "strangers";
        while (other.surname == person.surname) other = Anyone();
        other.born = person.born;
        break;
    }
    return pair;
  }

 private:
  uint64_t Below(uint64_t below) { return random_.Below(below); }
  std::string Surname(const Pool& pool) { return pool.surnames[Below(pool.surnames.size())]; }
  std::string Given(const Pool& pool, const std::string& sex) {
    const auto& names = sex == "m" ? pool.men : pool.women;
    return names[Below(names.size())];
  }

  static std::string Date(int year, int month, int day) {
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    return text;
  }
  std::string AnyDate() {
    year_ = 1940 + static_cast<int>(Below(70));
    month_ = 1 + static_cast<int>(Below(12));
    day_ = 1 + static_cast<int>(Below(12));  // so that a swap is a date as well
    return Date(year_, month_, day_);
  }
  WrittenPerson Anyone() {
    pool_ = Below(4);
    const Pool& pool = Pools()[pool_];
    const std::string sex = Below(2) == 0 ? "m" : "f";
    return {
        Surname(pool), Given(pool, sex), AnyDate(), "", sex, std::to_string(1000 + Below(9000))};
  }

  // Capitals without the marks that a form of the nineties could not hold.
  static std::string Plain(const std::string& text) {
    static constexpr std::array<std::array<std::string_view, 2>, 22> kPlain = {
        {{"é", "e"}, {"è", "e"}, {"ê", "e"}, {"É", "E"}, {"ô", "o"}, {"ï", "i"},
         {"ö", "o"}, {"Ö", "O"}, {"ü", "u"}, {"Ü", "U"}, {"ç", "c"}, {"Ç", "C"},
         {"ş", "s"}, {"Ş", "S"}, {"ğ", "g"}, {"ı", "i"}, {"İ", "I"}, {"-", " "},
         {"â", "a"}, {"î", "i"}, {"û", "u"}, {"ë", "e"}}};
    std::string out = text;
    for (const auto& [from, to] : kPlain) {
      for (size_t at = 0; (at = out.find(from, at)) != std::string::npos; at += to.size()) {
        out.replace(at, from.size(), to);
      }
    }
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return out;
  }

  void Hear(std::string& name) {
    for (int tries = 0; tries < 40; ++tries) {
      const auto& rule = kHeard[Below(kHeard.size())];
      const size_t way = Below(2);
      const size_t at = name.find(rule[way], name.size() > 3 ? 1 : 0);
      if (at == std::string::npos) continue;
      name.replace(at, rule[way].size(), rule[1 - way]);
      return;
    }
  }

  void Mistype(std::string& name) {
    name = Plain(name);
    const size_t at = 1 + Below(name.size() - 2);
    switch (Below(4)) {
      case 0:
        name.erase(at, 1);
        break;
      case 1:
        std::swap(name[at], name[at + 1]);
        break;
      case 2:
        name.insert(at, 1, name[at]);
        break;
      default:
        name[at] = static_cast<char>('A' + Below(26));
        break;
    }
  }

  SeededRandom random_;
  uint64_t pool_ = 0;
  int year_ = 0, month_ = 0, day_ = 0;
};

}  // namespace

std::vector<IdentityPair> HeldOutPairs(uint64_t seed, int same, int other) {
  Maker maker(seed);
  std::vector<IdentityPair> pairs;
  for (int i = 0; i < same; ++i) pairs.push_back(maker.Same());
  for (int i = 0; i < other; ++i) pairs.push_back(maker.Other());
  return pairs;
}

}  // namespace sluis::tests
