/** The client, loaded when a command asks a server: the server itself, which stays for long, does without it. */
import type { Api } from "@steelyard/client";

/** An `Api` of the server and key that the wandb client would use. Throws as its constructor does. */
export async function openApi(): Promise<Api> {
  const { Api } = await import("@steelyard/client");
  return new Api();
}
