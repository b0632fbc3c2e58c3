import { defineEntity, p } from "@mikro-orm/postgresql";

/** A user or a peer of a host that is not ours and stays there, as the operator has said. */
export const ExternalUserTable = defineEntity({
  name: "ExternalUser",
  tableName: "external_users",
  properties: {
    hostId: p.uuid().primary(),
    identity: p.text().primary(),
    requestId: p.text(),
    at: p.datetime(),
  },
});
