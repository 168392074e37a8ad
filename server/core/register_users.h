#ifndef SLUIS_SERVER_CORE_REGISTER_USERS_H_
#define SLUIS_SERVER_CORE_REGISTER_USERS_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/register.pb.h"

namespace sluis::core {

// The effect that registers a person; shared by AddUser and the first start of a node.
Effect RegistrationOf(const Call& call, record::v1::User user, bool administrator,
                      uint64_t stamp_before);

// AddUser: registers a person, or gives a registered one new keys. A mandate binds the signing key,
// so whoever gets a new one needs new mandates.
class AddUser : public UseCase {
 public:
  AddUser(const node::v1::AddUserRequest& request, node::v1::AddUserResponse& response)
      : request_(request), response_(response) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::AddUserRequest& request_;
  node::v1::AddUserResponse& response_;
};

// ListUsers: the people registered, revoked ones included, page by page.
class ListUsers : public UseCase {
 public:
  ListUsers(const node::v1::ListUsersRequest& request, node::v1::ListUsersResponse& response)
      : request_(request), response_(response) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ListUsersRequest& request_;
  node::v1::ListUsersResponse& response_;
};

// RevokeUser: ends a person's access from the next call on. The last administrator cannot be
// revoked.
class RevokeUser : public UseCase {
 public:
  RevokeUser(const node::v1::RevokeUserRequest& request, node::v1::RevokeUserResponse& response)
      : request_(request), response_(response) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::RevokeUserRequest& request_;
  node::v1::RevokeUserResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_REGISTER_USERS_H_
