#ifndef SLUIS_TESTS_SUPPORT_LEAF_H_
#define SLUIS_TESTS_SUPPORT_LEAF_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sluis::tests {

// A CA of that name with a fresh key: two calls give two CAs that only their keys tell apart.
struct TestCa {
  std::string key_pem;
  std::string certificate_der;
};
TestCa MakeTestCa(const std::string& name, int64_t from_s, int64_t until_s);

// Certificates as no honest CA of ours issues them. Defaults are those of a node.
struct LeafForm {
  std::string name = "leaf";
  std::vector<std::string> uris;
  int64_t from_s = 0;
  int64_t until_s = 0;
  std::string basic_constraints = "critical,CA:FALSE";
  std::string key_usage = "critical,digitalSignature";
  // Empty: the extension is left out.
  std::string extended_key_usage = "serverAuth,clientAuth";
};

struct TestLeaf {
  std::string key_pem;
  std::string certificate_pem;
  // DER of the same, to pin it as a CA.
  std::string certificate_der;
};
TestLeaf MakeLeaf(const TestCa& ca, const LeafForm& form);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_LEAF_H_
