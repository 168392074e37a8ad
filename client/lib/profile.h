// A person's folder on their own machine, ~/.config/sluis/<name>/:
//
//   profile.yaml   node, organisation, user, what is meant when an option is left out
//   tls.key        private TLS key (0600)         signing.key   private signing key (0600)
//   cert.pem       certificate of the own CA      ca.pem        that CA
//   tls.next.key   the TLS key of a renewal that was asked for and not installed yet (0600)
//
// cert.pem and ca.pem arrive with the bundle of `sluis user add`. Neither private key ever leaves
// the folder.
//
// Guarantee: LoadProfile refuses a folder or a private key that others could read, an unknown or
// doubled key of profile.yaml (by line), and values of the wrong form. Thread-safety: the file
// system's. Errors: a Failure with Exit::kUsage.
#ifndef SLUIS_CLIENT_LIB_PROFILE_H_
#define SLUIS_CLIENT_LIB_PROFILE_H_

#include <string>
#include <vector>

#include "client/lib/message.h"

namespace sluis::client {

struct Profile {
  std::string folder;
  std::string node;  // host:port
  std::string organisation;
  std::string user;
  bool secrecy_regime = false;  // of the organisation
  // Used when the option of the command is left out; may be empty.
  std::string role;
  std::string purpose;
  std::string basis;
  std::string language;  // nl, en, fr or empty

  std::string PathOf(std::string_view file) const { return folder + "/" + std::string(file); }
};

// What the person who runs the node hands to the person who asked, as one YAML file.
struct Bundle {
  std::string node;
  std::string organisation;
  std::string user;
  bool secrecy_regime = false;
  std::string certificate_pem;
  std::string ca_pem;
};

// $XDG_CONFIG_HOME/sluis or ~/.config/sluis.
std::string ProfilesFolder();
// Names of the folders there that hold a profile.yaml, sorted.
std::vector<std::string> ProfileNames(const std::string& profiles_folder);
// The key of a renewal that was asked for, below a profile.
inline constexpr char kNextKeyFile[] = "tls.next.key";

// The one named; with an empty name the only one there is.
Result<Profile> ChooseProfile(const std::string& profiles_folder, const std::string& name);

Result<Profile> LoadProfile(const std::string& folder);
// Writes profile.yaml; the folder must exist.
Step SaveProfile(const Profile& profile);

std::string FormatBundle(const Bundle& bundle);
Result<Bundle> ReadBundle(const std::string& path);
// Puts certificate, CA and address into the profile after checking that the certificate is for its
// key and user and was signed by that CA. One for tls.next.key makes that the key.
Step InstallBundle(const Bundle& bundle, Profile* profile);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_PROFILE_H_
