import { defineEntity, p } from "@mikro-orm/postgresql";

/** A link to a key's file that works once. */
export const FileLinkTable = defineEntity({
  name: "FileLink",
  tableName: "file_links",
  properties: {
    tokenHash: p.text().primary(),
    accessId: p.uuid(),
    /** Sealed for `file-link/<tokenHash>`; the reader role may not select it. */
    tokenEncrypted: p.text(),
    expiresAt: p.datetime(),
    usedAt: p.datetime().nullable(),
    /** The request that used it up, and that alone is answered with the file. */
    usedBy: p.text().nullable(),
    /** JSON of the file's name and text, sealed with a key that is derived from the token. */
    fileSealed: p.text().nullable(),
    madeAt: p.datetime().defaultRaw("now()"),
  },
});
