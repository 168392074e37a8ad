#include "client/lib/flat_yaml.h"
#include "client/lib/identity_form.h"
#include "client/lib/signal_form.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis::client;  // NOLINT(google-build-using-namespace)
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto yaml = ReadFlatYaml(text, "form.yaml", [](std::string_view key) {
    return FindFormField(key) != nullptr || FindIdentityField(key) != nullptr;
  });
  if (!yaml.ok()) return 0;
  Form form(yaml->begin(), yaml->end());
  sluis::record::v1::SubjectIdentity person;
  FillIdentity(TakeIdentity(form), &person);
  sluis::record::v1::Signal signal;
  FillSignal(form, {"2025-11-21", true}, &signal);
  return 0;
}
