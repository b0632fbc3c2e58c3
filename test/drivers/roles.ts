/** Of the two roles, which belong to the whole server. */
export const passwords = { writer: "writer", reader: "reader" };
