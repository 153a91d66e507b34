/** The page to which login prompts point: how to get an API key, and a form for those who have a password. */
import { AUTHORIZE_PATH } from "@steelyard/protocol";
import { html } from "./html.ts";
import type { Page } from "./link-page.ts";

/** The page with the form; `problem` says why an attempt failed. */
export function authorizePage(problem: string | undefined): Page {
  return {
    title: "Your API key",
    body: html` ${problem === undefined ? [] : [html`<p class="problem" role="alert">${problem}</p>`]}
      <p>
        Whoever runs this server gives out keys: the first administrator's was shown when the server first
        started, and administrators make users and bring their keys along. With a password you can make a key
        yourself; it is shown once.
      </p>
      <form method="post" action="${AUTHORIZE_PATH}">
        <label>Username <input name="username" autocomplete="username" required /></label>
        <label
          >Password <input name="password" type="password" autocomplete="current-password" required
        /></label>
        <button type="submit">Make a key</button>
      </form>`,
  };
}

/** The page that shows a new key, the only time that it can be seen. */
export function newKeyPage(apiKey: string, baseUrl: string): Page {
  return {
    title: "Your new API key",
    body: html` <p>Copy it now: it cannot be shown again.</p>
      <pre>${apiKey}</pre>
      <p>Paste it where the login prompt waits, or set it for your programs:</p>
      <pre>export WANDB_BASE_URL=${baseUrl} WANDB_API_KEY=${apiKey}</pre>`,
  };
}
