import * as z from "zod";

const periods = ["NO_RESET", "DAY", "WEEK", "MONTH", "MONTH_ROLLING"] as const;
const statuses = ["ACTIVE", "DISABLED", "LIMITED", "EXPIRED"] as const;

const moment = z.iso.datetime({ offset: true, local: true }).transform((text) => new Date(text));

const bytes = z.number().min(0);
const tag = z
  .string()
  .regex(/^[A-Z0-9_]+$/u, "Tag can only contain uppercase letters, numbers, underscores")
  .max(16, "Tag must be less than 16 characters")
  .nullable();

const password = (protocol: string) =>
  z
    .string()
    .min(8, `${protocol} password must be at least 8 characters`)
    .max(32, `${protocol} password must be less than 32 characters`);

/** The body of `POST /users`. Fields that it does not name are ignored, as everywhere. */
export const creation = z.object({
  username: z
    .string()
    .regex(
      /^[a-zA-Z0-9_-]+$/u,
      "Username can only contain letters, numbers, underscores and dashes",
    )
    .max(36, "Username must be less than 36 characters")
    .min(3, "Username must be at least 3 characters"),
  status: z.enum(statuses).optional(),
  shortUuid: z.string().optional(),
  trojanPassword: password("Trojan").optional(),
  vlessUuid: z.guid("Invalid Vless UUID format").optional(),
  ssPassword: password("SS").optional(),
  trafficLimitBytes: z.number().min(0, "Traffic limit must be greater than 0").optional(),
  trafficLimitStrategy: z.enum(periods).optional(),
  expireAt: moment,
  createdAt: moment.optional(),
  lastTrafficResetAt: moment.optional(),
  description: z.string().optional(),
  tag: tag.optional(),
  telegramId: z.number().nullish(),
  email: z.email().nullish(),
  hwidDeviceLimit: z.int().min(0).optional(),
  activeInternalSquads: z.array(z.uuid()).optional(),
  externalSquadUuid: z.uuid().nullish(),
  /** In 2.x alone. */
  uuid: z.guid().optional(),
});

/** A user to be made. */
export type Creation = z.output<typeof creation>;

const changes = (now: () => number) => ({
  trafficLimitBytes: bytes.optional(),
  trafficLimitStrategy: z.enum(periods).optional(),
  expireAt: moment
    .refine((date) => date.getTime() > now(), { error: "Expiration date cannot be in the past" })
    .optional(),
  description: z.string().nullish(),
  tag: tag.optional(),
  telegramId: z.number().nullish(),
  email: z.email().nullish(),
  hwidDeviceLimit: z.int().min(0).nullish(),
  externalSquadUuid: z.uuid().nullish(),
});

/** The body of `PATCH /users`; a user is found by name or by `id`, in 2.x by `uuid`. */
export const updateOf = (version: "3" | "2", now: () => number) => {
  const key = version === "3" ? "id" : "uuid";
  const error =
    version === "3"
      ? "At least one of username, id must be provided"
      : "Either uuid or username must be provided";
  return z
    .object({
      username: z.string().optional(),
      id: (version === "3" ? z.number() : z.unknown()).optional(),
      uuid: (version === "2" ? z.uuid() : z.unknown()).optional(),
      status: z.enum(["ACTIVE", "DISABLED"]).optional(),
      ...changes(now),
      activeInternalSquads: z.array(z.uuid()).optional(),
    })
    .refine((body) => Boolean(body.username ?? body[key]), { error });
};

/** What is to be changed of a user. */
export type Update = Omit<z.output<ReturnType<typeof updateOf>>, "username" | "id" | "uuid">;

/** The body of `actions/revoke`, which may be left out. */
export const revocation = z.preprocess(
  (body) => body || {},
  z.object({
    revokeOnlyPasswords: z.boolean().default(false).optional(),
    shortUuid: z.string().min(16).max(64).optional(),
  }),
);

/** What is to be revoked. */
export type Revocation = z.output<typeof revocation>;

/** The body of `actions/extend`. */
export const extension = z.object({ days: z.number().min(1) });

/** The body of `POST /users/resolve`. */
export const resolution = z
  .object({
    id: z.number().optional(),
    uuid: z.string().optional(),
    shortUuid: z.string().optional(),
    username: z.string().optional(),
  })
  .refine((body) => Object.values(body).filter((value) => value !== undefined).length === 1, {
    error: "Exactly one of id, shortUuid, or username must be provided",
  });

/** The query of `GET /users/stream`. */
export const streamQuery = z.object({
  cursor: z.coerce.number().optional(),
  size: z.coerce.number().min(1).max(1000).optional().default(250),
  status: z.enum(statuses).optional(),
  trafficLimitStrategy: z.enum(periods).optional(),
  telegramId: z.string().transform(Number).pipe(z.number().nonnegative()).optional(),
  email: z.email().optional(),
  tag: z.string().optional(),
  externalSquadUuid: z.uuid().optional(),
});

/** The query of `GET /users`. Its filters and sorting are not emulated. */
export const listQuery = z.object({
  start: z.coerce.number().default(0),
  size: z.coerce
    .number()
    .min(1, "Size (limit) must be greater than 0")
    .max(1000, "Size (limit) must be less than 1000")
    .default(25),
});

interface BulkUsers {
  readonly userIds: z.ZodOptional<z.ZodArray<z.ZodNumber>>;
  readonly uuids: z.ZodOptional<z.ZodArray<z.ZodUUID>>;
}

/** The users of a bulk request: `userIds` of 3.x, `uuids` of 2.x; the one of the version is read. */
export const bulkUsers = (version: "3" | "2"): BulkUsers => {
  const ignored = z.unknown().optional();
  const shape =
    version === "3"
      ? { userIds: z.array(z.number()).min(1).max(500), uuids: ignored }
      : { userIds: ignored, uuids: z.array(z.uuid()).min(1).max(500) };
  return shape as unknown as BulkUsers;
};

/** What a bulk update may change. */
export const bulkFields = (now: () => number) =>
  z.object({ status: z.enum(statuses).optional(), ...changes(now) });

/** The days of a bulk extension. */
export const bulkDays = z.int().min(1).max(9999);

/** The squads of a bulk request. */
export const bulkSquads = z.array(z.uuid());

const text = z.string().optional();

/** A device that is registered by hand. */
export const device = {
  hwid: z.string().regex(/^[a-zA-Z0-9=-]{10,64}$/u),
  platform: text,
  osVersion: text,
  deviceModel: text,
  userAgent: text,
  requestIp: text,
};

/** The body of `PUT /metadata/user/{id}`. */
export const metadata = z.object({ metadata: z.looseObject({}) });
