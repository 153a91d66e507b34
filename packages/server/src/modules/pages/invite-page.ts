/** The page of an invitation's link: what it is, and forms for those who are new and those who have an account. */
import { AUTHORIZE_PATH } from "@steelyard/protocol";
import type { AcceptedGuest, OpenInvite } from "../invites/invite-acceptance.ts";
import { Html, html } from "./html.ts";
import type { Page } from "./link-page.ts";

/** The page of a link that can be used; `problem` says why an attempt failed. */
export function invitePage(invite: OpenInvite, problem: string | undefined): Page {
  const { inviter, team, username } = invite;
  const place = team === null ? html`this server` : html`the team <strong>${team}</strong>`;
  return {
    title: username === null ? "You are invited" : "Set your password",
    body: html`${problem === undefined ? [] : [html`<p class="problem" role="alert">${problem}</p>`]}
    ${
      username === null
        ? html`<p>${inviter} invites you to ${place}.</p>`
        : html`<p>Choose a password for your account <strong>${username}</strong>.</p>`
    }
    ${username === null ? newAccountForm(invite) : passwordForm(username)}
    ${username === null && team !== null ? existingAccountForms() : new Html("")}`,
  };
}

/** The page of a link that cannot be used any more. */
export function usedInvitePage(): Page {
  return {
    title: "This link does not work any more",
    body: html`<p>
        It was used, replaced by a newer one, withdrawn, or its time is over. Ask whoever sent it for another.
      </p>
      <p>If you have a password already, <a href="${AUTHORIZE_PATH}">make a key</a> with it.</p>`,
  };
}

/** The page for who came in with an account that was there: no key is made. */
export function joinedPage({ user, team }: AcceptedGuest): Page {
  return {
    title: "Welcome",
    body: html`<p><strong>${user.username}</strong> is in the team <strong>${team ?? ""}</strong> now.</p>
      <p>Log to it with <code>wandb.init(entity="${team ?? ""}")</code>, with the key that you have.</p>`,
  };
}

function newAccountForm({ email }: OpenInvite): Html {
  return html`<form method="post">
    <input type="hidden" name="kind" value="new account" />
    ${email === null ? new Html("") : html`<p>Your account will have the address ${email}.</p>`}
    <label
      >Username
      <input name="username" autocomplete="username" required maxlength="128" />
    </label>
    <label
      >Password, at least 8 characters
      <input name="password" type="password" autocomplete="new-password" required minlength="8" />
    </label>
    <button type="submit">Make my account</button>
  </form>`;
}

function passwordForm(username: string): Html {
  return html`<form method="post">
    <input type="hidden" name="kind" value="new password" />
    <input type="hidden" name="username" value="${username}" autocomplete="username" />
    <label
      >New password, at least 8 characters
      <input name="password" type="password" autocomplete="new-password" required minlength="8" />
    </label>
    <button type="submit">Set it</button>
  </form>`;
}

function existingAccountForms(): Html {
  return html`<h2>If you have an account here</h2>
    <form method="post">
      <input type="hidden" name="kind" value="password" />
      <label>Username <input name="username" autocomplete="username" required /></label>
      <label
        >Password <input name="password" type="password" autocomplete="current-password" required
      /></label>
      <button type="submit">Join with it</button>
    </form>
    <form method="post">
      <input type="hidden" name="kind" value="API key" />
      <label>or your API key <input name="apiKey" type="password" autocomplete="off" required /></label>
      <button type="submit">Join with it</button>
    </form>`;
}
