/** How grave an alert is that a run sends. */

/** Every severity, mildest first. */
export const ALERT_SEVERITIES = ["INFO", "WARN", "ERROR"] as const;

/** The severity of an alert. */
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Tells whether a text is an alert severity. */
export function isAlertSeverity(text: string): text is AlertSeverity {
  return ALERT_SEVERITIES.some((severity) => severity === text);
}
