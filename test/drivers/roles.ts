/** Passwords of the two roles, which all databases of the server share. */
export const passwords = { writer: "writer", reader: "reader" };
