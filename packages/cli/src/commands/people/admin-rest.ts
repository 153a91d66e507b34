/** The operator's REST interface of a server, asked with the address and key that the wandb client would use. */
import { ADMIN_PATH, isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import type { Api } from "@steelyard/client";
import { SettingsError } from "../server-settings.ts";

/** Asks for a path below `/api/admin`; an empty answer is an empty object. Throws with the server's own sentence. */
export async function askAdmin(api: Api, method: "GET" | "DELETE", path: string): Promise<JsonObject> {
  const { baseUrl } = await api.settings();
  const key = await api.apiKey();
  if (key === null) throw new SettingsError("This command needs an API key: set WANDB_API_KEY.");
  const response = await fetch(`${baseUrl}${ADMIN_PATH}${path}`, {
    method,
    headers: { authorization: `Basic ${btoa(`api:${key}`)}` },
  });
  const text = await response.text();
  const body = text === "" ? {} : parseJson(text);
  if (response.ok && isJsonObject(body)) return body;
  const error = isJsonObject(body) ? body["error"] : undefined;
  const message = error !== undefined && isJsonObject(error) ? error["message"] : undefined;
  throw new SettingsError(
    typeof message === "string" ? message : `${baseUrl} answered ${response.status} ${response.statusText}`,
  );
}
