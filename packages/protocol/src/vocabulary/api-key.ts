/** The shape of an API key, by the rule of W&B's clients: a key that they refuse must not be handed out. */

const MIN_SECRET_LENGTH = 40;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const SECRET = /^[\w-]+$/;

/**
 * Tells whether a text has the shape of an API key: a JWT, or at least 40 of `[A-Za-z0-9_-]` after an optional
 * prefix that ends at the first dash.
 */
export function isApiKey(text: string): boolean {
  if (JWT.test(text)) return true;
  const secret = text.slice(text.indexOf("-") + 1);
  return secret.length >= MIN_SECRET_LENGTH && SECRET.test(text);
}
