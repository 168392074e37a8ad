#include "client/lib/signing.h"

#include <algorithm>

#include "client/lib/own_files.h"
#include "crypto/bytes.h"

namespace sluis::client {
namespace {

constexpr size_t kMaxRequestBytes = 16 << 10;

crypto::Bytes UserRequestStatement(const record::v1::UserRequest& request) {
  crypto::Bytes out = crypto::Lp("sluis/user-request/v1");
  crypto::AppendLp(out, request.user_id());
  crypto::AppendLp(out, request.signing_key());
  crypto::AppendLp(out, request.certificate_request());
  return out;
}

std::string Sign(const crypto::SigningKey& key, const crypto::Bytes& statement) {
  return std::string(crypto::View(key.Sign(statement)));
}

bool IsSmall(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

record::v1::SignedMandate SignMandate(const record::v1::Mandate& mandate,
                                      const crypto::SigningKey& mandate_key) {
  record::v1::SignedMandate out;
  out.set_mandate(mandate.SerializeAsString());
  out.set_signature(Sign(mandate_key, crypto::Lp("sluis/mandate/v1") + out.mandate()));
  return out;
}

record::v1::SignedMandateStatus SignMandateStatus(const record::v1::MandateStatus& status,
                                                  const crypto::SigningKey& mandate_key) {
  record::v1::SignedMandateStatus out;
  out.set_status(status.SerializeAsString());
  out.set_signature(Sign(mandate_key, crypto::Lp("sluis/mandate-status/v1") + out.status()));
  return out;
}

record::v1::UserRequest SignUserRequest(const std::string& user_id,
                                        const std::string& certificate_request,
                                        const crypto::SigningKey& signing_key) {
  record::v1::UserRequest request;
  request.set_user_id(user_id);
  request.set_signing_key(std::string(crypto::View(signing_key.public_key())));
  request.set_certificate_request(certificate_request);
  request.set_signature(Sign(signing_key, UserRequestStatement(request)));
  return request;
}

Result<record::v1::UserRequest> ReadUserRequest(const std::string& path) {
  const Result<std::string> bytes = ReadWhole(path, kMaxRequestBytes);
  if (!bytes.ok()) return bytes.failure();
  return ParseUserRequest(*bytes, path);
}

Result<record::v1::UserRequest> ParseUserRequest(const std::string& bytes,
                                                 const std::string& path) {
  const Failure bad{Exit::kUsage, {"user.bad_request", {{"path", path}}}, nullptr};
  record::v1::UserRequest request;
  if (bytes.size() > kMaxRequestBytes || !request.ParseFromString(bytes) ||
      !IsUserId(request.user_id()))
    return bad;
  const auto key = crypto::ToFixed<32>(request.signing_key());
  if (!key.ok() || !crypto::Verify(*key, UserRequestStatement(request), request.signature())) {
    return bad;
  }
  return request;
}

bool IsUserId(std::string_view text) {
  return text.size() >= 2 && text.size() <= 32 && IsSmall(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsSmall(c) || IsDigit(c) || c == '.' || c == '-'; });
}

bool IsOrganisationId(std::string_view text) {
  if (text.size() < 3 || text.size() > 120) return false;
  bool label_begins = true;
  char last = '.';
  for (const char c : text) {
    if (c == '.') {
      if (label_begins || last == '-') return false;
      label_begins = true;
    } else if (IsSmall(c) || IsDigit(c) || (c == '-' && !label_begins)) {
      label_begins = false;
    } else {
      return false;
    }
    last = c;
  }
  return !label_begins && last != '-';
}

}  // namespace sluis::client
