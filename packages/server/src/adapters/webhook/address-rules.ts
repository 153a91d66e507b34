// Which addresses may be called: those of the open internet only, unless the operator says otherwise.
import ipaddr from "ipaddr.js";

/** Whether an address belongs to the open internet; anything that is no address does not. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address inside an IPv6 one is judged as what it is.
  return ipaddr.process(address).range() === "unicast";
}

/** Why an address can never be called, as far as it tells itself; undefined when it may be. */
export function findUrlFault(
  text: string,
  { allowsPrivate }: { readonly allowsPrivate: boolean },
): string | undefined {
  if (!URL.canParse(text)) return "expected an address that begins with https:// or http://";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "expected an address with https or http";
  if (url.username !== "" || url.password !== "") return "an address cannot hold a user or password";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isRefused =
    (ipaddr.isValid(host) && !isPublicAddress(host)) || host === "localhost" || host.endsWith(".localhost");
  return isRefused && !allowsPrivate
    ? `${url.hostname} belongs to a private network, which the operator has not allowed`
    : undefined;
}
