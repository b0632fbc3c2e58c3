/** The name of the lock under which the shop's settings and plans change, one after the other. */
export const shopLock = "tollgate shop";
