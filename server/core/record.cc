#include "server/core/record.h"

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "crypto/sealing.h"

namespace sluis::core {
namespace {

constexpr std::string_view kBodyLabel = "sluis/record/v1";
constexpr std::string_view kImportLabel = "sluis/import/v1";

std::string BodyData(const record::v1::StoredRecord& row) {
  std::string data;
  crypto::AppendLp(data, kBodyLabel);
  data += row.record_id();
  crypto::AppendU32(data, row.version());
  return data;
}

std::string ImportData(std::string_view record_id) {
  std::string data;
  crypto::AppendLp(data, kImportLabel);
  data += record_id;
  return data;
}

crypto::Hash ImportDigest(const crypto::DataKey& key, std::string_view import_row) {
  return crypto::HmacSha256(crypto::View(key.expose()), {kImportLabel, import_row});
}

}  // namespace

std::string SealBody(const crypto::DataKey& key, const record::v1::StoredRecord& row,
                     const record::v1::RecordBody& body, crypto::Random& random) {
  return crypto::Seal(key, BodyData(row), body.SerializeAsString(), random);
}

absl::StatusOr<record::v1::RecordBody> OpenBody(const crypto::DataKey& key,
                                                const record::v1::StoredRecord& row) {
  absl::StatusOr<crypto::Bytes> plain = crypto::Open(key, BodyData(row), row.sealed());
  if (!plain.ok()) return plain.status();
  record::v1::RecordBody body;
  if (!body.ParseFromString(*plain)) {
    return absl::DataLossError("a stored record cannot be read; run the node's doctor");
  }
  return body;
}

std::string SealImportRow(const crypto::DataKey& key, std::string_view record_id,
                          std::string_view import_row, crypto::Random& random) {
  return crypto::Seal(key, ImportData(record_id), crypto::View(ImportDigest(key, import_row)),
                      random);
}

bool MatchesImportRow(const crypto::DataKey& key, std::string_view record_id,
                      std::string_view sealed, std::string_view import_row) {
  absl::StatusOr<crypto::Bytes> digest = crypto::Open(key, ImportData(record_id), sealed);
  return digest.ok() &&
         crypto::ConstantTimeEqual(*digest, crypto::View(ImportDigest(key, import_row)));
}

}  // namespace sluis::core
