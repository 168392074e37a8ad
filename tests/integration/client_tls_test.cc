// The command offers TLS 1.3 and nothing older, whatever the server would take.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/integration/cli_node.h"

namespace sluis::test {
namespace {

// A server that speaks one version only; answers one connection and says how the handshake went.
class OneVersionServer {
 public:
  OneVersionServer(const std::string& tls_folder, int version)
      : context_(SSL_CTX_new(TLS_server_method())), socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    SSL_CTX_set_min_proto_version(context_, version);
    SSL_CTX_set_max_proto_version(context_, version);
    EXPECT_EQ(
        SSL_CTX_use_certificate_file(context_, (tls_folder + "/tls.crt").c_str(), SSL_FILETYPE_PEM),
        1);
    EXPECT_EQ(
        SSL_CTX_use_PrivateKey_file(context_, (tls_folder + "/tls.key").c_str(), SSL_FILETYPE_PEM),
        1);
    SSL_CTX_set_alpn_select_cb(
        context_,
        [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
           unsigned int in_size, void*) {
          return SSL_select_next_proto(const_cast<unsigned char**>(out), size,
                                       reinterpret_cast<const unsigned char*>("\x02h2"), 3, in,
                                       in_size) == OPENSSL_NPN_NEGOTIATED
                     ? SSL_TLSEXT_ERR_OK
                     : SSL_TLSEXT_ERR_ALERT_FATAL;
        },
        nullptr);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(socket_, 1), 0);
    socklen_t length = sizeof(address);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  ~OneVersionServer() {
    close(socket_);
    SSL_CTX_free(context_);
  }
  OneVersionServer(const OneVersionServer&) = delete;
  OneVersionServer& operator=(const OneVersionServer&) = delete;

  int port() const { return port_; }

  // Waits for one client; true when the handshake was completed.
  bool Accept() {
    const int client = accept(socket_, nullptr, nullptr);
    SSL* ssl = SSL_new(context_);
    SSL_set_fd(ssl, client);
    const bool done = SSL_accept(ssl) == 1;
    SSL_free(ssl);
    close(client);
    close(socket_);  // a second try of the client finds nobody
    return done;
  }

 private:
  SSL_CTX* context_;
  int socket_;
  int port_ = 0;
};

bool HandshakeWith(int version) {
  CliNode node;
  OneVersionServer server(node.PathOf("node/tls"), version);
  const std::string profile = node.PathOf("config/sluis/it.beheer/profile.yaml");
  std::ofstream(profile) << "node: 127.0.0.1:" << server.port()
                         << "\norganisation: caw-de-overzet.example\nuser: it.beheer\n";
  bool done = false;
  std::thread serving([&] { done = server.Accept(); });
  EXPECT_EQ(node.Sluis({"node", "status"}).exit, 5);  // no gRPC behind it
  serving.join();
  return done;
}

TEST(ClientTlsTest, OffersTls13Only) {
  EXPECT_TRUE(HandshakeWith(TLS1_3_VERSION));
  EXPECT_FALSE(HandshakeWith(TLS1_2_VERSION));
}

}  // namespace
}  // namespace sluis::test
