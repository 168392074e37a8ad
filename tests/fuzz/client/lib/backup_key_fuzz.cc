#include "client/lib/backup_key.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto name = sluis::client::ParseBackupKeyName({reinterpret_cast<const char*>(data), size});
  // One text per name, but for the case of its digits.
  if (name.has_value() &&
      size != std::to_string(name->epoch).size() + sizeof("kek- \n") - 1 + 2 * name->check.size()) {
    __builtin_trap();
  }
  return 0;
}
