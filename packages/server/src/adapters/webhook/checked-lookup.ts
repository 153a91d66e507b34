// Resolves names for connections, and gives only addresses that may be called: the connection is made to what was
// checked, so a name that changes its meaning in between gains nothing.
import { lookup } from "node:dns";
import type { LookupOptions } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./address-rules.ts";

/** A name that stands for nothing but addresses that are not to be called. */
export class RefusedAddressError extends Error {
  override readonly name: string = "RefusedAddressError";
}

/** A lookup that finds public addresses only. */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  const request: LookupOptions & { readonly all: true } = { ...options, all: true };
  lookup(hostname, request, (error, addresses) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    const [first, ...others] = addresses.filter(({ address }) => isPublicAddress(address));
    if (first === undefined) callback(refuse(hostname), []);
    else if (options.all === true) callback(null, [first, ...others]);
    else callback(null, first.address, first.family);
  });
};

function refuse(hostname: string): Error {
  return new RefusedAddressError(
    `${hostname} belongs to a private network, which the operator has not allowed`,
  );
}
