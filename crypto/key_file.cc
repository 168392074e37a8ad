#include "crypto/key_file.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "crypto/hash.h"

namespace sluis::crypto {
namespace {

constexpr std::string_view kMagic = "sluis-key/v1\n";
constexpr std::pair<KeyPurpose, std::string_view> kPurposes[] = {
    {KeyPurpose::kLog, "log"},         {KeyPurpose::kIdentity, "identity"},
    {KeyPurpose::kWitness, "witness"}, {KeyPurpose::kReceipt, "receipt"},
    {KeyPurpose::kMandate, "mandate"}, {KeyPurpose::kSigning, "signing"},
    {KeyPurpose::kCase, "case"}};

absl::Status NotAKeyFile(const char* what) {
  return absl::InvalidArgumentError(std::string("this is not a key file of sluis: ") + what);
}

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Takes "<name>: <value>\n" off the front.
bool Line(std::string_view name, BytesView* rest, std::string_view* value) {
  const size_t end = rest->find('\n');
  if (end == BytesView::npos) return false;
  std::string_view line = rest->substr(0, end);
  if (!line.starts_with(name) || line.substr(name.size(), 2) != ": ") return false;
  *value = line.substr(name.size() + 2);
  rest->remove_prefix(end + 1);
  return true;
}

}  // namespace

bool IsDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const int year = Number(text.substr(0, 4));
  const int month = Number(text.substr(5, 2));
  const int day = Number(text.substr(8, 2));
  if (year < 0 || month < 0 || day < 0) return false;
  return std::chrono::year_month_day(std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

std::string_view KeyPurposeName(KeyPurpose purpose) {
  return std::find_if(std::begin(kPurposes), std::end(kPurposes),
                      [&](const auto& entry) { return entry.first == purpose; })
      ->second;
}

std::optional<KeyPurpose> KeyPurposeOf(std::string_view name) {
  for (const auto& [purpose, known] : kPurposes) {
    if (known == name) return purpose;
  }
  return std::nullopt;
}

std::string KeyId(KeyPurpose purpose, const PublicKey& key) {
  const Hash hash = Sha256({Lp("sluis/key-id/v1"), Lp(KeyPurposeName(purpose)), View(key)});
  return HexEncode(View(hash).substr(0, 8));
}

absl::StatusOr<SecretBytes> FormatKeyFile(const KeyFile& file) {
  if (!IsDay(file.not_after)) {
    return absl::InvalidArgumentError("the last day of a key must be a day as YYYY-MM-DD");
  }
  Bytes text(kMagic);
  text.reserve(kMaxKeyFileBytes);  // so that growing leaves no copy of the seed behind
  text += "purpose: " + std::string(KeyPurposeName(file.purpose)) + "\n";
  text += "id: " + file.id() + "\n";
  text += "not-after: " + file.not_after + "\n";
  text += "seed: ";
  Bytes seed = Base64Encode(View(file.key.seed().expose()));
  text += seed;
  Wipe(seed);
  text += "\n";
  return SecretBytes::FromBytes(std::move(text));
}

absl::StatusOr<KeyFile> ParseKeyFile(BytesView text) {
  if (text.size() > kMaxKeyFileBytes) return NotAKeyFile("it is too long");
  if (!text.starts_with(kMagic)) return NotAKeyFile("the first line must be `sluis-key/v1`");
  text.remove_prefix(kMagic.size());
  std::string_view purpose_name;
  std::string_view id;
  std::string_view not_after;
  std::string_view seed_text;
  if (!Line("purpose", &text, &purpose_name) || !Line("id", &text, &id) ||
      !Line("not-after", &text, &not_after) || !Line("seed", &text, &seed_text) || !text.empty()) {
    return NotAKeyFile("it must hold purpose, id, not-after and seed, in this order");
  }
  const std::optional<KeyPurpose> purpose = KeyPurposeOf(purpose_name);
  if (!purpose) return NotAKeyFile("the purpose is not known");
  if (!IsDay(not_after)) return NotAKeyFile("not-after must be a day as YYYY-MM-DD");
  absl::StatusOr<Bytes> decoded = Base64Decode(seed_text);
  if (!decoded.ok()) return NotAKeyFile("the seed cannot be read");
  absl::StatusOr<Secret<32>> seed = Secret<32>::FromBytes(*std::move(decoded));
  if (!seed.ok()) return NotAKeyFile("the seed must have 32 bytes");
  KeyFile file{*purpose, std::string(not_after), SigningKey::FromSeed(*std::move(seed))};
  if (file.id() != id) return NotAKeyFile("the id is not the one of this purpose and seed");
  return file;
}

}  // namespace sluis::crypto
