/** The services that resolvers and routes may call, one a noun. */
export interface Services {}
